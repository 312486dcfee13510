"""The pages of statements: a day that adds up, what could not be taken, and what waits in suspense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import Row

from services.payments import store, words
from services.payments.domain.order import OrderState
from services.payments.doors import RUNS_MAKE, RUNS_READ, only_central
from services.payments.institution import institution
from services.payments.pages import order_line, run_row, typed_amounts
from services.payments.schemas import RESOLUTIONS
from services.payments.statement_api import day_json, taken_in
from services.payments.usecases import coverage, explaining, handing_in
from services.payments.usecases.repayments import ResolutionNotPossible
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money
from shared.period import read_day
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.pages import go, render
from shared.web.problems import invalid, not_found

doors = Doors()


# --- days --------------------------------------------------------------------------------------


@doors.page("/payments/day/<day>", roles=RUNS_READ)
def day_page(act: Act, day: str) -> Any:
    """A day as four numbers that add up, each opening its list."""
    only_central(act)
    try:
        wanted = read_day(day)
    except ValueError:
        raise not_found() from None
    return _day_page(act, wanted)


def _day_page(act: Act, wanted: date, typed: Mapping[str, Any] | None = None) -> str:
    """The page of a day; `typed` is what somebody said of a line, and why that cannot be."""
    shown = store.runs_sent_on(act.connection, wanted)
    orders = store.orders_sent_on(act.connection, wanted)
    viewed(*{row.person_id for row in orders})
    reasons = store.reasons(act.connection)
    groups: dict[str, list[dict[str, Any]]] = {"confirmed": [], "came_back": [], "no_answer": []}
    for row in orders:
        state = OrderState(row.state)
        part = "confirmed" if state is OrderState.SETTLED else "no_answer" if state in store.IN_FLIGHT else "came_back"
        groups[part].append(order_line(row, reasons))
    unexplained = store.unexplained_lines(act.connection, wanted)
    repaid = store.taken_of_lines(act.connection, [line.id for line in unexplained])
    lines = [
        {
            "id": line.id,
            "amount": Money(line.amount_minor, line.currency),
            "repaid": Money(repaid.get(line.id, 0), line.currency),
            "match": words.words(line.match, words.MATCHES),
            "code": line.match,
            "text": line.text,
            "came_in": line.amount_minor > 0,
            "claim": _claim_in(line.text),
            "reference": line.reference,
            "order_id": line.order_id,
            "resolution": words.words(line.resolution, words.RESOLUTIONS | words.BY_ITSELF)
            if line.resolution
            else None,
            "bank": line.bank_reference,
        }
        for line in unexplained
    ]
    return render(
        "day.html",
        day=wanted,
        numbers=day_json(act, wanted),
        groups=groups,
        lines=lines,
        runs=[run_row(row) for row in shown],
        statements=[_statement(row) for row in store.list_statements(act.connection, wanted, wanted)],
        before=wanted - timedelta(days=1),
        after=wanted + timedelta(days=1),
        resolutions=words.RESOLUTIONS,
        may=act.actor.has(*RUNS_MAKE),
        today=act.today,
        me=act.actor.id,
        typed=typed or {},
    )


def _statement(row: Row[Any]) -> dict[str, Any]:
    """A statement as the pages show it, with what is missing and who brought it."""
    missing = row.missing_minor
    return {
        "id": row.statement_id,
        "account": row.account,
        "day": row.day,
        "final": row.is_final,
        "adds_up": row.adds_up,
        "missing": Money(missing, row.currency) if missing else None,
        "count": row.line_count,
        "unreadable": len(row.unreadable),
        "faults": row.unreadable,
        "closing": Money(row.closing_minor, row.currency) if row.closing_minor is not None else None,
        "handed_in_by": row.imported_by_name,
        "doubts": [words.words(code, words.DOUBTS) for code in row.doubts],
    }


@doors.page("/payments/statements", roles=RUNS_READ)
def statements_page(act: Act) -> Any:
    """Statements of the bank: what could not be taken and why, days that are missing, and the last ones read."""
    only_central(act)
    return _statements(act)


def _statements(act: Act, error: str = "") -> str:
    figures = institution()
    gaps = []
    for own in figures.accounts:
        if not own.gives_statements:
            continue
        calendar = figures.channel(own.channel).calendar
        missing = coverage.missing_days(act, own, act.today - timedelta(days=1), calendar.is_open)
        if missing:
            gaps.append({"account": own.number, "currency": own.currency, "days": missing[:31], "count": len(missing)})
    return render(
        "statements.html",
        files=[_file(row) for row in store.statement_files(act.connection, open_only=False)],
        statements=[_statement(row) for row in store.list_statements(act.connection, None, None, most=60)],
        gaps=gaps,
        layouts=[
            {"value": row.id, "label": f"{row.name} · {row.account}"}
            for row in store.layouts(act.connection)
            if row.state == "confirmed"
        ],
        error=error,
        may=act.actor.has(*RUNS_MAKE),
    )


@doors.page("/payments/statements", roles=RUNS_MAKE, method="POST")
def hand_in_page(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Hand a file of statements in; what of it is not taken stands in the list with its reasons."""
    only_central(act)
    file, named = (files or {}).get("file"), form.get("layout", "")
    if file is None or (named and not is_uuid(named)):
        shown = _statements(act, pages.translate(words.LAYOUT_ERRORS["required"]))
        return Response(shown, 422, content_type="text/html; charset=utf-8")
    taken_in(act, file.stream.read(), named or None)
    return go("/payments/statements#files")


def _file(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "on": row.taken_on,
        "who": row.taken_by_name,
        "state": words.words(row.state, words.FILE_STATES),
        "kind": words.FILE_KINDS[row.state],
        "again": row.state in ("partly", "refused"),
        "faults": [
            {
                "reason": words.words(fault["reason"], words.FAULTS),
                "statement": fault["statement_id"],
                "account": fault["account"],
                "entry": fault["entry"],
                "lines": fault["lines"],
                "cell": fault.get("cell", ""),
            }
            for fault in row.faults
        ],
    }


@doors.page("/payments/statements/<uuid:file_id>/again", roles=RUNS_MAKE, method="POST")
def read_again_page(act: Act, file_id: UUID, form: dict[str, str]) -> Any:
    """Read a file once more of which something could not be taken."""
    only_central(act)
    handing_in.read_again(act, str(file_id))
    return go("/payments/statements")


def _claim_in(text: str) -> str:
    """The claim number that somebody wrote into a transfer, or nothing."""
    found = re.search(r"(?<!\d)\d{12}(?!\d)", text)
    return found.group() if found else ""


@doors.page("/payments/suspense", roles=RUNS_READ)
def suspense_page(act: Act) -> Any:
    """Statement lines nobody has explained, by day."""
    only_central(act)
    rows = store.unexplained_lines(act.connection)
    repaid = store.taken_of_lines(act.connection, [row.id for row in rows])
    return render(
        "suspense.html",
        lines=[
            {
                "day": r.booked_on,
                "amount": Money(r.amount_minor - repaid.get(r.id, 0), r.currency),
                "match": words.words(r.match, words.MATCHES),
                "text": r.text,
                "reference": r.reference,
            }
            for r in rows
        ],
    )


@doors.page("/payments/lines/<uuid:line_id>/explain", roles=RUNS_MAKE, method="POST")
def explain_page(act: Act, line_id: UUID, form: dict[str, str]) -> Any:
    """Explain a line that waits in suspense; what cannot be is said beside the line, with what was typed."""
    only_central(act)
    note, claim = form.get("note", "").strip()[:500], form.get("claim", "").strip()[:20]
    if form.get("how") not in RESOLUTIONS or not note:
        raise invalid(("#/note", "required"))
    part = form.get("amount", "").strip()[:60] if form["how"] in explaining.PAID_BACK else ""
    try:
        amount = _part_of(act, str(line_id), part) if part else None
        line = explaining.resolve_line(act, str(line_id), form["how"], note, claim or None, amount)
    except ResolutionNotPossible as refused:
        line = store.line(act.connection, str(line_id))
        typed = {
            "id": line.id,
            "how": form["how"],
            "note": note,
            "claim": claim,
            "amount": part,
            "error": words.words(refused.code, words.NOT_EXPLAINED),
        }
        shown = _day_page(act, line.booked_on, typed)
        return Response(shown, 422, content_type="text/html; charset=utf-8")
    return go(f"/payments/day/{line.booked_on}")


def _part_of(act: Act, line_id: str, typed: str) -> Money:
    """The part of a line that somebody typed. Raises `ResolutionNotPossible`."""
    meant = typed_amounts(typed, store.line(act.connection, line_id).currency, pages.language())
    if len(meant) != 1:
        raise ResolutionNotPossible("amount_unclear")
    return meant.pop()
