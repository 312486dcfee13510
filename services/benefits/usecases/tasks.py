"""Whose task a claim is: taken, given back, given to a colleague, laid aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from services.benefits import store
from services.benefits.domain import task
from services.benefits.domain.claim import Claim, ClaimState, Origin, Whom
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.task import Colleague, Step, Task, TaskChange
from services.benefits.institution import institution
from shared.act import Act


def _move(
    act: Act, claim_id: str, step: Step, become: Callable[[Task, Claim], Task], why: str | None, to: str | None = None
) -> Task:
    # The claim's row is the lock: two people who take it at once are answered one after the other.
    claim = store.claims.to_change(act, claim_id, None)
    here = claim.waits is not None and claim.waits.whom in (Whom.OFFICER, Whom.SUPERVISOR)
    # What a person started on her phone waits for whoever completes it.
    if not here and not (claim.state is ClaimState.DRAFT and claim.origin is Origin.PHONE):
        raise task.TaskCannot("not_to_do")
    before = store.tasks.get(act, claim.id)
    after = become(before, claim)
    store.tasks.save(act, after)
    told = TaskChange(store.tasks.next_no(act, claim.id), step, act.actor.name, to, after.rests_until, why, act.today)
    store.tasks.add_change(act, claim.id, told)
    return after


def _me(act: Act) -> Colleague:
    return Colleague(act.actor.id, act.actor.name)


def take(act: Act, claim_id: str, why: str | None = None) -> Task:
    """I see to this claim. Raises `TaskCannot`."""
    return _move(act, claim_id, Step.TAKEN, lambda x, _: task.take(x, _me(act), act.today, why), why)


def give_back(act: Act, claim_id: str, why: str | None = None) -> Task:
    """Whoever is free may take it. Raises `TaskCannot`."""
    return _move(act, claim_id, Step.GIVEN_BACK, lambda x, _: task.give_back(_own(act, x)), why)


def give(act: Act, claim_id: str, to: str, why: str | None) -> Task:
    """A colleague sees to it: one of the office's, or of one above. Raises `TaskCannot`."""
    claim = store.claims.get(act, claim_id)
    found = next((x for x in store.tasks.colleagues(act, claim) if x.id == to), None)
    if found is None:
        raise task.TaskCannot("required" if not to else "unknown_word", "to")

    def hand_on(now: Task, _: Claim) -> Task:
        return task.give(_own(act, now), found, act.today, why)

    return _move(act, claim_id, Step.GIVEN, hand_on, why, found.name)


def lay_aside(act: Act, claim_id: str, until: date | None, why: str | None) -> Task:
    """Nothing can be done until a day, or until something changes. Raises `TaskCannot`."""

    def rest(now: Task, claim: Claim) -> Task:
        longest = institution().practice.task_rest_days
        return task.lay_aside(_own(act, now), _me(act), act.today, until, why, claim.version, longest)

    return _move(act, claim_id, Step.RESTS, rest, why)


def resume(act: Act, claim_id: str) -> Task:
    """Go on before the day. Raises `TaskCannot`."""
    return _move(act, claim_id, Step.RESUMED, lambda x, _: task.resume(x), None)


def _own(act: Act, now: Task) -> Task:
    """What a colleague has is taken first, with a word why; a supervisor hands it on as she sees fit."""
    if now.holder not in (None, act.actor.id) and not act.actor.has("supervisor"):
        raise task.TaskCannot("of_a_colleague")
    return now


def back_to(act: Act, claim_id: ClaimId, proposer: Colleague) -> None:
    """A proposal was not confirmed: it is the task of whoever proposed it, and stays in her sight."""
    before = store.tasks.get(act, claim_id)
    if before.holder == proposer.id:
        return
    after = task.give(before, proposer, act.today, ".")
    store.tasks.save(act, after)
    told = TaskChange(
        store.tasks.next_no(act, claim_id), Step.GIVEN, act.actor.name, proposer.name, None, None, act.today
    )
    store.tasks.add_change(act, claim_id, told)
