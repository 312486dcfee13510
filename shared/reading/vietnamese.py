"""Vietnamese syllables, and names in the old VNI encoding, which shows them in western letters ("Nguyeãn Vaên").

VNI writes a vowel and behind it a second letter that stands for its marks. One western letter in a name says nothing:
Seán, Loïc and Leão are names of people. What tells is that every marked word, read as VNI, is a Vietnamese syllable,
and that it is none as it stands. Source: published tables of VNI for Windows.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
#: What the second letter adds to the vowel before it.
_MARKS = {
    "ù": _ACUTE,
    "ø": _GRAVE,
    "û": _HOOK,
    "õ": _TILDE,
    "ï": _DOT,
    "â": _CIRCUMFLEX,
    "á": _CIRCUMFLEX + _ACUTE,
    "à": _CIRCUMFLEX + _GRAVE,
    "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE,
    "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE,
    "é": _BREVE + _ACUTE,
    "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}
_TONES = frozenset("ùøûõï")
#: Which second letters a vowel takes; o and u with a horn are themselves letters of the west: ô and ö.
_TAKES = {
    "a": frozenset(_MARKS),
    "e": frozenset("ùøûõïâáàåãä"),
    "o": frozenset("ùøûõïâáàåãä"),
    "u": _TONES,
    "y": _TONES,
    "ô": _TONES,
    "ö": _TONES,
}
#: Letters that stand for one alone.
_ALONE = {
    "ô": "o" + _HORN,
    "ö": "u" + _HORN,
    "ñ": "đ",
    "í": "i" + _ACUTE,
    "ì": "i" + _GRAVE,
    "æ": "i" + _HOOK,
    "ó": "i" + _TILDE,
    "ò": "i" + _DOT,
    "î": "y" + _DOT,
}
#: Words whose one pair names of the west have too: Seán, Joán, Jaén, Raúl, Loïc; not so Kieàu, Haïnh, Phaïm.
_WESTERN = re.compile("[^iuy]*[eo][áà].*|.*a[éèú].*|(?!.*aï(?:nh|ng|ch)|phaïm).*[aou]ï.*")
_FIRST = "ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]"
_OPEN = (
    "ai|ao|au|ay|âu|ây|eo|êu|iu|iêu|yêu|oi|ôi|ơi|ui|ưi|uôi|ươi|ưu|ươu|oai|oay|oao|oeo|uây|uya|uyu|uêu|ia|ya|ua|ưa"
    "|oa|oe|uê|uơ|uy|[aeêioôơuưy]"
)
_CLOSED = "iê|yê|uô|ươ|oa|oă|oe|uâ|uê|uyê|uy|oo|[aăâeêioôơuưy]"
_SYLLABLE = re.compile(f"(?:{_FIRST})?(?:{_OPEN}|(?:{_CLOSED})(?:ch|ng|nh|[cmnpt]))")
_STOPPED = re.compile("(?:ch|[cpt])$")
_TONE = re.compile(f"[{_GRAVE}{_ACUTE}{_TILDE}{_HOOK}{_DOT}]")
_BLANKS = re.compile(r"[^\w]+")


@cache
def is_syllable(word: str) -> bool:
    """Whether a word can be a syllable of Vietnamese: first consonant, rhyme, and a tone that the rhyme takes."""
    apart = unicodedata.normalize("NFD", word.casefold())
    tones = _TONE.findall(apart)
    plain = unicodedata.normalize("NFC", _TONE.sub("", apart))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain):
        return False
    # A syllable that is stopped has one of two tones, and where none is written the writer left it out.
    return not (_STOPPED.search(plain) and tones and tones[0] not in (_ACUTE, _DOT))


def is_vni(name: str) -> bool:
    """Whether a name is Vietnamese in the old VNI encoding ("Traàn Thò Höông"), or in the letters of e-mail
    ("Nguye^~n")."""
    if re.search(r"[aeouAEOU][\^+]", name):
        return True
    words = [word for word in _BLANKS.split(unicodedata.normalize("NFC", name).casefold()) if word]
    marked = [word for word in words if not word.isascii()]
    if not marked or any(c > "\u00ff" for word in marked for c in word) or all(map(is_syllable, words)):
        return False
    pairs, alone = 0, 0
    western = True
    for word in marked:
        read = _from_vni(word)
        if read is None or not is_syllable(read[0]):
            return False
        pairs, alone = pairs + read[1], alone + read[2]
        western &= _WESTERN.fullmatch(word) is not None
    if pairs + alone > 1:
        return True
    return pairs == 1 and not western and all(is_syllable(word) for word in words if word.isascii() and len(word) > 1)


def _from_vni(word: str) -> tuple[str, int, int] | None:
    """What a word in VNI says, how many pairs of letters it has and how many letters that stand for another alone; none
    where it holds a letter that VNI has not in its place."""
    out: list[str] = []
    pairs = alone = at = 0
    while at < len(word):
        letter, pair = word[at], word[at : at + 2]
        if len(pair) == 2 and pair[1] in _TAKES.get(letter, ()):
            out.append(_ALONE.get(letter, letter) + _MARKS[pair[1]])
            pairs += 1
            at += 2
            continue
        if not letter.isascii() and letter not in _ALONE:
            return None
        alone += letter in _ALONE
        out.append(_ALONE.get(letter, letter))
        at += 1
    return unicodedata.normalize("NFC", "".join(out)), pairs, alone
