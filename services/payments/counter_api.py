"""The API of the counter: vouchers, their two looks, and the cash boxes of the offices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.payments import schemas as s
from services.payments import store
from services.payments.doors import AT_COUNTER, COUNTER_READ, office_of, voucher_here
from services.payments.usecases import counter
from shared import facts
from shared.act import Act
from shared.money import Money
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem, invalid

doors = Doors()


def code_of(voucher: Row[Any]) -> str:
    """The one-time code of a voucher."""
    return pages.service().keys.digits(counter.code_purpose(voucher))


def is_code_of(voucher: Row[Any], typed: str) -> bool:
    return pages.service().keys.fits(counter.code_purpose(voucher), typed)


def voucher_json(row: Row[Any]) -> dict[str, Any]:
    """A voucher as the API shows it; its code is told to nobody but its payee."""
    return {
        "order_id": row.order_id,
        "number": row.number,
        "office_id": row.office_id,
        "amount": Money(row.amount_minor, row.currency),
        "payee_name": row.payee_name,
        "state": row.state,
        "issued_on": row.issued_on,
        "valid_until": row.valid_until,
        "proof_kind": row.proof_kind,
        "proved_by": row.proved_by_name,
        "handed_by": row.handed_by_name,
        "version": row.version,
    }


@doors.api("GET", "/v1/vouchers", roles=COUNTER_READ, gives=s.Vouchers)
def list_vouchers(act: Act) -> Any:
    """Vouchers of your office that nobody has collected, the first to expire first."""
    rows = store.live_vouchers(act.connection, office_of(act))
    for row in rows:
        order = store.order(act.connection, row.order_id)
        viewed(*([order.person_id] if order is not None else []))
    return {"items": [voucher_json(row) for row in rows]}


@doors.api("GET", "/v1/vouchers/<uuid:order_id>/message-facts", roles=("service:notifications",))
def message_facts(act: Act, order_id: UUID) -> Any:
    """What the payee's message says: number and one-time code; for notifications only."""
    row = voucher_here(act, str(order_id))
    order = store.order(act.connection, row.order_id)
    viewed(*([order.person_id] if order is not None else []))
    if row.state not in ("waiting", "proved"):
        raise Problem(410, "gone")
    said = {"order_id": row.order_id, "number": row.number, "code": code_of(row), "valid_until": row.valid_until}
    return facts.given("voucher", said)


@doors.api(
    "POST", "/v1/vouchers/<uuid:order_id>/proof", roles=AT_COUNTER, takes=s.ProofIn, gives=s.VoucherOut, status=201
)
def prove(act: Act, order_id: UUID, body: dict[str, Any]) -> Any:
    """The first look: the payee's one-time code and her proof. A wrong code is counted."""
    row = voucher_here(act, str(order_id))
    proof = (body["proof_kind"], body["proof_number"])
    proved = counter.prove(act, row.order_id, right=is_code_of(row, body["code"]), proof=proof)
    if proved is None:
        # The try is counted, so this answers instead of raising.
        return pages.answered(Problem(422, "code_wrong"))
    return Answer(voucher_json(proved), 201)


@doors.api("POST", "/v1/vouchers/<uuid:order_id>/hand-over", roles=AT_COUNTER, gives=s.VoucherOut, status=201)
def hand_over(act: Act, order_id: UUID) -> Any:
    """The second look, by another person: the money is handed over."""
    row = voucher_here(act, str(order_id))
    return Answer(voucher_json(counter.hand_over(act, row.order_id)), 201)


@doors.api("POST", "/v1/vouchers/<uuid:order_id>/code", roles=AT_COUNTER, gives=s.VoucherOut, status=201)
def new_code(act: Act, order_id: UUID) -> Any:
    """Send a new one-time code; the one before, and a first look taken with it, count no more."""
    row = voucher_here(act, str(order_id))
    return Answer(voucher_json(counter.new_code(act, row.order_id)), 201)


# --- boxes -------------------------------------------------------------------------------------


def box_json(row: Row[Any]) -> dict[str, Any]:
    """A box as the API shows it. What it should hold is not shown before it has been counted."""
    counted = row.counted_minor

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return {
        "id": row.id,
        "office_id": row.office_id,
        "day": row.day,
        "state": row.state,
        "opening": Money(row.opening_minor, row.currency),
        "counted": money(counted),
        "difference": money(row.difference_minor),
        "opened_by": row.opened_by_name,
        "closed_by": row.closed_by_name,
        "note": row.note,
    }


def own_office(act: Act) -> str:
    """The office at whose counter somebody stands. Raises 422 for who stands at none."""
    if not act.actor.office:
        raise invalid(("#", "office_missing"))
    return act.actor.office


@doors.api("GET", "/v1/cash-boxes", roles=COUNTER_READ, gives=s.CashBoxes)
def list_boxes(act: Act) -> Any:
    """Boxes of your office, the newest first."""
    return {"items": [box_json(row) for row in store.boxes(act.connection, office_of(act))]}


@doors.api("POST", "/v1/cash-boxes", roles=AT_COUNTER, takes=s.CountIn, gives=s.CashBoxOut, status=201)
def open_box(act: Act, body: dict[str, Any]) -> Any:
    """Open the box of your office for today with what was counted."""
    return Answer(box_json(counter.open_box(act, own_office(act), body["counted"])), 201)


@doors.api(
    "POST", "/v1/cash-boxes/<uuid:box_id>/moves", roles=AT_COUNTER, takes=s.CarryIn, gives=s.CashBoxOut, status=201
)
def carry(act: Act, box_id: UUID, body: dict[str, Any]) -> Any:
    """Money was brought to a box (positive) or taken away."""
    return Answer(box_json(counter.carry(act, str(box_id), office_of(act), body["amount"], body["note"])), 201)


@doors.api(
    "POST", "/v1/cash-boxes/<uuid:box_id>/closing", roles=AT_COUNTER, takes=s.CountIn, gives=s.CashBoxOut, status=201
)
def close_box(act: Act, box_id: UUID, body: dict[str, Any]) -> Any:
    """Count a box and close it; a difference needs a word of why."""
    closed = counter.close_box(act, str(box_id), office_of(act), body["counted"], body["note"])
    return Answer(box_json(closed), 201)
