"""The doors to the desk's page of money paid too much."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.domain import overpayment as over
from services.benefits.domain.decision import SamePerson
from services.benefits.domain.overpayment import Way
from services.benefits.domain.repaying import Agreed, PartsNotPossible
from services.benefits.pages.desk import seen_alike
from services.benefits.usecases import decisions, objections, recoveries
from services.benefits.views import overpayment as view
from services.benefits.views.claim_page import LOOK
from services.benefits.views.shown import show
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money
from shared.reading import NotRead, days
from shared.reading.amounts import read_amount
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()
DESK = ("clerk", "officer", "supervisor")


def _shown(page: view.OverpaymentPage) -> str:
    viewed(page.claim.person_id)
    seen_alike(page.head)
    return show("overpayment.html", page)


@doors.page("/desk/claims/<uuid:claim_id>/overpayment", roles=LOOK)
def overpayment(act: Act, claim_id: UUID) -> Any:
    """What was paid too much on a claim, and what becomes of it."""
    return _shown(view.page(act, store.claims.get(act, str(claim_id))))


@doors.page("/desk/claims/<uuid:claim_id>/overpayment", roles=DESK, method="POST")
def decide(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Propose, confirm, or give back."""
    claim, do = store.claims.get(act, str(claim_id)), form.get("do")
    viewed(claim.person_id)
    told = {name: form.get(name, "").strip()[:2000] or None for name in ("words", "heard")}
    try:
        match do:
            case "confirm" | "give_back":
                if not act.actor.has("supervisor"):
                    raise Problem(403, "not_your_task")
                proposal = store.awards.open_recovery(act, claim.id)
                if proposal is None or proposal.id != form.get("recovery", ""):
                    raise decisions.AlreadyDecided("no_proposal")
                if do == "confirm":
                    recoveries.confirm(act, proposal.id)
                else:
                    known = form.get("reason") in recoveries.RETURN_REASONS
                    recoveries.give_back(act, proposal.id, form["reason"] if known else "explain_more", told["words"])
            case "object" | "decide_objection":
                _objection(act, claim.id, do, form)
            case "propose":
                if not act.actor.has("officer", "supervisor"):
                    raise Problem(403, "not_your_task")
                version = int(form["version"]) if form.get("version", "").isdecimal() else None
                way, _, other = form.get("way", "").partition(":")
                if way not in set(Way) or (other and not is_uuid(other)):
                    raise over.RecoveryNotPossible("way_needed")
                reason = form.get("because") or None if way == Way.WAIVE else None
                parts = _parts(act, form.get("parts", ""), store.awards.the_overpayment(act, claim.id).left)
                recoveries.propose(
                    act, claim.id, version, way, reason=reason, parts=parts, from_claim=other or None, **told
                )
            case _:
                raise Problem(400, "unreadable")
    except (over.RecoveryNotPossible, PartsNotPossible) as refused:
        return Response(_shown(view.page(act, claim, form, refused.code)), 422, content_type=pages.HTML)
    except SamePerson:
        raise Problem(403, "same_person") from None
    return pages.go(f"/desk/claims/{claim_id}/overpayment")


def _objection(act: Act, claim_id: str, do: str, form: dict[str, str]) -> None:
    """Take an objection to the recovery in, or decide it. Raises `RecoveryNotPossible`."""
    if do == "decide_objection":
        open_ = store.awards.objection(act, form.get("objection", ""))
        reasons = form.get("reasons", "").strip()[:5000]
        objections.decide(act, open_.id, form.get("outcome", ""), reasons)
        return
    if not (grounds := form.get("grounds", "").strip()[:5000]):
        raise over.RecoveryNotPossible("grounds_needed")
    objections.lodge(act, claim_id, form.get("objects_to", ""), grounds)


def _parts(act: Act, typed: str, total: Money) -> list[Agreed]:
    """One part a line, its day and its amount. Raises `PartsNotPossible`."""
    found = []
    for line in typed[:4000].splitlines():
        if not line.strip():
            continue
        day, _, amount = re.sub(r"[:;\t\s]\s*", "\n", line.strip(), count=1).partition("\n")
        try:
            due_on = days.read_date(day, act.today, pages.language())
            found.append(Agreed(due_on or act.today, read_amount(amount, total.currency, pages.language())))
        except (NotRead, days.DateNotRead):
            raise PartsNotPossible("parts_unclear") from None
    return found
