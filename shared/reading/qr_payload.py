"""Texts of QR codes that name an account: VietQR, Lao QR, PromptPay. Each is a chain of two-digit tags with lengths
that ends in a check sum, as EMVCo lays down for codes of merchants; read here whole or refused.

Sources: EMV QRCPS Merchant-Presented Mode; VietQR and its list of banks (`vn_bins.csv`); published Lao codes, from
which the place of receiver and bank is known and the meaning of the type is not; PromptPay as published (R).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from shared.reading import NotRead
from shared.reading.national import check_digit

VIETQR, LAO_QR, PROMPTPAY = "A000000727", "A005266284662577", "A000000677010111"
LONGEST = 512
#: Lao banks by the number in their codes, as seen.
LAO_BANKS = {"27710418": "BCEL", "32170418": "JDB"}
_ENDS = re.compile(r".*6304[0-9A-Fa-f]{4}", re.S)
_COUNTRIES = {"vn": ("VN", "704"), "la": ("LA", "418"), "th": ("TH", "764")}


@dataclass(frozen=True, slots=True)
class QrAccount:
    """An account as a code names it: bank (our code of it, else its number), number, and whether it is a wallet."""

    bank: str
    number: str
    kind: str = "bank"


def check_sum(text: str) -> str:
    """CRC-16/CCITT of a text, beginning with FFFF, as four capital hexadecimal digits."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def read_tags(text: str) -> dict[str, str]:
    """The values of a chain by their tags. Lengths count letters, as EMVCo says; some banks count the bytes of UTF-8,
    which is another number where a name has marks. Raises `NotRead` with `not_a_qr`."""
    try:
        return _tags(text)
    except NotRead:
        if text.isascii():
            raise
    in_bytes = _tags(text.encode().decode("latin-1"))
    try:
        return {tag: value.encode("latin-1").decode() for tag, value in in_bytes.items()}
    except UnicodeDecodeError:
        raise NotRead("not_a_qr") from None


def _tags(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not re.fullmatch(r"\d{4}", head, re.ASCII):
            raise NotRead("not_a_qr")
        end = at + 4 + int(head[2:])
        if end > len(text) or head[:2] in found:
            raise NotRead("not_a_qr")
        found[head[:2]] = text[at + 4 : end]
        at = end
    return found


def read_qr(pasted: str, on: date) -> QrAccount:
    """The account that a pasted text of a code names; the name of a bank is the one it has on a day.

    Raises `NotRead`: `not_a_qr`, `qr_check_sum` (a letter was lost or changed), `qr_without_account` (another kind of
    code, or one for a card or a bill).
    """
    text = _whole(pasted)
    tags = read_tags(text)
    for tag in ("38", "29"):
        inner = read_tags(tags[tag]) if tag in tags else {}
        found = _READERS[inner["00"]](inner, on) if inner.get("00") in _READERS else None
        if found is not None and re.fullmatch(r"\+?[0-9A-Za-z]{2,34}", found.number):
            return found
    raise NotRead("qr_without_account")


def _whole(pasted: str) -> str:
    """The text of a code as it was before somebody wrapped it: names in it have blanks of their own, so that the check
    sum says which blanks are. Raises `NotRead`: `not_a_qr`, `qr_check_sum`."""
    seen = "".join(c for c in pasted if unicodedata.category(c) != "Cf").strip()
    lines = [re.sub(r" *[\r\n\t]+ *", "", seen), re.sub(r"[\r\n\t]+", "", seen), "".join(seen.split())]
    whole = [text for text in lines if 12 <= len(text) <= LONGEST and _ENDS.fullmatch(text)]
    if not whole:
        raise NotRead("not_a_qr")
    for text in whole:
        if check_sum(text[:-4]) == text[-4:].upper():
            return text
    raise NotRead("qr_check_sum")


def _vietqr(inner: dict[str, str], on: date) -> QrAccount | None:
    to = read_tags(inner.get("01", ""))
    if inner.get("02") != "QRIBFTTA" or not to.get("00") or not to.get("01"):
        return None
    return QrAccount(bank_of(to["00"], on), to["01"])


def _lao(inner: dict[str, str], on: date) -> QrAccount | None:
    bank, receiver = inner.get("01", ""), inner.get("03", "")
    # The code of a shop names its till with letters; accounts of Lao banks are digits.
    return QrAccount(LAO_BANKS.get(bank, bank), receiver) if bank and re.fullmatch("[0-9]+", receiver) else None


def _promptpay(inner: dict[str, str], on: date) -> QrAccount | None:
    if number := inner.get("02"):
        check_digit(number)
        return QrAccount("PROMPTPAY", number)
    if (phone := inner.get("01", "")).startswith("00"):
        return QrAccount("PROMPTPAY", f"+{phone[2:]}", "wallet")
    return QrAccount("PROMPTPAY", inner["03"], "wallet") if inner.get("03") else None


_READERS = {VIETQR: _vietqr, LAO_QR: _lao, PROMPTPAY: _promptpay}


@cache
def _bins() -> list[dict[str, str]]:
    lines = Path(__file__).with_name("vn_bins.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def bank_of(number: str, on: date) -> str:
    """The code of a Vietnamese bank by the number of its cards, on a day: names change and numbers do not. A number
    that the list does not know stands for itself."""
    known = [row for row in _bins() if row["bin"] == number and (not row["until"] or on.isoformat() <= row["until"])]
    known.sort(key=lambda row: row["until"] or "9999")
    return known[0]["code"] if known else number


def bin_of(bank: str) -> str | None:
    """The number of the cards of a bank, by its code or its name; none where the list does not know it."""
    wanted = bank.strip().casefold()
    names = ((row["bin"], {row["bin"], row["code"].casefold(), row["name"].casefold()}) for row in _bins())
    return next((number for number, known in names if wanted in known), None)


def _tag(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"


def write_qr(country: str, account: QrAccount) -> str | None:
    """The text of a code for an account, to hold a phone against and see whose it is; none where the country has no
    code, or the bank no number in it. It asks for no amount, so that nobody pays by it by mistake."""
    to = _destination(country, account)
    if to is None:
        return None
    land, currency = _COUNTRIES[country]
    text = _tag("00", "01") + _tag("01", "11") + to + _tag("53", currency) + _tag("58", land) + "6304"
    return text + check_sum(text)


def _destination(country: str, account: QrAccount) -> str | None:
    if country == "vn" and (number := bin_of(account.bank)) is not None:
        to = _tag("00", number) + _tag("01", account.number)
        return _tag("38", _tag("00", VIETQR) + _tag("01", to) + _tag("02", "QRIBFTTA"))
    if country == "la" and (iin := next((i for i, name in LAO_BANKS.items() if name == account.bank.upper()), None)):
        return _tag("38", _tag("00", LAO_QR) + _tag("01", iin) + _tag("02", "002") + _tag("03", account.number))
    if country == "th" and account.bank.upper() == "PROMPTPAY":
        phone = account.number.startswith("+")
        to = _tag("01", f"00{account.number[1:]}") if phone else _tag("02", account.number)
        return _tag("29", _tag("00", PROMPTPAY) + to)
    return None
