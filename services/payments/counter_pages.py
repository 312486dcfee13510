"""The page of the counter: who collects, the two looks, and the cash box of the day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from services.payments import store, words
from services.payments.counter_api import is_code_of, own_office
from services.payments.domain.cash import MOST_TRIES, CounterRefused
from services.payments.doors import AT_COUNTER, COUNTER_READ, office_of, voucher_here
from services.payments.institution import institution
from services.payments.pages import typed_amounts
from services.payments.usecases import counter
from shared.act import Act
from shared.money import EXPONENTS, Money
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.pages import go, render
from shared.web.problems import Problem

doors = Doors()


@doors.page("/payments/counter", roles=COUNTER_READ)
def counter_page(act: Act) -> Any:
    """Vouchers of your office, and its cash box."""
    return _page(act)


def _page(act: Act, error: str | None = None) -> str:
    office = office_of(act)
    vouchers = store.live_vouchers(act.connection, office)
    for row in vouchers:
        order = store.order(act.connection, row.order_id)
        viewed(*([order.person_id] if order is not None else []))
    boxes = store.boxes(act.connection, office)
    return render(
        "counter.html",
        vouchers=[
            {
                "id": row.order_id,
                "number": row.number,
                "name": row.payee_name,
                "amount": Money(row.amount_minor, row.currency),
                "until": row.valid_until,
                "office": row.office_id,
                "proved": row.state == "proved",
                "proved_by": row.proved_by_name,
                "proof": words.words(row.proof_kind, words.PROOFS) if row.proof_kind else None,
                "proof_number": row.proof_number,
                "mine": row.proved_by == act.actor.id,
                "blocked": row.tries >= MOST_TRIES,
            }
            for row in vouchers
        ],
        proofs=words.PROOFS,
        boxes=[
            {
                "id": box.id,
                "office": box.office_id,
                "day": box.day,
                "open": box.state == "open",
                "opening": Money(box.opening_minor, box.currency),
                "counted": None if box.counted_minor is None else Money(box.counted_minor, box.currency),
                "difference": Money(box.difference_minor or 0, box.currency),
                "who": box.closed_by_name or box.opened_by_name,
                "note": box.note,
                "currency": box.currency,
            }
            for box in boxes
        ],
        currencies=[a.currency for a in institution().accounts if a.channel == "cash"],
        error=words.words(error, words.COUNTER_REFUSALS) if error else None,
        may=act.actor.has(*AT_COUNTER),
        today=act.today,
    )


def _refused(act: Act, code: str) -> Response:
    return Response(_page(act, code), 422, content_type="text/html; charset=utf-8")


@doors.page("/payments/counter/<uuid:order_id>", roles=AT_COUNTER, method="POST")
def voucher_page(act: Act, order_id: UUID, form: dict[str, str]) -> Any:
    """One of the looks at a payee, or a new code for her."""
    row = voucher_here(act, str(order_id))
    try:
        match form.get("do"):
            case "prove":
                proof = (form.get("proof_kind", ""), form.get("proof_number", ""))
                code = "".join(c for c in form.get("code", "") if c.isdigit())
                if counter.prove(act, row.order_id, right=is_code_of(row, code), proof=proof) is None:
                    return _refused(act, "code_wrong")
            case "hand_over":
                counter.hand_over(act, row.order_id)
            case "back":
                counter.step_back(act, row.order_id)
            case "code":
                counter.new_code(act, row.order_id)
            case _:
                raise Problem(400, "unreadable")
    except CounterRefused as refused:
        return _refused(act, refused.code)
    return go("/payments/counter")


@doors.page("/payments/counter/box", roles=AT_COUNTER, method="POST")
def box_page(act: Act, form: dict[str, str]) -> Any:
    """Open, fill, empty or count the cash box of the day."""
    currency = form.get("currency", "")
    meant = typed_amounts(form.get("amount", ""), currency, pages.language()) if currency in EXPONENTS else []
    if len(meant) != 1:
        return _refused(act, "amount_unclear")
    (amount,) = meant
    office, box_id, note = office_of(act), form.get("box", ""), form.get("note", "")
    try:
        match form.get("do"):
            case "open":
                counter.open_box(act, own_office(act), amount)
            case "bring":
                counter.carry(act, box_id, office, amount, note)
            case "take":
                counter.carry(act, box_id, office, -amount, note)
            case "close":
                counter.close_box(act, box_id, office, amount, note)
            case _:
                raise Problem(400, "unreadable")
    except CounterRefused as refused:
        return _refused(act, refused.code)
    return go("/payments/counter")
