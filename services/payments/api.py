"""The API of payments: orders, runs, statements, days, ledger."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.payments import schemas as s
from services.payments import store
from services.payments.doors import (
    LEDGER_READ,
    ORDERS_READ,
    RUNS_MAKE,
    RUNS_READ,
    RUNS_RELEASE,
    etag,
    office_of,
    only_central,
    order_here,
    run_here,
    with_second_factor,
)
from services.payments.gateways import neutral_csv, neutral_sheet
from services.payments.gateways.bank import RunFile
from services.payments.gateways.carried import CarriedFile
from services.payments.institution import institution
from services.payments.usecases import held, runs, sending
from shared import facts
from shared.act import Act
from shared.bank_days import bank_days
from shared.ids import is_uuid
from shared.money import Money
from shared.period import Period
from shared.web.app import viewed
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem, invalid, not_found

doors = Doors()
SERVICES = ("service:benefits", "service:notifications")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- orders ------------------------------------------------------------------------------------


def order_json(act: Act, row: Any, reasons: dict[str, Any]) -> dict[str, Any]:
    """An order as the API shows it."""
    known = reasons.get(row.reason or "")
    number = getattr(row, "run_number", None)
    if number is None and row.run_id is not None:
        run = store.run(act.connection, row.run_id)
        number = run.number if run is not None else None
    return {
        "id": row.id,
        "reference": row.reference,
        "award_id": row.award_id,
        "claim_id": row.claim_id,
        "claim_number": row.claim_number,
        "person_id": row.person_id,
        "employer_id": row.employer_id,
        "office_id": row.office_id,
        "component": row.component,
        "no": row.no,
        "period": Period(row.first_day, row.last_day),
        "kind": row.kind,
        "amount": Money(row.amount_minor, row.currency),
        "due_on": row.due_on,
        "pays_on": bank_days().pays_on(row.due_on),
        "channel": row.channel,
        "state": row.state,
        "reason": row.reason,
        "reason_about": known.about if known else None,
        "owner": known.owner if known else None,
        "since": row.reason_since,
        "run_id": row.run_id,
        "run_number": number,
        "replaces": row.replaces,
        "sent_on": row.sent_on,
        "settled_on": row.settled_on,
        "version": row.version,
    }


def read_cursor(cursor: str | None) -> tuple[str, str] | None:
    """A cursor is the due day and id of the last row seen. Raises 422."""
    if cursor is None:
        return None
    day, _, order_id = cursor.partition("~")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise invalid(("?/cursor", "invalid")) from None
    if not is_uuid(order_id):
        raise invalid(("?/cursor", "invalid"))
    return day, order_id


@doors.api("GET", "/v1/orders", roles=(*ORDERS_READ, *SERVICES), query=s.OrderQuery, gives=s.Orders)
def list_orders(act: Act, query: dict[str, Any]) -> Any:
    """Payment orders of your office, latest due day first."""
    names = ("state", "claim_id", "person_id", "award_id", "run_id", "reference")
    filters = {name: query[name] for name in names}
    limit = query["limit"]
    rows = store.list_orders(
        act.connection, office_of(act), filters, after=read_cursor(query["cursor"]), most=limit + 1
    )
    shown = rows[:limit]
    viewed(*{row.person_id for row in shown})
    reasons = store.reasons(act.connection)
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [order_json(act, row, reasons) for row in shown],
        "next_cursor": f"{last.due_on.isoformat()}~{last.id}" if last is not None else None,
    }


@doors.api("GET", "/v1/orders/kept-about/<uuid:person_id>", roles=("service:benefits",))
def kept_about(act: Act, person_id: UUID) -> Any:
    """All that payments keep about a person, for the copy that she asked for."""
    told = {"person_id": str(person_id), "tables": store.kept_about(act.connection, str(person_id)), "files": []}
    return facts.given("kept", told)


@doors.api("GET", "/v1/orders/expenditure", roles=("service:benefits",), query=s.ExpenditureQuery)
def expenditure(act: Act, query: dict[str, Any]) -> Any:
    """What the ledger spent on claims in a year, for the statistics of benefits."""
    rows = store.expenditure(act.connection, query["year"], query["cursor"], query["limit"] + 1)
    shown = rows[: query["limit"]]
    more = shown[-1]["claim_id"] if len(rows) > len(shown) else None
    return facts.given("expenditure", {"items": shown, "next_cursor": more})


@doors.api("GET", "/v1/orders/money-of-awards", roles=("service:benefits",), query=s.AwardsQuery)
def money_of_awards(act: Act, query: dict[str, Any]) -> Any:
    """What the ledger and the orders say of each award today, for the replay of decisions by benefits."""
    rows = store.money_of_awards(act.connection, act.today, query["cursor"], query["limit"] + 1)
    shown = rows[: query["limit"]]
    more = shown[-1]["award_id"] if len(rows) > len(shown) else None
    return facts.given("money_of_awards", {"items": shown, "next_cursor": more})


@doors.api("GET", "/v1/orders/<uuid:order_id>", roles=(*ORDERS_READ, *SERVICES), gives=s.OrderFullOut)
def show_order(act: Act, order_id: UUID) -> Any:
    """One payment order with its history."""
    row = order_here(act, str(order_id))
    viewed(row.person_id)
    history = [
        {
            "version": m.version,
            "before": m.before,
            "after": m.after,
            "reason": m.reason,
            "by": m.by,
            "at": m.at,
            "on": m.on_day,
            "note": m.note,
        }
        for m in store.moves_of(act.connection, row.id)
    ]
    body = order_json(act, row, store.reasons(act.connection)) | {"history": history}
    return Answer(body, headers=etag(row.version))


def _order_answer(act: Act, row: Row[Any]) -> Answer:
    viewed(row.person_id)
    return Answer(order_json(act, row, store.reasons(act.connection)), headers=etag(row.version))


@doors.api(
    "POST",
    "/v1/orders/<uuid:order_id>/hold",
    roles=RUNS_RELEASE,
    takes=s.NoteIn,
    gives=s.OrderOut,
    conditional=True,
)
def hold_order(act: Act, order_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Hold an order that has not been sent, with a word of why."""
    order_here(act, str(order_id))
    return _order_answer(act, held.hold_order(act, str(order_id), body["note"], if_match))


@doors.api(
    "POST",
    "/v1/orders/<uuid:order_id>/release",
    roles=RUNS_RELEASE,
    takes=s.NoteIn,
    gives=s.OrderOut,
    conditional=True,
)
def free_order(act: Act, order_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Let a held order go, with a word of why; its run checks it anew."""
    order_here(act, str(order_id))
    return _order_answer(act, held.free_order(act, str(order_id), body["note"], if_match))


@doors.api("GET", "/v1/reasons", roles=(*ORDERS_READ, *SERVICES), gives=s.Reasons)
def list_reasons(act: Act) -> Any:
    """Why money is held, refused or comes back, and whose move it is."""
    return {
        "items": [
            {
                "code": r.code,
                "source": r.source,
                "about": r.about,
                "owner": r.owner,
                "holds_successor": r.holds_successor,
            }
            for r in store.reasons(act.connection).values()
        ]
    }


# --- runs --------------------------------------------------------------------------------------


def run_json(act: Act, row: Row[Any]) -> dict[str, Any]:
    """A run as the API shows it."""
    given = store.approvals(act.connection, row.id)
    return {
        "id": row.id,
        "number": row.number,
        "pay_day": row.pay_day,
        "state": row.state,
        "work": row.work,
        "made_by": row.made_by,
        "made_by_name": row.made_by_name,
        "made_at": row.made_at,
        "order_count": row.order_count,
        "total": Money(row.total_minor, row.currency),
        "digest": row.digest,
        "approvals_needed": row.approvals_needed,
        "approvals": [{"by": a.by_id, "name": a.by_name, "at": a.at, "counts": a.digest == row.digest} for a in given],
        "open_warnings": store.open_warnings(act.connection, row.id),
        "sent_on": row.sent_on,
        "executes_on": row.executes_on,
        "file_sha256": row.file_sha256,
        "version": row.version,
    }


def _run_answer(act: Act, row: Row[Any], status: int | None = None) -> Answer:
    headers = etag(row.version)
    if status == 202:
        headers["Location"] = f"/v1/runs/{row.id}"
    return Answer(run_json(act, row), status, headers)


@doors.api("GET", "/v1/runs", roles=RUNS_READ, query=s.RunQuery, gives=s.Runs)
def list_runs(act: Act, query: dict[str, Any]) -> Any:
    """Runs of the institution, newest first."""
    only_central(act)
    limit, cursor = query["limit"], query["cursor"]
    if cursor is not None and not is_uuid(cursor):
        raise invalid(("?/cursor", "invalid"))
    rows = store.list_runs(act.connection, state=query["state"], before=cursor, most=limit + 1)
    shown = rows[:limit]
    return {
        "items": [run_json(act, row) for row in shown],
        "next_cursor": shown[-1].id if len(rows) > limit else None,
    }


@doors.api("POST", "/v1/runs", roles=RUNS_MAKE, takes=s.RunsIn, gives=s.RunIds, status=201)
def draft_runs(act: Act, body: dict[str, Any]) -> Any:
    """Draft a run of everything due by a pay day (today where none is named), one for each currency."""
    only_central(act)
    pay_day = body["pay_day"] or act.today
    if not 0 <= (pay_day - act.today).days <= 31:
        raise invalid(("#/pay_day", "not_within_a_month"))
    made = runs.draft_runs(act, pay_day)
    return {"items": [run_json(act, run_here(act, run_id)) for run_id in made]}


@doors.api("GET", "/v1/runs/<uuid:run_id>", roles=RUNS_READ, gives=s.RunOut)
def show_run(act: Act, run_id: UUID) -> Any:
    """One run."""
    return _run_answer(act, run_here(act, str(run_id)))


@doors.api("GET", "/v1/runs/<uuid:run_id>/items", roles=RUNS_READ, gives=s.Items)
def list_items(act: Act, run_id: UUID) -> Any:
    """The orders of a run with what the check found, those taken out too."""
    row = run_here(act, str(run_id))
    found = store.items(act.connection, row.id)
    viewed(*{item.person_id for item in found})
    return {
        "items": [
            {
                "order_id": i.order_id,
                "reference": i.reference,
                "person_id": i.person_id,
                "claim_number": i.claim_number,
                "component": i.component,
                "amount": Money(i.amount_minor, i.currency),
                "last": None if i.last_minor is None else Money(i.last_minor, i.currency),
                "last_run": i.last_run,
                "state": i.state,
                "taken_out": i.taken_out,
                "payee_name": i.payee_name,
                "name_match": i.name_match,
                "warnings": i.warnings,
                "judged_by": i.judged_by,
            }
            for i in found
        ]
    }


@doors.api("GET", "/v1/runs/<uuid:run_id>/file.csv", roles=RUNS_MAKE)
def run_as_csv(act: Act, run_id: UUID) -> Any:
    """A released run as a neutral sheet, for banks without a layout of their own."""
    row, file, latin = _neutral(act, str(run_id))
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.csv"'}
    return Answer(neutral_csv.write(file, row.number, latin), 200, headers, "text/csv; charset=utf-8")


@doors.api("GET", "/v1/runs/<uuid:run_id>/file.xlsx", roles=RUNS_MAKE)
def run_as_workbook(act: Act, run_id: UUID) -> Any:
    """The same as a workbook whose accounts are text, to be opened in a spreadsheet."""
    row, file, latin = _neutral(act, str(run_id))
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.xlsx"'}
    return Answer(neutral_sheet.write(file, row.number, latin), 200, headers, XLSX)


@doors.api("GET", "/v1/runs/<uuid:run_id>/parts/<int:no>/bank-file", roles=RUNS_MAKE)
def run_for_the_bank(act: Act, run_id: UUID, no: int) -> Any:
    """A file of a sent run in the layout of its bank, to be carried there: the bytes that were released, and no
    others."""
    row = run_here(act, str(run_id))
    channel = institution().channel(row.channel)
    part = next((p for p in store.parts(act.connection, row.id) if p.no == no and p.sent_at is not None), None)
    if not channel.layout or part is None:
        raise not_found()
    found = store.items(act.connection, row.id, (part.first_reference, part.last_reference))
    viewed(*{item.person_id for item in found})
    if any(item.account is None for item in found if item.taken_out is None):
        raise Problem(409, "payees_forgotten")
    headers = {"Content-Disposition": f'attachment; filename="{row.number}-{no}.txt"'}
    return Answer(sending.bytes_of(act, row, part, CarriedFile(channel)), 200, headers, "application/octet-stream")


def _neutral(act: Act, run_id: str) -> tuple[Row[Any], RunFile, dict[str, str | None]]:
    """A released run with its file and the Latin names. Raises `Problem` where it is not released or forgotten."""
    row = run_here(act, run_id)
    if row.approved_at is None or row.state == "cancelled":
        raise Problem(409, "wrong_state", params={"state": row.state})
    found = store.items(act.connection, row.id)
    viewed(*{item.person_id for item in found})
    if any(item.account is None for item in found if item.taken_out is None):
        raise Problem(409, "payees_forgotten")
    file = sending.run_file(act, row, row.channel, row.executes_on or row.pay_day, institution())
    return row, file, {item.reference: item.payee_latin for item in found}


@doors.api("POST", "/v1/runs/<uuid:run_id>/check", roles=RUNS_MAKE, gives=s.RunOut, status=202, conditional=True)
def check_run(act: Act, run_id: UUID, if_match: int) -> Any:
    """Ask for all payees and accounts anew; releases given so far fall."""
    only_central(act)
    return _run_answer(act, runs.ask_check(act, str(run_id), if_match), 202)


@doors.api(
    "POST",
    "/v1/runs/<uuid:run_id>/judgements",
    roles=RUNS_RELEASE,
    takes=s.JudgementIn,
    gives=s.RunOut,
    status=201,
    conditional=True,
)
def judge(act: Act, run_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Pay one order knowing its warnings, skip it this time, or reject it."""
    only_central(act)
    return _run_answer(
        act,
        runs.judge(act, str(run_id), body["order_id"], body["verdict"], note=body["note"], version=if_match),
    )


@doors.api(
    "POST",
    "/v1/runs/<uuid:run_id>/approvals",
    roles=RUNS_RELEASE,
    takes=s.ApprovalIn,
    gives=s.RunOut,
    status=201,
    conditional=True,
)
def approve(act: Act, run_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Release a run by its total; the last hand needed sends it."""
    only_central(act)
    with_second_factor()
    return _run_answer(act, runs.release(act, str(run_id), body["total"], digest=body["digest"], version=if_match))


@doors.api("POST", "/v1/runs/<uuid:run_id>/sending", roles=RUNS_MAKE, gives=s.RunOut, status=202, conditional=True)
def send_now(act: Act, run_id: UUID, if_match: int) -> Any:
    """Try at once to send a released run that waits for the bank or for funds."""
    only_central(act)
    return _run_answer(act, runs.ask_sending(act, str(run_id), if_match), 202)


@doors.api(
    "POST",
    "/v1/runs/<uuid:run_id>/cancellation",
    roles=RUNS_MAKE,
    gives=s.RunOut,
    status=201,
    conditional=True,
)
def cancel(act: Act, run_id: UUID, if_match: int) -> Any:
    """Take a run back before it is sent; its orders wait for the next one."""
    only_central(act)
    return _run_answer(act, runs.cancel_run(act, str(run_id), if_match))


# --- ledger ------------------------------------------------------------------------------------


@doors.api("GET", "/v1/ledger/balances", roles=LEDGER_READ, query=s.LedgerQuery, gives=s.Balances)
def ledger_balances(act: Act, query: dict[str, Any]) -> Any:
    """Debit, credit and balance of each account, over a period or for ever; minor units."""
    only_central(act)
    rows = store.balances(act.connection, first=query["first"], last=query["last"])
    return {
        "items": [
            {
                "account": r.account,
                "component": r.component,
                "currency": r.currency,
                "debit": int(r.debit),
                "credit": int(r.credit),
                "balance": int(r.balance),
            }
            for r in rows
        ]
    }


@doors.api("GET", "/v1/ledger/entries", roles=LEDGER_READ, query=s.EntryQuery, gives=s.Entries)
def ledger_entries(act: Act, query: dict[str, Any]) -> Any:
    """Entries with their postings, oldest first."""
    only_central(act)
    limit, cursor = query["limit"], query["cursor"]
    if cursor is not None and not is_uuid(cursor):
        raise invalid(("?/cursor", "invalid"))
    rows = store.entries(act.connection, order_id=query["order_id"], on=query["on"], after=cursor, most=limit + 1)
    shown = rows[:limit]
    return {
        "items": [
            {
                "id": e.id,
                "kind": e.kind,
                "order_id": e.order_id,
                "happened_on": e.happened_on,
                "recorded_at": e.recorded_at,
                "postings": e.postings,
            }
            for e in shown
        ],
        "next_cursor": shown[-1].id if len(rows) > limit else None,
    }
