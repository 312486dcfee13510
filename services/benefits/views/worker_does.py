"""What a worker does by herself on her page: her inbox, questions, another phone or account, withdrawing her claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.claim import OPEN, Claim, ClaimState
from services.benefits.domain.own_change import OwnChange
from services.benefits.domain.person import Office, Payee, Person
from services.benefits.domain.phone_code import MOST_TRIES
from services.benefits.domain.question import LONGEST, MOST_OPEN, Question
from services.benefits.institution import institution
from services.benefits.usecases import own_changes
from services.benefits.usecases.accounts import HERSELF
from services.benefits.views import asked_by_her, words
from services.benefits.views.shown import Said, Words
from shared.act import Act
from shared.web import pages, texts
from shared.web.texts import N_

#: What a letter or message is about, as she would say it. Letters and messages of other names show themselves.
SUBJECTS = {
    "decision_letter": N_("The decision on your claim"),
    "acknowledgement_letter": N_("Receipt for your claim, with your code"),
    "overpayment_letter": N_("More was paid than was due"),
    "recovery_letter": N_("What becomes of money paid too much"),
    "objection_letter": N_("Decided on your objection to paying back"),
    "suspension_letter": N_("Your payments are suspended"),
    "suspension_end_letter": N_("The suspension of your payments is over"),
    "annulment_letter": N_("The decision on your claim is annulled"),
    "annulment_end_letter": N_("Your objection is decided"),
    "decision_annulled": N_("The decision on your claim is annulled"),
    "annulment_objection": N_("Your objection is decided"),
    "payments_suspended": N_("Your payments are suspended"),
    "payments_go_on": N_("Your payments go on"),
    "suspension_over": N_("The suspension of your payments is over"),
    "claim_received": N_("We have your claim"),
    "claim_needs_you": N_("We need a paper from you"),
    "claim_needs_doctor": N_("We need a paper from your doctor"),
    "claim_needs_employer": N_("We wait for your employer"),
    "claim_needs_office": N_("We wait for another office"),
    "decision_granted": N_("Your claim is granted"),
    "decision_granted_in_part": N_("Your claim is granted in part"),
    "decision_refused": N_("Your claim is refused"),
    "decision_revised": N_("We have decided again"),
    "appeal_received": N_("We have your objection"),
    "appeal_decided": N_("Your objection is decided"),
    "erasure_announced": N_("Your name will be erased"),
    "instalment_paid": N_("Money was paid to you"),
    "instalment_paid_employer": N_("Money was paid to your employer"),
    "advance_stated": N_("Your employer says she paid you in advance"),
    "voucher_issued": N_("Money waits at the counter"),
    "phone_code": N_("A code for the officer"),
    "phone_check": N_("Code to confirm the phone"),
    "certificate_ends": N_("Your certificate ends soon"),
    "payment_moved": N_("Your payment comes on another day"),
    "payment_late": N_("Your payment is late"),
    "payment_rejected": N_("The bank could not pay you"),
    "payment_returned": N_("Your money came back to us"),
    "recovery_decided": N_("What becomes of money paid too much"),
    "repayment_received": N_("We have what you paid back"),
    "repayment_missed": N_("A part has not come"),
    "repayment_taken_back": N_("A payment was for another claim"),
    "question_answered": N_("Your question is answered"),
    "start_code": N_("A code to start a claim"),
    "claim_started": N_("We have the claim you started"),
    "start_ending": N_("The claim you started ends soon"),
    "own_change_code": N_("A code for another phone or account"),
    "own_change_coming": N_("Your phone or account will change"),
}
REFUSED = {
    "required": N_("This is needed."),
    "too_long": N_("This is too long."),
    "too_many_open": N_("Three of your questions wait for an answer. Wait for it, or call the office."),
    "unknown_word": N_("Choose one of the list."),
    "as_now": N_("This is what we have already."),
    "no_phone": N_("We know no phone of yours, so you cannot change it here. Come to the office with your card."),
    "phone_too_new": N_(
        "We have your phone number only since a short while, so you cannot change it here. "
        "Come to the office with your card."
    ),
    "not_possible": N_("This cannot be changed here. Come to the office."),
    "asked_too_often": N_("You asked three times today. Ask again tomorrow, or come to the office with your card."),
    "one_waits": N_("Another change waits for its day. Stop that one first."),
    "none_open": N_("This code is over. Ask for a new one."),
    "too_many_tries": N_("Too many wrong codes. Ask for a new one."),
    "wrong_code": N_("That was not the code. Tries left: {left}."),
}


@dataclass(frozen=True, slots=True)
class Coming:
    """A change that waits for its day."""

    id: str
    what: Words
    due_on: date


@dataclass(frozen=True, slots=True)
class Does:
    """What she can do, for her first page: how many letters and messages and answers there are, what waits."""

    told: int
    answers: int
    waiting: list[Coming]
    may_withdraw: bool
    withdrew_on: date | None


def does(act: Act, claim: Claim) -> Does:
    return Does(
        told=len(store.claims.letters(act, claim.id)) + len(store.questions.told(act, claim.id)),
        answers=sum(not q.is_open for q in store.questions.of_claim(act, claim.id)),
        waiting=[
            Coming(one.id, asked_by_her.said(one), one.due_on)
            for one in own_changes.waiting(act, claim.id)
            if one.due_on is not None
        ],
        may_withdraw=may_withdraw(act, claim),
        withdrew_on=_withdrew_on(act, claim),
    )


def may_withdraw(act: Act, claim: Claim) -> bool:
    """Before a first decision; what was decided is objected to."""
    return claim.state in OPEN and not store.decisions.ever_final(act, claim.id)


def _withdrew_on(act: Act, claim: Claim) -> date | None:
    if claim.state is not ClaimState.WITHDRAWN:
        return None
    hers = [c.on for c in store.claims.changes(act, claim.id) if (c.what, c.by_name) == ("withdrawn", HERSELF)]
    return hers[-1] if hers else None


@dataclass(frozen=True, slots=True)
class Item:
    """A letter or a message: on which day, about what; a letter opens."""

    on: date
    letter: bool
    subject: Words
    href: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    claim: Claim
    person: Person
    items: list[Item]
    spoken: list[dict[str, str]]
    saved: bool


def inbox(act: Act, claim: Claim, *, saved: bool = False) -> InboxPage:
    """All that was written to her about her claim, the newest first. Where a message says that something stands on her
    page, it leads there."""
    places = {"question_answered": "/worker/questions", "own_change_coming": "/worker/change"}
    letters = [
        (one.on_day, one.id, Item(one.on_day, True, words.text(SUBJECTS, one.template), f"/letters/{one.id}"))
        for one in store.claims.letters(act, claim.id)
    ]
    told = [
        (one.on_day, one.id, Item(one.on_day, False, words.text(SUBJECTS, one.template), places.get(one.template, "")))
        for one in store.questions.told(act, claim.id)
    ]
    newest = sorted(letters + told, key=lambda one: one[:2], reverse=True)
    return InboxPage(
        claim=claim,
        person=store.persons.get(act, claim.person_id),
        items=[item for _, _, item in newest],
        spoken=[{"value": code, "label": name} for code, name in texts.LANGUAGES.items()],
        saved=saved,
    )


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    claim: Claim
    questions: list[Question]
    may_ask: bool
    typed: str
    errors: Said
    longest: int
    hotline: str


def questions(act: Act, claim: Claim, typed: str = "", wrong: str | None = None) -> QuestionsPage:
    """Her questions and the answers; after one that could not be asked, with what she wrote and why not."""
    asked = store.questions.of_claim(act, claim.id)
    return QuestionsPage(
        claim=claim,
        questions=asked,
        may_ask=sum(q.is_open for q in asked) < MOST_OPEN,
        typed=typed,
        errors=Said({"question": words.text(REFUSED, wrong)} if wrong else {}),
        longest=LONGEST,
        hotline=store.places.office(act, claim.office_id).phone,
    )


@dataclass(frozen=True, slots=True)
class ChangePage:
    claim: Claim
    person: Person
    #: Why she must come to the office for it; then nothing can be asked here.
    refused: Words | None
    to_confirm: list[tuple[str, Words]]
    waiting: list[Coming]
    stopped: list[tuple[Words, date, str]]
    phone_ending: str
    account: Payee | None
    wait_days: int
    kinds: list[dict[str, str]]
    typed: Said
    errors: Said
    office: Office


KINDS = {"bank": N_("Bank account"), "wallet": N_("Wallet on a phone")}


def change(
    act: Act, claim: Claim, typed: Mapping[str, str] | None = None, wrong: Mapping[str, Words] | None = None
) -> ChangePage:
    """What can be changed, what awaits her code or its day, and what was stopped."""
    every = store.own_changes.of_person(act, claim.person_id)
    person, code = store.persons.get(act, claim.person_id), own_changes.refused(act, claim)
    return ChangePage(
        claim=claim,
        person=person,
        refused=words.text(REFUSED, code) if code is not None else None,
        to_confirm=[(one.id, asked_by_her.said(one)) for one in every if one.awaits_code(act.now)],
        waiting=[Coming(one.id, asked_by_her.said(one), one.due_on) for one in every if one.waits and one.due_on],
        stopped=[_stopped(one, one.ended_on) for one in every[:3] if one.state == "stopped" and one.ended_on],
        phone_ending=(person.phone or "")[-4:],
        account=store.persons.payee(act, claim.person_id),
        wait_days=institution().own_change_wait_days,
        kinds=[{"value": code, "label": pages.translate(name)} for code, name in KINDS.items()],
        typed=Said(typed or {}),
        errors=Said(wrong or {}),
        office=store.places.office(act, claim.office_id),
    )


def _stopped(change: OwnChange, on: date) -> tuple[Words, date, str]:
    return asked_by_her.said(change), on, asked_by_her.why(change) or ""


def refused(code: str) -> Words:
    return words.text(REFUSED | words.ERRORS, code)


def wrong_code(change: OwnChange) -> Words:
    return words.text(REFUSED, "wrong_code", {"left": MOST_TRIES - change.tries})


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """`sure` where she has said why, and is asked once more."""

    claim: Claim
    why: str
    sure: bool
    errors: Said
