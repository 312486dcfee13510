"""The page on which a claim is decided: what follows, what will be paid and when, and what forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.conformance.line import line_for
from services.benefits.domain.appeal import Appeal
from services.benefits.domain.award import Instalment
from services.benefits.domain.claim import Claim, ClaimState, Letter
from services.benefits.domain.decision import Decision, DecisionState, Kind, Ruling
from services.benefits.domain.doubts import open_ones
from services.benefits.domain.outlook import Outlook
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.usecases import awards, claims, decisions
from services.benefits.views import changes, forms, suspension, words
from services.benefits.views.changes import Changed
from services.benefits.views.claim_page import ClaimView, view
from services.benefits.views.person import Corrected, Head, head
from services.benefits.views.shown import Json, Said, Words, errors, options
from shared.act import Act
from shared.money import Money
from shared.web import pages
from shared.web.texts import N_


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A proposal that was not confirmed: why, in whose words, and when."""

    reason: Words
    words: str | None
    who: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Differs:
    """The facts that are not what they were: for a decision that stands, since `on`; for one that waits to be
    confirmed, since it was proposed (`meanwhile`)."""

    since: list[Changed]
    on: date | None
    meanwhile: list[Changed]


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
    outlook: Outlook | None
    #: That payments are suspended, and how much waits.
    waits: list[Words]
    schedule: list[Json]
    difference: Money | None
    blocked: list[Words]
    to_judge: bool
    letters: list[Letter]
    return_reasons: list[dict[str, str]]
    may_decide: bool
    may_give_back: bool
    differs: Differs
    #: What was said about the facts and the decision, in the officers' own words.
    said: list[Corrected]
    given_back: GivenBack | None
    judging: Said
    judging_errors: Said
    #: What each figure of the law is, by its name there.
    figures: dict[str, str]


def page(
    act: Act, claim: Claim, *, judging: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> tuple[ClaimView, DecisionPage]:
    """After judgements that could not be taken: with what was typed (`judging`) and what is wrong with it."""
    picture, stands = claims.picture(act, claim), decisions.before(act, claim)
    proposed = store.decisions.proposed(act, claim.id)
    shown = proposed or (stands.last if claim.is_decided else None)
    drawn = view(act, claim, picture)
    if shown is not None:
        drawn = replace(drawn, a=shown.kept)
    a = drawn.a
    ruled = decisions.ruling(act, claim, stands, picture.assessment) if shown is None and picture.assessment else None
    schedule, second, difference = _amounts(shown, ruled)
    outlook = shown.outlook if shown is not None else None
    if ruled is not None:
        outlook = awards.outlook(act, claim, schedule, ruled.total)
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
        limit=institution().tier(claim.benefit).limit(),
        outlook=outlook,
        waits=_waits(act, claim, shown, outlook),
        schedule=[part.json() for part in (outlook.coming if outlook is not None else schedule)],
        difference=difference,
        blocked=_blocked(act, claim, picture, proposed, shown),
        to_judge=to_judge,
        letters=[x for x in store.claims.letters(act, claim.id) if shown is not None and x.decision_id == shown.id],
        return_reasons=options(words.REASONS, [r for r in decisions.RETURN_REASONS if r != "recalculated"]),
        may_decide=act.actor.has("officer", "supervisor"),
        may_give_back=may_confirm,
        differs=_differs(act, claim, picture, proposed, stands.last),
        said=_said(act, claim, stands.last),
        given_back=given_back(act, claim),
        judging=Said(judging or {}),
        judging_errors=errors(wrong),
        figures=_figures(claim),
    )


def _figures(claim: Claim) -> dict[str, str]:
    """The figures, choices and rules of a benefit as every statute of the country describes them, the latest last."""
    found: dict[str, str] = {"rounding": N_("How amounts are rounded")}
    for pack in in_force.packs(claim.country):
        if (benefit := pack.benefits.get(claim.benefit)) is not None:
            book = benefit.book
            found |= {name: figure.description for name, figure in book.figures.items()}
            found |= {name: option.description for name, option in book.options.items()}
            found |= {name: rule.description for name, rule in book.rules.items()}
    return found


def _differs(
    act: Act, claim: Claim, picture: claims.Picture, proposed: Decision | None, last: Decision | None
) -> Differs:
    """Which facts changed since the decision before (or the proposal that came back), and which since the proposal."""
    now = proposed.facts if proposed is not None else picture.case
    against = last if last is not None and not claim.is_decided else None
    if against is None and not claim.is_decided:
        returned = [d for d in store.decisions.of_claim(act, claim.id) if d.state is DecisionState.RETURNED]
        against = returned[-1] if returned else None
    names = changes.of_questions(forms.event_facts(claim.country, claim.benefit, act.today))
    currency = institution().currency
    since = changes.changed(against.facts, now, names, currency) if against is not None else []
    meanwhile = changes.changed(proposed.facts, picture.case, names, currency) if proposed is not None else []
    on = None
    if against is not None:
        on = against.decided_on or pages.day_of(against.proposed_at)
    return Differs(since, on, meanwhile)


def _said(act: Act, claim: Claim, last: Decision | None) -> list[Corrected]:
    """The words with which facts were changed and the decision proposed, since the decision before."""
    told = ("facts_changed", "proposed", "appeal", "revision", "returned")
    after = last.claim_version if last is not None and not claim.is_decided else 0
    return [
        Corrected(c.on, words.text(words.CHANGES, c.what), c.by_name, c.why)
        for c in store.claims.changes(act, claim.id)
        if c.why and c.what in told and c.version > after
    ]


def given_back(act: Act, claim: Claim) -> GivenBack | None:
    """The last word on a claim, where that was a second person's who did not confirm."""
    known = store.decisions.of_claim(act, claim.id)
    if not known or known[-1].state is not DecisionState.RETURNED or claim.state is not ClaimState.IN_ASSESSMENT:
        return None
    by = [c for c in store.claims.changes(act, claim.id) if c.what == "given_back"]
    reason = words.text(words.REASONS, known[-1].returned_reason)
    return GivenBack(reason, known[-1].returned_words, by[-1].by_name if by else "", by[-1].on if by else None)


def _amounts(shown: Decision | None, ruled: Ruling | None) -> tuple[tuple[Instalment, ...], str | None, Money | None]:
    """Pay days, why a second person confirms, and the difference to the decision before."""
    if shown is not None:
        return shown.schedule, shown.second_reason, shown.difference if shown.kind is not Kind.FIRST else None
    if ruled is not None:
        return ruled.schedule, ruled.second, ruled.difference if ruled.kind is not Kind.FIRST else None
    return (), None, None


def _waits(act: Act, claim: Claim, shown: Decision | None, outlook: Outlook | None) -> list[Words]:
    on = shown.decided_on if shown is not None else None
    return suspension.waits(act, claim.id, on or act.today, outlook.waiting) if outlook is not None else []


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
        elif decisions.head_office_alone(act, claim, proposed):
            found.append(words.text(words.HINDRANCES, "head_office_confirms"))
    elif shown is None:
        for h in decisions.hindered(act, claim, picture):
            text = words.text(words.HINDRANCES, h.code, h.params)
            found += [] if text in found else [text]
    return found
