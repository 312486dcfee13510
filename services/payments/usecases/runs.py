"""Runs: drafted by one, checked by the machine, judged and released by others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, text, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import run as rules
from services.payments.domain.check import Payee, Warning, compare, hold_reason, look_at
from services.payments.domain.order import OrderState
from services.payments.domain.run import Release, RunMoveNotAllowed, RunState, Totals, control_totals
from services.payments.gateways.bank import NameCheck
from services.payments.usecases.moves import move_order, move_orders
from services.payments.usecases.outside import Outside
from shared import jobs
from shared.act import Act
from shared.database import lock_key
from shared.money import Money


class RunGone(LookupError):
    """There is no such run."""


class OrderNotInRun(LookupError):
    """The order is not in this run (any more)."""


class Stale(ValueError):
    """Somebody changed the run since it was looked at."""


NAME_NOT_AVAILABLE = NameCheck("RVNA")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was learned about one payee outside any transaction: facts, or why there are none."""

    payee: Payee | None
    failure: str | None = None  # benefits_unreachable | payee_unknown
    name: NameCheck = NAME_NOT_AVAILABLE


def draft_runs(act: Act, pay_day: date) -> list[str]:
    """A run for each channel and currency in which something is due by the pay day; none where nothing is due.

    Done twice, the second finds nothing left: an order is in one run at a time.
    """
    act.connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": lock_key("draft_runs")})
    made = []
    for channel, currency in store.due_roads(act.connection, pay_day):
        if store.any_due(act.connection, pay_day, channel, currency):
            run_id = _draft(act, pay_day, channel, currency)
            store.take_due(act.connection, run_id, pay_day, channel, currency)
            _count(act, run_id)
            made.append(run_id)
    return made


def _draft(act: Act, pay_day: date, channel: str, currency: str) -> str:
    """An empty draft, to be filled and then checked."""
    run_id = act.new_id()
    number = rules.run_number(pay_day, store.runs_in_month(act.connection, pay_day))
    act.connection.execute(
        insert(t.run).values(
            id=run_id,
            number=number,
            pay_day=pay_day,
            currency=currency,
            channel=channel,
            state=RunState.DRAFT,
            work="checking",
            made_by=act.actor.id,
            made_by_name=act.actor.name or act.actor.id,
            made_at=act.now,
            made_on=act.today,
            order_count=0,
            total_minor=0,
            digest="",
            message_id=run_id.replace("-", ""),
            version=1,
        )
    )
    jobs.post_job(act, "check_run", f"{run_id}:1", {"run_id": run_id})
    return run_id


def _locked(act: Act, run_id: str, *, version: int | None = None) -> Row[Any]:
    row = store.run(act.connection, run_id, lock=True)
    if row is None:
        raise RunGone(run_id)
    if version is not None and row.version != version:
        raise Stale(run_id)
    return row


def _count(act: Act, run_id: str, **values: Any) -> Row[Any]:
    """Count the run anew; what approvals were about is its digest."""
    currency = store.run(act.connection, run_id).currency  # type: ignore[union-attr]
    totals = control_totals(store.run_lines(act.connection, run_id), currency)
    return store.update_run(
        act.connection,
        run_id,
        order_count=totals.order_count,
        total_minor=totals.total_minor,
        digest=totals.digest,
        **values,
    )


def content_changed(act: Act, row: Row[Any]) -> Row[Any]:
    """An order left the run: count again. Releases given so far are about another content and count no more."""
    values: dict[str, Any] = {}
    if row.state == RunState.APPROVED:
        _move_all(act, row.id, OrderState.APPROVED, OrderState.PLANNED)
        values = {
            "state": rules.move_run(RunState.APPROVED, RunState.CHECKED),
            "approved_at": None,
            "work": "none",
        }
    now = _count(act, row.id, **values)
    if now.order_count == 0 and row.state != RunState.DRAFT:
        now = store.update_run(act.connection, row.id, state=RunState.CANCELLED, work="none", ended_at=act.now)
    return now


def _move_all(act: Act, run_id: str, before: OrderState, to: OrderState) -> None:
    """Move all orders of a run that are in one state, slice by slice."""
    for first, last, _ in store.slices(act.connection, run_id, rules.TOGETHER, before):
        move_orders(act, store.orders_between(act.connection, run_id, first, last, (before,), lock=True), to)


def ask_check(act: Act, run_id: str, version: int | None = None) -> Row[Any]:
    """Look at all payees and accounts of a run anew; the work is done by a job."""
    row = _locked(act, run_id, version=version)
    if row.state not in (RunState.DRAFT, RunState.CHECKED):
        raise RunMoveNotAllowed(RunState(row.state), RunState.CHECKED)
    store.check_anew(act.connection, run_id)
    now = store.update_run(act.connection, run_id, state=RunState.DRAFT, work="checking", approvals_needed=None)
    jobs.post_job(act, "check_run", f"{run_id}:{now.version}", {"run_id": run_id})
    return now


def people_to_look_at(act: Act, run_id: str) -> list[str]:
    """The persons and employers of a draft who are still to be looked at; empty where there is nothing to do."""
    row = store.run(act.connection, run_id)
    if row is None or row.state != RunState.DRAFT or row.work != "checking":
        return []
    return store.unchecked_people(act.connection, run_id)


def record_check(act: Act, run_id: str, looked: Mapping[str, Looked], out: Outside) -> None:
    """What was found about some payees of a draft becomes warnings and holds.

    Who is paid over another channel by now goes into a run of that channel, drafted at once.
    """
    row = _locked(act, run_id)
    if row.state != RunState.DRAFT:
        return
    found = []
    rows = _of_this_channel(act, row, looked, out)
    past = store.past_of(act.connection, sorted({(store.payee_of(order), order.component) for order in rows}))
    for order in rows:
        seen = looked[store.payee_of(order)]
        before = past[store.payee_of(order), order.component]
        reason = seen.failure
        if reason is None and seen.payee is not None:
            takes = out.takes_of(seen.payee)
            reason = hold_reason(seen.payee, before, takes, failed_before=order.replaces is not None)
        if reason is not None or seen.payee is None or seen.payee.account is None:
            reason = reason or "no_account"
            store.update_item(
                act.connection, run_id, order.id, taken_out="held", taken_by=act.actor.id, checked_at=act.now
            )
            move_order(act, order, OrderState.HELD, reason=reason, run_id=None)
            continue
        amount, account = Money(order.amount_minor, order.currency), seen.payee.account
        warnings = look_at(
            amount,
            seen.payee,
            before,
            out.institution.limits,
            act.today,
            kind=order.kind,
            name_match=seen.name.code,
            bank_name=seen.name.name,
        )
        last = compare(amount, before).last
        found.append(
            {
                "order_id": order.id,
                "payee_name": seen.payee.name,
                "payee_latin": seen.payee.latin,
                "account": {
                    "kind": account.kind,
                    "bank": account.bank,
                    "number": account.number,
                    "holder": account.holder,
                },
                "fingerprint": account.fingerprint,
                "name_match": seen.name.code,
                "bank_name": seen.name.name,
                "warnings": [w.json() for w in warnings],
                "last_minor": last.minor if last else None,
                "last_run": before.last_run if last else None,
            }
        )
    store.note_looked(act.connection, run_id, act.now, found)


def end_check(act: Act, run_id: str, out: Outside) -> Row[Any]:
    """Every payee of a draft was looked at: the run's totals are frozen; it is taken back where nothing is left."""
    row = _locked(act, run_id)
    if row.state != RunState.DRAFT or row.work != "checking" or store.unchecked_people(act.connection, run_id):
        return row
    now = _count(act, run_id)
    if now.order_count == 0:
        return store.update_run(act.connection, run_id, state=RunState.CANCELLED, work="none", ended_at=act.now)
    figures = out.institution
    needed = rules.approvals_needed(Money(now.total_minor, now.currency), figures.second_from, figures.hands)
    return store.update_run(
        act.connection,
        run_id,
        state=RunState.CHECKED,
        work="none",
        checked_at=act.now,
        approvals_needed=needed,
    )


def _of_this_channel(act: Act, row: Row[Any], looked: Mapping[str, Looked], out: Outside) -> list[Row[Any]]:
    """The orders of a draft that leave over its channel, locked; the others are drafted over theirs."""
    stay, others = [], dict[str, list[str]]()
    for order in store.orders_of_people(act.connection, row.id, looked):
        payee = looked[store.payee_of(order)].payee
        account = payee.account if payee is not None else None
        channel = out.reaching(account) if account is not None else None
        if channel is None or channel.name == row.channel:
            stay.append(order)
        else:
            others.setdefault(channel.name, []).append(order.id)
    for name, ids in sorted(others.items()):
        store.leave_run(act.connection, row.id, ids, name)
        theirs = store.draft_being_checked(act.connection, row.pay_day, name, row.currency)
        theirs = theirs or _draft(act, row.pay_day, name, row.currency)
        store.add_to_run(act.connection, theirs, ids)
        _count(act, theirs)
    return stay


def judge(
    act: Act, run_id: str, order_id: str, verdict: str, *, note: str | None = None, version: int | None = None
) -> Row[Any]:
    """One order of a run: pay it knowing its warnings, skip it this time, or reject it (it is held)."""
    row = _locked(act, run_id, version=version)
    if row.state not in (RunState.DRAFT, RunState.CHECKED):
        raise RunMoveNotAllowed(RunState(row.state), RunState.CHECKED)
    order = store.order(act.connection, order_id, lock=True)
    if order is None or order.run_id != run_id:
        raise OrderNotInRun(order_id)
    if verdict == "pay":
        store.update_item(act.connection, run_id, order_id, judged_by=act.actor.id, judged_at=act.now, note=note)
        return store.update_run(act.connection, run_id)
    taken = {"skip": "skipped", "reject": "rejected"}[verdict]
    store.update_item(act.connection, run_id, order_id, taken_out=taken, taken_by=act.actor.id, note=note)
    if verdict == "reject":
        move_order(act, order, OrderState.HELD, reason="rejected_in_run", note=note, run_id=None)
    else:
        o = t.payment_order
        act.connection.execute(update(o).where(o.c.id == order_id).values(run_id=None))
    return content_changed(act, row)


def totals_of(row: Row[Any]) -> Totals:
    return Totals(row.order_count, row.total_minor, row.currency, row.digest)


def release(act: Act, run_id: str, typed: Money, *, digest: str | None = None, version: int | None = None) -> Row[Any]:
    """One person releases the run by typing its total; with enough hands it goes to the bank.

    Raises `ReleaseRefused`, `RunMoveNotAllowed`, `Stale`, `RunGone`.
    """
    row = _locked(act, run_id, version=version)
    given = [Release(a.by_id, a.digest) for a in store.approvals(act.connection, run_id)]
    rules.check_release(
        state=RunState(row.state),
        by=act.actor.id,
        makers=[row.made_by],
        given=given,
        totals=totals_of(row),
        typed=typed,
        seen_digest=digest,
        open_warnings=store.open_warnings(act.connection, run_id),
    )
    act.connection.execute(
        insert(t.run_approval).values(
            id=act.new_id(),
            run_id=run_id,
            by_id=act.actor.id,
            by_name=act.actor.name or act.actor.id,
            digest=row.digest,
            total_minor=row.total_minor,
            at=act.now,
            on_day=act.today,
        )
    )
    given.append(Release(act.actor.id, row.digest))
    if not rules.is_released(given, row.digest, row.approvals_needed):
        return store.update_run(act.connection, run_id)
    approve_more(act, run_id)
    now = store.update_run(act.connection, run_id, state=RunState.APPROVED, approved_at=act.now, work="sending")
    jobs.post_job(act, "send_run", f"{run_id}:{now.version}", {"run_id": run_id})
    return now


def approve_more(act: Act, run_id: str, after: str = "") -> str | None:
    """Orders of a released run are released, so many at a time, from after one reference on; the last reference where
    some may be left for another transaction."""
    planned = store.orders_after(act.connection, run_id, after, OrderState.PLANNED, rules.TOGETHER)
    move_orders(act, planned, OrderState.APPROVED)
    return str(planned[-1].reference) if len(planned) == rules.TOGETHER else None


def cancel_run(act: Act, run_id: str, version: int | None = None) -> Row[Any]:
    """Take a run back before it is sent; its orders wait for the next one."""
    row = _locked(act, run_id, version=version)
    rules.move_run(RunState(row.state), RunState.CANCELLED)
    _move_all(act, run_id, OrderState.APPROVED, OrderState.PLANNED)
    store.take_all_out(act.connection, run_id, act.actor.id)
    o = t.payment_order
    act.connection.execute(update(o).where(o.c.run_id == run_id).values(run_id=None))
    return store.update_run(act.connection, run_id, state=RunState.CANCELLED, work="none", ended_at=act.now)


def ask_sending(act: Act, run_id: str, version: int | None = None) -> Row[Any]:
    """Try again at once to send a released run that is waiting for the bank or for funds."""
    row = _locked(act, run_id, version=version)
    if row.state != RunState.APPROVED:
        raise RunMoveNotAllowed(RunState(row.state), RunState.SENT)
    now = store.update_run(act.connection, run_id, work="sending")
    jobs.post_job(act, "send_run", f"{run_id}:{now.version}", {"run_id": run_id})
    return now


def warning_of(given: Mapping[str, Any]) -> Warning:
    return Warning(given["code"], given["params"])
