"""The door of events and due times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.gateways.benefits import Benefits
from services.notifications.gateways.sms import Line
from services.notifications.usecases import letters, owing, sending
from shared import jobs
from shared.act import Act
from shared.jobs import JobHandler
from shared.messaging import Handler

HANDLERS: Mapping[str, Handler] = {
    "benefits.claim.submitted": owing.claim_submitted,
    "benefits.claim.access_renewed": owing.access_renewed,
    "benefits.claim.returned": owing.claim_returned,
    "benefits.decision.made": owing.decision_made,
    "benefits.appeal.lodged": owing.appeal_lodged,
    "benefits.overpayment.found": owing.overpayment_found,
    "benefits.recovery.decided": owing.recovery_decided,
    "payments.repayment.received": owing.repayment_received,
    "payments.instalment.paid": owing.instalment_paid,
    "payments.order.rejected": owing.payment_rejected,
    "payments.instalment.returned": owing.payment_returned,
}


@dataclass(frozen=True)
class Outside:
    """What lies outside this service, as `app.py` wires it; `line` is none where no operator is named."""

    benefits: Benefits
    line: Line | None
    public_url: str


def make_jobs(outside: Outside) -> Mapping[str, JobHandler]:
    """The handlers of due work."""
    return {
        "send_sms": lambda run: sending.send(run, outside.line, outside.benefits),
        "write_letter": lambda run: letters.write(run, outside.benefits, outside.public_url),
        "translate_letter": lambda run: letters.translate(run, outside.benefits, outside.public_url),
        "keep_line": lambda run: sending.keep_line(run, outside.line),
        "forget": sending.forget,
    }


#: Drawing takes as long as a handful of messages.
SLOW = frozenset({"write_letter", "translate_letter"})


def daily(act: Act) -> None:
    """The recurring work of a day."""
    jobs.post_job(act, "keep_line", act.today.isoformat())
    jobs.post_job(act, "forget", act.today.isoformat())
