"""Sheets whose columns are found by what their headings say, wherever they stand and however many rows they take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from services.benefits.domain.import_file import FileUnreadable
from shared.reading import sheets
from shared.reading.names import fold

#: A row that only counts the columns: 1, (2), A.
_COUNTS = re.compile(r"\(?(?:\d{1,3}|[a-z])\)?", re.I)

#: Headings that are named where none of them is known.
MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Headed:
    """Which column stands at which place, and the rows below the heading."""

    columns: Mapping[int, str]
    rows: Sequence[sheets.Line]


@dataclass(frozen=True, slots=True)
class Found:
    """A row by column: what its cells say, where they stand, and which cannot be read."""

    cells: dict[str, str]
    places: dict[str, str]
    faults: dict[str, str]


def spoken(cell: str) -> str:
    """What a heading says, without accents, signs and numbers in brackets."""
    plain = re.sub(r"\(\s*\d+\s*\)", " ", fold(cell))
    return " ".join(re.sub(r"[^\w%]+|_", " ", plain).split())


def headed(
    lines: Sequence[sheets.Line], words: Mapping[str, Sequence[str]], required: Sequence[str], *, until: str = ""
) -> Headed | None:
    """The columns that a sheet names by known words, and its rows; none where a required one is not named. Columns
    from the first on that speaks of `until` are about somebody else and not read.

    Raises `FileUnreadable`: `heading_twice` where two columns say the same.
    """
    known = {word: column for column, some in words.items() for word in some}
    found: dict[int, str] = {}
    below = 0
    for at, line in enumerate(lines[: sheets.TITLE_ROWS]):
        told = {place: known[word] for place, cell in enumerate(line.cells) if (word := spoken(cell)) in known}
        new = {place: column for place, column in told.items() if place not in found}
        if new or (found and _counts(line)):
            found, below = found | new, at + 1
        elif set(required) <= set(found.values()):
            break
    end = _end(lines[:below], until)
    found = {place: column for place, column in found.items() if place < end}
    if not set(required) <= set(found.values()):
        return None
    twice = sorted(column for column, times in Counter(found.values()).items() if times > 1)
    if twice:
        heads = [cell for line in lines[:below] for cell in line.cells if known.get(spoken(cell)) in twice]
        raise FileUnreadable("heading_twice", headings=list(dict.fromkeys(heads)))
    return Headed(found, lines[below:])


def unknown_sheet(
    lines: Sequence[sheets.Line], words: Mapping[str, Sequence[str]], required: Mapping[str, str]
) -> FileUnreadable:
    """Why a sheet is not read: which of the columns that are needed it does not name (in the words of the form), and
    which headings of its fullest row nobody knows."""
    known = {word: column for column, some in words.items() for word in some}
    head = lines[: sheets.TITLE_ROWS]
    told = {known.get(spoken(cell)) for line in head for cell in line.cells}
    fullest = max((line.cells for line in head), key=lambda cells: sum(map(bool, cells)), default=[])
    unknown = [cell[:40] for cell in fullest if cell and spoken(cell) not in known]
    missing = [name for column, name in required.items() if column not in told]
    return FileUnreadable("columns", missing=missing, unknown=unknown[:MOST_UNKNOWN])


def _counts(line: sheets.Line) -> bool:
    told = [cell for cell in line.cells if cell]
    return len(told) > 2 and all(_COUNTS.fullmatch(cell) for cell in told)


def _end(heading: Sequence[sheets.Line], until: str) -> int:
    places = [n for line in heading for n, cell in enumerate(line.cells) if until and until in spoken(cell)]
    return min(places, default=sheets.MOST_COLUMNS)


def row(line: sheets.Line, columns: Mapping[int, str]) -> Found:
    """A row as its columns say it."""
    cells = {column: line.cells[n] if n < len(line.cells) else "" for n, column in columns.items()}
    places = {column: f"{get_column_letter(n + 1)}{line.number}" for n, column in columns.items()}
    faults = {columns[n]: code for n, (code, _) in line.faults.items() if n in columns}
    return Found(cells, places, faults)


def with_zeros(number: str, length: int) -> str:
    """A number whose length is fixed, with the zeros in front that a number cell has lost."""
    return number.zfill(length) if re.fullmatch(rf"\d{{{length - 3},{length - 1}}}", number, re.ASCII) else number
