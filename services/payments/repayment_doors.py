"""The doors to what people paid back: the list, and taking a repayment back from the wrong claim."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import Row

from services.payments import schemas as s
from services.payments import store, words
from services.payments.doors import RUNS_MAKE, RUNS_READ, only_central
from services.payments.usecases import repayments
from services.payments.usecases.repayments import ResolutionNotPossible
from shared.act import Act
from shared.money import Money
from shared.web.app import viewed
from shared.web.doors import Answer, Doors
from shared.web.pages import go, render
from shared.web.problems import Problem, invalid

doors = Doors()


def _row(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "line_id", "claim_number", "received_on", "taken_by_name", "back", "why")
    return {name: getattr(row, name) for name in names} | {"amount": Money(row.minor, row.currency)}


@doors.api("GET", "/v1/repayments", roles=RUNS_READ, gives=s.Repayments)
def list_repayments(act: Act) -> Any:
    """What people paid back, and what was asked about taking it back."""
    only_central(act)
    return {"items": [_row(row) for row in store.repayments(act.connection)]}


@doors.api("POST", "/v1/repayments/<uuid:repayment_id>/taking-back", roles=RUNS_MAKE, takes=s.TakingBackIn, status=204)
def ask_back(act: Act, repayment_id: UUID, body: dict[str, Any]) -> Any:
    """Say that a repayment stands on the wrong claim; another person decides."""
    only_central(act)
    repayments.ask_back(act, str(repayment_id), body["why"])
    return Answer(None, 204)


@doors.api("POST", "/v1/repayments/<uuid:repayment_id>/taking-back/confirmation", roles=RUNS_MAKE, status=204)
def confirm_back(act: Act, repayment_id: UUID) -> Any:
    """A second person takes the repayment off its claim."""
    only_central(act)
    repayments.decide_back(act, str(repayment_id), back=True)
    return Answer(None, 204)


@doors.api("POST", "/v1/repayments/<uuid:repayment_id>/taking-back/refusal", roles=RUNS_MAKE, status=204)
def refuse_back(act: Act, repayment_id: UUID) -> Any:
    """The repayment stands where it is."""
    only_central(act)
    repayments.decide_back(act, str(repayment_id), back=False)
    return Answer(None, 204)


@doors.page("/payments/repayments", roles=RUNS_READ)
def repayments_page(act: Act) -> Any:
    """What people paid back: those that somebody wants to take back first."""
    only_central(act)
    return _page(act)


def _page(act: Act, refused: str | None = None, about: str = "") -> str:
    rows = store.repayments(act.connection)
    viewed(*{row.person_id for row in rows})
    told = [_row(row) | {"asked_name": row.asked_name, "decided_name": row.decided_name} for row in rows]
    for row, shown in zip(rows, told, strict=True):
        shown["mine"] = row.asked_by == act.actor.id
    return render(
        "repayments.html",
        repayments=told,
        may=act.actor.has(*RUNS_MAKE),
        refused=words.words(refused, words.NOT_EXPLAINED) if refused else None,
        about=about,
    )


@doors.page("/payments/repayments/<uuid:repayment_id>", roles=RUNS_MAKE, method="POST")
def decide_page(act: Act, repayment_id: UUID, form: dict[str, str]) -> Any:
    """Ask to take a repayment back, take it back as the second person, or let it stand."""
    only_central(act)
    id_ = str(repayment_id)
    try:
        match form.get("do"):
            case "ask":
                why = form.get("why", "").strip()[:500]
                if not why:
                    raise invalid(("#/why", "required"))
                repayments.ask_back(act, id_, why)
            case "confirm" | "refuse":
                repayments.decide_back(act, id_, back=form["do"] == "confirm")
            case _:
                raise Problem(400, "unreadable")
    except ResolutionNotPossible as no:
        return Response(_page(act, no.code, id_), 422, content_type="text/html; charset=utf-8")
    return go("/payments/repayments")
