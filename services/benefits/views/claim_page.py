"""A claim at the desk: the facts as the paper has them, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.appeal import ANNULMENT, SUSPENSION
from services.benefits.domain.claim import Claim, ClaimChange, ClaimState, Letter, Papers
from services.benefits.domain.decision import Decision
from services.benefits.domain.overpayment import Overpayment
from services.benefits.domain.person import Job, Payee
from services.benefits.domain.question import Question
from services.benefits.institution import institution
from services.benefits.law import faults
from services.benefits.law.figures import FactSpec
from services.benefits.usecases import claims, recoveries, suspensions
from services.benefits.usecases.recoveries import KeptBack
from services.benefits.views import annulment, forms, promise, suspension, words
from services.benefits.views.own_starts import StartedByHer, at_desk
from services.benefits.views.person import Corrected, Head, head
from services.benefits.views.phone_code import ByPhone, by_phone
from services.benefits.views.scans import Count, count
from services.benefits.views.shown import Json, Said, Words, errors
from shared.act import Act
from shared.money import Money
from shared.web import formatting, pages
from shared.web.texts import N_

#: Who works at the desk, and who may look there.
DESK = ("clerk", "officer", "supervisor")
LOOK = (*DESK, "auditor")
#: Who decides.
DECIDES = ("officer", "supervisor")


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said about a warning."""

    choice: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning with its number on the page."""

    no: int
    id: str
    pointer: str
    text: Words
    level: str
    judge: bool
    judged: Word | None
    choices: tuple[Json, ...] = ()


#: What an employer's list says beside the facts of the law, in her own words.
LISTED = {
    "listed_group": N_("Group on the list"),
    "listed_days": N_("Days, as the list counts them"),
    "listed_condition": N_("Illness or day, in the employer's words"),
    "listed_account": N_("Account, in the employer's words"),
    "listed_note": N_("Note"),
}


@dataclass(frozen=True, slots=True)
class ClaimView:
    """What the page of a claim, its live part, its receipt and the page of its decision show. `a` is the assessment as
    it is published (docs/schemas), which the shared components draw here and in letters."""

    claim: Claim
    #: Certificates as the form shows them, with room for the next; none where the law asks for none.
    certs: list[Said]
    spell: Said
    work_facts: Said
    event: Said
    papers: Said
    verified: frozenset[str]
    a: Json | None
    warnings: list[Warned]
    by_field: dict[str, list[Warned]]
    questions: dict[str, Words]
    errors: Said
    papers_drawn: list[Json]
    #: What an employer's list says of this leave: what it is, and her words.
    listed: list[tuple[str, str]]
    earlier: list[Json]
    account: Payee | None
    currency: str
    specs: list[FactSpec]
    wants_last_day: bool
    wants_illness: bool
    wants_hazardous: bool
    received_on: date
    #: What was typed for it, where that is no day.
    received_typed: str
    title: Words
    state: Words
    state_kind: str
    waits: Words | None
    reason: Words | None


def wrong(error: Mapping[str, Any]) -> Words:
    """What the law cannot read, in the desk's words; else in the law's own."""
    code = error["code"]
    if code in faults.SENTENCES and code not in words.ERRORS:
        return faults.sentence({"params": {}, **error}).json()
    return words.text(words.ERRORS, code, error.get("params"))


def view(act: Act, claim: Claim, picture: claims.Picture, typed: forms.Typed | None = None) -> ClaimView:
    """A claim as it is stored, or with what is being typed; `picture` was made of the same."""
    facts = typed.facts if typed is not None else claim.facts
    papers = Papers(typed.papers) if typed is not None else claim.papers
    spell = Said(forms.spell_shown(facts))
    law = claim.country, claim.benefit, act.today
    gone = store.annulments.present(act, claim.id) if claim.is_decided else None
    warnings = _warnings(claim, picture)
    by_field: dict[str, list[Warned]] = {}
    for warned in warnings:
        by_field.setdefault(field_of(warned.pointer), []).append(warned)
    questions: dict[str, Words] = {}
    for question in picture.assessment.questions if picture.assessment is not None else ():
        questions.setdefault(field_of(question.pointer), question.text.json())
    refused = {field_of(e["pointer"]): wrong(e) for e in picture.errors}
    certificates, asks = [Said(c) for c in facts.get("certificates") or []], forms.asks(*law)
    return ClaimView(
        claim=claim,
        certs=_rows(certificates) if certificates or "certificates" in asks else [],
        spell=spell,
        work_facts=Said((facts.get("employments") or [{}])[-1]),
        event=Said(forms.event_shown(facts, forms.event_facts(*law), pages.language())),
        papers=Said(papers.given),
        verified=papers.verified,
        a=picture.assessment.json() if picture.assessment is not None else None,
        warnings=warnings,
        by_field=by_field,
        questions=questions,
        errors=Said(refused | errors(typed.errors if typed is not None else None)),
        papers_drawn=_drawn(certificates, papers),
        listed=[(label, said) for name, label in LISTED.items() if (said := claim.papers.text(name))],
        earlier=_earlier(act, claim, facts),
        account=store.persons.payee(act, claim.person_id),
        currency=institution().currency,
        specs=forms.event_facts(*law),
        wants_last_day="spell.last_day" in asks or bool(spell["last_day"]) or claim.benefit == "sickness",
        wants_illness=claim.benefit != "birth",
        wants_hazardous="employments.hazardous" in asks,
        received_on=(typed.received_on if typed is not None else None) or claim.received_on,
        received_typed=typed.received_typed if typed is not None else "",
        title=words.text(words.BENEFITS, claim.benefit),
        state=words.text(words.STATES, "annulled" if gone is not None else claim.state),
        state_kind=words.STATE_KINDS["annulled" if gone is not None else claim.state],
        waits=words.text(words.WAITS, claim.waits.whom) if claim.waits else None,
        reason=words.text(words.REASONS, claim.waits.reason) if claim.waits and claim.waits.reason else None,
    )


def field_of(pointer: str) -> str:
    """The form's field for a pointer into the case."""
    parts = pointer.removeprefix("#/").split("/")
    if parts[0] == "certificates" and len(parts) > 1:
        names = {"number": "cert_no", "from": "cert_from", "to": "cert_to", "issued_on": "cert_issued"}
        return f"{names.get(parts[-1], 'cert_no')}_{parts[1]}"
    if parts[0] == "event":
        return f"event_{parts[-1]}"
    return "received_on" if parts[0] == "claimed_on" else parts[-1]


WARNINGS = words.WARNINGS | {
    "second_notice": N_("Claim {number} has a birth on {on}, less than seven months away. The employer says: {word}"),
}


def _warnings(claim: Claim, picture: claims.Picture) -> list[Warned]:
    found = []
    for n, warning in enumerate((w for w in picture.warnings if not w.id.startswith("error:")), start=1):
        judged = claim.judged.get(warning.id)
        word = Word(pages.translate("Accepted"), judged.why, judged.name) if judged is not None else None
        text = words.text(WARNINGS, warning.code, warning.params)
        level = "warn" if warning.judge else "calm"
        found.append(Warned(n, warning.id, warning.pointer, text, level, warning.judge, word))
    return found


def _rows(certificates: list[Said]) -> list[Said]:
    """At least two rows, and one more than are filled in."""
    return certificates + [Said()] * max(1, 2 - len(certificates))


def _drawn(certificates: list[Said], papers: Papers) -> list[Json]:
    """Certificates as they are drawn under the days."""
    return [
        {
            "from": c["from"],
            "to": c["to"],
            "text": f"{pages.translate('Certificate')} {n}",
            "sure": (c["number"] or str(n)) in papers.verified,
        }
        for n, c in enumerate(certificates, start=1)
        if c["from"] and c["to"] and not c["cancelled"]
    ]


def _earlier(act: Act, claim: Claim, facts: Mapping[str, Any]) -> list[Json]:
    """The days of two spells decided before this one."""
    first, found = (facts.get("spell") or {}).get("first_day"), []
    for other in store.claims.of_person(act, claim.person_id) if first else []:
        decided = store.decisions.last_final(act, other.id) if other.id != claim.id else None
        days = decided.kept["timeline"] if decided is not None else []
        if days and days[-1]["to"] < first:
            found.append({"timeline": days, "note": other.number})
    return found[:2]


@dataclass(frozen=True, slots=True)
class Paid:
    """An order of payments as the desk sees it."""

    reference: str
    on: date | None
    amount: Money
    state: str
    kind: str
    reason: str


def payments(act: Act, claim: Claim) -> list[Paid]:
    found = []
    for fact in store.awards.every_payment_fact(act, claim.id):
        name, kind = words.PAYMENTS[fact.state]
        why = pages.translate(words.PAYMENT_REASONS.get(fact.reason, fact.reason)) if fact.reason else ""
        if fact.employer_id is not None:
            to = pages.translate(N_("to the employer who advanced it"))
            why = f"{to}; {why}" if why else to
        found.append(Paid(fact.reference, fact.on_day, fact.amount, pages.translate(name), kind, why))
    return found


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """What stands on the page of a claim besides its facts and what follows from them."""

    head: Head
    history: list[Corrected]
    editable: bool
    decided: Decision | None
    findings: list[Json]
    decisive: str | None
    proposed: Decision | None
    letters: list[Letter]
    letter_names: dict[str, str]
    why: str
    payments: list[Paid]
    appeals: list[annulment.Lodged]
    outcomes: dict[str, str]
    overpayment: Overpayment | None
    kept_for_others: list[KeptBack]
    overpayment_state: Words | None
    #: That payments are suspended, or are asked to be.
    suspended: Words | None
    #: That the decision was annulled and none took its place, or is asked to be; and what an appeal is then against.
    annulled: Words | None
    contestable_id: str
    contestable_until: date | None
    #: What she was told of money that comes on another day than promised, or is late.
    moved: list[Words]
    work: list[Job]
    contest: Said
    contest_errors: Said
    ask: Said
    ask_errors: Said
    by_phone: ByPhone | None
    scans: Count
    #: What she started herself and the counter completes.
    started: StartedByHer | None
    #: What she asked about it, the latest first.
    questions: list[Question]


def page(
    act: Act,
    claim: Claim,
    *,
    why: str = "",
    contest: Mapping[str, str] | None = None,
    contest_errors: Mapping[str, str | Words] | None = None,
    ask: Mapping[str, str] | None = None,
    ask_errors: Mapping[str, str | Words] | None = None,
) -> ClaimPage:
    """After an appeal that could not be taken in (`contest`), or a question that could not be asked (`ask`): with what
    was typed and what is wrong."""
    decided, over = store.decisions.last_final(act, claim.id), store.awards.overpayment(act, claim.id)
    gone = store.annulments.present(act, claim.id)
    return ClaimPage(
        head=head(act, store.persons.get(act, claim.person_id)),
        history=[
            Corrected(c.on, words.text(words.CHANGES, c.what), c.by_name, _why(c))
            for c in reversed(store.claims.changes(act, claim.id))
        ],
        editable=act.actor.has(*DESK) and claim.state not in (ClaimState.WITHDRAWN, ClaimState.LAPSED),
        decided=decided,
        findings=_contestable(act, claim, decided),
        decisive=decided.kept["decisive"] if decided is not None else None,
        proposed=store.decisions.proposed(act, claim.id),
        letters=store.claims.letters(act, claim.id)[::-1],  # the newest first
        letter_names=words.LETTERS,
        why=why,
        payments=payments(act, claim),
        appeals=[annulment.lodged(act, one) for one in store.decisions.appeals(act, claim.id)],
        outcomes=words.OUTCOMES,
        overpayment=over,
        kept_for_others=recoveries.kept_for_others(act, claim.id),
        overpayment_state=words.text(words.OVERPAYMENTS, over.state) if over is not None else None,
        suspended=_suspended(act, claim),
        annulled=_annulled(act, claim),
        contestable_id=gone.decision_id if gone is not None else decided.id if decided is not None else "",
        contestable_until=recoveries.contestable_until(act, claim.id),
        moved=promise.sentences(act, claim),
        work=store.persons.jobs(act, claim.person_id),
        contest=Said(contest or {}),
        contest_errors=errors(contest_errors),
        ask=Said(ask or {}),
        ask_errors=errors(ask_errors),
        by_phone=by_phone(act, claim),
        scans=count(act, claim),
        started=at_desk(act, claim),
        questions=store.questions.of_claim(act, claim.id),
    )


def _why(change: ClaimChange) -> str | None:
    """Why something was done; of what she was told about a promised day, that day."""
    if change.what in promise.TOLD and change.why is not None:
        return formatting.plain_date(change.why, pages.language())
    return change.why


def _suspended(act: Act, claim: Claim) -> Words | None:
    if (held := store.suspensions.holding(act, claim.id)) is not None:
        return suspension.sentence(held)
    asked = store.suspensions.proposed(act, claim.id)
    return words.text(words.REASONS, "confirm_suspension") if asked is not None else None


def _annulled(act: Act, claim: Claim) -> Words | None:
    if (gone := store.annulments.present(act, claim.id)) is not None:
        return annulment.sentence(act, gone)
    asked = store.annulments.proposed(act, claim.id)
    return words.text(words.REASONS, "confirm_annulment") if asked is not None else None


def _contestable(act: Act, claim: Claim, decided: Decision | None) -> list[Json]:
    """What an appeal can be against: a finding of the decision, that payments are suspended, that it was annulled."""
    gone = store.annulments.present(act, claim.id)
    if gone is not None:
        return [{"id": ANNULMENT, "text": {"msg": annulment.CONTESTED}}] if gone.outcome is None else []
    found: list[Json] = list(decided.kept["findings"]) if decided is not None else []
    if suspensions.contestable(act, claim.id) is not None:
        found.append({"id": SUSPENSION, "text": {"msg": suspension.CONTESTED}})
    return found
