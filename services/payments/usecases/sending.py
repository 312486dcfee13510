"""A released run leaves: the intention is committed before the bank hears of it, the answer after."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Row, insert

from services.payments import store
from services.payments import tables as t
from services.payments.domain import run as rules
from services.payments.domain.bank_text import account_in_files
from services.payments.domain.check import Account
from services.payments.domain.order import OrderState, from_bank_status
from services.payments.domain.run import RunState, control_totals
from services.payments.gateways.bank import Bank, BankAway, Payment, Receipt, RunFile
from services.payments.institution import PaymentSettings
from services.payments.institution import institution as the_institution
from services.payments.usecases import answers
from services.payments.usecases.moves import move_orders
from services.payments.usecases.outside import Outside
from services.payments.usecases.runs import approve_more
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


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a run: the orders from one reference to another."""

    no: int
    first: str
    last: str
    order_count: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The part whose sending was just committed, and whether the channel knew of it already."""

    no: int
    known: bool


def run_file(
    act: Act, row: Row[Any], channel: str, executes_on: date, institution: PaymentSettings, part: Part | None = None
) -> RunFile:
    """The file of a run, or of a part of it, from what was checked and released; the same run gives the same file."""
    own = institution.account(channel, row.currency)
    if own is None:
        raise NoAccount(row.currency)
    takes = institution.channel(channel).takes
    payments = []
    for item in store.items(act.connection, row.id, (part.first, part.last) if part else None):
        if item.taken_out is not None:
            continue
        account = item.account or {}
        name = takes.name(item.payee_name or "", item.payee_latin) or ""
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
        message_id=rules.part_message(row.message_id, part.no if part else 1),
        created_at=row.approved_at or row.made_at,
        executes_on=executes_on,
        debtor=institution.name,
        debtor_account=own.number,
        debtor_bank=own.bank,
        currency=row.currency,
        payments=tuple(payments),
    )


def commit_sent(
    act: Act, run_id: str, *, digest: str, parts: Sequence[Part], executes_on: date, wait: timedelta
) -> Row[Any] | None:
    """Say for ever that this run was sent, before the bank is called. None where somebody already did.

    After this commit nothing sends the first part again: without an answer its orders are asked about. The others
    each have a commit of their own (`commit_part`). Raises `RunChanged` where the rows are not what was released.
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
    if sum(part.order_count for part in parts) != row.order_count:
        raise RunChanged(run_id)
    for part in parts:
        between = (part.first, part.last)
        rows = store.orders_between(act.connection, run_id, *between, lock=True)
        if len(rows) != part.order_count or any(order.state != OrderState.APPROVED for order in rows):
            raise RunChanged(run_id)
        move_orders(act, rows, OrderState.SENT, fingerprints=store.fingerprints(act.connection, run_id, between))
    values = {"state": RunState.SENT, "sent_at": act.now, "sent_on": act.today, "executes_on": executes_on}
    files = hashlib.sha256("".join(part.sha256 for part in parts).encode()).hexdigest()
    now = store.update_run(act.connection, run_id, file_sha256=parts[0].sha256 if len(parts) == 1 else files, **values)
    act.connection.execute(
        insert(t.run_part),
        [
            {
                "run_id": run_id,
                "no": part.no,
                "message_id": rules.part_message(row.message_id, part.no),
                "first_reference": part.first,
                "last_reference": part.last,
                "order_count": part.order_count,
                "file_sha256": part.sha256,
                "sent_at": act.now if part.no == 1 else None,
                "answered_at": None,
            }
            for part in parts
        ],
    )
    jobs.post_job(act, "enquire_unknown", run_id, {"run_id": run_id}, at=act.now + wait)
    return now


def commit_part(act: Act, run_id: str, part: Part) -> bool:
    """Say for ever that a later part was sent, before the bank is called; false where somebody already did."""
    store.run(act.connection, run_id, lock=True)
    kept = next(row for row in store.parts(act.connection, run_id) if row.no == part.no)
    if kept.sent_at is not None:
        return False
    waiting = store.orders_between(act.connection, run_id, part.first, part.last, (OrderState.SENT,), lock=True)
    if len(waiting) != part.order_count:
        raise RunChanged(run_id)
    store.update_part(act.connection, run_id, part.no, sent_at=act.now)
    return True


def waits(act: Act, run_id: str, why: str) -> None:
    """The run could not be sent yet and says why; nothing has left."""
    row = store.run(act.connection, run_id, lock=True)
    if row is not None and row.state == RunState.APPROVED and row.work != why:
        store.update_run(act.connection, run_id, work=why)


def send_run(job: JobRun, out: Outside, run_id: str) -> Later | None:
    """Hand a released run to the bank, each of its parts once.

    Before the commit of `sent` this may stop and start again as it likes. After it, whatever happens, no part whose
    sending was committed is sent again: its orders are left to `enquire_unknown`. Parts that nobody has begun to
    send go on where it stopped.
    """
    with job.begin() as act:
        row = store.run(act.connection, run_id)
    begun: Begun | None = None
    with TemporaryDirectory() as name:
        files = Path(name)
        if row is not None and row.state == RunState.APPROVED:
            done = _commit(job, out, row, files)
            if done is None or isinstance(done, Later):
                return done
            begun = done
        return _hand_over(job, out, run_id, files, begun)


def _commit(job: JobRun, out: Outside, row: Row[Any], files: Path) -> Later | Begun | None:
    """Release what is left, write and check all files, and commit the sending of the first; or when to try again; none
    where somebody else did it."""
    gateway = out.gateway(row.channel)
    with job.begin() as act:
        executes_on = gateway.settles_on(row.pay_day, act.today, act.now.astimezone(job.clock.zone).time())
        slices = store.slices(act.connection, row.id, rules.PART)
    # What a file says of an order does not depend on its release: the database releases while the files are written.
    with ThreadPoolExecutor(1) as beside:
        released = beside.submit(_release_rest, job, row.id)
        parts = []
        for no, (first, last, count) in enumerate(slices, 1):
            part = Part(no, first, last, count)
            with job.begin() as act:
                file = run_file(act, row, row.channel, executes_on, out.institution, part)
            content = gateway.write(file)
            (files / str(no)).write_bytes(content)
            parts.append(replace(part, sha256=hashlib.sha256(content).hexdigest()))
        if not released.result():
            return None
    try:
        known = bool(parts) and _known(job, out, row, parts[0])
        stopped = None if known else _no_funds(job, out, row)
    except BankAway:
        stopped = _stopped(job, row, Later(after=RETRY_BANK, reason="bank_away"))
    if stopped is not None:
        return stopped
    if not job.may_leave():
        return jobs.HELD
    with job.begin() as act:
        sent = commit_sent(
            act,
            row.id,
            digest=row.digest,
            parts=parts,
            executes_on=executes_on,
            wait=timedelta(seconds=out.institution.unanswered_after_seconds),
        )
    return None if sent is None else Begun(1, known)


def _release_rest(job: JobRun, run_id: str) -> bool:
    """Release the orders of a run that are not yet; false where the run is not to be sent any more."""
    after: str | None = ""
    while after is not None:
        with job.begin() as act:
            seen = store.run(act.connection, run_id, lock=True)
            if seen is None or seen.state != RunState.APPROVED:
                return False
            after = approve_more(act, run_id, after)
    return True


def _known(job: JobRun, out: Outside, row: Row[Any], part: Part) -> bool:
    """Whether the channel has heard of an order of a part that is about to leave: a backup that was brought back may
    have forgotten that it left, and what the channel knows of is asked about, never sent. Raises `BankAway`."""
    with job.begin() as act:
        orders = store.orders_between(act.connection, row.id, part.first, part.last)
    known = out.gateway(row.channel).known([order.reference for order in orders])
    if known:
        log.error("bank_knew_orders_already", run_id=row.id, part=part.no, orders=len(known))
    return bool(known)


def _hand_over(job: JobRun, out: Outside, run_id: str, files: Path, begun: Begun | None) -> Later | None:
    """Give the bank the parts that it was not given, and take its answers; `begun` is the part just committed."""
    with job.begin() as act:
        row = store.run(act.connection, run_id)
        parts = store.parts(act.connection, run_id)
    waiting = [part for part in parts if part.sent_at is None or (begun is not None and part.no == begun.no)]
    if row is None or not waiting:
        return None
    for kept in waiting:
        part = Part(kept.no, kept.first_reference, kept.last_reference, kept.order_count, kept.file_sha256)
        done = _hand_over_part(job, out, row, part, files, begun)
        if done is not True:
            return done or None
    with job.begin() as act:
        if all(part.answered_at is not None for part in store.parts(act.connection, row.id)):
            answers.take_receipt(act, row.id)
        road = {"channel": row.channel, "currency": row.currency}
        jobs.post_job(act, "fetch_statement", f"{row.currency}:{row.id}", road)
    return None


def _hand_over_part(
    job: JobRun, out: Outside, row: Row[Any], part: Part, files: Path, begun: Begun | None
) -> bool | Later:
    """Give the bank one part; whether to go on with the next, or when to try again."""
    if begun is not None and part.no == begun.no:
        known = begun.known
    else:
        try:
            known = _known(job, out, row, part)
        except BankAway:
            return Later(after=RETRY_BANK, reason="bank_away")
        if not job.may_leave():
            return jobs.HELD
    content = b"" if known else _content(job, out, row, part, files)
    if begun is None or part.no != begun.no:
        with job.begin() as act:
            if not commit_part(act, row.id, part):
                return True
    # From here on the bank may know. A crash before its answer is recorded leaves orders to be asked about.
    try:
        receipt = (
            None if known else out.gateway(row.channel).submit(rules.part_message(row.message_id, part.no), content)
        )
    except BankAway as away:
        log.warning("bank_did_not_answer", run_id=row.id, part=part.no, fault=str(away))
        with job.begin() as act:
            answers.no_answer(act, row.id)
            return Later(after=RETRY_BANK, reason="bank_away") if store.parts_left(act.connection, row.id) else False
    if receipt is not None:
        _take_answer(job, out, row, part, receipt)
        return True
    with job.begin() as act:
        answers.no_answer(act, row.id)
        jobs.hurry_job(act, "enquire_unknown", row.id)
        return bool(store.parts_left(act.connection, row.id))


def _content(job: JobRun, out: Outside, row: Row[Any], part: Part, files: Path) -> bytes:
    """The bytes of a part: as they were written before the commit, or the same ones written again."""
    file = files / str(part.no)
    if file.exists():
        return file.read_bytes()
    with job.begin() as act:
        told = run_file(act, row, row.channel, row.executes_on, out.institution, part)
    return _the_same(row, part, out.gateway(row.channel).write(told))


def bytes_of(act: Act, row: Row[Any], kept: Row[Any], gateway: Bank) -> bytes:
    """The bytes of a part that was sent, for whoever carries it. Raises `RunChanged`."""
    part = Part(kept.no, kept.first_reference, kept.last_reference, kept.order_count, kept.file_sha256)
    return _the_same(
        row, part, gateway.write(run_file(act, row, row.channel, row.executes_on, the_institution(), part))
    )


def _the_same(row: Row[Any], part: Part, content: bytes) -> bytes:
    """Bytes that are those which were released. Raises `RunChanged`."""
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise RunChanged(row.id)
    return content


def _no_funds(job: JobRun, out: Outside, row: Row[Any]) -> Later | None:
    """When to try again because the account does not cover the run; none: it may go. Raises `BankAway`."""
    own = out.institution.account(row.channel, row.currency)
    if own is None:
        raise NoAccount(row.currency)
    if out.gateway(row.channel).check_funds(own.number, Money(row.total_minor, row.currency)):
        return None
    return _stopped(job, row, Later(after=RETRY_FUNDS, reason="no_funds"))


def _stopped(job: JobRun, row: Row[Any], later: Later) -> Later:
    """The run could not be sent yet, and says why."""
    with job.begin() as act:
        waits(act, row.id, later.reason)
    return later


def _take_answer(job: JobRun, out: Outside, row: Row[Any], part: Part, receipt: Receipt) -> None:
    """What the bank said at once about a part: what it merely took in one go, everything else order by order."""
    final = out.gateway(row.channel).final_codes
    with job.begin() as act:
        rows = store.orders_between(act.connection, row.id, part.first, part.last, lock=True)
        said = {order.id: receipt.of(order.reference, order.uetr) for order in rows}
        taken = {i for i, s in said.items() if s and from_bank_status(s.code, final_codes=final) is OrderState.ACCEPTED}
        move_orders(act, [o for o in rows if o.id in taken and o.state == OrderState.SENT], OrderState.ACCEPTED)
        moved = {o.id for o in rows if o.id in taken and o.state == OrderState.SENT}
    for order_id, status in said.items():
        if status is not None and order_id not in moved:
            with job.begin() as act:
                answers.take_status(act, order_id, status, final)
    with job.begin() as act:
        store.update_part(act.connection, row.id, part.no, answered_at=act.now)
