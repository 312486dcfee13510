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


#: The full-width forms of the signs of ASCII, as keyboards of East Asia give them.
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)}
#: Burmese letters that look like the digits 0 and 7 and are typed for them, and the other way round.
_WA_RA, _ZERO_SEVEN = str.maketrans("ဝရ", "၀၇"), str.maketrans("၀၇", "ဝရ")
#: A number in which such a letter stands: nothing but digits and what parts them.
_BURMESE_NUMBER = re.compile(r"(?<![\u1000-\u109f])[\d.,/' -]*[ဝရ][\dဝရ.,/' -]*(?![\u1000-\u109f])")


def plain_digits(text: str) -> str:
    """The same text with the digits of every script as 0 to 9, and full-width signs as those of ASCII."""
    text = text.translate(_FULL_WIDTH)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def typed_digits(text: str) -> str:
    """The same for what somebody typed as a number: Burmese letters among its digits are the digits they look like."""

    def number(found: re.Match[str]) -> str:
        return found[0].translate(_WA_RA) if any(c.isdecimal() for c in found[0]) else found[0]

    return plain_digits(_BURMESE_NUMBER.sub(number, text.translate(_FULL_WIDTH)))


def typed_letters(text: str) -> str:
    """Burmese words in which a digit was typed for the letter it looks like: "၀င်း". A digit never carries a sign, and
    nothing is counted from zero."""
    seven = re.sub("၇(?=[\u102b-\u103e])", lambda found: found[0].translate(_ZERO_SEVEN), text)
    return re.sub(
        "(?<![၀-၉0-9])၀(?=[\u1000-\u103f\u1050-\u108f])", lambda found: found[0].translate(_ZERO_SEVEN), seven
    )


def one_line(text: str, keep: str = "") -> str:
    """Without unseen letters (zero width, soft hyphen, marks of direction), every blank a space, single and trimmed."""
    seen = "".join(c for c in text if c in keep or unicodedata.category(c) != "Cf")
    return " ".join(seen.split())


def one_dash(text: str) -> str:
    """Every kind of dash as a hyphen."""
    return _DASHES.sub("-", text)


# --- spoilt text -------------------------------------------------------------------------------

#: What a spreadsheet leaves behind where a value was lost, also in other languages and programs.
SPREADSHEET_ERROR = re.compile(
    r"#(?:n/?a|n/?d|nv|ref!|bezug!|value!|valeur!|wert!|name\?|nom\?|div/0!|num!|nombre!|null!|nul!|spill!|calc!|field!"
    r"|getting_data|error!|#+)|Err:\d{3}",
    re.I,
)
_LOST = re.compile(
    r"\ufffd|\?\s*\?|\w\?\w|[\u25a1\u25af]|&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});|\\u[0-9a-f]{4}", re.I
)
#: Words made of the letters 80 to FF alone: Thai bytes (TIS-620) shown in the western code page.
_THAI_BYTES = re.compile("(?<![^\\W\\d_])[\u00a1-\u00fb]{3,}(?![^\\W\\d_])")
#: What the bytes 80 to FF show as in the western code page.
_WESTERN = re.compile("[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]+")
#: A letter of Vietnamese in the old TCVN3 encoding shows as one of these signs inside a word, or as a capital letter
#: between small ones, which no name has but behind a prefix (McÉwan); Mª is a María.
_TCVN3 = re.compile(
    r"(?!\b[Mm]ª)[A-Za-zÀ-ÿ][¡-³µ¶¸-¿×÷]|[¡-³µ¶¸-¿×÷][A-Za-zÀ-ÿ]|(?<!\bMc)(?<!\bMac)(?<!\bD[ei])(?<!\bL[ae])(?<=[a-z])[À-Þ](?![A-Z])"
)
_MYANMAR = re.compile("[\u1000-\u109f]")
#: What Burmese in Unicode never has: a vowel sign e that begins a syllable, a stacking sign with nothing below it or
#: nothing above, and the places where Zawgyi keeps its stacked letters (Mon, Shan and Karen letters in Unicode).
_ZAWGYI = re.compile(
    "(?:^|[^\u1000-\u102a\u103b-\u103f\u1039\u104e\u1050-\u1055\u105a-\u1061\u1065\u1066\u106e-\u1070\u1075-\u1082\u108e])\u1031"
    "|\u1039(?![\u1000-\u1021\u1025\u1027])|(?<![\u1000-\u1021\u1025\u103a])\u1039"
    "|\u103a[\u102d-\u1034]|[\u1033\u1034]|[\u1060-\u1097][\u102b\u102c]"
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
    """Whether letters were replaced by question marks or boxes ("???? ????????", "Nguy?n"), or written
    as the codes that a machine has for them ("&nbsp;", "\\u0e99")."""
    return bool(_LOST.search(text))


def check_text(text: str) -> str:
    """The text, when it can be what somebody wrote. Raises `NotRead` with `broken_text` or `zawgyi`."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in text) or is_lost(text) or is_mojibake(text):
        raise NotRead("broken_text")
    if is_zawgyi(text):
        raise NotRead("zawgyi")
    return text


def is_tcvn3(text: str) -> bool:
    """Whether a name is Vietnamese in the old TCVN3 encoding, shown as western letters and signs: "NguyÔn V¨n §øc"."""
    return _TCVN3.search(text) is not None or re.search("(?i:nguyôn)|[A-ZÀ-Ý]Þ", text) is not None


def is_thai_bytes(text: str) -> bool:
    """Whether Thai letters were taken for those of the western code page: "ÊÁªÒÂ"."""
    return _THAI_BYTES.search(text) is not None
