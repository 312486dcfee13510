"""What payments does by itself: events of benefits, and work that falls due.

Here they are only parsed; what is done stands in `usecases/`. Every job may be repeated at any point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.payments import store
from services.payments.store.retention import forget_person
from services.payments.usecases import (
    awards,
    checking,
    counter,
    drafting,
    enquiring,
    fetching,
    forgetting,
    held,
    reading,
    regaining,
    sending,
    set_offs,
)
from services.payments.usecases.outside import Outside
from shared import jobs
from shared.act import Act
from shared.events import Event
from shared.jobs import JobHandler, JobRun, Later
from shared.sessions import session_ended

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


def employer_payee_changed(act: Act, event: Event) -> None:
    """benefits.employer_payee.changed: orders of an employer that waited for an account are looked at again."""
    jobs.post_job(act, "retry_held", f"employer:{event.id}", {"person_id": event.data["employer_id"]})


def set_off_counted(act: Act, event: Event) -> None:
    """benefits.set_off.counted: less was paid on one claim, and came back on another."""
    set_offs.count(act.about(event.data["claim_id"]), event.data)


def set_off_undone(act: Act, event: Event) -> None:
    """benefits.set_off.undone: what one claim brought to another no longer counts."""
    set_offs.undo(act.about(event.data["claim_id"]), event.data)


def person_erased(act: Act, event: Event) -> None:
    """benefits.person.erased: who was paid goes, what was paid stays."""
    forget_person(act, event.data["person_id"])


HANDLERS = {
    "benefits.award.granted": award_granted_or_revised,
    "benefits.award.revised": award_granted_or_revised,
    "benefits.award.ended": award_ended,
    "benefits.payee.changed": payee_changed,
    "benefits.employer_payee.changed": employer_payee_changed,
    "benefits.set_off.counted": set_off_counted,
    "benefits.set_off.undone": set_off_undone,
    "benefits.person.erased": person_erased,
    "benefits.session.ended": session_ended,
}


# --- jobs --------------------------------------------------------------------------------------


def draft_run(job: JobRun, out: Outside) -> None:
    drafting.draft_due(job, out)


def check_run(job: JobRun, out: Outside) -> None:
    checking.check_run(job, out, job.payload["run_id"])


def send_run(job: JobRun, out: Outside) -> Later | None:
    return sending.send_run(job, out, job.payload["run_id"])


def enquire_unknown(job: JobRun, out: Outside) -> Later | None:
    return enquiring.enquire_unknown(job, out, job.payload["run_id"])


def enquire_order(job: JobRun, out: Outside) -> Later | None:
    return enquiring.enquire_order(job, out, job.payload["order_id"])


def fetch_statement(job: JobRun, out: Outside) -> Later | None:
    return fetching.fetch_statements(job, out, job.payload.get("channel", out.bank.channel), job.payload["currency"])


def read_statement(job: JobRun, out: Outside) -> Later | None:
    return reading.read_waiting(job, out, job.payload["file_id"])


def retry_held(job: JobRun, out: Outside) -> Later | None:
    return held.look_again_at_held(job, out, job.payload.get("person_id"))


def forget_payees(job: JobRun, out: Outside) -> None:
    with job.begin() as act:
        forgetting.forget_payees(act, out.institution)


def expire_vouchers(job: JobRun, out: Outside) -> None:
    counter.expire_vouchers(job)


def after_restore(job: JobRun, out: Outside) -> Later | None:
    return regaining.after_restore(job)


JOBS: Mapping[str, Callable[[JobRun, Outside], Later | None]] = {
    "draft_run": draft_run,
    "check_run": check_run,
    "send_run": send_run,
    "enquire_unknown": enquire_unknown,
    "enquire_order": enquire_order,
    "fetch_statement": fetch_statement,
    "read_statement": read_statement,
    "retry_held": retry_held,
    "forget_payees": forget_payees,
    "expire_vouchers": expire_vouchers,
    "after_restore": after_restore,
}


def jobs_for(out: Outside) -> dict[str, JobHandler]:
    """The jobs of this service, talking to the world as `out` says."""

    def with_outside(handler: Callable[[JobRun, Outside], Later | None]) -> JobHandler:
        return lambda job: handler(job, out)

    return {kind: with_outside(handler) for kind, handler in JOBS.items()}


def daily(act: Act) -> None:
    """What is asked for every day; asking twice is asking once."""
    day = act.today.isoformat()
    jobs.post_job(act, "retry_held", f"all:{day}", {})
    jobs.post_job(act, "draft_run", day, {})
    for channel, currency in store.roads_sent(act.connection):
        jobs.post_job(act, "fetch_statement", f"{channel}:{currency}:{day}", {"channel": channel, "currency": currency})
    jobs.post_job(act, "forget_payees", day, {})
    jobs.post_job(act, "expire_vouchers", day, {})
