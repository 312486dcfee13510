"""Names: one form for keeping, one for searching, and what is said at entry when a name was spoilt."""

from __future__ import annotations

import re
import unicodedata

from shared.reading import NotRead
from shared.reading.letters import (
    JOINERS,
    SPREADSHEET_ERROR,
    check_text,
    is_tcvn3,
    is_thai_bytes,
    one_line,
    plain_digits,
    typed_letters,
)
from shared.reading.vietnamese import is_vni

#: Vowel and tone of the Lao and Thai *am* come in two spellings that look the same: nikhahit, tone, aa; or tone, am.
_AM = {
    "\u0ecd": ("\u0eb2", "\u0eb3", frozenset("\u0ec8\u0ec9\u0eca\u0ecb")),
    "\u0e4d": ("\u0e32", "\u0e33", frozenset("\u0e48\u0e49\u0e4a\u0e4b")),
}
#: Letters that are variants of another although Unicode does not take them apart.
_SAME = str.maketrans(
    {"đ": "d", "Đ": "d", "ð": "d", "ø": "o", "ł": "l", "Ɖ": "d", "ɖ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"}
)
#: Marks of tone in Lao and Thai, for a search that passes them over.
TONES = "\u0ec8\u0ec9\u0eca\u0ecb\u0e48\u0e49\u0e4a\u0e4b"
_NO_TONES = str.maketrans("", "", TONES)
#: Two signs of *e* look like the sign of *ae*; a tone belongs behind the vowel above or below its letter.
_TWICE_E = (("\u0ec0\u0ec0", "\u0ec1"), ("\u0e40\u0e40", "\u0e41"))
_TONE_FIRST = re.compile("([\u0ec8-\u0ecc])([\u0eb1\u0eb4-\u0eb9\u0ebb])|([\u0e48-\u0e4c])([\u0e31\u0e34-\u0e39])")
#: Burmese signs in the order of Unicode: those that join a letter, the vowels above and below it, the dots. Keyboards
#: let them be typed in any order, and they look the same.
_BURMESE_SIGNS = re.compile("[\u103b-\u103e]{2,}|[\u102d-\u1030\u1032\u1036\u1037]{2,}")
_BURMESE_PLACE = {
    sign: n for n, sign in enumerate("\u103b\u103c\u103d\u103e\u102d\u102e\u1032\u102f\u1030\u1036\u1037")
}
#: The vowel *e* typed before its letter, where it stands for the eye; in Unicode it follows letter and what joins it.
_E_FIRST = re.compile(
    "(?<![\u1000-\u102a\u103b-\u103f\u1050-\u1055\u105a-\u1061\u1065\u1066\u106e-\u1070\u1075-\u1082\u108e])"
    "\u1031([\u1000-\u102a\u103f\u1075-\u1081])([\u103b-\u103e]*)(?!\u1031)"
)
#: The vowel *u* where its look-alike, the letter *nya*, was meant: only that one ends a syllable or has an *aa*.
_NYA = re.compile("\u1025(?=[\u103a\u102c])")
#: A mark above or below its letter covers the same one typed before it.
_MARK_TWICE = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd])\\1+")
_VOWEL_BEFORE = re.compile("([\u0ec0-\u0ec4\u0e40-\u0e44])([\u0e81-\u0eae\u0edc-\u0edf\u0e01-\u0e2e])")


#: What programs write where there is no name. None writes "Nan" or "Null" so, which are names of people.
_NO_NAME = frozenset(("nan", "null", "none", "n/a", "#n/a", "undefined"))
_NAMES_ALL_THE_SAME = frozenset(("Nan", "Null"))


def one_burmese(text: str) -> str:
    """Burmese that looks the same, spelt the same: the letter *wa* where a zero was typed for it, the vowel *e* behind
    its letter, signs in the order of Unicode."""
    placed = _E_FIRST.sub("\\1\\2\u1031", typed_letters(text))
    return _NYA.sub("\u1009", _BURMESE_SIGNS.sub(_in_order, placed))


def one_spelling(text: str) -> str:
    """Lao and Thai that look the same, spelt the same: *ae* as one sign, no mark twice on one letter, vowel before
    tone, *am* as one sign."""
    text = _MARK_TWICE.sub(r"\1", text)
    for twice, once in _TWICE_E:
        text = text.replace(twice, once)
    return _one_am(_TONE_FIRST.sub(lambda found: "".join(reversed([s for s in found.groups() if s])), text))


def _in_order(signs: re.Match[str]) -> str:
    return "".join(sorted(signs[0], key=_BURMESE_PLACE.__getitem__))


def _one_am(text: str) -> str:
    """The Lao and Thai *am* in one spelling: tone, then am."""
    out: list[str] = []
    at = 0
    while at < len(text):
        vowel = _AM.get(text[at])
        if vowel is not None:
            aa, am, tones = vowel
            end = at + 1
            while end < len(text) and text[end] in tones:
                end += 1
            if end < len(text) and text[end] == aa:
                out += [text[at + 1 : end], am]
                at = end + 1
                continue
        elif out and text[at] in TONES and out[-1] in ("\u0eb3", "\u0e33"):
            # am, then tone: some keyboards; the tone belongs before it.
            out[-1:] = [text[at], out[-1]]
            at += 1
            continue
        out.append(text[at])
        at += 1
    return "".join(out)


def read_name(typed: str) -> str:
    """A name as it is kept: composed letters, one spelling of *am*, nothing unseen.

    Raises `NotRead` with `broken_text`, `zawgyi`, `old_encoding`, `spreadsheet_error` or `not_a_name`.
    """
    name = read_line(typed)
    if "?" in name:
        raise NotRead("broken_text")
    lost = name.casefold() in _NO_NAME and name not in _NAMES_ALL_THE_SAME
    if name and (lost or not any(c.isalpha() for c in name)):
        raise NotRead("not_a_name")
    if is_tcvn3(name) or is_vni(name):
        raise NotRead("old_encoding")
    return name


def read_line(typed: str) -> str:
    """A line of an address, in the same form. Raises `NotRead` with `broken_text`, `zawgyi` or `spreadsheet_error`."""
    line = one_line(typed, keep=JOINERS)
    if SPREADSHEET_ERROR.fullmatch(line):
        raise NotRead("spreadsheet_error")
    if is_thai_bytes(line) or re.search(r"\w\?(?:\s|$)", line):
        raise NotRead("broken_text")
    line = unicodedata.normalize("NFC", line)
    # Zawgyi is recognised by the order of its signs, so it is looked for before they are put in order.
    return one_spelling(one_burmese(check_text(line)))


def fold(text: str) -> str:
    """Text as it is searched: one form of each letter, small, single spaces, digits 0 to 9, nothing unseen, no marks
    on Latin letters."""
    composed = one_spelling(one_burmese(unicodedata.normalize("NFC", one_line(text))))
    apart = unicodedata.normalize("NFKD", plain_digits(composed)).casefold()
    plain = "".join(c for c in apart if not (unicodedata.combining(c) and ord(c) < 0x370)).translate(_SAME)
    # Taking apart splits the am again, so it is put together once more.
    return " ".join(one_spelling(unicodedata.normalize("NFC", plain)).split())


def without_tones(folded: str) -> str:
    """A folded text without the marks of tone of Lao and Thai."""
    return folded.translate(_NO_TONES)


def has_tones(text: str) -> bool:
    """Whether a text holds a mark of tone that a search could pass over."""
    return any(c in TONES for c in text)


def search_text(*names: str) -> str:
    """What a person is found by: her names folded, and again without tones for those who pass them over."""
    folded = fold(" ".join(names))
    plain = without_tones(folded)
    return folded if plain == folded else f"{folded} {plain}"


def order_key(name: str) -> tuple[str, str]:
    """Where a name stands in a list. Lao and Thai go by the consonant, not by a vowel written before it, and tones
    decide last, as ICU collates them; the PostgreSQL that we carry has no ICU (decision 0143)."""
    folded = _VOWEL_BEFORE.sub(r"\2\1", fold(name))
    return without_tones(folded), folded
