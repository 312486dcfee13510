"""How long payments keep each kind of data. The books stay: orders and postings name nobody, only amounts and
references."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select, update

from services.payments import tables as t
from services.payments.domain.run import RunState
from services.payments.institution import PaymentSettings
from shared import retention
from shared.act import Act
from shared.retention import Kept, Kind, OfItself, Retention, Term
from shared.web.texts import N_

#: Where the institution says nothing else. No law of the schemes we know names a term: it is a choice.
TERMS = {"bank_texts": Term(3650)}
BOOKS = (
    "award_schedule",
    "award_instalment",
    "run",
    "payment_order",
    "order_move",
    "run_part",
    "run_approval",
    "ledger_entry",
    "ledger_posting",
    "statement",
    "statement_place",
    "repayment",
    "repayment_back",
    "repayment_part",
    "cash_box",
    "cash_move",
)


def keeps(house: PaymentSettings) -> Retention:
    """All that payments keep, as the institution has chosen. Raises `ValueError` for a kind they do not have."""
    terms = retention.terms(house.retention, TERMS)
    payees = Term(house.forget_payees_after_days)
    return Retention(
        kinds=(
            Kind(
                "bank_texts",
                N_("What banks wrote beside a movement"),
                ("statement_line",),
                terms["bank_texts"],
                _texts,
                _blank_texts,
            ),
        ),
        of_itself=(
            OfItself(N_("Names and accounts of runs that are over"), ("run_item", "voucher"), payees),
            OfItself(N_("Files of statements as they came"), ("statement_file",), payees),
        ),
        kept=(
            Kept(N_("the books: amounts, days and references, without names"), BOOKS),
            Kept(N_("the institution's own words and layouts"), ("reason_code", "statement_layout")),
        ),
    )


def _texts(until: date) -> Select[Any]:
    s = t.statement_line.c
    return select(s.id, s.booked_on).where(s.booked_on < until, s.text != "").order_by(s.booked_on, s.id)


def _blank_texts(act: Act, ids: Sequence[str]) -> None:
    act.connection.execute(update(t.statement_line).where(t.statement_line.c.id.in_(ids)).values(text=""))


def forget_person(act: Act, person_id: str) -> None:
    """Her name was erased: who was paid and into which account goes from runs that are over, and what banks wrote
    beside her orders. Amounts, references and the account's fingerprint stay; a run that is under way goes by age."""
    orders = select(t.payment_order.c.id).where(t.payment_order.c.person_id == person_id)
    over = select(t.run.c.id).where(t.run.c.state.in_((RunState.CLOSED, RunState.CANCELLED)))
    i, v, s = t.run_item.c, t.voucher.c, t.statement_line.c
    nobody = {"payee_name": None, "payee_latin": None, "account": None, "bank_name": None}
    act.connection.execute(update(t.run_item).where(i.order_id.in_(orders), i.run_id.in_(over)).values(**nobody))
    act.connection.execute(
        update(t.voucher)
        .where(v.order_id.in_(orders), v.ended_on.is_not(None), v.payee_name != "")
        .values(payee_name="", proof_kind=None, proof_number=None)
    )
    act.connection.execute(update(t.statement_line).where(s.order_id.in_(orders), s.text != "").values(text=""))
