"""Events and due times that make benefits act."""

from __future__ import annotations

from datetime import date

from services.benefits.usecases import feedback, recoveries, standards_ahead, statements
from shared.act import Act
from shared.jobs import JobHandler, JobRun, Later
from shared.messaging import Handler

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(feedback.STATES, feedback.order_moved),
    "payments.repayment.received": feedback.repayment_received,
    "payments.repayment.taken_back": feedback.repayment_taken_back,
    "payments.payee.reported_deceased": feedback.payee_died,
    "notifications.letter.ready": feedback.letter_ready,
    "notifications.letter.returned": feedback.letter_returned,
    "notifications.message.failed": feedback.message_failed,
    "notifications.message.delivered": lambda act, event: None,
}


def lapse_statement(run: JobRun) -> Later | None:
    """An employer's time to answer is over."""
    with run.begin() as act:
        statements.lapse_statement(act, run.payload["statement_id"])
    return None


def part_missed(run: JobRun) -> Later | None:
    """The day until which a part of a repayment was to come is over."""
    with run.begin() as act:
        recoveries.part_missed(act, run.payload["recovery_id"], date.fromisoformat(run.payload["due_on"]))
    return None


JOBS: dict[str, JobHandler] = {
    "lapse_statement": lapse_statement,
    "part_missed": part_missed,
    "standards_ahead": standards_ahead.make,
}
#: Measuring a dozen pages of law takes minutes; nobody waits behind it.
SLOW = frozenset({"standards_ahead"})


def daily(act: Act) -> None:
    """The recurring work of a day."""
    standards_ahead.post(act)
