"""Decisions that are looked at afterwards, as who looks sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.claim import ListedClaim
from services.benefits.domain.ids import DecisionId, PersonId
from services.benefits.domain.sample import Sample, Share
from services.benefits.institution import institution
from services.benefits.views import words
from services.benefits.views.shown import Said, Words, errors, options
from services.benefits.views.task import practice
from shared.act import Act
from shared.money import Money
from shared.web.texts import N_

FOUND = {"right": N_("It was right"), "wrong": N_("It was wrong"), "unclear": N_("It cannot be told from the file")}

OUTCOME = {"granted": N_("Granted"), "granted_in_part": N_("Granted in part"), "refused": N_("Not granted")}


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A decision that was drawn; `own` where the asker had a hand in it."""

    decision_id: DecisionId
    href: str
    number: str
    name: str
    benefit: Words
    outcome: Words
    total: Money
    by: str
    by_rules: bool
    drawn_on: date
    own: bool
    found: Words | None
    found_kind: str
    why: str
    looked: str
    looked_on: date | None


@dataclass(frozen=True, slots=True)
class ControlPage:
    open: list[SampleLine]
    done: list[SampleLine]
    year: int
    share: Share
    practice: list[tuple[Words, bool]]
    automated: list[Words]
    limit: Money | None
    findings: list[dict[str, str]]
    typed: Said
    control_errors: Said


def page(act: Act, form: Mapping[str, str], wrong: Mapping[str, str | Words]) -> tuple[ControlPage, list[PersonId]]:
    """What waits to be looked at and what was found, and the persons it names."""
    waiting, done = store.samples.open_ones(act), store.samples.looked_at(act)
    known = store.claims.listed(act, [x.claim_id for x in (*waiting, *done)])
    house = institution().automatic
    found = ControlPage(
        open=[_line(act, x, known[x.claim_id]) for x in waiting if x.claim_id in known],
        done=[_line(act, x, known[x.claim_id]) for x in done if x.claim_id in known],
        year=act.today.year,
        share=store.samples.share(act, act.today.year),
        practice=practice(),
        automated=[words.text(words.BENEFITS, benefit) for benefit in house.benefits],
        limit=house.at_most,
        findings=options(FOUND),
        typed=Said(form),
        control_errors=errors(wrong),
    )
    return found, [x.claim.person_id for x in known.values()]


def _line(act: Act, sample: Sample, listed: ListedClaim) -> SampleLine:
    decided = store.decisions.get(act, sample.decision_id, sample.claim_id)
    kinds = {"right": "go", "wrong": "no", "unclear": "wait"}
    return SampleLine(
        decision_id=sample.decision_id,
        href=f"/desk/claims/{sample.claim_id}/decide",
        number=listed.claim.number,
        name=listed.name,
        benefit=words.text(words.BENEFITS, listed.claim.benefit),
        outcome=words.text(OUTCOME, decided.outcome),
        total=decided.total,
        by=decided.proposed_name,
        by_rules=sample.by_rules,
        drawn_on=sample.drawn_on,
        own=act.actor.id in {decided.proposed_by, decided.confirmed_by, *store.samples.hands(act, listed.claim)},
        found=words.text(FOUND, sample.found) if sample.found else None,
        found_kind=kinds.get(sample.found or "", ""),
        why=sample.why or "",
        looked=sample.looked_name or "",
        looked_on=sample.looked_on,
    )
