"""What is said of a suspension, in one place for the desk, her page and the letter; and the desk's page of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.appeal import SUSPENSION
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.suspension import Ended, Suspension, SuspensionState
from services.benefits.institution import institution
from services.benefits.law.text import day, money
from services.benefits.usecases import awards, grounds, suspensions
from services.benefits.views import words
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Said, Words, errors
from shared.act import Act
from shared.money import Money
from shared.web import pages
from shared.web.texts import N_

CANNOT = {
    "suspended_already": N_("Payments are suspended already."),
    "nothing_to_come": N_("Nothing of these days is still to be paid: there is nothing to suspend."),
    "no_such_ground": N_("The law of this country has no such ground."),
    "decided_already": N_("Somebody has decided it already."),
    "not_suspended": N_("Payments are not suspended any more."),
    "before_suspension": N_("Earlier days were not suspended: they need a decision of their own."),
    "too_far": N_("At most half a year ahead."),
}
STATES = {
    SuspensionState.PROPOSED: (N_("waits for a second person"), "wait"),
    SuspensionState.RETURNED: (N_("Given back"), ""),
    SuspensionState.RUNS: (N_("payments are suspended"), "no"),
    SuspensionState.SETTLING: (N_("waits for the new decision"), "wait"),
    SuspensionState.LIFTED: (N_("lifted"), "go"),
}


def sentence(found: Suspension) -> Words:
    """That payments are suspended, from when on, and on which ground of the law."""
    said = {"first": day(found.first_day), "ground": {"msg": found.ground.text}}
    said |= {"citation": {"type": "citation", "value": found.ground.citation}}
    return {"msg": N_("Payments for days from {first} on are suspended: {ground} ({citation})."), "params": said}


def waits(act: Act, claim_id: ClaimId, on: date, waiting: Money | None) -> list[Words]:
    """What is said of money that waits on a day: that payments are suspended, and how much that holds; nothing where
    nothing waits."""
    if not waiting:
        return []
    then = [one for one in store.suspensions.of_claim(act, claim_id) if one.decided_on and one.decided_on <= on]
    then = [one for one in then if one.state is not SuspensionState.RETURNED]
    return [
        *(sentence(one) for one in then[-1:]),
        {"msg": WAITS, "params": {"amount": money(waiting.units, waiting.currency)}},
    ]


def together(said: list[Words]) -> Words:
    """Sentences as one, where a page has room for one."""
    gaps = {f"s{n}": words for n, words in enumerate(said)}
    return {"msg": " ".join(f"{{{name}}}" for name in gaps), "params": gaps}


#: The desk's page has it too.
WAITS = N_("{amount} waits.")


def next_steps(found: Suspension) -> list[Words]:
    """What happens next, and what she can do about it."""
    said: list[Words] = [
        {
            "msg": N_(
                "What was paid stays paid. A payment still to come that covers such a day waits as a whole; "
                "we look again by {on}."
            ),
            "params": {"on": day(found.look_again_on)},
        }
    ]
    if found.appeal_until is not None:
        until = {"until": day(found.appeal_until)}
        said.append({"msg": N_("You can object until {until}, on your page or at the office."), "params": until})
    return said


def ending(found: Suspension, *, goes_on: bool) -> Words | None:
    """How it ended, and whether more is paid; none while it has not."""
    if found.state is not SuspensionState.LIFTED or found.lifted_on is None:
        return None
    if found.ended is Ended.GROUNDLESS and not goes_on:
        return {"msg": N_("The ground did not hold. This award has ended: nothing more is paid on it."), "params": {}}
    if found.ended is Ended.GROUNDLESS:
        on = {"on": day(institution().pay_days.after(found.lifted_on))}
        return {"msg": N_("Payments go on: the ground did not hold. What waited is paid from {on} on."), "params": on}
    if found.ended is None:
        return {"msg": N_("The decision was annulled, so nothing waits any more."), "params": {}}
    held = found.held
    days = {"first": day(held.first), "last": day(held.last)} if held is not None else {}
    if not goes_on:
        return {
            "msg": N_(
                "The ground held from {first} to {last}. Nothing more is paid; you can object to the new decision."
            ),
            "params": days,
        }
    return {
        "msg": N_(
            "Payments go on. The ground held from {first} to {last}; the new decision says what is paid of these days."
        ),
        "params": days,
    }


@dataclass(frozen=True, slots=True)
class Told:
    """A suspension as the desk's page tells it."""

    row: Suspension
    sentence: Words
    state: Words
    kind: str
    ending: Words | None
    #: `C102 art. 69(g)`, or article 14 where it only says that no earnings are suspended.
    letter: str


@dataclass(frozen=True, slots=True)
class SuspensionPage:
    claim: Claim
    head: Head
    title: Words
    #: The one that is asked for or that holds, and those before it, the latest first.
    now: Told | None
    before: list[Told]
    #: What has not left and waits, or would wait if everything did.
    waiting: Money | None
    grounds: list[dict[str, Any]]
    blocked: Words | None
    may_propose: bool
    may_confirm: bool
    may_end: bool
    #: Whether the days on which the ground held are written into the facts by the form, or by the officer herself.
    writes_days: bool
    look_again_on: str
    typed: Said
    errors: Said


def page(
    act: Act, claim: Claim, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> SuspensionPage:
    """After a form that could not be taken: with what was typed, and what is wrong (codes by field)."""
    every = [_told(act, one) for one in reversed(store.suspensions.of_claim(act, claim.id))]
    live = (SuspensionState.PROPOSED, SuspensionState.RUNS, SuspensionState.SETTLING)
    now = next((told for told in every if told.row.state in live), None)
    state = now.row.state if now is not None else None
    decides, mine = act.actor.has("officer", "supervisor"), now is not None and now.row.proposed_by == act.actor.id
    stopped = suspensions.hindrance(act, claim) if now is None else None
    known = grounds.grounds(act, claim) if now is None else []
    may_confirm = state is SuspensionState.PROPOSED and act.actor.has("supervisor") and not mine
    if state is SuspensionState.PROPOSED and not may_confirm:
        stopped = "two_people" if mine else "supervisor_confirms"
    return SuspensionPage(
        claim=claim,
        head=head(act, store.persons.get(act, claim.person_id)),
        title=words.text(words.BENEFITS, claim.benefit),
        now=now,
        before=[told for told in every if told is not now],
        waiting=_waiting(act, claim, now),
        grounds=[{"value": g.code, "label": _label(g.text, g.citation, g.letter)} for g in known],
        blocked=words.text(words.HINDRANCES | CANNOT, stopped) if stopped is not None else None,
        may_propose=decides and now is None and stopped is None,
        may_confirm=may_confirm,
        may_end=decides and state is SuspensionState.RUNS,
        writes_days=now is not None and now.row.ground.fact is not None,
        look_again_on=suspensions.look_again_from(act.today).isoformat(),
        typed=Said(typed or {}),
        errors=errors({name: words.text(words.ERRORS | words.HINDRANCES | CANNOT, c) for name, c in wrong.items()})
        if wrong
        else Said(),
    )


def _waiting(act: Act, claim: Claim, now: Told | None) -> Money | None:
    if now is None:
        return awards.to_come(act, claim.id)
    return awards.to_come(act, claim.id, now.row.first_day)


def _letter(letter: str) -> str:
    return "C102 art. 14" if letter == "14" else f"C102 art. 69({letter})"


def _label(text: str, citation: str, letter: str) -> str:
    return f"{pages.translate(text)} ({pages.translate(citation)}; {_letter(letter)})"


def _told(act: Act, found: Suspension) -> Told:
    state, kind = STATES[found.state]
    over = ending(found, goes_on=suspensions.goes_on(act, found))
    return Told(found, sentence(found), {"msg": state}, kind, over, _letter(found.ground.letter))


def contested(finding: str, known: Any) -> Any:
    """The sentence of a decision that an appeal is against; that payments are suspended is none of its findings."""
    return {"msg": CONTESTED} if finding == SUSPENSION else known


#: What an appeal against a suspension is against, among the findings of the decision.
CONTESTED = N_("That payments are suspended")
