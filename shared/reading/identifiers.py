"""Numbers of persons, employers, papers and accounts, and telephone numbers: one form for keeping and for finding."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import phonenumbers

from shared.reading import NotRead, national
from shared.reading.letters import SPREADSHEET_ERROR, is_lost, one_dash, one_line, plain_digits, typed_digits

REGIONS = {"la": "LA", "vn": "VN", "mm": "MM", "th": "TH", "xx": "LA"}
#: Codes of the countries between which workers of the house move; other digits at the beginning are not taken for one.
_NEIGHBOURS = frozenset({856, 84, 95, 66, 855})
#: A long number as programs shorten it: 1E+12, 1.0E12; or as they write it with decimals: 7012345.0. None of these is
#: the number any more: read without its point, the last would be another account.
_SHORTENED = re.compile(r"[+-]?\d+(?:[.,]\d+\s?E[ +-]?|E[+-])\d+|\d{4,}[.,]0+", re.I)
#: What programs and people write where there is no number. Kept as a number, it would be one that many share.
NOTHING = frozenset(
    ("nan", "null", "none", "nil", "na", "n/a", "n.a.", "tbd", "true", "false", "unknown", "ບໍ່ມີ", "ไม่มี", "không")
) | {"không có", "မရှိ", "မရှိပါ"}
#: Two numbers in one cell: what parts a number for the eye leaves shorter groups.
_TWO_NUMBERS = re.compile(r"\d{8,}[\s/]+\d{8,}")
_HALVES = re.compile(r"(\d{8})\s+(\d{8})")
#: A word before or behind the number of an account, such as the name of the bank or A/C.
_WORD_BESIDE = re.compile(r"[A-Za-z]{2,}[.:]?\s+[\d\s]+|[A-Za-z]/[A-Za-z][.:]?\s.*|.*\d\s+[A-Za-z]{2,}\.?")


def read_identifier(typed: str, scheme: str = "") -> str:
    """A number of a person, an employer or a paper as it is kept: digits 0 to 9, hyphens, nothing unseen; where its
    scheme has a check (`national.CHECKS`), one that can be.

    Raises `NotRead`: `spreadsheet_error`, `scientific`, `not_an_identifier`, and what the check of the scheme says.
    """
    text = _plain(typed)
    check = national.CHECKS.get(scheme)
    if check is not None:
        check(text)
    if not re.search(r"[^\W0]", text):
        raise NotRead("not_an_identifier")  # zeros alone
    return text


def key_of(identifier: str) -> str:
    """What two ways to write one number share: its letters and digits, capital, without what stands between them. A
    Myanmar number has one key in either script."""
    nrc = national.nrc_or_none(identifier)
    folded = unicodedata.normalize("NFKC", plain_digits(nrc.key if nrc is not None else identifier)).upper()
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc"))


def read_account(typed: str, digits: int | None = None) -> str:
    """The number of an account or a wallet as banks take it: letters and digits, nothing between them; a telephone
    keeps its plus. `digits` is how many an account of that bank has, where all of them have as many.

    Raises `NotRead` as `read_identifier`, and `account_unclear` for two groups of eight digits, which are one account
    of sixteen at some banks and two accounts at others.
    """
    plain = _plain(typed)
    if halves := _HALVES.fullmatch(plain):
        if digits != 16:
            raise NotRead("account_unclear")
        plain = "".join(halves.groups())
    if _TWO_NUMBERS.search(plain) or _WORD_BESIDE.fullmatch(plain):
        raise NotRead("not_an_identifier")
    if re.fullmatch(r"\dE\d{1,3}", plain, re.I):
        raise NotRead("scientific")
    text = re.sub(r"[\s\-./]", "", plain).upper()
    if not re.fullmatch(r"\+?[0-9A-Z]{2,34}", text) or not re.search("[1-9]", text):
        raise NotRead("not_an_identifier")
    return text


def _plain(typed: str) -> str:
    text = one_dash(typed_digits(one_line(unicodedata.normalize("NFC", typed))))
    text = re.sub(r"^['`](?=\d)", "", text)  # an apostrophe makes text of a number in a spreadsheet
    if SPREADSHEET_ERROR.fullmatch(text) or text.startswith("#"):
        raise NotRead("spreadsheet_error")
    if _SHORTENED.fullmatch(text):
        raise NotRead("scientific")
    if not any(c.isalnum() for c in text) or text.casefold() in NOTHING or is_lost(text):
        raise NotRead("not_an_identifier")
    return text


def read_phone(typed: str | None, country: str) -> str | None:
    """E.164 of what was typed ("020 5561 4720"); none where nothing was. Raises `NotRead` with `not_a_phone_number`,
    `spreadsheet_error` or `scientific`.

    A number is one that a telephone can have: known to be given out, or a mobile one of a neighbour that only new
    ranges could make so. Never a part of it: with a letter among its digits, or an extension, it is none.
    """
    if not typed or not one_line(typed):
        return None
    try:
        text = re.sub(r"^00(?=[1-9])", "+", _plain(typed))  # as it is dialled to another country
        if re.search(r"\d[^\W\d_]|[^\W\d_]\d", text):
            raise NotRead("not_a_phone_number")
        number = _renumbered(phonenumbers.parse(text, REGIONS.get(country, "LA")), text)
        if not phonenumbers.is_valid_number(number) and (abroad := _abroad(text)) is not None:
            number = abroad
    except phonenumbers.NumberParseException:
        raise NotRead("not_a_phone_number") from None
    except NotRead as wrong:
        raise wrong if wrong.code != "not_an_identifier" else NotRead("not_a_phone_number") from None
    if number.extension or not (phonenumbers.is_valid_number(number) or _is_mobile(number)):
        raise NotRead("not_a_phone_number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


#: Mobile numbers by the code of their country. Operators are given new ranges before the library hears of them.
_MOBILE = {
    856: r"20[25789]\d{7}|30\d{7}",
    84: r"[35789]\d{8}",
    95: r"9\d{9}",
    66: r"[689]\d{8}",
    855: r"[1-9]\d{7,8}",
}
#: Mobile numbers of Viet Nam that lost a digit in 2018, by what they began with, and what they begin with since.
#: Source: Decision 798/QĐ-BTTTT of 24 May 2018 on the change of eleven digits to ten.
_TEN_DIGITS = {f"16{n}": f"3{n}" for n in range(2, 10)} | {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "186": "56",
    "188": "58",
    "199": "59",
}


def _is_mobile(number: Any) -> bool:
    return bool(re.fullmatch(_MOBILE.get(number.country_code, "-"), str(number.national_number)))


def _renumbered(number: Any, typed: str) -> Any:
    """The number that reaches the same telephone today: one of eleven digits in Viet Nam, and in Lao PDR a mobile one
    that was typed without its 020. Raises `NotRead` where the eight digits are a line of a town as well."""
    digits = str(number.national_number)
    if number.country_code == 84 and len(digits) == 10 and digits[:3] in _TEN_DIGITS:
        digits = _TEN_DIGITS[digits[:3]] + digits[3:]
    elif number.country_code == 856 and len(digits) == 8:
        mobile = phonenumbers.is_valid_number(phonenumbers.PhoneNumber(856, int(f"20{digits}")))
        if not phonenumbers.is_valid_number(number):
            digits = f"20{digits}" if mobile else digits
        elif mobile and digits == re.sub(r"\D", "", typed):
            raise NotRead("not_a_phone_number")
    return phonenumbers.PhoneNumber(number.country_code, int(digits), number.extension)


def _abroad(text: str) -> Any:
    """The number, when its digits begin with the code of a neighbour and only the plus is missing; else none."""
    try:
        number = _renumbered(phonenumbers.parse("+" + text.lstrip("+"), None), text)
    except phonenumbers.NumberParseException:
        return None
    return number if number.country_code in _NEIGHBOURS and phonenumbers.is_valid_number(number) else None
