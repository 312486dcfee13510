"""The pages of payments: runs, one run, orders, one order, a day that adds up, what waits in suspense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Response, g
from sqlalchemy import Row

from services.payments import store, words
from services.payments.domain.order import OrderState
from services.payments.domain.run import OPEN, ReleaseRefused, RunState
from services.payments.doors import (
    ORDERS_READ,
    RUNS_MAKE,
    RUNS_READ,
    RUNS_RELEASE,
    is_central,
    office_of,
    only_central,
    order_here,
    run_here,
    with_second_factor,
)
from services.payments.institution import institution
from services.payments.statement_api import day_json
from services.payments.usecases import held, runs
from shared.act import Act
from shared.bank_days import bank_days
from shared.ids import is_uuid
from shared.money import Money, exponent
from shared.reading import NotRead, days
from shared.reading.amounts import read_amount
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.pages import go, render
from shared.web.problems import Problem, invalid, not_found

doors = Doors()
PER_PAGE = 100
Sums = Mapping[tuple[str, str], int]


# --- runs --------------------------------------------------------------------------------------


@doors.page("/payments", roles=RUNS_READ)
def front(act: Act) -> Any:
    """Runs, newest first, and what waits for somebody."""
    if not is_central(act):
        return go("/payments/orders")
    rows = store.list_runs(act.connection, state=None, before=None, most=30)
    return render(
        "runs.html",
        runs=[run_row(row) for row in rows],
        counts=store.count_by_state(act.connection, None),
        suspense=len(store.unexplained_lines(act.connection)),
        may_make=act.actor.has(*RUNS_MAKE),
        today=act.today,
        yesterday=act.today - timedelta(days=1),
        due=len(store.due_unassigned(act.connection, act.today)),
    )


def run_row(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "pay_day": row.pay_day,
        "state": words.words(row.state, words.RUN_STATES),
        "kind": words.RUN_KINDS[row.state],
        "count": row.order_count,
        "total": Money(row.total_minor, row.currency),
        "made_by": row.made_by_name,
        "work": words.words(row.work, words.WORK) if row.work != "none" else None,
    }


@doors.page("/payments/runs", roles=RUNS_MAKE, method="POST")
def prepare(act: Act, form: dict[str, str]) -> Any:
    """Prepare a run of everything due by a day."""
    only_central(act)
    try:
        day = days.read_date(form.get("pay_day", ""), act.today, pages.language()) or act.today
    except days.DateNotRead:
        raise invalid(("#/pay_day", "not_a_day")) from None
    if not 0 <= (day - act.today).days <= 31:
        raise invalid(("#/pay_day", "not_within_a_month"))
    made = runs.draft_runs(act, day)
    return go(f"/payments/runs/{made[0]}" if len(made) == 1 else "/payments")


@doors.page("/payments/runs/<uuid:run_id>", roles=RUNS_READ)
def run_page(act: Act, run_id: UUID) -> Any:
    """One run: totals, what differs, what to know, and the release."""
    return _run_page(act, run_here(act, str(run_id)))


@doors.page("/payments/runs/<uuid:run_id>/all", roles=RUNS_READ)
def run_page_all(act: Act, run_id: UUID) -> Any:
    """One run with all its orders."""
    return _run_page(act, run_here(act, str(run_id)), show_all=True)


def _difference(this: Sums, last: Sums) -> dict[str, Any]:
    """What is new, ended and changed between two runs, by person and component."""
    new, ended = set(this) - set(last), set(last) - set(this)
    changed = [k for k in set(this) & set(last) if this[k] != last[k]]
    return {
        "new": (len(new), sum(this[k] for k in new)),
        "ended": (len(ended), sum(last[k] for k in ended)),
        "changed": (len(changed), sum(this[k] - last[k] for k in changed)),
        "same": len(set(this) & set(last)) - len(changed),
    }


def _line(item: Row[Any], last: Sums, language: str) -> dict[str, Any]:
    """One order of a run as the page shows it."""
    amount = Money(item.amount_minor, item.currency)
    before = last.get((store.payee_of(item), item.component))
    said = [words.warning_words(w["code"], w["params"], item.currency) for w in item.warnings]
    kind = {"msg": words.KINDS[item.kind], "params": {"no": {"type": "int", "value": item.no}}}
    return {
        "id": item.order_id,
        "name": item.payee_name or item.claim_number,
        "latin": item.payee_latin,
        "amount": amount,
        "last": None if before is None else Money(before, item.currency),
        "change": None if before is None else Money(item.amount_minor - before, item.currency),
        "warnings": said,
        "judged": item.judged_by is not None,
        "about": kind,
        "period": {"from": item.first_day, "to": item.last_day},
        "component": words.words(item.component, words.COMPONENTS),
        "claim": item.claim_number,
        "taken_out": words.words(item.taken_out, words.TAKEN_OUT) if item.taken_out else None,
        "reason": words.words(item.reason, words.REASONS) if item.taken_out and item.reason else None,
        "note": item.note,
        "state": words.words(item.state, words.ORDER_STATES),
        "state_kind": words.ORDER_KINDS[item.state],
    }


def _blocked(act: Act, row: Row[Any], open_warnings: int, given: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    """Why this person cannot release the run now, in words; empty when she can."""
    if row.state != RunState.CHECKED:
        return []
    found = []
    if act.actor.id == row.made_by:
        found.append("own_run")
    if open_warnings:
        found.append("warnings_open")
    if any(a.by_id == act.actor.id and a.digest == row.digest for a in given):
        found.append("already_released")
    if "otp" not in (g.claims.get("amr") or []):
        found.append("second_factor_needed")
    return [words.words(code, words.REFUSALS) for code in found]


def _run_page(act: Act, row: Row[Any], *, show_all: bool = False, errors: dict[str, Any] | None = None) -> str:
    language = pages.language()
    items = store.items(act.connection, row.id)
    viewed(*{item.person_id for item in items})
    inside = [item for item in items if item.taken_out is None]
    before = store.run_before(act.connection, row)
    this = store.sums_by_payee(act.connection, row.id)
    last = store.sums_by_payee(act.connection, before.id) if before is not None else {}
    lines = [_line(item, last, language) for item in inside]
    open_ = RunState(row.state) in OPEN
    warned = [line for line in lines if line["warnings"]]
    changed = [line for line in lines if not line["warnings"] and line["change"] and line["change"].minor]
    plain = [line for line in lines if line not in warned and line not in changed]
    unjudged = sum(1 for line in warned if not line["judged"])
    given = store.approvals(act.connection, row.id)
    by_component: dict[str, list[int]] = {}
    for item in inside:
        sums = by_component.setdefault(item.component, [0, 0])
        sums[0] += item.amount_minor
        sums[1] += 1
    # What left is looked at by its own day; before that, the run before shows what may be expected.
    sent_on = row.sent_on or (before.sent_on if before is not None else None)
    reconciled = day_json(act, sent_on) if sent_on is not None else []
    return render(
        "run.html",
        run=row,
        total=Money(row.total_minor, row.currency),
        state=words.words(row.state, words.RUN_STATES),
        state_kind=words.RUN_KINDS[row.state],
        work=words.words(row.work, words.WORK) if row.work != "none" else None,
        warned=warned,
        changed=changed,
        plain=plain if show_all or not open_ else [],
        plain_count=len(plain),
        out=[_line(item, last, language) for item in items if item.taken_out is not None],
        unjudged=unjudged,
        changed_sum=Money(sum(line["change"].minor for line in changed), row.currency),
        warned_sum=Money(sum(line["amount"].minor for line in warned), row.currency),
        components=[
            (words.words(name, words.COMPONENTS), Money(minor, row.currency), count)
            for name, (minor, count) in sorted(by_component.items())
        ],
        before=before,
        before_total=Money(before.total_minor, row.currency) if before is not None else None,
        difference=_difference(this, last),
        currency=row.currency,
        reconciled=next((d for d in reconciled if d["currency"] == row.currency), None),
        approvals=[{"name": a.by_name, "on": a.on_day, "counts": a.digest == row.digest} for a in given],
        hands=len({a.by_id for a in given if a.digest == row.digest}),
        blocked=_blocked(act, row, unjudged, given),
        may_judge=act.actor.has(*RUNS_RELEASE) and row.state in ("draft", "checked"),
        may_release=act.actor.has(*RUNS_RELEASE) and row.state == "checked",
        may_make=act.actor.has(*RUNS_MAKE),
        open=open_,
        carried=_carried(act, row),
        show_all=show_all or not open_,
        errors=errors or {},
    )


def _carried(act: Act, row: Row[Any]) -> list[int]:
    """The files of a sent run that somebody carries to the bank, by their numbers."""
    if not institution().channel(row.channel).layout or not act.actor.has(*RUNS_MAKE):
        return []
    return [part.no for part in store.parts(act.connection, row.id) if part.sent_at is not None]


@doors.page("/payments/runs/<uuid:run_id>/judge", roles=RUNS_RELEASE, method="POST")
def judge_page(act: Act, run_id: UUID, form: dict[str, str]) -> Any:
    """Pay, skip or reject one order of the run without leaving the list."""
    only_central(act)
    verdict, _, order_id = form.get("do", "").partition(":")
    if verdict not in ("pay", "skip", "reject"):
        raise Problem(400, "unreadable")
    runs.judge(act, str(run_id), order_id, verdict, note=form.get("note", "").strip()[:500] or None)
    return go(f"/payments/runs/{run_id}")


def typed_amounts(typed: str, currency: str, language: str = "") -> set[Money]:
    """What somebody may have meant who typed an amount: one, or the two it could be; none that cannot be read."""
    try:
        return {read_amount(typed[:60], currency, language)}
    except NotRead as wrong:
        readings = [Fraction(text) * 10 ** exponent(currency) for text in wrong.params.get("readings", ())]
        return {Money(int(minor), currency) for minor in readings if minor.denominator == 1}


@doors.page("/payments/runs/<uuid:run_id>/release", roles=RUNS_RELEASE, method="POST")
def release_page(act: Act, run_id: UUID, form: dict[str, str]) -> Any:
    """Release the run by typing its total."""
    row = run_here(act, str(run_id))
    total = Money(row.total_minor, row.currency)
    meant = typed_amounts(form.get("total", ""), row.currency, pages.language())
    try:
        with_second_factor()
        runs.release(
            act,
            row.id,
            total if total in meant else Money(-1, row.currency),
            digest=form.get("digest") or None,
        )
    except (ReleaseRefused, Problem) as refused:
        told = words.words(refused.code, words.REFUSALS)
        return Response(_run_page(act, row, errors={"total": told}), 422, content_type="text/html; charset=utf-8")
    return go(f"/payments/runs/{run_id}")


@doors.page("/payments/runs/<uuid:run_id>/again", roles=RUNS_MAKE, method="POST")
def check_again_page(act: Act, run_id: UUID, form: dict[str, str]) -> Any:
    """Ask for all payees anew, try the bank again, or take the run back."""
    only_central(act)
    do = {"check": runs.ask_check, "send": runs.ask_sending, "cancel": runs.cancel_run}.get(form.get("do", ""))
    if do is None:
        raise Problem(400, "unreadable")
    do(act, str(run_id))
    return go(f"/payments/runs/{run_id}")


# --- orders ------------------------------------------------------------------------------------


@doors.page("/payments/orders", roles=ORDERS_READ)
def orders_page(act: Act) -> Any:
    """Orders of your office: held ones first of all, then by state."""
    return _orders_page(act, None)


@doors.page("/payments/orders/state/<state>", roles=ORDERS_READ)
def orders_by_state(act: Act, state: str) -> Any:
    """Orders of your office in one state."""
    if state not in words.ORDER_STATES:
        raise not_found()
    return _orders_page(act, state)


def _orders_page(act: Act, state: str | None) -> str:
    office = office_of(act)
    rows = store.list_orders(act.connection, office, {"state": state}, after=None, most=PER_PAGE)
    viewed(*{row.person_id for row in rows})
    reasons = store.reasons(act.connection)
    return render(
        "orders.html",
        state=state,
        counts=store.count_by_state(act.connection, office),
        states=words.ORDER_STATES,
        orders=[order_line(row, reasons) for row in rows],
        more=len(rows) == PER_PAGE,
    )


def order_line(row: Any, reasons: Mapping[str, Any]) -> dict[str, Any]:
    reason = reasons.get(row.reason or "")
    return {
        "id": row.id,
        "reference": row.reference,
        "claim": row.claim_number,
        "claim_id": row.claim_id,
        "amount": Money(row.amount_minor, row.currency),
        "due_on": row.due_on,
        "state": words.words(row.state, words.ORDER_STATES),
        "kind": words.ORDER_KINDS[row.state],
        "reason": {"msg": reason.about, "params": {}} if reason else None,
        "since": row.reason_since,
        "owner": words.words(reason.owner, words.OWNERS) if reason and row.state == OrderState.HELD else None,
        "office": row.office_id,
        "component": words.words(row.component, words.COMPONENTS),
        "no": row.no,
        "run_id": row.run_id,
        "run_number": getattr(row, "run_number", None),
        "version": row.version,
    }


@doors.page("/payments/orders/<uuid:order_id>", roles=ORDERS_READ)
def order_page(act: Act, order_id: UUID) -> Any:
    """One order: what it pays, where it stands, and its history."""
    row = order_here(act, str(order_id))
    viewed(row.person_id)
    run = store.run(act.connection, row.run_id) if row.run_id else None
    history = store.moves_of(act.connection, row.id)
    names = store.names_of(act.connection, {m.by for m in history}) | {act.actor.id: act.actor.name}
    moves = [
        {
            "on": m.on_day,
            "text": words.words(m.after, words.ORDER_STATES),
            "who": names.get(m.by) or (pages.translate(words.SOMEBODY) if is_uuid(m.by) else m.by),
            "note": " · ".join(
                filter(None, (pages.translate(words.REASONS.get(m.reason, m.reason)) if m.reason else "", m.note))
            ),
        }
        for m in reversed(history)
    ]
    old = store.order(act.connection, row.replaces) if row.replaces else None
    return render(
        "order.html",
        order=order_line(row, store.reasons(act.connection)),
        person_id=row.person_id,
        employer_id=row.employer_id,
        today=act.today,
        run=run,
        moves=moves,
        replaces=old,
        entries=store.entries(act.connection, order_id=row.id) if is_central(act) else [],
        central=is_central(act),
        may=act.actor.has(*RUNS_RELEASE),
        can_hold=row.state in ("planned", "approved"),
        can_free=row.state == "held",
        accounts=words.ACCOUNTS,
        kinds=words.ENTRIES,
        period={"from": row.first_day, "to": row.last_day},
        settled_on=row.settled_on,
        sent_on=row.sent_on,
        pays_on=bank_days().pays_on(row.due_on),
    )


@doors.page("/payments/orders/<uuid:order_id>/hold", roles=RUNS_RELEASE, method="POST")
def hold_page(act: Act, order_id: UUID, form: dict[str, str]) -> Any:
    """Hold an order, or let a held one go, with a word of why."""
    row = order_here(act, str(order_id))
    note = form.get("note", "").strip()[:500]
    if not note:
        raise invalid(("#/note", "required"))
    do = held.free_order if form.get("do") == "release" else held.hold_order
    do(act, row.id, note)
    return go(f"/payments/orders/{row.id}")
