"""A file that somebody sent: its rows are answered one after the other, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.benefits.domain.ids import EmployerId, FileId


class FileUnreadable(ValueError):
    """The file as a whole cannot be taken; `code` says why, `params` where."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Row(dict[str, str]):
    """The cells of a row by column, the number of the row in its sheet, where each cell stands, and cells that cannot
    be read (column to code)."""

    def __init__(self, cells: Mapping[str, str], number: int, places: Mapping[str, str], faults: Mapping[str, str]):
        super().__init__(cells)
        self.number, self.places, self.faults = number, places, faults


class FileState(StrEnum):
    """What its rows have come to."""

    UNDER_WAY = "under_way"
    #: Somebody must say first which of its columns is which.
    ASKS_COLUMNS = "asks_columns"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one row of a file, numbered as in its sheet, and at which cell ("I7") it was refused; `cells` is
    what the row said, as far as it is still kept."""

    row: int
    outcome: str
    code: str | None = None
    column: str | None = None
    id: str | None = None
    cells: Mapping[str, str] | None = None
    at: str | None = None
    #: What else is wrong with the row, each with its `code`, `column` and `at`.
    more: Sequence[Mapping[str, str | None]] = ()

    def json(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("row", "outcome", "code", "column", "at", "id")}
        told |= {"more": [dict(one) for one in self.more]} if self.more else {}
        return told | ({} if self.cells is None else {"cells": dict(self.cells)})


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file and how far it has come: of its `rows` so many are `answered`, with these outcomes. `sender` is who sent
    it, as an actor's members; `said` what she said beside the file, `content` what she sent, for as long as it is
    kept."""

    id: FileId
    hash: str
    kind: str
    name: str
    by: str
    at: datetime
    state: FileState
    rows: int
    answered: int = 0
    counts: Mapping[str, int] | None = None
    ended_at: datetime | None = None
    employer_id: EmployerId | None = None
    office_id: str | None = None
    sender: Mapping[str, Any] | None = None
    key: str | None = None
    content: bytes | None = None
    said: Mapping[str, str] | None = None

    @property
    def is_done(self) -> bool:
        return self.state is FileState.DONE

    def count(self, outcome: str) -> int:
        return (self.counts or {}).get(outcome, 0)

    def further(self, answers: Sequence[RowAnswer], now: datetime) -> ImportFile:
        """The file when the next rows are answered; it is done with the last."""
        counts = Counter(self.counts or {}) + Counter(answer.outcome for answer in answers)
        answered = self.answered + len(answers)
        done = answered >= self.rows
        return replace(
            self,
            answered=answered,
            counts=dict(counts),
            state=FileState.DONE if done else self.state,
            ended_at=now if done else None,
        )
