"""The desk's page of an annulled decision: what stood before and what after, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.benefits import store
from services.benefits.domain.annulment import OUTCOMES, Annulment, AnnulmentState
from services.benefits.domain.appeal import Appeal
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import Decision
from services.benefits.usecases import annulments
from services.benefits.views import annulment, words
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Said, Words, errors, options
from shared.act import Act
from shared.web.texts import N_

CANNOT = {
    "nothing_decided": N_("Nothing is decided that could be annulled."),
    "decided_already": N_("Somebody has decided it already."),
    "decided_anew": N_("The claim was opened or decided anew meanwhile: give it back."),
    "not_annulled": N_("The decision is not annulled."),
    "paid_elsewhere": N_(
        "Another claim of the person pays some of these days, or this birth: annul or correct that one first."
    ),
    "annulment_contested": N_("the objection to the annulment is decided first"),
}
STATES = {
    AnnulmentState.PROPOSED: (N_("waits for a second person"), "wait"),
    AnnulmentState.RETURNED: (N_("Given back"), ""),
    AnnulmentState.RUNS: (N_("annulled"), "no"),
    AnnulmentState.LIFTED: (N_("counts again"), "go"),
}
OUTCOME_WORDS = {
    "upheld": N_("Upheld: the decision counts again"),
    "rejected": N_("Rejected: it stays annulled"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An annulment as the desk's page tells it: what stood before, and what after."""

    row: Annulment
    decision: Decision
    sentence: Words
    follows: list[Words]
    state: Words
    kind: str
    after: Words | None


@dataclass(frozen=True, slots=True)
class AnnulmentPage:
    claim: Claim
    head: Head
    title: Words
    #: The decision that stands, where one does.
    stands: Decision | None
    #: The one that is asked for or by which nothing stands, and those before it, the latest first.
    now: Told | None
    before: list[Told]
    #: The objection to it that is open.
    contested: Appeal | None
    grounds: list[dict[str, str]]
    outcomes: list[dict[str, str]]
    blocked: Words | None
    may_propose: bool
    may_confirm: bool
    may_decide: bool
    may_open: bool
    typed: Said
    errors: Said


def page(
    act: Act, claim: Claim, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> AnnulmentPage:
    """After a form that could not be taken: with what was typed, and what is wrong (codes by field)."""
    every = [_told(act, one) for one in reversed(store.annulments.of_claim(act, claim.id))]
    asked, present = store.annulments.proposed(act, claim.id), store.annulments.present(act, claim.id)
    live = asked or present
    now = next((told for told in every if live is not None and told.row.id == live.id), None)
    decides, mine = act.actor.has("officer", "supervisor"), asked is not None and asked.proposed_by == act.actor.id
    contested = annulments.contested(act, claim.id)
    stopped = annulments.hindrance(act, claim) if live is None else None
    may_confirm = asked is not None and act.actor.has("supervisor") and not mine
    if asked is not None and not may_confirm:
        stopped = "two_people" if mine else "supervisor_confirms"
    if contested is not None and present is not None:
        stopped = annulments.may_decide(act, claim, present)
    table = words.ERRORS | words.HINDRANCES | CANNOT
    return AnnulmentPage(
        claim=claim,
        head=head(act, store.persons.get(act, claim.person_id)),
        title=words.text(words.BENEFITS, claim.benefit),
        stands=store.decisions.last_final(act, claim.id),
        now=now,
        before=[told for told in every if told is not now],
        contested=contested,
        grounds=options(annulment.GROUNDS),
        outcomes=options(OUTCOME_WORDS, OUTCOMES),
        blocked=words.text(words.HINDRANCES | CANNOT, stopped) if stopped is not None else None,
        may_propose=decides and live is None and stopped is None,
        may_confirm=may_confirm,
        may_decide=contested is not None and stopped is None,
        may_open=decides and present is not None and contested is None and claim.is_decided,
        typed=Said(typed or {}),
        errors=errors({name: words.text(table, code) for name, code in wrong.items()}) if wrong else Said(),
    )


def _told(act: Act, found: Annulment) -> Told:
    state, kind = STATES[found.state]
    decision, after = store.decisions.get(act, found.decision_id), annulment.after_objection(act, found)
    said, then = annulment.sentence(act, found), annulment.follows(act, found)
    return Told(found, decision, said, then, {"msg": state, "params": {}}, kind, after)
