"""Amounts as people write them: understood by the shape of the text, or refused with what it could mean."""

from __future__ import annotations

import re
from fractions import Fraction

from shared.money import Money, exponent
from shared.reading import NotRead
from shared.reading.letters import one_dash, one_line, plain_digits

#: Currencies whose parts are not in use: three digits after a separator can only be thousands.
WHOLE = frozenset({"LAK", "VND", "MMK", "KHR"})
#: The sign that parts thousands, by language; the other one is the decimal sign.
THOUSANDS = {"en": ",", "th": ",", "my": ",", "lo": ".", "vi": "."}
MOST_DIGITS = 15
_TIMES = {
    1_000: ("thousand", "ພັນ", "พัน", "nghìn", "ngàn", "ထောင်"),
    1_000_000: ("million", "millions", "mio", "ລ້ານ", "ล้าน", "triệu", "သန်း"),
}
_MULTIPLIER = {word: times for times, words in _TIMES.items() for word in words}
_UNITS = "lak|kip|ກີບ|₭|vnd|vnđ|đồng|dong|₫|đ|thb|baht|บาท|ບາດ|฿|mmk|kyats?|ကျပ်|khr|riel|php|pesos?|₱|xxd|usd|\\$"
_AROUND = re.compile(f"^(?:{_UNITS})?\\s*(.*?)\\s*(?:{_UNITS})?\\.?$", re.S)
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


def read_amount(typed: str, currency: str, language: str = "") -> Money:
    """What somebody typed as an amount of a currency; `language` decides where only it can ("1.500" baht).

    Raises `NotRead`: `amount_unclear` with `readings` (decimal strings) where it could be two amounts, `negative`,
    `too_large`, and `not_an_amount` for everything else.
    """
    text = one_dash(plain_digits(one_line(typed))).casefold().replace("’", "'").replace("٬", "'")
    text = re.sub(r"(?:[.,/]\s?-|\s?/-)$", "", text)
    text, times = _multiplied(_AROUND.sub(r"\1", text))
    if re.match(r"^\(.*\d.*\)$|^-\s?\D?\d", text):
        raise NotRead("negative")
    text = text.removeprefix("+").strip()
    if not re.fullmatch(r"\d[\d.,' ]*", text) or not text[-1].isdigit():
        raise NotRead("not_an_amount")
    if sum(c.isdigit() for c in text) > MOST_DIGITS:
        raise NotRead("too_large")
    readings = sorted({Fraction(reading) * times for reading in _readings(text, currency, language, times)})
    if len(readings) > 1:
        # Also where one of them has smaller parts than the currency: a machine may have written it.
        raise NotRead("amount_unclear", readings=[decimal(units) for units in readings])
    minor = readings[0] * 10 ** exponent(currency) if readings else Fraction(1, 2)
    if minor.denominator != 1:
        raise NotRead("not_an_amount")
    if minor >= 10**MOST_DIGITS:
        raise NotRead("too_large")
    return Money(int(minor), currency)


def _multiplied(text: str) -> tuple[str, int]:
    """The number and what a word behind it multiplies it by: "3.2 million"."""
    number, _, word = text.rpartition(" ")
    if not number:
        found = re.fullmatch(r"([\d.,' ]+)(\D+)", text)
        number, word = (found[1], found[2]) if found else (text, "")
    times = _MULTIPLIER.get(word.strip())
    return (number.strip(), times) if times is not None else (text, 1)


def _readings(text: str, currency: str, language: str, times: int) -> set[str]:
    """The plain decimal texts that a text could mean."""
    signs = [c for c in text if not c.isdigit()]
    if not signs:
        return {text}
    if len(set(signs)) == 1:
        sign = signs[0]
        grouped = _GROUPED.fullmatch(text) is not None and text[0] != "0"
        if len(signs) > 1 or sign in "' ":
            return {_bare(text)} if grouped else set()
        return _one_sign(text, sign, grouped, currency, language, times)
    last = signs[-1]
    whole, _, rest = text.rpartition(last)
    if last not in ".," or signs.count(last) > 1 or not _GROUPED.fullmatch(whole):
        return set()
    if len(rest) < 3:
        return {f"{_bare(whole)}.{rest}"}
    # Two kinds of sign and three digits behind the last: a decimal number of a machine, or a slip.
    return {f"{_bare(whole)}.{rest}", _bare(text)} if len(rest) == 3 else set()


def _one_sign(text: str, sign: str, grouped: bool, currency: str, language: str, times: int) -> set[str]:
    whole, _, rest = text.partition(sign)
    if len(rest) < 3 or times > 1:
        return {f"{whole}.{rest}"}
    if len(rest) > 3:
        return set()
    if not grouped:
        return {f"{whole}.{rest}"} if whole.strip("0") == "" else {f"{whole}.{rest}", whole + rest}
    if currency in WHOLE or THOUSANDS.get(language) == sign:
        return {whole + rest}
    return {whole + rest, f"{whole}.{rest}"}


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def decimal(units: Fraction) -> str:
    """An exact number of at most three decimals as a plain decimal text."""
    whole, rest = divmod(units, 1)
    return f"{whole}.{int(rest * 1000):03d}".rstrip("0").rstrip(".") if rest else str(whole)
