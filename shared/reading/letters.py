"""Letters that cannot be seen, digits of other scripts, and text that a wrong code page has spoilt."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from shared.reading import NotRead

#: Joiners say how letters of some scripts connect; everything else of their kind only hides.
JOINERS = "\u200c\u200d"
_DASHES = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d\u00ad]")


def plain_digits(text: str) -> str:
    """The same text with the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def one_line(text: str, keep: str = "") -> str:
    """Without unseen letters (zero width, soft hyphen, marks of direction), every blank a space, single and trimmed."""
    seen = "".join(c for c in text if c in keep or unicodedata.category(c) != "Cf")
    return " ".join(seen.split())


def one_dash(text: str) -> str:
    """Every kind of dash as a hyphen."""
    return _DASHES.sub("-", text)


# --- spoilt text -------------------------------------------------------------------------------

#: What the bytes 80 to FF show as in the western code page.
_WESTERN = re.compile("[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]+")
#: A letter of Vietnamese in the old TCVN3 encoding shows as one of these signs inside a word, or as a capital letter
#: between small ones, which no name has but behind a prefix (McÉwan).
_TCVN3 = re.compile(
    r"[A-Za-zÀ-ÿ][¡-³µ¶¸-¿×÷]|[¡-³µ¶¸-¿×÷][A-Za-zÀ-ÿ]|(?<!\bMc)(?<!\bMac)(?<!\bD[ei])(?<!\bL[ae])(?<=[a-z])[À-Þ](?![A-Z])"
)
_MYANMAR = re.compile("[\u1000-\u109f]")
#: What Burmese in Unicode never has: a vowel sign e that begins a syllable, a stacking sign with nothing below it or
#: nothing above, and the places where Zawgyi keeps its stacked letters (Mon, Shan and Karen letters in Unicode).
_ZAWGYI = re.compile(
    "(?:^|[^\u1000-\u102a\u103b-\u103f\u1039\u104e\u1050-\u1055\u105a-\u1061\u1065\u1066\u106e-\u1070\u1075-\u1082\u108e])\u1031"
    "|\u1039(?![\u1000-\u1021\u1025\u1027])|(?<![\u1000-\u1021\u1025\u103a])\u1039"
    "|[\u1060-\u1064\u1067-\u106d\u1071-\u1074\u107e-\u1084\u108a-\u108d\u108f-\u1097]"
)


@cache
def _detector() -> Any:
    from myanmartools import ZawgyiDetector

    return ZawgyiDetector()


def is_zawgyi(text: str) -> bool:
    """Whether Burmese text is in the old Zawgyi encoding: likely by its letters, and with an order of signs that
    Unicode does not have. Likelihood alone takes short names with stacked letters for Zawgyi."""
    if not _MYANMAR.search(text) or not _ZAWGYI.search(text):
        return False
    return bool(_detector().get_zawgyi_probability(text) > 0.95)


def is_mojibake(text: str) -> bool:
    """Whether the bytes of UTF-8 were taken for those of a western code page: "à»€" for "ເ"."""
    for run in _WESTERN.findall(text):
        data = b"".join(_western(c) for c in run)
        try:
            found = data.decode("utf-8")
        except UnicodeDecodeError:
            # The last letter may have lost a byte that no code page shows.
            try:
                found = data[:-1].decode("utf-8") if len(data) > 3 else ""
            except UnicodeDecodeError:
                continue
        if found and len(found) < len(run):
            return True
    return False


def _western(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1", "replace")


def is_lost(text: str) -> bool:
    """Whether letters were replaced by question marks or boxes: "???? ????????", "Nguy?n"."""
    return bool(re.search(r"\ufffd|\?\s*\?|\w\?\w|[\u25a1\u25af]", text))


def check_text(text: str) -> str:
    """The text, when it can be what somebody wrote. Raises `NotRead` with `broken_text` or `zawgyi`."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in text) or is_lost(text) or is_mojibake(text):
        raise NotRead("broken_text")
    if is_zawgyi(text):
        raise NotRead("zawgyi")
    return text


def is_tcvn3(text: str) -> bool:
    """Whether a name is Vietnamese in the old TCVN3 encoding, shown as western letters and signs: "NguyÔn V¨n §øc"."""
    return _TCVN3.search(text) is not None
