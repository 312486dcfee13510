"""How much waits and how fast it goes, as a supervisor reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

#: Ages of claims in days, each class from its first day on.
AGES = (0, 8, 16, 31, 61)


@dataclass(frozen=True, slots=True)
class Waits:
    """An office's claims that wait: `ages` are counts for the classes of `AGES`, `whom` counts by who must act."""

    office: str
    count: int
    rests: int
    oldest: int
    ages: tuple[int, ...]
    whom: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody's work: what she has in hand and since when, what she decided or proposed, what was given back."""

    name: str
    in_hand: int
    first: date | None
    decided: int
    returned: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Days from a claim to its first decision in an office: half took `half` at most, nine in ten `nine`."""

    office: str
    benefit: str
    count: int
    half: int
    nine: int
