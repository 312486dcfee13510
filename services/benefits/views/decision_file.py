"""Everything about one decision on one page, as it was when it was made, for who must answer for it; and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim, Letter
from services.benefits.domain.decision import Decision, DecisionState
from services.benefits.domain.ids import PersonId
from services.benefits.domain.sample import Sample
from services.benefits.store.looks import Look
from services.benefits.views import annulment, changes, forms, words
from services.benefits.views.claim_page import Paid, payments
from services.benefits.views.control import OUTCOME
from services.benefits.views.person import Corrected
from services.benefits.views.shown import Json, Words
from services.benefits.views.task import step_text
from shared.act import Act
from shared.web import pages
from shared.web.texts import N_

STATES = {
    "proposed": N_("proposed, not confirmed yet"),
    "returned": N_("given back, never in force"),
    "annulled": N_("annulled: it counts no more"),
    "final": N_("in force from the day it was decided"),
}
KINDS = {
    "first": N_("the first decision"),
    "revision": N_("in the place of an earlier one"),
    "appeal": N_("on an objection"),
}
#: Doubts by their kind, without the particulars they had when they were judged.
DOUBTS = {
    "certificate_not_verified": N_("A certificate that was not verified"),
    "certificate_late": N_("A certificate issued late"),
    "wage_odd": N_("A wage that stands out"),
    "declared_late": N_("Wages declared after the claim was opened"),
    "declared_before_hire": N_("Wages declared for a time before she worked there"),
    "second_notice": N_("Another birth less than seven months away"),
    "look_alikes": N_("People she could be mistaken for"),
    "days_paid": N_("Days that another claim has paid"),
    "holder_differs": N_("An account in another name"),
    "account_changed": N_("An account changed after the claim came in"),
    "number_sex": N_("A number of the other sex"),
    "number_year": N_("A number of another year of birth"),
    "number_township": N_("Letters of more than one township"),
    "number_held": N_("A card that holds another number"),
}
#: What a door shows, by a part of its address; the first that fits, so the narrower stand first.
LOOKED = (
    ("/worker", N_("by herself, on her page")),
    ("/employer", N_("Employer")),
    ("/letter", N_("Letters")),
    ("/acknowledgement", N_("Acknowledgement")),
    ("/papers/", N_("Papers")),
    ("/scans/", N_("Papers")),
    ("/form/", N_("Claim form")),
    ("/advances/", N_("Advances of employers")),
    ("/suspension", N_("Suspended payments")),
    ("/annulment", N_("Annul a decision")),
    ("/overpayment", N_("Paid too much")),
    ("/recover", N_("Paid too much")),
    ("/otherwise/", N_("Decide a condition otherwise")),
    ("/task/", N_("Whose task")),
    ("/decisions/<", N_("Everything about this decision")),
    ("/deci", N_("Decision")),
    ("/judgements/", N_("Doubts that were judged")),
    ("/contact/", N_("Address and phone")),
    ("/payees/", N_("Money goes to")),
    ("/register/", N_("Register a person")),
    ("/desk/search/", N_("Found")),
    ("/persons", N_("Person")),
    ("/claims/<", N_("Claim")),
    ("/claims/", N_("Claims")),
    ("/desk/", N_("Queue")),
    ("", N_("Claim")),
)


@dataclass(frozen=True, slots=True)
class Other:
    """Another decision on the same claim."""

    href: str
    no: int
    on: date | None
    state: Words
    here: bool


@dataclass(frozen=True, slots=True)
class LookLine:
    """A look at the claim, on the day and at the hour of the institution."""

    on: date
    time: str
    who: str
    office: str
    door: str
    page: Words
    did: Words
    refused: bool


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """`a` is what followed from the facts, as it was written down; `facts` are all facts it was made from."""

    claim: Claim
    name: str
    decision: Decision
    a: Json
    title: Words
    state: Words
    #: Where it counts no more: why, as the letter says it.
    annulled: Words | None
    kind: Words
    outcome: Words
    schedule: list[Json]
    facts: list[changes.Changed]
    since: list[changes.Changed]
    judged: list[Corrected]
    others: list[Other]
    history: list[Corrected]
    letters: list[Letter]
    payments: list[Paid]
    appeals: list[annulment.Lodged]
    sample: Sample | None
    looks: list[LookLine]
    currency: str


def page(act: Act, decision_id: str) -> tuple[DecisionFile, PersonId]:
    """The page of a decision, and whose it is. Raises `NotHere`."""
    found = store.decisions.get(act, decision_id)
    claim = store.claims.get(act, found.claim_id)
    person = store.persons.of_claim(act, claim.person_id)
    all_ = store.decisions.of_claim(act, claim.id)
    earlier = [d for d in all_ if d.no < found.no and d.state is DecisionState.FINAL]
    names = changes.of_questions(forms.event_facts(claim.country, claim.benefit, act.today))
    currency = found.total.currency
    gone = store.annulments.of_decision(act, found)
    return DecisionFile(
        claim=claim,
        name=person.name,
        decision=found,
        a=found.kept,
        title=words.text(words.BENEFITS, claim.benefit),
        state=_state(act, found),
        annulled=annulment.sentence(act, gone) if gone is not None else None,
        kind=words.text(KINDS, found.kind),
        outcome=words.text(OUTCOME, found.outcome),
        schedule=[part.json() for part in found.schedule],
        facts=changes.changed({}, found.facts, names, currency),
        since=changes.changed(earlier[-1].facts, found.facts, names, currency) if earlier else [],
        judged=[Corrected(w.on, {"msg": _warned(code), "params": {}}, w.name, w.why) for code, w in _judged(found)],
        others=[_other(act, d, found) for d in all_],
        history=_history(act, claim),
        letters=[x for x in store.claims.letters(act, claim.id) if x.decision_id == found.id],
        payments=payments(act, claim),
        appeals=[annulment.lodged(act, x) for x in store.decisions.appeals(act, claim.id) if x.decision_id == found.id],
        sample=store.samples.of_decision(act, found.id),
        looks=_looks(act, store.looks.at(act, claim)),
        currency=currency,
    ), claim.person_id


def _judged(found: Decision) -> list[tuple[str, Any]]:
    return sorted(found.judged.items(), key=lambda item: item[1].on)


def _warned(id_: str) -> str:
    """A doubt by its code, in the words that name its kind."""
    return DOUBTS.get(id_.split(":")[0], id_.split(":")[0].replace("_", " "))


def _state(act: Act, found: Decision) -> Words:
    gone = found.state is DecisionState.FINAL and store.annulments.of_decision(act, found) is not None
    return words.text(STATES, "annulled" if gone else found.state)


def _other(act: Act, d: Decision, here: Decision) -> Other:
    on = d.decided_on or pages.day_of(d.proposed_at)
    return Other(f"/desk/decisions/{d.id}", d.no, on, _state(act, d), d.id == here.id)


def _history(act: Act, claim: Claim) -> list[Corrected]:
    """The claim's steps and its way from hand to hand, the latest first."""
    steps = [Corrected(c.on, words.text(words.CHANGES, c.what), c.by_name, c.why) for c in _changes(act, claim)]
    hands = [Corrected(x.on, step_text(x), x.by_name, x.why) for x in store.tasks.changes(act, claim.id)]
    return sorted([*steps, *hands], key=lambda line: line.on, reverse=True)


def _changes(act: Act, claim: Claim) -> Sequence[Any]:
    return list(reversed(store.claims.changes(act, claim.id)))


def _looks(act: Act, looks: Sequence[Look]) -> list[LookLine]:
    """Looks as a person reads them: which page, whether anything was done there, from which office."""
    offices: dict[str, str] = {one.id: one.name for one in store.places.offices(act)}
    lines = []
    for look in looks:
        at = look.at.astimezone(pages.service().clock.zone)
        method, path, status = (*look.door.split(" "), "", "")[:3]
        page = next((words_ for part, words_ in LOOKED if part in f"{path}/"), LOOKED[-1][1])
        did = N_("looked at") if method in ("GET", "HEAD") else N_("something was done there")
        lines.append(
            LookLine(
                on=pages.day_of(look.at),
                time=f"{at:%H:%M}",
                who=look.who,
                office=offices.get(look.office, look.office) if look.office else "",
                door=look.door,
                page={"msg": page, "params": {}},
                did={"msg": did, "params": {}},
                refused=status.startswith(("4", "5")),
            )
        )
    return lines


def told(act: Act, decision_id: str) -> dict[str, Any]:
    """The same as a file: what was known, what followed, who had a hand in it, who looked. Raises `NotHere`."""
    found, _ = page(act, decision_id)
    d = found.decision
    return {
        "claim": {"id": d.claim_id, "number": found.claim.number, "received_on": found.claim.received_on},
        "decision": {
            "id": d.id,
            "no": d.no,
            "kind": d.kind,
            "state": d.state,
            "outcome": d.outcome,
            "total": d.total.json(),
            "difference": d.difference.json(),
            "schedule": found.schedule,
            "pack_revision": d.pack_revision,
            "proposed": _who(d.proposed_by, d.proposed_name, d.proposed_at),
            "confirmed": _who(d.confirmed_by, d.confirmed_name, d.confirmed_at),
            "second_reason": d.second_reason,
            "decided_on": d.decided_on,
            "returned": d.returned_reason,
            "annulled": _annulled(act, d),
            "conformance": d.conformance,
        },
        "facts": d.facts,
        "assessment": d.kept,
        "judged": {code: word.json() for code, word in d.judged.items()},
        "history": [
            {"version": c.version, "what": c.what, "why": c.why, "by": c.by_name, "on": c.on}
            for c in store.claims.changes(act, found.claim.id)
        ],
        "from_hand_to_hand": [
            {"what": x.what, "to": x.to_name, "until": x.until, "why": x.why, "by": x.by_name, "on": x.on}
            for x in store.tasks.changes(act, found.claim.id)
        ],
        "payments": [
            {"reference": p.reference, "on": p.on, "amount": p.amount.json(), "state": p.state} for p in found.payments
        ],
        "appeals": [{"lodged_on": x.lodged_on, "finding": x.finding, "outcome": x.outcome} for x, _ in found.appeals],
        "looked": [
            {"at": x.at, "who": x.who, "office": x.office, "door": x.door} for x in store.looks.at(act, found.claim)
        ],
    }


def _annulled(act: Act, d: Decision) -> Json | None:
    gone = store.annulments.of_decision(act, d) if d.state is DecisionState.FINAL else None
    return {"id": gone.id, "on": gone.decided_on, "ground": gone.ground, "basis": gone.basis} if gone else None


def _who(id_: str | None, name: str | None, at: datetime | None) -> Json | None:
    return {"id": id_, "name": name, "at": at} if id_ is not None else None
