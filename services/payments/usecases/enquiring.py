"""The bank is asked what became of orders that have no answer, until every one of them has one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.payments import store
from services.payments.domain import statement as rules
from services.payments.domain.order import OrderState
from services.payments.gateways.bank import BankAway
from services.payments.usecases import answers, coverage, fetching
from services.payments.usecases.outside import Outside
from shared import jobs
from shared.act import Act
from shared.jobs import JobRun, Later
from shared.logs import log

#: How long a bank that does not answer is left alone.
RETRY_BANK = timedelta(seconds=30)
_WITHOUT_ANSWER = (OrderState.UNKNOWN, OrderState.SENT)


def enquire_unknown(job: JobRun, out: Outside, run_id: str) -> Later | None:
    """Ask about the orders of one run; answers when to look again, or none when all have an answer."""
    with job.begin() as act:
        answers.no_answer(act, run_id)
        row = store.run(act.connection, run_id)
        if row is None:
            return None
        day_is_over = row.executes_on is not None and act.today > row.executes_on
        waiting = _waiting(act, run_id)
    if waiting and day_is_over:
        # "Never received" is only said with the day's final statement in hand.
        fetching.fetch_statements(job, out, row.channel, row.currency)
    gateway = out.gateway(row.channel)
    for order in waiting:
        try:
            status = gateway.enquire(order.reference, order.uetr)
        except BankAway:
            return Later(after=RETRY_BANK, reason="bank_away")
        with job.begin() as act:
            if status is not None:
                answers.take_status(act, order.id, status, gateway.final_codes)
            else:
                _bank_does_not_know(act, out, row, order.id)
    with job.begin() as act:
        if store.parts_left(act.connection, run_id):
            return Later(after=RETRY_BANK, reason="sending_goes_on")
        if not _waiting(act, run_id):
            answers.take_receipt(act, run_id)
            road = {"channel": row.channel, "currency": row.currency}
            jobs.post_job(act, "fetch_statement", f"{row.currency}:{run_id}:asked", road)
            return None
        # Looked at again when the next day's statement can have been read; the day decides, not the hour.
        return Later(on=act.today + timedelta(days=1), reason="bank_has_not_received_it")


def ask_about(act: Act, channel: str, reference: str, event: str) -> None:
    """A channel rang about an order: it is asked in the background. Its ringing alone changes nothing, so that neither
    a false call-back nor a repeated one can."""
    order = store.order_by_reference(act.connection, reference)
    if order is None or order.channel != channel or order.state not in store.MOVED:
        log.warning("call_back_about_nothing", channel=channel, call_back=event)
        return
    jobs.post_job(act, "enquire_order", f"{order.id}:{event}", {"order_id": order.id})


def enquire_order(job: JobRun, out: Outside, order_id: str) -> Later | None:
    """Ask what became of one order; a channel that does not know it says nothing new."""
    with job.begin() as act:
        order = store.order(act.connection, order_id)
    if order is None or order.state not in store.IN_FLIGHT:
        return None
    gateway = out.gateway(order.channel)
    try:
        status = gateway.enquire(order.reference, order.uetr)
    except BankAway:
        return Later(after=RETRY_BANK, reason="bank_away")
    if status is not None:
        with job.begin() as act:
            answers.take_status(act, order_id, status, gateway.final_codes)
    return None


def _waiting(act: Act, run_id: str) -> list[Row[Any]]:
    return list(store.orders_of_parts(act.connection, run_id, _WITHOUT_ANSWER))


def _bank_does_not_know(act: Act, out: Outside, row: Row[Any], order_id: str) -> None:
    """The bank has never heard of it; whether that is final depends on its statements."""
    answers.asked(act, order_id)
    gateway = out.gateway(row.channel)
    if gateway.knows_at_once:
        answers.never_received(act, order_id)
        return
    own = out.institution.account(row.channel, row.currency)
    last = coverage.last_final_day(act, own, gateway.is_bank_day) if own else None
    if gateway.refuses_late_files and rules.never_arrived(
        executes_on=row.executes_on, last_final_day=last, today=act.today, bank_knows_it=False
    ):
        answers.never_received(act, order_id)
