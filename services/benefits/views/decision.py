"""The page on which a claim is decided: what follows, what will be paid and when, and what forbids it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from services.benefits import store
from services.benefits.conformance.line import line_for
from services.benefits.domain.appeal import Appeal
from services.benefits.domain.award import Instalment
from services.benefits.domain.claim import Claim, Letter
from services.benefits.domain.decision import Decision, DecisionState, Kind, Ruling
from services.benefits.domain.doubts import open_ones
from services.benefits.institution import institution
from services.benefits.usecases import claims, decisions
from services.benefits.views import words
from services.benefits.views.claim_page import ClaimView, view
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Json, Words, options
from shared.act import Act
from shared.money import Money


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """`shown` is the decision that is drawn: the proposal, or the one that stands. Where there is none, it is drawn
    what deciding now would come to."""

    head: Head
    standards: Any
    proposed: Decision | None
    shown: Decision | None
    final: bool
    contested: Appeal | None
    second: Words | None
    second_code: str | None
    limit: Money
    schedule: list[Json]
    difference: Money | None
    blocked: list[Words]
    to_judge: bool
    letters: list[Letter]
    return_reasons: list[dict[str, str]]
    may_decide: bool
    may_give_back: bool


def page(act: Act, claim: Claim) -> tuple[ClaimView, DecisionPage]:
    picture, stands = claims.picture(act, claim), decisions.before(act, claim)
    proposed = store.decisions.proposed(act, claim.id)
    shown = proposed or (stands.last if claim.is_decided else None)
    drawn = view(act, claim, picture)
    if shown is not None:
        drawn = replace(drawn, a=shown.kept)
    a = drawn.a
    ruled = decisions.ruling(act, claim, stands, picture.assessment) if shown is None and picture.assessment else None
    schedule, second, difference = _amounts(shown, ruled)
    line = shown.conformance if shown is not None else line_for(a, claim.country, act.today) if a else None
    to_judge = bool(open_ones(picture.warnings, claim.judged)) or any(
        f["verdict"] == "needs_judgement" for f in (a["findings"] if a else [])
    )
    may_confirm = act.actor.has("supervisor") and proposed is not None and proposed.proposed_by != act.actor.id
    return drawn, DecisionPage(
        head=head(act, store.persons.get(act, claim.person_id)),
        standards=line["text"] if line else None,
        proposed=proposed,
        shown=shown,
        final=shown is not None and shown.state is DecisionState.FINAL,
        contested=stands.contested,
        second=words.text(words.SECOND, second, {}) if second else None,
        second_code=second,
        limit=institution().second_person_above,
        schedule=[part.json() for part in schedule],
        difference=difference,
        blocked=_blocked(act, claim, picture, proposed, shown),
        to_judge=to_judge,
        letters=store.claims.letters(act, claim.id),
        return_reasons=options(words.REASONS, [r for r in decisions.RETURN_REASONS if r != "recalculated"]),
        may_decide=act.actor.has("officer", "supervisor"),
        may_give_back=may_confirm,
    )


def _amounts(shown: Decision | None, ruled: Ruling | None) -> tuple[tuple[Instalment, ...], str | None, Money | None]:
    """Pay days, why a second person confirms, and the difference to the decision before."""
    if shown is not None:
        return shown.schedule, shown.second_reason, shown.difference if shown.kind is not Kind.FIRST else None
    if ruled is not None:
        return ruled.schedule, ruled.second, ruled.difference if ruled.kind is not Kind.FIRST else None
    return (), None, None


def _blocked(
    act: Act, claim: Claim, picture: claims.Picture, proposed: Decision | None, shown: Decision | None
) -> list[Words]:
    """Why the button does not work, each reason once."""
    found: list[Words] = []
    if proposed is not None:
        if proposed.proposed_by == act.actor.id:
            found.append(words.text(words.HINDRANCES, "two_people"))
        elif not act.actor.has("supervisor"):
            found.append(words.text(words.HINDRANCES, "supervisor_confirms"))
    elif shown is None:
        for h in decisions.hindered(act, claim, picture):
            text = words.text(words.HINDRANCES, h.code, h.params)
            found += [] if text in found else [text]
    return found
