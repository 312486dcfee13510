"""The API of statements: files handed in, statements with their lines, days that add up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.payments import schemas as s
from services.payments import store
from services.payments import tables as t
from services.payments.domain import statement as rules
from services.payments.doors import RUNS_MAKE, RUNS_READ, only_central
from services.payments.institution import institution
from services.payments.usecases import coverage, explaining, handing_in
from services.payments.usecases.reading import look_at_file
from shared.act import Act
from shared.bank_days import bank_days
from shared.money import Money
from shared.period import read_day
from shared.web import pages
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem, invalid, not_found

doors = Doors()
LARGEST_STATEMENT = 8 * 1024 * 1024


# --- statements and days -----------------------------------------------------------------------


@doors.api(
    "POST",
    "/v1/statements",
    roles=RUNS_MAKE,
    query=s.HandInQuery,
    gives=s.StatementFileOut,
    status=202,
    raw=True,
    problems=(413, 422),
)
def take_statement(act: Act, upload: bytes, query: dict[str, Any]) -> Any:
    """Take in a file of statements by hand (camt.053, .052, .054, MT940, MT942, or a table by a layout in use); its
    lines take effect in the background."""
    only_central(act)
    row = taken_in(act, upload, query["layout"])
    if row.state != "refused":
        return Answer(file_json(row), 202, {"Location": "/v1/statements"})
    # Refused, and yet kept for a second reading: the answer is a problem, the transaction stays.
    return pages.answered(Problem(422, "statement_refused", errors=[fault_json(fault) for fault in row.faults]))


def taken_in(act: Act, upload: bytes, layout_id: str | None) -> Row[Any]:
    """A file that a person brings: looked at while she waits, and kept. Raises 413 and 400."""
    if len(upload) > LARGEST_STATEMENT:
        raise Problem(413, "too_large")
    if not upload.strip():
        raise Problem(400, "unreadable")
    if layout_id is not None and store.layout(act.connection, layout_id) is None:
        raise invalid(("#/layout", "not_allowed"))
    ours, faults = look_at_file(act, upload, institution(), layout_id)
    return handing_in.hand_in(act, upload, faults, takes=len(ours), layout_id=layout_id)


def fault_json(fault: dict[str, Any]) -> dict[str, Any]:
    """Why a statement or an entry was not taken, as an error of a problem: what, where, and the reader's words."""
    where = {name: fault[name] for name in ("statement_id", "account", "entry", "lines", "cell") if fault.get(name)}
    return {"pointer": "#", "code": fault["reason"], "params": where}


def file_json(row: Row[Any]) -> dict[str, Any]:
    """A file of statements as the API shows it."""
    return {
        "id": row.id,
        "sha256": row.sha256,
        "source": row.source,
        "taken_by": row.taken_by,
        "taken_by_name": row.taken_by_name,
        "taken_at": row.taken_at,
        "state": row.state,
        "faults": [fault_json(fault) for fault in row.faults],
    }


@doors.api("GET", "/v1/statements/files", roles=RUNS_READ, gives=s.StatementFiles)
def list_statement_files(act: Act) -> Any:
    """Files that were handed in, or of which something could not be taken: strangers' accounts, unreadable lines."""
    only_central(act)
    return {"items": [file_json(row) for row in store.statement_files(act.connection, open_only=False)]}


@doors.api("POST", "/v1/statements/files/<uuid:file_id>/reading", roles=RUNS_MAKE, gives=s.StatementFileOut, status=202)
def read_file_again(act: Act, file_id: UUID) -> Any:
    """Read a file once more of which something could not be taken."""
    only_central(act)
    return Answer(file_json(handing_in.read_again(act, str(file_id))), 202, {"Location": "/v1/statements/files"})


def statement_json(row: Row[Any]) -> dict[str, Any]:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return {
        "id": row.id,
        "channel": row.channel,
        "statement_id": row.statement_id,
        "account": row.account,
        "currency": row.currency,
        "day": row.day,
        "is_final": row.is_final,
        "opening": money(row.opening_minor),
        "closing": money(row.closing_minor),
        "adds_up": row.adds_up,
        "missing": money(row.missing_minor),
        "source": row.source,
        "handed_in_by": row.imported_by_name or None,
        "doubts": row.doubts,
        "line_count": row.line_count,
        "unreadable": len(row.unreadable),
        "done": row.done,
    }


def line_json(row: Row[Any], repaid_minor: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "entry": row.entry,
        "part": row.part,
        "bank_reference": row.bank_reference,
        "amount": Money(row.amount_minor, row.currency),
        "booked_on": row.booked_on,
        "reference": row.reference,
        "reason": row.reason,
        "match": row.match,
        "order_id": row.order_id,
        "text": row.text,
        "resolution": row.resolution,
        "note": row.note,
        "repaid": Money(repaid_minor, row.currency),
    }


@doors.api("GET", "/v1/statements", roles=RUNS_READ, query=s.LedgerQuery, gives=s.Statements)
def list_statements(act: Act, query: dict[str, Any]) -> Any:
    """Statements read, newest first, of a period."""
    only_central(act)
    return {
        "items": [statement_json(row) for row in store.list_statements(act.connection, query["first"], query["last"])]
    }


@doors.api("GET", "/v1/statements/<uuid:statement_id>", roles=RUNS_READ, gives=s.StatementFullOut)
def show_statement(act: Act, statement_id: UUID) -> Any:
    """One statement with its lines and what each was taken for."""
    only_central(act)
    row = act.connection.execute(select(t.statement).where(t.statement.c.id == str(statement_id))).first()
    if row is None:
        raise not_found()
    lines = store.lines_of_statement(act.connection, row.id)
    repaid = store.taken_of_lines(act.connection, [line.id for line in lines])
    return statement_json(row) | {"lines": [line_json(line, repaid.get(line.id, 0)) for line in lines]}


@doors.api(
    "POST",
    "/v1/statement-lines/<uuid:line_id>/resolution",
    roles=RUNS_MAKE,
    takes=s.ResolutionIn,
    gives=s.LineOut,
    status=201,
)
def resolve(act: Act, line_id: UUID, body: dict[str, Any]) -> Any:
    """Explain a line that waits in suspense."""
    only_central(act)
    how, note, claim = body["how"], body["note"], body["claim_number"]
    line = explaining.resolve_line(act, str(line_id), how, note, claim, body["amount"])
    return line_json(line, store.taken_of_line(act.connection, line.id))


def day_json(act: Act, day: date) -> list[dict[str, Any]]:
    """Reconciliation of the orders sent on a day, for each currency."""
    found = []
    finals = {
        (channel, currency): coverage.last_final_day(act, own, bank_days().is_open)
        for channel, currency in store.roads_sent(act.connection)
        if (own := institution().account(channel, currency)) is not None
    }
    missing = store.missing_there(act.connection, day, finals)
    open_lines = store.unexplained_lines(act.connection, day)
    for currency, (minor, count) in sorted(store.sent_totals(act.connection, day).items()):
        n = rules.day_numbers(store.numbers_by_state(act.connection, day, currency), minor, count)
        found.append(
            {
                "day": day,
                "currency": currency,
                "confirmed": Money(n.confirmed_minor, currency),
                "confirmed_count": n.confirmed_count,
                "came_back": Money(n.came_back_minor, currency),
                "came_back_count": n.came_back_count,
                "no_answer": Money(n.no_answer_minor, currency),
                "no_answer_count": n.no_answer_count,
                "sent": Money(n.sent_minor, currency),
                "sent_count": n.sent_count,
                "adds_up": n.adds_up,
                "without_statement": _missing_days(act, currency, day),
                "unexplained": sum(line.currency == currency for line in open_lines),
                "missing_there": sum(o.currency == currency and o.sent_on == day for o in missing),
            }
        )
    return found


def _missing_days(act: Act, currency: str, day: date) -> list[date]:
    """Days up to a day of which some channel's statement is missing; today's comes tomorrow."""
    until = min(day, act.today - timedelta(days=1))
    told = (a for a in institution().accounts if a.currency == currency and a.gives_statements)
    return sorted({d for own in told for d in coverage.missing_days(act, own, until, bank_days().is_open)})


@doors.api("GET", "/v1/days/<day>", roles=RUNS_READ, gives=s.Days)
def show_day(act: Act, day: str) -> Any:
    """A day as four numbers that add up: confirmed, came back or refused, no answer yet, sent."""
    only_central(act)
    try:
        wanted = read_day(day)
    except ValueError:
        raise not_found() from None
    return {"items": day_json(act, wanted)}
