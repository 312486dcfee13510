"""The employer's files: maternity leaves, and the monthly lists of her country; each row answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits import store
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.institution import institution
from services.benefits.pages import house
from services.benefits.pages.employer import EMPLOYER, download, own, render
from services.benefits.usecases import files_in, lists_out, table_files
from services.benefits.views import employer as view
from services.benefits.views.imports import offered, progress, unreadable
from services.benefits.views.shown import Said
from shared.act import Act
from shared.period import Month
from shared.reading import NotRead
from shared.reading.days import read_month
from shared.web import formatting, pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import not_found

doors = Doors()
#: What a file holds unless its sender says otherwise.
KIND = "maternity_notifications"
HOME = "/employer/files"
#: Where lists of the country's own forms are handed out.
LISTS_OF = "vn"


def _files(act: Act, error: str = "", form: Mapping[str, str] | None = None) -> str:
    lines = [view.file_line(file) for file in store.files.latest(act)]
    kinds = offered(act)
    return render(
        act,
        "employer_files.html",
        kinds,
        files=lines,
        form_columns=table_files.COLUMNS[KIND],
        lists_out=institution().country == LISTS_OF,
        this_month=str(Month.of(act.today)),
        error=error,
        typed=Said(form or {}),
    )


@doors.page("/employer/files", roles=EMPLOYER)
def files_page(act: Act) -> Any:
    """Send a file, and the files sent before."""
    return _files(act)


@doors.page("/employer/files", roles=EMPLOYER, method="POST")
def send_file(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Take a file in; every row is answered."""
    own(act)
    file = (files or {}).get("file")
    kind = form.get("kind") or KIND
    if kind not in {one["value"] for one in offered(act).kinds}:
        raise not_found()
    try:
        if file is None:
            raise FileUnreadable("required")
        taken = files_in.receive(act, kind, file.filename or "", file.stream.read(), said=form, may_ask=True)
    except FileUnreadable as wrong:
        return Response(_files(act, unreadable(wrong), form), 422, content_type=pages.HTML)
    return house.further(taken, HOME)


@doors.page("/employer/files/<uuid:file_id>/columns", roles=EMPLOYER)
def columns_page(act: Act, file_id: UUID) -> Any:
    """Which column of a list is which."""
    own(act)
    return house.columns_asked(act, file_id, HOME)


@doors.page("/employer/files/<uuid:file_id>/columns", roles=EMPLOYER, method="POST")
def name_columns(act: Act, file_id: UUID, form: dict[str, str]) -> Any:
    """Say it; the rows are then answered."""
    own(act)
    return house.columns_said(act, file_id, form, HOME)


def _rows(act: Act, file_id: UUID) -> tuple[view.FileLine, str, list[view.RowLine]]:
    own(act)
    file = store.files.get(act, str(file_id))
    lines = view.rows_answered(act, file)
    viewed(*(line.person_id for line in lines if line.person_id is not None))
    return view.file_line(file), file.kind, lines


@doors.page("/employer/files/<uuid:file_id>", roles=EMPLOYER)
def file_page(act: Act, file_id: UUID) -> Any:
    """Every row of a file, answered."""
    file, _, rows = _rows(act, file_id)
    return render(act, "employer_file.html", file=file, rows=rows, far=progress(act, store.files.get(act, file.id)))


def _with_reasons(act: Act, file_id: UUID) -> tuple[str, list[str], list[dict[str, str]]]:
    """A file's name, its columns, and its rows with what became of each."""
    file, kind, lines = _rows(act, file_id)
    language, rows = pages.language(), []
    for line in sorted(lines, key=lambda line: line.row):
        told = [(line.why, line.column), *((why, column) for why, column, _ in line.more)]
        said = (formatting.text(why, language) + (f" ({column})" if column else "") for why, column in told)
        reason = " ".join(said)
        rows.append({**line.cells, "answer": formatting.text(line.answer, language), "reason": reason})
    required, optional = table_files.COLUMNS[kind]
    used = [c for c in required + optional if c in required or any(c in line.cells for line in lines)]
    return f"answers-{file.name or 'file'}", [*used, *table_files.ADDED], rows


@doors.page("/employer/files/<uuid:file_id>/reasons.csv", roles=EMPLOYER)
def file_back(act: Act, file_id: UUID) -> Any:
    """The file back, with a column that says what became of each row."""
    name, columns, rows = _with_reasons(act, file_id)
    return download(table_files.csv_text(columns, rows).encode(), name, "csv")


@doors.page("/employer/files/<uuid:file_id>/reasons.xlsx", roles=EMPLOYER)
def workbook_back(act: Act, file_id: UUID) -> Any:
    """The same as a spreadsheet."""
    name, columns, rows = _with_reasons(act, file_id)
    return download(table_files.workbook_bytes(columns, rows), name, "xlsx")


@doors.page("/employer/files/form.csv", roles=EMPLOYER)
def file_form(act: Act) -> Any:
    """An empty file with the columns, to be filled in a spreadsheet."""
    required, optional = table_files.COLUMNS[KIND]
    return download(table_files.csv_text([*required, *optional], []).encode(), "maternity-leaves", "csv")


@doors.page("/employer/files/form.xlsx", roles=EMPLOYER)
def workbook_form(act: Act) -> Any:
    """The same as a spreadsheet, its cells text, so that long numbers and days stay as typed."""
    required, optional = table_files.COLUMNS[KIND]
    return download(table_files.workbook_bytes([*required, *optional], []), "maternity-leaves", "xlsx")


@doors.page("/employer/files/d02-lt.xlsx", roles=EMPLOYER)
def joiners_out(act: Act) -> Any:
    """What has changed of her workers in a month, as list D02-LT, to be completed and sent."""
    employer = own(act)
    if institution().country != LISTS_OF:
        raise not_found()
    try:
        month = read_month(request.args.get("month") or str(Month.of(act.today)))
    except NotRead:
        raise not_found() from None
    book, named = lists_out.d02(act, employer, month)
    viewed(*named)
    return download(book, f"d02-lt-{month}", "xlsx")


@doors.page("/employer/files/01b-hsb.xlsx", roles=EMPLOYER)
def leaves_out(act: Act) -> Any:
    """The leaves that she has notified, as list 01B-HSB, to be completed and sent."""
    employer = own(act)
    if institution().country != LISTS_OF:
        raise not_found()
    book, named = lists_out.hsb(act, employer)
    viewed(*named)
    return download(book, "01b-hsb", "xlsx")
