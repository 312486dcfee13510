"""What a file that was sent in has come to: how far, which rows are refused and why, and the sheet with all answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.ids import FileId
from services.benefits.domain.import_file import FileUnreadable, ImportFile, RowAnswer
from services.benefits.institution import institution
from services.benefits.usecases import columns, files_in, table_files
from services.benefits.usecases.imports import ROLES
from services.benefits.usecases.table_files import ADDED, COLUMNS, FORMATS, kinds_here
from services.benefits.views import file_words, words
from services.benefits.views.shown import Words, options
from shared.act import Act
from shared.web import pages
from shared.web.formatting import text
from shared.web.problems import Problem

#: Rows that a page shows; the sheet holds all.
SHOWN = 500
#: Rows of a list that stand under its heading where somebody says which column is which.
FIRST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody may send in this country: kinds with their columns, and what some of them ask to be told beside
    the file."""

    kinds: list[dict[str, str]]
    columns: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    asks: list[str]


def offered(act: Act) -> Offered:
    """The kinds of files that the asker may send."""
    here = kinds_here(institution().country)
    kinds = [kind for kind in here if not act.actor.roles.isdisjoint(ROLES[kind])]
    asks = {name: None for kind in kinds if kind in FORMATS for name in FORMATS[kind].asks}
    hers = [name for name in asks if name != "employer_no" or act.actor.employer is None]
    return Offered(options(file_words.KINDS, kinds), {kind: here[kind] for kind in kinds}, hers)


def not_taken(wrong: FileUnreadable) -> Problem:
    """The answer to a file that is not taken in, with the reason in words."""
    return Problem(422, wrong.code, params=wrong.params, said=unreadable(wrong))


def unreadable(wrong: FileUnreadable) -> str:
    """Why a file as a whole is not taken, in words."""
    said = {name: ", ".join(value) if isinstance(value, list) else value for name, value in wrong.params.items()}
    if wrong.code in ("column_twice", "columns_missing"):
        said = {"columns": ", ".join(pages.translate(file_words.COLUMN_NAMES[c]) for c in wrong.params["columns"])}
    table = file_words.FILE_FAULTS if wrong.code in file_words.FILE_FAULTS else words.ERRORS
    return str(pages.translate(table.get(wrong.code, wrong.code), **({name: said[name] or "–" for name in said})))


@dataclass(frozen=True, slots=True)
class NamedColumn:
    """A column of a list as its sender calls it, what stands in it first, and which of ours it is, as far as known."""

    place: int
    heading: str
    first: list[str]
    column: str


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """Which column of a list is which: guessed by known words, or as it was said just now."""

    name: str
    what: Words
    href: str
    back: str
    found: list[NamedColumn]
    offered: list[dict[str, str]]
    error: str


def columns_page(file: ImportFile, home: str, typed: Mapping[int, str] | None = None, error: str = "") -> ColumnsPage:
    """The page that asks which column is which. Raises `FileUnreadable`."""
    heading, rows = table_files.heading_and_rows(file.kind, file.content or b"", FIRST_ROWS)
    required, optional = COLUMNS[file.kind]
    guess = columns.guessed(heading, required + optional)
    told = typed if typed is not None else {n: guess.get(name, "") for n, name in enumerate(heading)}
    found = [
        NamedColumn(n, name, [row[n] if n < len(row) else "" for row in rows], told.get(n, ""))
        for n, name in enumerate(heading)
    ]
    here = options(file_words.COLUMN_NAMES, required + optional)
    what = words.text(file_words.KINDS, file.kind)
    return ColumnsPage(file.name, what, f"{home}/{file.id}/columns", home, found, here, error)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has come; `stopped` when the job was given up and waits for a person."""

    rows: int
    answered: int
    is_done: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class Counted:
    answer: Words
    many: int


@dataclass(frozen=True, slots=True)
class Line:
    row: int
    answer: Words
    kind: str
    why: Words
    column: str
    at: str
    #: What else is wrong: each reason with its column and cell.
    more: list[tuple[Words, str, str]]

    @property
    def reasons(self) -> list[tuple[Words, str, str]]:
        return [(self.why, self.column, self.at), *self.more]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A file, what its rows have come to, and the rows to look at."""

    id: FileId
    name: str
    what: Words
    on: date
    far: Progress
    counts: list[Counted]
    lines: list[Line]
    left_out: int


def progress(act: Act, file: ImportFile) -> Progress:
    stopped = not file.is_done and store.files.has_stopped(act, file.id)
    return Progress(file.rows, file.answered, file.is_done, stopped)


def import_page(act: Act, file: ImportFile) -> ImportPage:
    """The page of a file: refused rows first, and of the others as many as can be read."""
    found = sorted(store.files.answers(act, file), key=lambda answer: (answer.outcome != "refused", answer.row))
    return ImportPage(
        id=file.id,
        name=file.name,
        what=words.text(file_words.KINDS, file.kind),
        on=file.at.date(),
        far=progress(act, file),
        counts=[Counted(said, file.count(outcome)) for outcome, said in _OUTCOMES if file.count(outcome)],
        lines=[_line(answer) for answer in found[:SHOWN]],
        left_out=max(0, len(found) - SHOWN),
    )


_OUTCOMES = [(outcome, words.text(file_words.ANSWERS, outcome)) for outcome in file_words.ANSWERS]


def _line(answer: RowAnswer) -> Line:
    return Line(
        row=answer.row,
        answer=words.text(file_words.ANSWERS, answer.outcome),
        kind=file_words.ANSWER_KINDS.get(answer.outcome, ""),
        why=words.text(file_words.ROW_REASONS, answer.code or answer.outcome),
        column=answer.column or "",
        at=answer.at or "",
        more=[(words.text(file_words.ROW_REASONS, m["code"]), m["column"] or "", m["at"] or "") for m in answer.more],
    )


def answer_sheet(act: Act, file: ImportFile) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of the sheet that goes back: what was sent, as far as it is kept, with each row's answer,
    its reason and the cell where it was refused."""
    language, rows = pages.language(), []
    answers = files_in.answers(act, file)
    for answer in answers:
        line = _line(answer)
        reason = " ".join(
            text(why, language) + (f" ({' '.join(part for part in (column, at) if part)})" if column else "")
            for why, column, at in line.reasons
        )
        said = {"answer": text(line.answer, language), "reason": reason}
        rows.append({"row": str(answer.row), **(answer.cells or {}), **said})
    required, optional = COLUMNS[file.kind]
    used = [c for c in required + optional if c in required or any(c in (a.cells or {}) for a in answers)]
    return [*used, *ADDED], rows
