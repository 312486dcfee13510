"""What a bank can take of what people typed: an account without its blanks and signs, a name in Latin letters."""

from __future__ import annotations

import unicodedata

#: Letters that do not come apart into a Latin letter and a mark.
_LETTERS = {
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "þ": "th",
    "Þ": "TH",
    "ı": "i",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "–": "-",
    "—": "-",
    "‐": "-",
}
#: The characters every bank takes in names (the Latin set of SWIFT and SEPA files).
_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")


def plain_account(number: str) -> str:
    """An account number as the bank knows it: ASCII letters and digits alone.

    Blanks, dashes of every kind and unseen characters go; digits of other scripts become ASCII; letters are capital.
    """
    found = []
    for char in unicodedata.normalize("NFKC", number):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            found.append(str(digit))
        elif char.isalnum():
            found.append(char.upper())
    return "".join(found)


def account_in_files(kind: str, number: str) -> str:
    """The account of a payee as it stands in a file: a wallet is a telephone number and keeps its plus."""
    plain = plain_account(number)
    return f"+{plain}" if kind == "wallet" and number.strip().startswith(("+", "＋")) else plain


def latin_name(name: str, recorded: str | None) -> str | None:
    """A name in the letters that every bank takes: the recorded Latin form, else the name's own Latin letters.

    None where the name is in another script and nobody has written it in Latin letters: guessing would pay a
    stranger's name.
    """
    for told in (recorded or "", name):
        if not told.strip():
            continue
        apart = unicodedata.normalize("NFKD", "".join(_LETTERS.get(c, c) for c in told))
        plain = "".join(c for c in apart if not unicodedata.combining(c))
        if all(c in _ALLOWED or not c.isalnum() for c in plain):
            found = " ".join("".join(c if c in _ALLOWED else " " for c in plain).split())
            if any(c.isalpha() for c in found):
                return found
    return None
