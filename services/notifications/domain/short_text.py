"""How a text becomes parts of a short message.

All our texts travel as UCS-2: 70 code units in one part, 67 in each of several (six octets are the header).
A cut never falls inside a surrogate pair or between a letter and its marks: a phone that shows the parts one by
one would show broken syllables.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

ALONE, JOINED = 70, 67
#: What we allow ourselves; a longer text must be said shorter.
MOST_PARTS = 3
#: Vowels that Lao and Thai write before their consonant, and marks that must not begin a part.
_LEANS_FORWARD = frozenset("ເແໂໃໄเแโใไ")
_LEANS_BACK = frozenset("ະາຳໆຯะาำๆฯ")
_JOINERS = frozenset("\u200d\u1039\u17d2")


class TooLong(ValueError):
    """The text needs more parts than we allow."""


def units(text: str) -> int:
    """Code units of UTF-16, which is what a phone counts."""
    return len(text.encode("utf-16-be")) // 2


def _may_cut(text: str, at: int) -> bool:
    """Whether a part may begin with the character at `at`."""
    before, after = text[at - 1], text[at]
    return not (
        unicodedata.category(after) in ("Mn", "Mc", "Me")
        or after in _LEANS_BACK
        or after in _JOINERS
        or before in _LEANS_FORWARD
        or before in _JOINERS
    )


def split(text: str) -> list[str]:
    """The parts of a text: itself, or pieces of at most `JOINED` units. Raises `TooLong`."""
    if units(text) <= ALONE:
        return [text]
    parts: list[str] = []
    start = 0
    while start < len(text):
        end, size = start, 0
        while end < len(text) and size + units(text[end]) <= JOINED:
            size += units(text[end])
            end += 1
        if end < len(text):
            cut = end
            while cut > start + 1 and not _may_cut(text, cut):
                cut -= 1
            end = cut if cut > start + 1 else end
        parts.append(text[start:end])
        start = end
    if len(parts) > MOST_PARTS:
        raise TooLong(f"{units(text)} units need {len(parts)} parts")
    return parts


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it goes to the operator; `header` is empty where there is only one."""

    no: int
    of: int
    header: bytes
    body: bytes

    @property
    def octets(self) -> bytes:
        return self.header + self.body


def encode(text: str, reference: int) -> list[Part]:
    """Parts with their header (3GPP TS 23.040, 9.2.3.24.1: eight-bit reference). Raises `TooLong`."""
    pieces = split(text)
    if len(pieces) == 1:
        return [Part(1, 1, b"", text.encode("utf-16-be"))]
    head = bytes((5, 0, 3, reference % 256, len(pieces)))
    return [Part(no, len(pieces), head + bytes((no,)), piece.encode("utf-16-be")) for no, piece in enumerate(pieces, 1)]
