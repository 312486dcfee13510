"""The door of events and due times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.domain.quiet import QuietHours
from services.notifications.gateways.benefits import Benefits
from services.notifications.gateways.lines import Lines
from services.notifications.retention import forget_person
from services.notifications.usecases import letters, owing, receipts, sending
from shared import jobs
from shared.act import Act
from shared.jobs import JobHandler
from shared.messaging import Handler
from shared.sessions import session_ended

HANDLERS: Mapping[str, Handler] = {
    "benefits.claim.submitted": owing.claim_submitted,
    "benefits.claim.access_renewed": owing.access_renewed,
    "benefits.phone_code.asked": owing.phone_code_asked,
    "benefits.phone_check.asked": owing.phone_check_asked,
    "benefits.own_change.asked": owing.own_change_asked,
    "benefits.own_change.announced": owing.own_change_announced,
    "benefits.start.asked": owing.start_asked,
    "benefits.claim.started": owing.claim_started,
    "benefits.start.ending": owing.start_ending,
    "benefits.question.answered": owing.question_answered,
    "benefits.claim.returned": owing.claim_returned,
    "benefits.certificate.ends": owing.certificate_ends,
    "benefits.promised_day.moved": owing.payment_moved,
    "benefits.promised_day.missed": owing.payment_late,
    "benefits.decision.made": owing.decision_made,
    "benefits.appeal.lodged": owing.appeal_lodged,
    "benefits.overpayment.found": owing.overpayment_found,
    "benefits.recovery.decided": owing.recovery_decided,
    "benefits.session.ended": session_ended,
    "benefits.recovery.contested": owing.recovery_contested,
    "benefits.recovery.objection_decided": owing.objection_decided,
    "benefits.decision.annulled": owing.decision_annulled,
    "benefits.annulment.objection_decided": owing.annulment_objection_decided,
    "benefits.suspension.decided": owing.payments_suspended,
    "benefits.suspension.lifted": owing.suspension_lifted,
    "benefits.repayment.missed": owing.repayment_missed,
    "benefits.person.erasure_asked": owing.erasure_asked,
    "benefits.person.erased": lambda act, event: forget_person(act, event.data["person_id"]),
    "payments.repayment.received": owing.repayment_received,
    "payments.repayment.taken_back": owing.repayment_taken_back,
    "benefits.advance.stated": owing.advance_stated,
    "payments.instalment.paid": owing.instalment_paid,
    "payments.voucher.issued": owing.voucher_issued,
    "payments.order.rejected": owing.payment_rejected,
    "payments.instalment.returned": owing.payment_returned,
}


@dataclass(frozen=True)
class Outside:
    """What lies outside this service, as `app.py` wires it; `lines` is none where no operator is named."""

    benefits: Benefits
    lines: Lines | None
    public_url: str
    #: Payments, asked for the codes of vouchers.
    payments: Benefits
    quiet: QuietHours | None = None


def make_jobs(outside: Outside) -> Mapping[str, JobHandler]:
    """The handlers of due work."""
    means = (
        sending.Means(outside.lines, outside.benefits, outside.payments, outside.quiet)
        if outside.lines is not None
        else None
    )
    return {
        "send_sms": lambda run: sending.send(run, means),
        "write_letter": lambda run: letters.write(run, outside.benefits, outside.public_url),
        "translate_letter": lambda run: letters.translate(run, outside.benefits, outside.public_url),
        "keep_line": lambda run: sending.keep_line(run, outside.lines),
        "forget": receipts.forget,
    }


#: Drawing takes as long as a handful of messages.
SLOW = frozenset({"write_letter", "translate_letter"})


def daily(act: Act) -> None:
    """The recurring work of a day."""
    jobs.post_job(act, "keep_line", act.today.isoformat())
    jobs.post_job(act, "forget", act.today.isoformat())
