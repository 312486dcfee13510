"""Names: one form for keeping, one for searching, and what is said at entry when a name was spoilt."""

from __future__ import annotations

import re
import unicodedata

from shared.reading import NotRead
from shared.reading.letters import JOINERS, check_text, is_tcvn3, one_line, plain_digits

#: Vowel and tone of the Lao and Thai *am* come in two spellings that look the same: nikhahit, tone, aa; or tone, am.
_AM = {
    "\u0ecd": ("\u0eb2", "\u0eb3", frozenset("\u0ec8\u0ec9\u0eca\u0ecb")),
    "\u0e4d": ("\u0e32", "\u0e33", frozenset("\u0e48\u0e49\u0e4a\u0e4b")),
}
#: Letters that are variants of another although Unicode does not take them apart.
_SAME = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
#: Marks of tone in Lao and Thai, for a search that passes them over.
TONES = "\u0ec8\u0ec9\u0eca\u0ecb\u0e48\u0e49\u0e4a\u0e4b"
_NO_TONES = str.maketrans("", "", TONES)
#: Two signs of *e* look like the sign of *ae*; a tone belongs behind the vowel above or below its letter.
_TWICE_E = (("\u0ec0\u0ec0", "\u0ec1"), ("\u0e40\u0e40", "\u0e41"))
_TONE_FIRST = re.compile("([\u0ec8-\u0ecb])([\u0eb1\u0eb4-\u0eb9\u0ebb])|([\u0e48-\u0e4b])([\u0e31\u0e34-\u0e39])")
_VOWEL_BEFORE = re.compile("([\u0ec0-\u0ec4\u0e40-\u0e44])([\u0e81-\u0eae\u0edc-\u0edf\u0e01-\u0e2e])")


def one_spelling(text: str) -> str:
    """Lao and Thai that look the same, spelt the same: *ae* as one sign, vowel before tone, *am* as one sign."""
    for twice, once in _TWICE_E:
        text = text.replace(twice, once)
    return _one_am(_TONE_FIRST.sub(lambda found: "".join(reversed([s for s in found.groups() if s])), text))


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

    Raises `NotRead` with `broken_text`, `zawgyi` or `old_encoding`.
    """
    name = read_line(typed)
    if "?" in name:
        raise NotRead("broken_text")
    if is_tcvn3(name):
        raise NotRead("old_encoding")
    return name


def read_line(typed: str) -> str:
    """A line of an address, in the same form. Raises `NotRead` with `broken_text` or `zawgyi`."""
    return check_text(one_spelling(unicodedata.normalize("NFC", one_line(typed, keep=JOINERS))))


def fold(text: str) -> str:
    """Text as it is searched: one form of each letter, small, single spaces, digits 0 to 9, nothing unseen, no marks
    on Latin letters."""
    composed = one_spelling(unicodedata.normalize("NFC", one_line(text)))
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
