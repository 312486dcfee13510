"""Events and due times that make benefits act."""

from __future__ import annotations

from services.benefits.usecases import feedback, statements
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


JOBS: dict[str, JobHandler] = {"lapse_statement": lapse_statement}
