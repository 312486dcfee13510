"""The lines of a statement, however many: a few are a tuple, a mass lies in a file that nobody else can open.

A statement of half a million lines would take a gigabyte as records. They are written down as they are read and
come back a slice at a time, as often as somebody goes through them.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import IO, Any, overload

from services.payments.domain.statement import StatementLine
from shared.money import Money

#: Lines in one slice; up to so many are kept as they are.
SLICE = 2000


_NAMES = tuple(f.name for f in fields(StatementLine) if f.name not in ("amount", "charges"))
_members = attrgetter(*_NAMES)


def _plain(line: StatementLine) -> tuple[Any, ...]:
    """A line in what is written down fastest."""
    amount, charges = line.amount, line.charges
    kept = (charges.minor, charges.currency) if charges is not None else None
    return (amount.minor, amount.currency), kept, _members(line)


def _line(told: tuple[Any, ...]) -> StatementLine:
    amount, kept, members = told
    charges = Money(*kept) if kept is not None else None
    return StatementLine(amount=Money(*amount), charges=charges, **dict(zip(_NAMES, members, strict=True)))


class Spooled(Sequence[StatementLine]):
    """Many lines in slices of `SLICE`; read by one at a time."""

    def __init__(self, file: IO[bytes], places: Sequence[int], rest: Sequence[StatementLine], slice_: int) -> None:
        self._file, self._places, self._rest, self._slice = file, tuple(places), tuple(rest), slice_

    def __len__(self) -> int:
        return len(self._places) * self._slice + len(self._rest)

    def __iter__(self) -> Iterator[StatementLine]:
        for number in range(len(self._places)):
            yield from self._load(number)
        yield from self._rest

    @overload
    def __getitem__(self, at: int) -> StatementLine: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[StatementLine]: ...
    def __getitem__(self, at: int | slice) -> StatementLine | Sequence[StatementLine]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        number, place = divmod(range(len(self))[at], self._slice)
        return (self._load(number) if number < len(self._places) else self._rest)[place]

    def _load(self, number: int) -> Sequence[StatementLine]:
        self._file.seek(self._places[number])
        # Only what this process wrote is read: the file has no name.
        return [_line(told) for told in pickle.load(self._file)]  # noqa: S301


class Spool:
    """Takes lines one after the other and knows of all of them what a statement says of itself."""

    def __init__(self) -> None:
        self._slice = SLICE
        self._now: list[StatementLine] = []
        self._file: IO[bytes] | None = None
        self._places: list[int] = []
        self.days: set[date] = set()
        self.currencies: set[str] = set()
        self.count = 0

    def add(self, line: StatementLine) -> None:
        self.days.add(line.booked_on)
        self.currencies.add(line.amount.currency)
        self.count += 1
        if len(self._now) == self._slice:
            self._file = self._file or tempfile.TemporaryFile(prefix="statement-")  # noqa: SIM115 - ends with the lines
            self._places.append(self._file.seek(0, 2))
            pickle.dump([_plain(one) for one in self._now], self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._now = []
        self._now.append(line)

    def lines(self) -> Sequence[StatementLine]:
        """All lines taken so far."""
        if self._file is None:
            return tuple(self._now)
        return Spooled(self._file, self._places, self._now, self._slice)
