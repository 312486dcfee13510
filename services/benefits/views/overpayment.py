"""The desk's page of money paid too much: how it came about, what was decided, and the form of both people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.award import moved
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.overpayment import (
    Compared,
    Objection,
    Overpayment,
    OverpaymentState,
    Recovery,
    RecoveryState,
    Repayment,
    Way,
)
from services.benefits.domain.repaying import Progress
from services.benefits.domain.set_off import SetOff
from services.benefits.institution import institution
from services.benefits.usecases import awards, objections, recoveries
from services.benefits.usecases.recoveries import KeptBack
from services.benefits.views import words
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Said, Words, options
from shared.act import Act
from shared.money import Money
from shared.web import formatting, pages
from shared.web.texts import N_


@dataclass(frozen=True, slots=True)
class Told:
    """A recovery as the page tells it."""

    row: Recovery
    way: Words
    reason: Words | None
    ended: Words | None
    returned: Words | None
    #: The parts agreed on, with what has come of each where money is awaited.
    parts: list[Progress]
    #: The number of the claim from whose instalments it is withheld, where that is another.
    from_number: str | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What an instalment of another claim has brought, with that claim's number."""

    row: SetOff
    number: str


@dataclass(frozen=True, slots=True)
class OverpaymentPage:
    claim: Claim
    head: Head
    title: Words
    known: Overpayment
    state: Words
    state_kind: str
    paid: Money
    due: Money
    compared: tuple[Compared, ...]
    could_keep: Money
    withheld: list[KeptBack]
    repayments: list[Repayment]
    proposed: Told | None
    decided: list[Told]
    returned: list[Told]
    blocked: list[Words]
    may_propose: bool
    may_confirm: bool
    heard_needed: bool
    appeal_until: date | None
    share: str
    days: int
    ways: list[dict[str, str]]
    #: What instalments of other claims have brought, and what is kept back from this one's for others.
    set_offs: list[Brought]
    kept_for_others: list[KeptBack]
    reasons: list[dict[str, str]]
    return_reasons: list[dict[str, str]]
    #: The objections to recoveries of this claim: each with its outcome in words.
    objections: list[tuple[Objection, Words | None]]
    contested: Objection | None
    objection_blocked: Words | None
    may_object: Recovery | None
    outcomes: list[dict[str, str]]
    typed: Said
    refused: Words | None


def page(act: Act, claim: Claim, typed: Mapping[str, str] | None = None, refused: str | None = None) -> OverpaymentPage:
    """After a form that could not be taken: with what was typed, and why not. Raises `store.NotHere`."""
    known = store.awards.the_overpayment(act, claim.id)
    rests = known.state is OverpaymentState.SUSPENDED  # then nothing is late
    every = [
        _told(act, r, known.left, known.found_on if rests else act.today)
        for r in reversed(store.awards.recoveries(act, claim.id))
    ]
    proposed = next((told for told in every if told.row.state is RecoveryState.PROPOSED), None)
    hindrance = recoveries.hindrance(act, claim)
    paid = Money(moved(store.awards.payment_facts(act, claim.id)), known.amount.currency)
    kept = awards.could_be_withheld(act, claim)
    until = recoveries.contestable_until(act, claim.id)
    contested = store.awards.open_objection(act, claim.id)
    stopped = objections.hindrance(act, claim, contested) if contested is not None else None
    mine = proposed is not None and proposed.row.proposed_by == act.actor.id
    return OverpaymentPage(
        claim=claim,
        head=head(act, store.persons.get(act, claim.person_id)),
        title=words.text(words.BENEFITS, claim.benefit),
        known=known,
        state=words.text(words.OVERPAYMENTS, known.state),
        state_kind=words.OVERPAYMENT_KINDS[known.state],
        paid=paid,
        due=paid - known.amount,
        compared=awards.compared(act, claim.id),
        could_keep=Money(sum(kept.values()), known.amount.currency),
        withheld=recoveries.withheld(act, claim.id),
        repayments=store.awards.repayments(act, claim.id),
        proposed=proposed,
        decided=[told for told in every if told.row.state is RecoveryState.FINAL],
        returned=[told for told in every if told.row.state is RecoveryState.RETURNED][:1],
        blocked=_blocked(act, mine, proposed, hindrance),
        may_propose=act.actor.has("officer", "supervisor") and proposed is None and hindrance is None,
        may_confirm=proposed is not None and act.actor.has("supervisor") and not mine,
        heard_needed=until is not None and act.today <= until,
        appeal_until=until,
        share=str(institution().set_off_share * 100),
        days=institution().repay_days,
        ways=[*options(words.WAYS, [way for way in Way if way is not Way.SET_OFF or kept]), *_from_others(act, claim)],
        set_offs=[Brought(one, _number(act, one.from_claim_id)) for one in store.awards.set_offs(act, to=claim.id)],
        kept_for_others=recoveries.kept_for_others(act, claim.id),
        reasons=options(words.WAIVED_FOR, recoveries.WAIVE_REASONS),
        return_reasons=options(words.RECOVERY_RETURNS, recoveries.RETURN_REASONS),
        objections=[
            (o, words.text(words.OBJECTIONS, o.outcome) if o.outcome else None)
            for o in store.awards.objections(act, claim.id)
        ],
        contested=contested,
        objection_blocked=words.text(words.HINDRANCES, stopped) if stopped else None,
        may_object=objections.may_object(act, claim) if act.actor.has("clerk", "officer", "supervisor") else None,
        outcomes=options(words.OBJECTIONS, objections.OUTCOMES),
        typed=Said(typed or {}),
        refused=words.text(words.HINDRANCES, refused) if refused else None,
    )


def _number(act: Act, claim_id: ClaimId) -> str:
    return store.claims.present(act, claim_id).number


def _from_others(act: Act, claim: Claim) -> list[dict[str, str]]:
    """Set-off against each other claim of the person that could bring something, as a way to choose."""
    return [
        {
            "value": f"{Way.SET_OFF}:{other.id}",
            "label": pages.translate(
                N_("Withheld from claim {number}, {amount} at most"),
                number=other.number,
                amount=formatting.money(could, pages.language()),
            ),
        }
        for other, could in recoveries.could_draw_on(act, claim)
    ]


def _blocked(act: Act, mine: bool, proposed: Told | None, hindrance: str | None) -> list[Words]:
    if proposed is not None:
        hindrance = "two_people" if mine else None if act.actor.has("supervisor") else "supervisor_confirms"
    return [words.text(words.HINDRANCES, hindrance)] if hindrance is not None else []


def _told(act: Act, row: Recovery, left: Money, today: date) -> Told:
    def said(table: Mapping[str, str], code: str | None) -> Words | None:
        return words.text(table, code) if code else None

    return Told(
        row,
        words.text(words.WAYS, row.way),
        said(words.WAIVED_FOR, row.reason),
        said(words.RECOVERY_ENDS, row.ended_reason),
        said(words.RECOVERY_RETURNS, row.returned_reason),
        row.progress(left.minor if row.runs else row.amount.minor, today, institution().practice.repay_grace_days)
        if row.parts
        else [],
        _number(act, row.from_claim_id) if row.from_claim_id is not None else None,
    )
