"""Numbers of persons, employers, papers and accounts, and telephone numbers: one form for keeping and for finding."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from shared.reading import NotRead, national
from shared.reading.letters import is_lost, one_dash, one_line, plain_digits

REGIONS = {"la": "LA", "vn": "VN", "mm": "MM", "th": "TH", "xx": "LA"}
#: What a spreadsheet leaves behind where a value was lost.
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]\d+", re.I)


def read_identifier(typed: str, scheme: str = "") -> str:
    """A number of a person, an employer or a paper as it is kept: digits 0 to 9, hyphens, nothing unseen; where its
    scheme has a check (`national.CHECKS`), one that can be.

    Raises `NotRead`: `spreadsheet_error`, `scientific`, `not_an_identifier`, and what the check of the scheme says.
    """
    text = _plain(typed)
    check = national.CHECKS.get(scheme)
    if check is not None:
        check(text)
    return text


def key_of(identifier: str) -> str:
    """What two ways to write one number share: its letters and digits, capital, without what stands between them. A
    Myanmar number has one key in either script."""
    nrc = national.nrc_or_none(identifier)
    folded = unicodedata.normalize("NFKC", plain_digits(nrc.key if nrc is not None else identifier)).upper()
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc"))


def read_account(typed: str) -> str:
    """The number of an account or a wallet as banks take it: letters and digits, nothing between them; a telephone
    keeps its plus.

    Raises `NotRead` as `read_identifier`.
    """
    text = re.sub(r"[\s\-./]", "", _plain(typed)).upper()
    if not re.fullmatch(r"\+?[0-9A-Z]{2,34}", text) or not re.search("[1-9]", text):
        raise NotRead("not_an_identifier")
    return text


def _plain(typed: str) -> str:
    text = one_dash(plain_digits(one_line(unicodedata.normalize("NFC", typed))))
    if text.upper() in SPREADSHEET_ERRORS or text.startswith("#"):
        raise NotRead("spreadsheet_error")
    if _SCIENTIFIC.fullmatch(text):
        raise NotRead("scientific")
    if not any(c.isalnum() for c in text) or is_lost(text):
        raise NotRead("not_an_identifier")
    return text


def read_phone(typed: str | None, country: str) -> str | None:
    """E.164 of what was typed ("020 5561 4720"); none where nothing was. Raises `NotRead` with `not_a_phone_number`,
    `spreadsheet_error` or `scientific`."""
    if not typed or not one_line(typed):
        return None
    text = _plain(typed)
    try:
        number = phonenumbers.parse(text, REGIONS.get(country, "LA"))
    except phonenumbers.NumberParseException:
        raise NotRead("not_a_phone_number") from None
    if not phonenumbers.is_possible_number(number):
        raise NotRead("not_a_phone_number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
