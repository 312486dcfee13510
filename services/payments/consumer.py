"""What payments does by itself: events of benefits, and work that falls due.

Every job may be repeated at any point. Calls to the bank and to benefits stand between transactions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import statement as rules
from services.payments.domain.order import State
from services.payments.domain.run import RunState
from services.payments.gateways.bank import Bank, BankAway, NameCheck
from services.payments.gateways.payees import Payees, PayeesAway, PayeeUnknown
from services.payments.institution import Institution
from services.payments.reasons import TRIED_AGAIN
from services.payments.usecases import answers, awards, held, runs, sending, statements
from shared import jobs
from shared.act import Act
from shared.events import Event
from shared.jobs import JobHandler, JobRun, Later
from shared.logs import log
from shared.money import Money

#: A day without a statement is asked for again so often, then looked at again on the next day.
RETRY_BANK = timedelta(seconds=30)
#: After so many payees in a row without an answer the rest are not asked.
GIVE_UP_AFTER = 3


# --- events ------------------------------------------------------------------------------------


def award_granted_or_revised(act: Act, event: Event) -> None:
    """benefits.award.granted, benefits.award.revised: the whole schedule, in a version."""
    awards.take_schedule(act.about(event.data["claim_id"]), event.data)


def award_ended(act: Act, event: Event) -> None:
    """benefits.award.ended: what has not left stays."""
    awards.end_award(act.about(event.data["claim_id"]), event.data)


def payee_changed(act: Act, event: Event) -> None:
    """benefits.payee.changed: orders that waited for an account are looked at again."""
    jobs.post_job(act, "retry_held", f"person:{event.id}", {"person_id": event.data["person_id"]})


HANDLERS = {
    "benefits.award.granted": award_granted_or_revised,
    "benefits.award.revised": award_granted_or_revised,
    "benefits.award.ended": award_ended,
    "benefits.payee.changed": payee_changed,
}


# --- jobs --------------------------------------------------------------------------------------


@dataclass
class Outside:
    """Whom payments talks to, wired in `app.py`; tests hand in their own."""

    bank: Bank
    payees: Payees
    institution: Institution


def draft_run(job: JobRun, out: Outside) -> None:
    """Once a day: a run for everything due by the pay day."""
    with job.begin() as act:
        runs.draft_runs(act, act.today + timedelta(days=out.institution.lead_days))


def check_run(job: JobRun, out: Outside) -> None:
    """Ask benefits for each payee and the bank for each name; then note what was found."""
    run_id = job.payload["run_id"]
    with job.begin() as act:
        people = runs.people_to_look_at(act, run_id)
    if not people:
        return
    looked: dict[str, runs.Looked] = {}
    silent = 0
    for person_id in people:
        if silent >= GIVE_UP_AFTER:
            looked[person_id] = runs.Looked(None, "benefits_unreachable")
            continue
        try:
            payee = out.payees.payee(person_id)
            silent = 0
        except PayeesAway:
            silent += 1
            looked[person_id] = runs.Looked(None, "benefits_unreachable")
            continue
        except PayeeUnknown:
            looked[person_id] = runs.Looked(None, "payee_unknown")
            continue
        name = NameCheck("RVNA")
        if payee.account is not None and payee.account.number.strip():
            try:
                name = out.bank.check_account(payee.name, payee.account)
            except BankAway:
                log.info("account_check_not_available", run_id=run_id)
        looked[person_id] = runs.Looked(payee, None, name)
    with job.begin() as act:
        runs.record_check(act, run_id, looked, out.institution)


def send_run(job: JobRun, out: Outside) -> Later | None:
    """Hand a released run to the bank, once.

    Before the commit of `sent` this may stop and start again as it likes. After it, whatever happens,
    nothing is sent again: this job finds the run sent and leaves it to `enquire_unknown`.
    """
    run_id = job.payload["run_id"]
    with job.begin() as act:
        row = store.run(act.connection, run_id)
        if row is None or row.state != RunState.APPROVED:
            return None
        executes_on = out.bank.settles_on(row.pay_day, act.today, act.now.astimezone(job.clock.zone).time())
        file = sending.run_file(act, row, out.bank.channel, executes_on, out.institution)
    content = out.bank.write(file)
    try:
        if not out.bank.check_funds(file.debtor_account, Money(row.total_minor, row.currency)):
            with job.begin() as act:
                sending.waits(act, run_id, "no_funds")
            return Later(after=timedelta(minutes=10), reason="no_funds")
    except BankAway:
        with job.begin() as act:
            sending.waits(act, run_id, "bank_away")
        return Later(after=RETRY_BANK, reason="bank_away")
    with job.begin() as act:
        sent = sending.commit_sent(
            act,
            run_id,
            digest=row.digest,
            sha256=hashlib.sha256(content).hexdigest(),
            executes_on=file.executes_on,
            wait=timedelta(seconds=out.institution.unanswered_after_seconds),
        )
    if sent is None:
        return None
    # From here on the bank may know. A crash before its answer is recorded leaves orders to be asked about.
    try:
        receipt = out.bank.submit(file.message_id, content)
    except BankAway as away:
        log.warning("bank_did_not_answer", run_id=run_id, fault=str(away))
        with job.begin() as act:
            answers.no_answer(act, run_id)
        return None
    with job.begin() as act:
        ids = {o.reference: o.id for o in store.orders_in_run(act.connection, run_id)}
    for payment in file.payments:
        status = receipt.of(payment.reference)
        if status is not None:
            with job.begin() as act:
                answers.take_status(act, ids[payment.reference], status, out.bank.final_codes)
    with job.begin() as act:
        answers.take_receipt(act, run_id)
        jobs.post_job(act, "fetch_statement", f"{row.currency}:{run_id}", {"currency": row.currency})
    return None


def enquire_unknown(job: JobRun, out: Outside) -> Later | None:
    """Ask the bank what became of orders without an answer, until every one of them has one."""
    run_id = job.payload["run_id"]
    with job.begin() as act:
        answers.no_answer(act, run_id)
        row = store.run(act.connection, run_id)
        if row is None:
            return None
        own = out.institution.account(out.bank.channel, row.currency)
        day_is_over = row.executes_on is not None and act.today > row.executes_on
        waiting = [o for o in store.orders_in_run(act.connection, run_id) if o.state in (State.UNKNOWN, State.SENT)]
    if waiting and day_is_over:
        # "Never received" is only said with the day's final statement in hand.
        fetch_statement(replace(job, payload={"currency": row.currency}), out)
    for order in waiting:
        try:
            status = out.bank.enquire(order.reference)
        except BankAway:
            return Later(after=RETRY_BANK, reason="bank_away")
        with job.begin() as act:
            if status is not None:
                answers.take_status(act, order.id, status, out.bank.final_codes)
                continue
            answers.asked(act, order.id)
            last = store.last_final_day(act.connection, own.number) if own else None
            if out.bank.refuses_late_files and rules.never_arrived(
                executes_on=row.executes_on, last_final_day=last, today=act.today, bank_knows_it=False
            ):
                answers.never_received(act, order.id)
    with job.begin() as act:
        left = [o for o in store.orders_in_run(act.connection, run_id) if o.state in (State.UNKNOWN, State.SENT)]
        if not left:
            answers.take_receipt(act, run_id)
            jobs.post_job(act, "fetch_statement", f"{row.currency}:{run_id}:asked", {"currency": row.currency})
            return None
        # Looked at again when the next day's statement can have been read; the day decides, not the hour.
        return Later(on=act.today + timedelta(days=1), reason="bank_has_not_received_it")


def fetch_statement(job: JobRun, out: Outside) -> Later | None:
    """Read the statements of one account: every day that is over and was not read, then today so far."""
    currency = job.payload["currency"]
    own = out.institution.account(out.bank.channel, currency)
    with job.begin() as act:
        started = store.first_sent_on(act.connection, currency)
        last = store.last_final_day(act.connection, own.number) if own else None
        today = act.today
    if own is None or started is None:
        return None
    day = last + timedelta(days=1) if last else started
    while day <= today:
        try:
            file = out.bank.statement(own.number, day)
        except BankAway:
            return Later(after=RETRY_BANK, reason="bank_away")
        if file is None:
            return None if day == today else Later(after=timedelta(minutes=5), reason="no_statement_yet")
        final = import_statement(job, out, file)
        if not final and day < today:
            return Later(after=timedelta(minutes=5), reason="no_final_statement_yet")
        day += timedelta(days=1)
    return None


class LinesFailed(RuntimeError):
    """Some lines of a statement had no effect; the rest did. The file is read again, which repeats nothing."""


def import_statement(job: JobRun, out: Outside, file: bytes) -> bool:
    """Read one statement file, each line in a transaction of its own. Returns whether it is the day's final one.

    Raises `FileUnreadable`, and `LinesFailed` after all others have had their effect.
    """
    statement = out.bank.read_statement(file)
    with job.begin() as act:
        statement_id, open_ = statements.begin_statement(act, out.bank.channel, statement, file)
    if not open_:
        return statement.is_final
    failed = 0
    for position, line in enumerate(statement.lines, 1):
        try:
            with job.begin() as act:
                statements.take_line(act, statement_id, statement.account, position, line)
        except Exception as fault:  # a bad line never stops a file
            failed += 1
            log.error("statement_line_failed", position=position, exc_info=fault)
    if failed:
        raise LinesFailed(f"{failed} lines")
    with job.begin() as act:
        statements.end_statement(act, statement_id)
    return statement.is_final


def read_statement(job: JobRun, out: Outside) -> None:
    """Read a statement that somebody handed in by hand. A file that cannot be read at all fails for people to see."""
    import_statement(job, out, base64.b64decode(job.payload["file"]))


def retry_held(job: JobRun, out: Outside) -> Later | None:
    """Orders held for an account, or because benefits was away: ask again, of one person or of all."""
    with job.begin() as act:
        waiting = store.held_orders(act.connection, TRIED_AGAIN, job.payload.get("person_id"))
    payees: dict[str, Any] = {}
    for row in waiting:
        if row.person_id not in payees:
            try:
                payees[row.person_id] = out.payees.payee(row.person_id)
            except PayeesAway:
                return Later(after=timedelta(seconds=60), reason="benefits_unreachable")
            except PayeeUnknown:
                payees[row.person_id] = None
        payee = payees[row.person_id]
        if payee is not None:
            with job.begin() as act:
                held.look_again(act, row.id, payee)
    return None


def forget_payees(job: JobRun, out: Outside) -> None:
    """Names and accounts of runs that closed long ago are forgotten; the fingerprint stays."""
    with job.begin() as act:
        before = act.now - timedelta(days=out.institution.forget_payees_after_days)
        old = select(t.run.c.id).where(
            or_(t.run.c.state == RunState.CLOSED, t.run.c.state == RunState.CANCELLED),
            t.run.c.ended_at < before,
        )
        i = t.run_item
        act.connection.execute(
            update(i)
            .where(i.c.run_id.in_(old), i.c.payee_name.is_not(None))
            .values(payee_name=None, payee_latin=None, account=None, bank_name=None)
        )


def jobs_for(out: Outside) -> dict[str, JobHandler]:
    """The jobs of this service, talking to the world as `out` says."""

    def with_outside(handler: Callable[[JobRun, Outside], Later | None]) -> JobHandler:
        return lambda job: handler(job, out)

    handlers: Mapping[str, Callable[[JobRun, Outside], Any]] = {
        "draft_run": draft_run,
        "check_run": check_run,
        "send_run": send_run,
        "enquire_unknown": enquire_unknown,
        "fetch_statement": fetch_statement,
        "read_statement": read_statement,
        "retry_held": retry_held,
        "forget_payees": forget_payees,
    }
    return {kind: with_outside(handler) for kind, handler in handlers.items()}


def daily(act: Act) -> None:
    """What is asked for every day; asking twice is asking once."""
    day = act.today.isoformat()
    jobs.post_job(act, "retry_held", f"all:{day}", {})
    jobs.post_job(act, "draft_run", day, {})
    for currency in store.currencies_sent(act.connection):
        jobs.post_job(act, "fetch_statement", f"{currency}:{day}", {"currency": currency})
    jobs.post_job(act, "forget_payees", day, {})
