"""What an event makes us owe: rows and jobs, nothing else. The outside calls come later, in jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notifications import store
from services.notifications.domain.message import Channel
from services.notifications.store import About
from shared import bank_reasons, jobs
from shared.act import Act
from shared.events import Event

#: Who a claim waits for, and how she is told.
WAITS_FOR = {
    "worker": "claim_needs_you",
    "doctor": "claim_needs_doctor",
    "employer": "claim_needs_employer",
    "registry": "claim_needs_office",
    "officer": "claim_needs_office",
}
#: Letters by template, with the job that writes each.
LETTERS = (
    "acknowledgement_letter",
    "decision_letter",
    "overpayment_letter",
    "recovery_letter",
    "objection_letter",
    "suspension_letter",
    "suspension_end_letter",
    "annulment_letter",
    "annulment_end_letter",
)


def _about(data: Mapping[str, Any]) -> About:
    return About(
        person_id=data["person_id"],
        claim_id=data.get("claim_id", data["person_id"]),
        claim_number=data.get("claim_number", ""),
        office_id=data["office_id"],
        decision_id=data.get("decision_id"),
    )


def _sms(act: Act, event: Event, template: str, **facts: Any) -> None:
    about = _about(event.data)
    made = store.owe(act.about(about.claim_id), Channel.SMS, template, event.id, about, facts)
    if made:
        jobs.post_job(act.about(about.claim_id), "send_sms", made)


def _letter(act: Act, event: Event, template: str, **facts: Any) -> None:
    about = _about(event.data)
    made = store.owe(act.about(about.claim_id), Channel.LETTER, template, event.id, about, facts)
    if made:
        jobs.post_job(act.about(about.claim_id), "write_letter", made)


def claim_submitted(act: Act, event: Event) -> None:
    """She is told that her claim is here, by message and on paper."""
    _sms(act, event, "claim_received", claim=event.data["claim_number"])
    _letter(act, event, "acknowledgement_letter")


def access_renewed(act: Act, event: Event) -> None:
    """She gets the new code of her page on paper; nobody reads it to her."""
    _letter(act, event, "acknowledgement_letter")


def phone_code_asked(act: Act, event: Event) -> None:
    """She gets a code; telling it to the officer says that what was entered for her claim is right."""
    data = event.data
    _sms(act, event, "phone_code", claim=data["claim_number"], asked=data["code_id"])


def phone_check_asked(act: Act, event: Event) -> None:
    """She gets a code to show at the counter that the number written for her is hers; no claim may be there yet."""
    _sms(act, event, "phone_check", asked=event.data["code_id"])


def own_change_asked(act: Act, event: Event) -> None:
    """A code for what she asked for on her page goes to the phone that is known now."""
    _sms(act, event, "own_change_code", asked=event.data["change_id"])


def own_change_announced(act: Act, event: Event) -> None:
    """The phone that is known now hears what will change and when, so that she can stop it."""
    _sms(act, event, "own_change_coming", asked=event.data["change_id"], date=event.data["due_on"])


def start_asked(act: Act, event: Event) -> None:
    """The phone that is known gets the code by which she starts a claim."""
    _sms(act, event, "start_code", asked=event.data["start_id"])


def claim_started(act: Act, event: Event) -> None:
    """She is told that what she started is here, from when it counts, and until when her paper is waited for."""
    data = event.data
    _sms(act, event, "claim_started", claim=data["claim_number"], date=data["received_on"], by=data["bring_by"])


def start_ending(act: Act, event: Event) -> None:
    """She is told that what she started ends where she does not come."""
    _sms(act, event, "start_ending", claim=event.data["claim_number"], date=event.data["until"])


def question_answered(act: Act, event: Event) -> None:
    """She is told that an answer is there; it stands on her page."""
    _sms(act, event, "question_answered", claim=event.data["claim_number"])


def claim_returned(act: Act, event: Event) -> None:
    """She is told what the claim waits for and from whom."""
    template = WAITS_FOR.get(event.data["waits_for"], "claim_needs_office")
    _sms(act, event, template, claim=event.data["claim_number"])


def certificate_ends(act: Act, event: Event) -> None:
    """She is told what to do while her certificate still runs."""
    _sms(act, event, "certificate_ends", claim=event.data["claim_number"], date=event.data["last_day"])


def decision_made(act: Act, event: Event) -> None:
    """She gets the decision as a letter, and its outcome by message."""
    data = event.data
    claim, total, difference = data["claim_number"], data["total"], data["difference"]
    changed: dict[str, Any] = {"difference": difference} if difference["minor"] else {}
    if "to_come" in data:  # benefits of an earlier release do not say it
        changed |= {"to_come": data["to_come"]} if data["to_come"]["minor"] or "waiting" not in data else {}
    if "waiting" in data:
        changed |= {"waiting": data["waiting"]}
    if data["outcome"] == "refused":
        _sms(act, event, "decision_refused", claim=claim)
    elif data["kind"] == "revision":
        _sms(act, event, "decision_revised", claim=claim, amount=total, **changed)
    elif data["kind"] == "appeal":
        _sms(act, event, "appeal_decided", claim=claim, amount=total, **changed)
    elif data["outcome"] == "granted_in_part":
        _sms(act, event, "decision_granted_in_part", claim=claim, amount=total)
    else:
        _sms(act, event, "decision_granted", claim=claim, amount=total)
    _letter(act, event, "decision_letter")


def appeal_lodged(act: Act, event: Event) -> None:
    _sms(act, event, "appeal_received", claim=event.data["claim_number"], date=event.data["lodged_on"])


def overpayment_found(act: Act, event: Event) -> None:
    said = {name: event.data[name] for name in ("amount", "compared", "repaid", "waived") if name in event.data}
    _letter(act, event, "overpayment_letter", on=act.today.isoformat(), **said)


def recovery_decided(act: Act, event: Event) -> None:
    """She gets the letter that says what becomes of it, and a message that it is there."""
    _sms(act, event, "recovery_decided", claim=event.data["claim_number"], amount=event.data["amount"])
    _letter(act, event, "recovery_letter", recovery_id=event.data["recovery_id"])


def recovery_contested(act: Act, event: Event) -> None:
    _sms(act, event, "appeal_received", claim=event.data["claim_number"], date=event.data["lodged_on"])


def objection_decided(act: Act, event: Event) -> None:
    """She gets what was decided on her objection as a letter, and a message that it is there."""
    _sms(act, event, "recovery_decided", claim=event.data["claim_number"], amount=event.data["amount"])
    _letter(act, event, "objection_letter", recovery_id=event.data["recovery_id"])


def payments_suspended(act: Act, event: Event) -> None:
    """She gets the ground, the article and how to object as a letter, and a message that it is there."""
    _sms(act, event, "payments_suspended", claim=event.data["claim_number"], date=event.data["first_day"])
    _letter(act, event, "suspension_letter", suspension_id=event.data["suspension_id"])


def suspension_lifted(act: Act, event: Event) -> None:
    """She hears that payments go on, or that nothing more is paid, and reads why."""
    template = "payments_go_on" if event.data.get("goes_on", True) else "suspension_over"
    _sms(act, event, template, claim=event.data["claim_number"])
    _letter(act, event, "suspension_end_letter", suspension_id=event.data["suspension_id"])


def decision_annulled(act: Act, event: Event) -> None:
    """She gets ground, legal basis, what was paid and how to object as a letter, and a message that it is there."""
    _sms(act, event, "decision_annulled", claim=event.data["claim_number"])
    _letter(act, event, "annulment_letter", annulment_id=event.data["annulment_id"])


def annulment_objection_decided(act: Act, event: Event) -> None:
    """She reads whether the decision counts again, and why."""
    _sms(act, event, "annulment_objection", claim=event.data["claim_number"])
    _letter(act, event, "annulment_end_letter", annulment_id=event.data["annulment_id"])


def repayment_missed(act: Act, event: Event) -> None:
    """She is reminded of a part that has not come."""
    data = event.data
    _sms(act, event, "repayment_missed", claim=data["claim_number"], amount=data["amount"], date=data["due_on"])


def erasure_asked(act: Act, event: Event) -> None:
    """She hears that her name is to be erased, and from when on, so that she can still say no."""
    _sms(act, event, "erasure_announced", date=event.data["not_before"])


def repayment_received(act: Act, event: Event) -> None:
    data = event.data
    if _goes_to_employer(event):
        return
    _sms(
        act,
        event,
        "repayment_received",
        claim=data["claim_number"],
        amount=data["amount"],
        date=data["received_on"],
    )


def repayment_taken_back(act: Act, event: Event) -> None:
    """What she was told had come was somebody else's: she hears that it counts no more."""
    if _goes_to_employer(event):
        return
    _sms(act, event, "repayment_taken_back", claim=event.data["claim_number"], amount=event.data["amount"])


def advance_stated(act: Act, event: Event) -> None:
    """She is asked whether it is true that her employer advanced something."""
    _sms(act, event, "advance_stated", claim=event.data["claim_number"], amount=event.data["amount"])


def instalment_paid(act: Act, event: Event) -> None:
    template = "instalment_paid_employer" if _goes_to_employer(event) else "instalment_paid"
    _sms(act, event, template, amount=event.data["amount"], date=event.data["paid_on"])


def payment_moved(act: Act, event: Event) -> None:
    """She is told the day that takes the place of the promised one, before she waits in vain."""
    data = event.data
    _sms(act, event, "payment_moved", amount=data["amount"], date=data["promised_on"], on=data["comes_on"])


def payment_late(act: Act, event: Event) -> None:
    """She is told that money is late, and until when she hears more."""
    data = event.data
    _sms(act, event, "payment_late", amount=data["amount"], date=data["promised_on"], by=data["news_by"])


def voucher_issued(act: Act, event: Event) -> None:
    """Money waits at the counter; her one-time code is fetched when the message leaves."""
    data = event.data
    _sms(act, event, "voucher_issued", amount=data["amount"], date=data["valid_until"], order=data["order_id"])


def _goes_to_employer(event: Event) -> bool:
    """Whether an event is about money of an employer: what stops it is asked of her, not of the worker."""
    return bool(event.data.get("employer_id"))


def payment_rejected(act: Act, event: Event) -> None:
    """She is asked for her account where that is what was wrong; the rest is the house's to mend."""
    if bank_reasons.is_payees(event.data.get("reason")) and not _goes_to_employer(event):
        _sms(act, event, "payment_rejected", amount=event.data["amount"])


def payment_returned(act: Act, event: Event) -> None:
    if bank_reasons.is_payees(event.data.get("reason")) and not _goes_to_employer(event):
        _sms(act, event, "payment_returned", amount=event.data["amount"])
