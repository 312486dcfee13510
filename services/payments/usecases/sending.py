"""A released run leaves: the intention is committed before the bank hears of it, the answer after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from services.payments import store
from services.payments.domain.check import Account
from services.payments.domain.order import State
from services.payments.domain.run import RunState, control_totals
from services.payments.gateways.bank import Payment, RunFile
from services.payments.institution import Institution
from services.payments.usecases.moves import move_order
from shared import jobs
from shared.act import Act
from shared.money import Money


class NoAccount(ValueError):
    """The institution has no account for this channel and currency."""


class RunChanged(RuntimeError):
    """The run is not the one that was released."""


def run_file(act: Act, row: Row[Any], channel: str, executes_on: date, institution: Institution) -> RunFile:
    """The file of a run from what was checked and released; the same run gives the same file."""
    own = institution.account(channel, row.currency)
    if own is None:
        raise NoAccount(row.currency)
    payments = []
    for item in store.items(act.connection, row.id):
        if item.taken_out is not None:
            continue
        account = item.account or {}
        payments.append(
            Payment(
                reference=item.reference,
                uetr=item.uetr,
                amount=Money(item.amount_minor, item.currency),
                name=item.payee_name or "",
                about=f"CLAIM {item.claim_number}",
                account=Account(account["kind"], account["bank"], account["number"], account["holder"]),
            )
        )
    return RunFile(
        message_id=row.message_id,
        created_at=row.approved_at or row.made_at,
        executes_on=executes_on,
        debtor=institution.name,
        debtor_account=own.number,
        debtor_bank=own.bank,
        currency=row.currency,
        payments=tuple(payments),
    )


def commit_sent(
    act: Act, run_id: str, *, digest: str, sha256: str, executes_on: date, wait: timedelta
) -> Row[Any] | None:
    """Say for ever that this run was sent, before the bank is called. None where somebody already did.

    After this commit nothing sends these orders again: without an answer they are asked about.
    Raises `RunChanged` where the rows no longer are what was released.
    """
    row = store.run(act.connection, run_id, lock=True)
    if row is None or row.state != RunState.APPROVED:
        return None
    totals = control_totals(store.run_lines(act.connection, run_id), row.currency)
    if (totals.digest, totals.order_count, totals.total_minor) != (
        row.digest,
        row.order_count,
        row.total_minor,
    ) or digest != row.digest:
        raise RunChanged(run_id)
    fingerprints = {i.order_id: i.fingerprint for i in store.items(act.connection, run_id)}
    rows = store.orders_in_run(act.connection, run_id, lock=True)
    if len(rows) != row.order_count or any(order.state != State.APPROVED for order in rows):
        raise RunChanged(run_id)
    for order in rows:
        move_order(act, order, State.SENT, sent_on=act.today, fingerprint=fingerprints[order.id])
    now = store.update_run(
        act.connection,
        run_id,
        state=RunState.SENT,
        sent_at=act.now,
        sent_on=act.today,
        executes_on=executes_on,
        file_sha256=sha256,
    )
    jobs.post_job(act, "enquire_unknown", run_id, {"run_id": run_id}, at=act.now + wait)
    return now


def waits(act: Act, run_id: str, why: str) -> None:
    """The run could not be sent yet and says why; nothing has left."""
    row = store.run(act.connection, run_id, lock=True)
    if row is not None and row.state == RunState.APPROVED and row.work != why:
        store.update_run(act.connection, run_id, work=why)
