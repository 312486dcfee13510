"""Pages about the house itself: imports, how it understands an amount, the sandbox's clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pyotp
from flask import Response, request

from services.benefits import store
from services.benefits.domain.import_file import FileState, FileUnreadable, ImportFile
from services.benefits.institution import institution
from services.benefits.pages.employer import download
from services.benefits.usecases import files_in, table_files
from services.benefits.usecases.imports import ROLES
from services.benefits.views import file_words, words
from services.benefits.views import imports as view
from services.benefits.views.shown import Said, show
from shared.act import Act
from shared.clock import ClockRunsForward
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date
from shared.web import pages
from shared.web.doors import PUBLIC, Doors
from shared.web.formatting import in_words, money, text
from shared.web.problems import Problem

doors = Doors()
#: How a form names the columns of a list, by their places.
COLUMN = re.compile(r"c(\d{1,4})", re.ASCII)
IMPORTERS = ("administrator", "officer", "supervisor")


@doors.page("/imports", roles=IMPORTERS)
def imports_page(act: Act) -> Any:
    """Files taken in, and a form for the next."""
    return _imports(act)


def _imports(act: Act, error: str = "", form: Mapping[str, str] | None = None) -> str:
    more = {"rows": store.files.latest(act, 50), "names": file_words.KINDS, "error": error, "typed": Said(form or {})}
    return show("imports.html", view.offered(act), **more)


@doors.page("/imports", method="POST", roles=IMPORTERS)
def import_page(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Keep a file; its page shows what becomes of every row."""
    file = (files or {}).get("file")
    if file is None:
        raise Problem(422, "content_invalid", errors=[{"pointer": "#/file", "code": "required", "params": {}}])
    kind = form.get("kind", "")
    if kind in ROLES and act.actor.roles.isdisjoint(ROLES[kind]):
        raise Problem(403, "not_your_task")
    try:
        taken = files_in.receive(act, kind, file.filename or "", file.stream.read(), said=form, may_ask=True)
    except FileUnreadable as wrong:
        page = _imports(act, view.unreadable(wrong), form)
        return Response(page, 422, content_type="text/html; charset=utf-8")
    return further(taken, "/imports")


def further(file: ImportFile, home: str) -> Any:
    """Where a file goes on: to its rows, or first to the question which column is which."""
    asks = file.state is FileState.ASKS_COLUMNS
    return pages.go(f"{home}/{file.id}/columns" if asks else f"{home}/{file.id}")


def columns_asked(act: Act, file_id: UUID, home: str) -> Any:
    """Which column of a list is which."""
    file = store.files.get(act, str(file_id))
    if file.state is not FileState.ASKS_COLUMNS:
        return further(file, home)
    return show("file_columns.html", view.columns_page(file, home))


def columns_said(act: Act, file_id: UUID, form: Mapping[str, str], home: str) -> Any:
    """Somebody says which column is which; the rows are then answered."""
    typed = {int(found[1]): value for name, value in form.items() if (found := COLUMN.fullmatch(name))}
    try:
        return further(files_in.name_columns(act, str(file_id), typed), home)
    except FileUnreadable as wrong:
        page = view.columns_page(store.files.get(act, str(file_id)), home, typed, view.unreadable(wrong))
        return Response(show("file_columns.html", page), 422, content_type="text/html; charset=utf-8")


@doors.page("/imports/<uuid:file_id>/columns", roles=IMPORTERS)
def import_columns(act: Act, file_id: UUID) -> Any:
    """Which column of a list is which."""
    return columns_asked(act, file_id, "/imports")


@doors.page("/imports/<uuid:file_id>/columns", method="POST", roles=IMPORTERS)
def name_import_columns(act: Act, file_id: UUID, form: dict[str, str]) -> Any:
    """Say it; the rows are then answered."""
    return columns_said(act, file_id, form, "/imports")


@doors.page("/imports/<uuid:file_id>", roles=IMPORTERS)
def import_file_page(act: Act, file_id: UUID) -> Any:
    """How far a file has come; what is refused, and the sheet with all answers."""
    file = store.files.get(act, str(file_id))
    return show("import.html", view.import_page(act, file))


@doors.page("/imports/<uuid:file_id>/answers.csv", roles=IMPORTERS)
def import_answers(act: Act, file_id: UUID) -> Any:
    """The rows of a file as they were sent, with what became of each, where it was refused, and why."""
    file = store.files.get(act, str(file_id))
    return download(table_files.csv_text(*view.answer_sheet(act, file)).encode(), f"answers-{file.name}", "csv")


@doors.page("/imports/<uuid:file_id>/answers.xlsx", roles=IMPORTERS)
def import_answers_workbook(act: Act, file_id: UUID) -> Any:
    """The same as a spreadsheet."""
    file = store.files.get(act, str(file_id))
    return download(table_files.workbook_bytes(*view.answer_sheet(act, file)), f"answers-{file.name}", "xlsx")


@doors.page("/amount", roles=PUBLIC, limit="120 per minute")
def amount_understood(act: Act) -> Any:
    """How an amount being typed is understood, in words; why it is not. Asked by the pages' script, kept nowhere."""
    typed = request.args.get("typed", "")[:60]
    try:
        found = read_amount(typed, institution().currency, pages.language())
        said = f"{money(found, pages.language())} – {in_words(found, pages.language())}"
    except NotRead as unread:
        said = text(words.not_read(unread), pages.language())
    return Response(said, content_type="text/plain; charset=utf-8")


@doors.page("/day", roles=PUBLIC, limit="120 per minute")
def day_understood(act: Act) -> Any:
    """Why what is being typed is no day; nothing where it is one. Asked by the pages' script, kept nowhere."""
    said = ""
    try:
        read_date(request.args.get("typed", "")[:60], act.today, pages.language())
    except DateNotRead as unread:
        said = text(unread.text, pages.language())
    return Response(said, content_type="text/plain; charset=utf-8")


# --- the sandbox -------------------------------------------------------------------------------


@doors.page("/sandbox", roles=PUBLIC, sandbox_only=True)
def sandbox(act: Act) -> Any:
    """Who can be played, their second factors, and the clock. Outside the sandbox this page does not exist."""
    people = [
        {
            "username": a.username,
            "name": a.name,
            "roles": ", ".join(a.roles),
            "office": a.office_id or "",
            "code": pyotp.TOTP(a.totp_secret).at(int(act.now.timestamp())) if a.totp_secret else "",
        }
        for a in store.accounts.every(act)
    ]
    return pages.render("sandbox.html", people=people, target=_target(), error=request.args.get("error", ""))


def _target() -> str:
    """The day the clock is on its way to, if it is."""
    file = pages.service().clock.sandbox_file
    target = file.with_name("clock.target") if file is not None else None
    return target.read_text().strip() if target is not None and target.exists() else ""


@doors.page("/sandbox/clock", roles=PUBLIC, method="POST", sandbox_only=True, tokenless=True)
def move_clock(act: Act, form: dict[str, str]) -> Any:
    """Ask for a later day; the house steps there day by day and runs what falls due."""
    clock = pages.service().clock
    try:
        day = read_date(form.get("to", ""), act.today, pages.language())
    except ValueError:
        day = None
    if day is None or clock.sandbox_file is None:
        return pages.go("/sandbox?error=date")
    try:
        _ask(clock.sandbox_file.with_name("clock.target"), day, act.today)
    except ClockRunsForward:
        return pages.go("/sandbox?error=back")
    return pages.go("/sandbox")


def _ask(file: Any, day: date, today: date) -> None:
    if day < today:
        raise ClockRunsForward(day.isoformat())
    fresh = file.with_suffix(".asked")
    fresh.write_text(day.isoformat())
    fresh.replace(file)
