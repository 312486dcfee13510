"""Sentences with a counted thing have two forms in the source, one for one and one for several; which number counts."""

from __future__ import annotations

import re
from itertools import takewhile

_PLACE = re.compile(r"\{(\w+)\}")


def counting_gap(one: str, many: str) -> str:
    """The {place} whose number chooses between two forms of a sentence: the last before they differ ("{first} to
    {last}: {days} day", "…: {days} days" is chosen by `days`), else the first. Empty where there is none."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, many, strict=False)))
    places = [(found[1], found.end()) for found in _PLACE.finditer(many)]
    before = [name for name, end in places if end <= same]
    return before[-1] if before else places[0][0] if places else ""
