"""Whose task a claim is, why a person decides it, and how it went from hand to hand, as the desk sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.automation import ALWAYS, SWITCHED
from services.benefits.domain.claim import Claim, Whom
from services.benefits.domain.task import Colleague, TaskChange
from services.benefits.institution import institution
from services.benefits.views import words
from services.benefits.views.person import Corrected
from services.benefits.views.shown import Said, Words, errors
from shared.act import Act
from shared.web.texts import N_

STEPS = {
    "taken": N_("Taken in hand"),
    "given_back": N_("Given back to the office"),
    "given": N_("Given to {to}"),
    "rests": N_("Laid aside until {until}"),
    "resumed": N_("Taken up again"),
}
#: Why a person decides a claim, and the rules alone do not.
BY_HAND = {
    "benefit_by_people": N_("This institution has every claim for this benefit decided by a person."),
    "cannot_be": N_("Some facts cannot be right yet."),
    "questions_open": N_("A question of the law is open."),
    "judgement_open": N_("The law leaves something to judgement."),
    "doubt_open": N_("A doubt is not judged yet."),
    "no_account": N_("No account is known for the money."),
    "death": N_("A death was reported."),
    "not_granted": N_("It would not be granted in full: nobody is refused by the rules alone."),
    "decided_before": N_("It was decided, proposed or contested before."),
    "second_person": N_("A second person confirms the amount."),
    "above_limit": N_("The amount is above what the rules may grant alone."),
    "waits_for_others": N_("It waits for somebody else."),
    "unconfirmed": N_("Neither the employer nor the person herself has confirmed what was entered."),
    "paper_unseen": N_("A paper was sent in that nobody has looked at."),
    "account_by_desk": N_("The account was written at a desk, and she has not said by phone that it is hers."),
    "sent_back": N_("Somebody has sent it back, or found that a paper cannot be used."),
    "case_unconfirmed": N_("A paper opened the case, and she has not said that it is hers."),
    "doubt_judged": N_("Somebody had to judge a doubt."),
    "recent_account": N_("The account changed a short time ago."),
    "first_claim": N_("It is her first claim here."),
    "in_hand": N_("Somebody has it in hand."),
}
#: Why something cannot be done with a task.
CANNOT = {
    "yours_already": N_("You have it already."),
    "hers_already": N_("She has it already."),
    "nobody_has_it": N_("Nobody has it."),
    "rests_not": N_("It is not laid aside."),
    "not_to_do": N_("It waits for nobody in the office."),
    "of_a_colleague": N_("A colleague has it: take it first, with a word why."),
    "too_far": N_("Nothing is laid aside for more than {days}."),
    "looked_at_already": N_("Somebody has looked at it already."),
    "own_decision": N_("You had a hand in this decision: somebody else looks at it."),
}


@dataclass(frozen=True, slots=True)
class TaskPart:
    """Who has the claim and until when it rests; what the asker may do with it, and to whom she may give it."""

    holder: str
    mine: bool
    since: date | None
    rests_until: date | None
    rests_why: str
    may_act: bool
    may_hand_on: bool
    colleagues: list[dict[str, str]]
    by_hand: list[Words] | None
    moved: list[Corrected]
    task_typed: Said
    task_errors: Said


def part(
    act: Act, claim: Claim, *, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str | Words] | None = None
) -> TaskPart:
    """After a step that could not be taken: with what was typed and what is wrong with it."""
    task = store.tasks.get(act, claim.id)
    here = claim.waits is not None and claim.waits.whom in (Whom.OFFICER, Whom.SUPERVISOR)
    may_act = here and act.actor.has("officer", "supervisor")
    free = task.holder in (None, act.actor.id)
    rests = task.rests(act.today, claim.version)
    others: list[Colleague] = store.tasks.colleagues(act, claim) if may_act else []
    told = task.by_hand if task.weighed_version == claim.version else None
    return TaskPart(
        holder=task.holder_name or "",
        mine=task.holder == act.actor.id,
        since=task.held_since,
        rests_until=task.rests_until if rests else None,
        rests_why=(task.rests_why or "") if rests else "",
        may_act=may_act,
        may_hand_on=may_act and (free or act.actor.has("supervisor")),
        colleagues=[{"value": x.id, "label": x.name} for x in others if x.id not in (act.actor.id, task.holder)],
        by_hand=None if told is None else [words.text(BY_HAND, code) for code in told],
        moved=[Corrected(x.on, step_text(x), x.by_name, x.why) for x in store.tasks.changes(act, claim.id)],
        task_typed=Said(typed or {}),
        task_errors=errors(wrong),
    )


def step_text(change: TaskChange) -> Words:
    """A step from hand to hand in words."""
    return words.text(STEPS, change.what, {"to": change.to_name or "", "until": _day(change.until)})


def _day(value: date | None) -> object:
    return {"type": "date", "value": value.isoformat()} if value is not None else ""


def practice() -> list[tuple[Words, bool]]:
    """Each reason for which a person decides, and whether it counts here."""
    counted = {*ALWAYS, *institution().automatic.reasons}
    return [(words.text(BY_HAND, code), code in counted) for code in (*ALWAYS, *SWITCHED)]


def cannot(code: str) -> Words | None:
    """Why a step cannot be taken, in words of its own."""
    days = {"type": "days", "value": institution().practice.task_rest_days}
    return words.text(CANNOT, code, {"days": days}) if code in CANNOT else None
