"""The desk's page of money paid too much: how it came about, what was decided, and the form of both people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain import overpayment as over
from services.benefits.domain.award import moved
from services.benefits.domain.decision import SamePerson
from services.benefits.institution import institution
from services.benefits.pages import words
from services.benefits.pages.desk import LOOK, person_head
from services.benefits.usecases import decisions, recoveries
from shared.act import Act
from shared.web import pages
from shared.web.app import seen
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()
DECIDE = ("officer", "supervisor")


def _view(act: Act, row: Any, typed: Mapping[str, str] | None = None, refused: str | None = None) -> dict[str, Any]:
    known = store.one(act, t.overpayment, t.overpayment.c.claim_id == row.id)
    proposal, last = store.open_recovery(act, row.id), store.last_final(act, row.id)
    facts = store.payment_facts(act, row.id)
    hindrance = recoveries.hindrance(act, row)
    blocked = []
    if proposal is not None:
        if proposal.proposed_by == act.actor.id:
            blocked.append(words.text(words.HINDRANCES, "two_people"))
        elif not act.actor.has("supervisor"):
            blocked.append(words.text(words.HINDRANCES, "supervisor_confirms"))
    elif hindrance is not None:
        blocked.append(words.text(words.HINDRANCES, hindrance))
    kept = recoveries.could_be_withheld(act, row)
    left = over.left_of(known)

    def money(minor: int) -> dict[str, Any]:
        return {"minor": minor, "currency": known.currency}

    return {
        "claim": row,
        "head": person_head(act, store.person(act, row.person_id)),
        "title": words.text(words.BENEFITS, row.benefit),
        "known": known,
        "state": words.text(words.OVERPAYMENTS, known.state),
        "state_kind": words.OVERPAYMENT_KINDS[known.state],
        "paid": money(moved(facts)),
        "due": money(moved(facts) - known.minor),
        "too_much": money(known.minor),
        "repaid": money(known.repaid_minor),
        "waived": money(known.waived_minor),
        "left": money(left),
        "could_keep": money(sum(kept.values())),
        "withheld": recoveries.withheld(act, row.id),
        "repayments": store.repayments(act, row.id),
        "proposal": proposal,
        "proposed": _line(proposal) if proposal is not None else None,
        "decided": [_line(r) for r in reversed(store.recoveries(act, row.id)) if r.state == "final"],
        "returned": [_line(r) for r in reversed(store.recoveries(act, row.id)) if r.state == "returned"][:1],
        "blocked": blocked,
        "may_propose": act.actor.has(*DECIDE) and proposal is None and hindrance is None,
        "may_confirm": proposal is not None and act.actor.has("supervisor") and proposal.proposed_by != act.actor.id,
        "heard_needed": last is not None and last.appeal_until is not None and act.today <= last.appeal_until,
        "appeal_until": last.appeal_until if last is not None else None,
        "share": str(institution().set_off_share * 100),
        "days": institution().repay_days,
        "ways": [
            {"value": way, "label": pages.translate(words.WAYS[way])}
            for way in over.Way
            if way is not over.Way.SET_OFF or kept
        ],
        "reasons": [
            {"value": code, "label": pages.translate(words.WAIVED_FOR[code])} for code in recoveries.WAIVE_REASONS
        ],
        "return_reasons": [
            {"value": code, "label": pages.translate(words.RECOVERY_RETURNS[code])}
            for code in recoveries.RETURN_REASONS
        ],
        "typed": typed or {},
        "refused": words.text(words.HINDRANCES, refused) if refused else None,
    }


def _line(row: Any) -> dict[str, Any]:
    """A recovery as the page tells it."""
    return {
        "row": row,
        "way": words.text(words.WAYS, row.way),
        "amount": {"minor": row.minor, "currency": row.currency},
        "reason": words.text(words.WAIVED_FOR, row.reason) if row.reason else None,
        "ended": words.text(words.RECOVERY_ENDS, row.ended_reason) if row.ended_reason else None,
        "returned": words.text(words.RECOVERY_RETURNS, row.returned_reason) if row.returned_reason else None,
    }


@doors.page("/desk/claims/<uuid:claim_id>/overpayment", roles=LOOK)
def overpayment(act: Act, claim_id: UUID) -> Any:
    """What was paid too much on a claim, and what becomes of it."""
    row = store.claim(act, str(claim_id))
    seen(row.person_id)
    return pages.render("overpayment.html", **_view(act, row))


@doors.page("/desk/claims/<uuid:claim_id>/overpayment", roles=DECIDE, method="POST")
def decide(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Propose, confirm, or give back."""
    row = store.claim(act, str(claim_id))
    seen(row.person_id)
    told = {name: form.get(name, "").strip()[:2000] or None for name in ("words", "heard")}
    recovery = form.get("recovery", "")
    try:
        match form.get("do"):
            case "confirm" | "give_back" as what:
                if not act.actor.has("supervisor"):
                    raise Problem(403, "not_your_task")
                proposal = store.open_recovery(act, row.id)
                if proposal is None or proposal.id != recovery:
                    raise decisions.AlreadyDecided("no_proposal")
                if what == "confirm":
                    recoveries.confirm(act, proposal.id)
                else:
                    reason = form.get("reason") or "explain_more"
                    recoveries.give_back(
                        act,
                        proposal.id,
                        reason if reason in recoveries.RETURN_REASONS else "explain_more",
                        told["words"],
                    )
            case "propose":
                version = int(form["version"]) if form.get("version", "").isdecimal() else None
                way = form.get("way", "")
                if way not in set(over.Way):
                    raise over.RecoveryNotPossible("way_needed")
                because = (form.get("because") or None) if way == over.Way.WAIVE else None
                recoveries.propose(act, row.id, version, way, reason=because, **told)
            case _:
                raise Problem(400, "unreadable")
    except over.RecoveryNotPossible as refused:
        shown = pages.render("overpayment.html", **_view(act, row, form, refused.code))
        return Response(shown, 422, content_type="text/html; charset=utf-8")
    except SamePerson:
        raise Problem(403, "same_person") from None
    return pages.go(f"/desk/claims/{claim_id}/overpayment")
