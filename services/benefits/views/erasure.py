"""Erasing a person's name: what the page shows of it, and what hinders it in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.erasure import Erasure, ErasureState
from services.benefits.domain.person import Person
from services.benefits.views import words
from services.benefits.views.shown import Words
from shared.act import Act
from shared.web.texts import N_

#: Why it cannot be now.
REASONS = {
    "claim_open": N_("a claim of hers is open"),
    "money_under_way": N_("money of hers is under way or still to be paid"),
    "recovery_running": N_("money that was paid too much is not settled"),
    "appeal_open": N_("an appeal of hers is open"),
    "appeal_time_running": N_("a decision can still be contested"),
    "copy_under_way": N_("a copy of what is kept is being put together"),
    "same_person": N_("who asked for it does not do it; another supervisor must"),
    "too_early": N_("the days since she was told are not over"),
    "erased": N_("it was done already"),
    "withdrawn": N_("it was taken back"),
}
STATES = {"asked": N_("asked for"), "erased": N_("erased"), "withdrawn": N_("taken back")}


@dataclass(frozen=True, slots=True)
class Past:
    """One line of what was asked for before."""

    on: date
    state: Words
    asked_name: str
    ended_name: str | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class ErasurePart:
    """What stands on the person's page: whether it can be asked for, what is asked for now and whether this reader may
    do it; `id` and `why` are of what is asked for."""

    hinders: list[Words]
    id: str | None
    why: str
    not_before: date | None
    may_release: bool
    past: list[Past]


def part(act: Act, person: Person) -> ErasurePart:
    """For an officer or a supervisor."""
    told = store.erasures.of_person(act, person.id)
    asked = next((one for one in told if one.state is ErasureState.ASKED), None)
    hinders = store.erasures.hindrances(act, person.id) if person.erased_on is None else []
    if asked is not None:
        hinders += _of_hers(act, asked)
    return ErasurePart(
        hinders=[words.text(REASONS, code) for code in hinders],
        id=asked.id if asked is not None else None,
        why=asked.why if asked is not None else "",
        not_before=asked.not_before if asked is not None else None,
        may_release=asked is not None and not hinders and act.actor.has("supervisor"),
        past=[_past(one) for one in told],
    )


def _of_hers(act: Act, asked: Erasure) -> list[str]:
    """What hinders this reader, on this day."""
    own = ["same_person"] if asked.asked_by == act.actor.id else []
    return own + (["too_early"] if act.today < asked.not_before else [])


def _past(one: Erasure) -> Past:
    return Past(one.on, words.text(STATES, one.state), one.asked_name, one.ended_name, one.ended_on)


def answer(one: Erasure) -> Mapping[str, object]:
    """What the API says of it; the paper stays on the page."""
    return {name: getattr(one, name) for name in ("id", "person_id", "state", "on", "not_before", "ended_on")}
