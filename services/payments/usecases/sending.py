"""A released run leaves: the intention is committed before the bank hears of it, the answer after."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from services.payments import store
from services.payments.domain.bank_text import account_in_files, latin_name
from services.payments.domain.check import Account
from services.payments.domain.order import OrderState
from services.payments.domain.run import RunState, control_totals
from services.payments.gateways.bank import BankAway, Payment, Receipt, RunFile
from services.payments.institution import PaymentSettings
from services.payments.usecases import answers
from services.payments.usecases.moves import move_order
from services.payments.usecases.outside import Outside
from shared import jobs
from shared.act import Act
from shared.jobs import JobRun, Later
from shared.logs import log
from shared.money import Money

#: How long a bank that does not answer, and an account without cover, are left alone.
RETRY_BANK = timedelta(seconds=30)
RETRY_FUNDS = timedelta(minutes=10)


class NoAccount(ValueError):
    """The institution has no account for this channel and currency."""


class RunChanged(RuntimeError):
    """The run is not the one that was released."""


def run_file(act: Act, row: Row[Any], channel: str, executes_on: date, institution: PaymentSettings) -> RunFile:
    """The file of a run from what was checked and released; the same run gives the same file."""
    own = institution.account(channel, row.currency)
    if own is None:
        raise NoAccount(row.currency)
    takes = institution.channel(channel).takes
    payments = []
    for item in store.items(act.connection, row.id):
        if item.taken_out is not None:
            continue
        account = item.account or {}
        name = item.payee_name or ""
        if takes.latin_names:
            name = latin_name(name, item.payee_latin) or ""
        payments.append(
            Payment(
                reference=item.reference,
                uetr=item.uetr,
                amount=Money(item.amount_minor, item.currency),
                name=name,
                about=f"CLAIM {item.claim_number}",
                account=Account(
                    account["kind"],
                    account["bank"],
                    account_in_files(account["kind"], account["number"]),
                    account["holder"],
                ),
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
    if len(rows) != row.order_count or any(order.state != OrderState.APPROVED for order in rows):
        raise RunChanged(run_id)
    for order in rows:
        move_order(act, order, OrderState.SENT, sent_on=act.today, fingerprint=fingerprints[order.id])
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


def send_run(job: JobRun, out: Outside, run_id: str) -> Later | None:
    """Hand a released run to the bank, once.

    Before the commit of `sent` this may stop and start again as it likes. After it, whatever happens,
    nothing is sent again: this job finds the run sent and leaves it to `enquire_unknown`.
    """
    with job.begin() as act:
        row = store.run(act.connection, run_id)
        if row is None or row.state != RunState.APPROVED:
            return None
        gateway = out.gateway(row.channel)
        executes_on = gateway.settles_on(row.pay_day, act.today, act.now.astimezone(job.clock.zone).time())
        file = run_file(act, row, row.channel, executes_on, out.institution)
    content = gateway.write(file)
    try:
        # A backup that was brought back may have forgotten what left: whatever the channel knows of is asked about.
        known = gateway.known([payment.reference for payment in file.payments])
        stopped = None if known else _no_funds(job, out, row, file)
    except BankAway:
        stopped = _stopped(job, row, Later(after=RETRY_BANK, reason="bank_away"))
    if stopped is not None:
        return stopped
    if not job.may_leave():
        return jobs.HELD
    with job.begin() as act:
        sent = commit_sent(
            act,
            run_id,
            digest=row.digest,
            sha256=hashlib.sha256(content).hexdigest(),
            executes_on=file.executes_on,
            wait=timedelta(seconds=out.institution.unanswered_after_seconds),
        )
    if sent is None:
        return None
    if known:
        log.error("bank_knew_orders_already", run_id=run_id, orders=len(known))
        with job.begin() as act:
            answers.no_answer(act, run_id)
            jobs.hurry_job(act, "enquire_unknown", run_id)
        return None
    # From here on the bank may know. A crash before its answer is recorded leaves orders to be asked about.
    try:
        receipt = gateway.submit(file.message_id, content)
    except BankAway as away:
        log.warning("bank_did_not_answer", run_id=run_id, fault=str(away))
        with job.begin() as act:
            answers.no_answer(act, run_id)
        return None
    _take_answer(job, out, row, file, receipt)
    return None


def _no_funds(job: JobRun, out: Outside, row: Row[Any], file: RunFile) -> Later | None:
    """When to try again because the account does not cover the run; none: it may go. Raises `BankAway`."""
    if out.gateway(row.channel).check_funds(file.debtor_account, Money(row.total_minor, row.currency)):
        return None
    return _stopped(job, row, Later(after=RETRY_FUNDS, reason="no_funds"))


def _stopped(job: JobRun, row: Row[Any], later: Later) -> Later:
    """The run could not be sent yet, and says why."""
    with job.begin() as act:
        waits(act, row.id, later.reason)
    return later


def _take_answer(job: JobRun, out: Outside, row: Row[Any], file: RunFile, receipt: Receipt) -> None:
    """What the bank said at once about a file, order by order; then its first statement is asked for."""
    with job.begin() as act:
        ids = {o.reference: o.id for o in store.orders_in_run(act.connection, row.id)}
    for payment in file.payments:
        status = receipt.of(payment.reference, payment.uetr)
        if status is not None:
            with job.begin() as act:
                answers.take_status(act, ids[payment.reference], status, out.gateway(row.channel).final_codes)
    with job.begin() as act:
        answers.take_receipt(act, row.id)
        road = {"channel": row.channel, "currency": row.currency}
        jobs.post_job(act, "fetch_statement", f"{row.currency}:{row.id}", road)
