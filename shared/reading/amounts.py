"""Amounts as people write them: understood by the shape of the text, or refused with what it could mean."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from shared.money import Money, exponent
from shared.reading import NotRead
from shared.reading.letters import SPREADSHEET_ERROR, one_dash, one_line, typed_digits

#: Currencies whose parts are not in use: three digits after a separator can only be thousands.
WHOLE = frozenset({"LAK", "VND", "MMK", "KHR"})
#: The sign that parts thousands, by language; the other one is the decimal sign.
THOUSANDS = {"en": ",", "th": ",", "my": ",", "lo": ".", "vi": "."}
MOST_DIGITS = 15
_TIMES = {
    1_000: ("thousand", "ພັນ", "พัน", "nghìn", "ngàn", "ထောင်"),
    10_000: ("ໝື່ນ", "หมื่น", "သောင်း"),
    100_000: ("lakh", "lakhs", "ແສນ", "แสน", "သိန်း"),
    1_000_000: ("million", "millions", "mio", "ລ້ານ", "ล้าน", "triệu", "tr", "သန်း"),
    1_000_000_000: ("billion", "ຕື້", "tỷ", "tỉ"),
}
_MULTIPLIER = {word: times for times, words in _TIMES.items() for word in words}
#: What people call their money; another currency than the one that is asked for is refused.
_NAMES = {
    "LAK": ("kips", "kip", "lak", "ກີບ", "₭"),
    "VND": ("đồng", "dong", "vnđ", "vnd", "₫", "đ"),
    "THB": ("บาทถ้วน", "baht", "thb", "บาท", "ບາດ", "฿"),
    "MMK": ("kyats", "kyat", "mmk", "ကျပ်", "ks"),
    "KHR": ("riels", "riel", "khr", "៛"),
    "PHP": ("pesos", "peso", "php", "₱"),
    "USD": ("us$", "usd", "$", "ໂດລາ"),
    "XXD": ("xxd",),
}
_CURRENCY = {name: code for code, names in _NAMES.items() for name in names}
_NUMBER = r"\d[\d.,' ]*"
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


def read_amount(typed: str, currency: str, language: str = "") -> Money:
    """What somebody typed as an amount of a currency; `language` decides where only it can ("1.500" baht).

    Raises `NotRead`: `amount_unclear` with `readings` (decimal strings of currency units) where it could be two
    amounts, `negative`, `too_large`, `other_currency`, `spreadsheet_error`, and `not_an_amount` for everything else.
    """
    text = _spelt(typed)
    if SPREADSHEET_ERROR.fullmatch(text):
        raise NotRead("spreadsheet_error")
    # "1,500.-" closes an amount, before or behind the name of its money
    text = _CLOSED.sub("", _without_currency(_CLOSED.sub("", text), currency)).strip()
    if re.search(r"^\(.*\d.*\)$|^-\s?\d|\d\s?-$", text):
        raise NotRead("negative")
    number, times = _multiplied(text.removeprefix("+").strip())
    if sum(c.isdigit() for c in number) > MOST_DIGITS:
        raise NotRead("too_large")
    readings = sorted({Fraction(reading) * times for reading in _readings(number, currency, language, times)})
    if len(readings) > 1:
        # Also where one of them has smaller parts than the currency: a machine may have written it.
        raise NotRead("amount_unclear", readings=[decimal(units) for units in readings])
    minor = readings[0] * 10 ** exponent(currency)
    if minor.denominator != 1:
        raise NotRead("not_an_amount")
    if minor >= 10**MOST_DIGITS:
        raise NotRead("too_large")
    return Money(int(minor), currency)


#: Signs that close an amount: nothing follows.
_CLOSED = re.compile(r"(?:[.,/]\s?-|\s?/-)$")


def _spelt(typed: str) -> str:
    """The text in one spelling of digits, dashes and signs between thousands."""
    return re.sub(
        "[’´`٬]", "'", one_dash(typed_digits(one_line(unicodedata.normalize("NFC", typed)))).casefold()
    ).replace("٫", ".")


def _without_currency(text: str, currency: str) -> str:
    """The text without the name of its money at one of its ends."""
    for name, code in _CURRENCY.items():
        before, behind = text.startswith(name), text.endswith((name, f"{name}."))
        if not (before or behind):
            continue
        rest = text[len(name) :] if before else text[: text.rindex(name)]
        if (rest[:1] if before else rest[-1:]).isalpha():
            continue
        if code != currency:
            raise NotRead("other_currency")
        return rest.strip()
    return text.strip()


def _multiplied(text: str) -> tuple[str, int]:
    """The number and what a word behind it multiplies it by: "3.2 million". Raises `NotRead`."""
    found = re.fullmatch(rf"({_NUMBER})(\D*)", text)
    if found is None:
        raise NotRead("not_an_amount")
    number, word = found[1].strip(), found[2].strip()
    times = _MULTIPLIER.get(word) if word else 1
    if times is None or not number[-1].isdigit():
        raise NotRead("not_an_amount")
    return number, times


def _readings(text: str, currency: str, language: str, times: int) -> set[str]:
    """The plain decimal texts that a number could mean. Raises `NotRead` where it could mean none."""
    signs = [c for c in text if not c.isdigit()]
    if not signs:
        return {text}
    last = signs[-1]
    whole, _, rest = text.rpartition(last)
    grouped = _GROUPED.fullmatch(text) is not None and text[0] != "0"
    if len(set(signs)) == 1 and (len(signs) > 1 or last in "' "):
        if grouped:
            return {_bare(text)}
    elif len(set(signs)) == 1:
        return _one_sign(text, last, grouped, currency, language, times)
    elif last in ".," and signs.count(last) == 1 and _GROUPED.fullmatch(whole) and 0 < len(rest) <= 3:
        # Three digits behind the last of two kinds of sign: a decimal number of a machine, or a slip.
        exact = f"{_bare(whole)}.{rest}"
        return {exact} if len(rest) < 3 else {exact, _bare(text)}
    raise NotRead("not_an_amount")


def _one_sign(text: str, sign: str, grouped: bool, currency: str, language: str, times: int) -> set[str]:
    whole, _, rest = text.partition(sign)
    exact, thousands = f"{whole}.{rest}", whole + rest
    if len(rest) < 3 or not whole.strip("0"):
        return {exact}
    if len(rest) > 3:
        raise NotRead("not_an_amount")
    if grouped and times == 1 and (currency in WHOLE or THOUSANDS.get(language) == sign):
        return {thousands}
    return {exact, thousands}


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def decimal(units: Fraction) -> str:
    """An exact number as a plain decimal text, at most nine decimals."""
    whole, rest = divmod(units, 1)
    return f"{whole}.{int(rest * 10**9):09d}".rstrip("0") if rest else str(whole)


# --- what a bank's table says -------------------------------------------------------------------

#: A minus before or behind the number, or brackets around it: money that went out.
_SIDE = re.compile(r"(?<=[\d\s])(cr|dr|db)\.?$")
_OUT = re.compile(r"^\((.*\d.*)\)$|^-\s?(.*\d.*)$|^(.*\d)\s?-$")


def read_booked(cell: str, currency: str, decimal_sign: str, *, spreadsheet: bool = False) -> Money:
    """An amount in a table whose decimal sign ("." or ",") is known, below zero with a minus or in brackets.

    A number of a spreadsheet always has a point, whatever the sign of the texts around it. Thousands may be parted by
    the other sign, an apostrophe or a blank, one of them. Raises `NotRead`: `amount_unclear`, `not_an_amount`,
    `other_currency`, `too_large`.
    """
    text = _spelt(cell)
    minus = False
    if side := _SIDE.search(text):
        # A bank writes the side of its own books: what it owes us more is credit.
        minus, text = side[1].startswith("d"), text[: side.start()].strip()
        if not text or not text[-1].isdigit() or not (text[0].isdigit() or text[0].isalpha()):
            raise NotRead("not_an_amount")
    for _ in range(2):  # the currency may stand before the minus or behind it
        if found := _OUT.match(text):
            if minus:
                raise NotRead("not_an_amount")
            minus, text = True, next(part for part in found.groups() if part is not None).strip()
        text = _without_currency(text, currency)
    number = text.removeprefix("+").strip()
    whole, _, rest = number.partition(decimal_sign)
    if sum(c.isdigit() for c in number) > MOST_DIGITS:
        raise NotRead("too_large")
    if spreadsheet and re.fullmatch(r"\d+\.(\d{1,2}|\d{4,})", number):
        exact = Fraction(number)
    elif len(rest) == 3 and len(whole) < 4:
        # Nobody's money has three decimals: these are thousands, and the decimal sign is another one.
        raise NotRead("amount_unclear", readings=[decimal(Fraction(_bare(number)))])
    elif (whole.isdigit() or _GROUPED.fullmatch(whole)) and (rest.isdigit() or number == whole):
        exact = Fraction(f"{_bare(whole)}.{rest or 0}")
    else:
        raise NotRead("not_an_amount")
    minor = exact * 10 ** exponent(currency)
    if minor.denominator != 1:
        raise NotRead("not_an_amount")
    return Money(-int(minor) if minus else int(minor), currency)
