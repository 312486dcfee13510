"""How long notifications keep what was told, and what takes it away: after its term, or with a person's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, select, update

from services.notifications import tables as t
from services.notifications.domain.message import NEEDS_NUMBER
from shared import retention
from shared.act import Act
from shared.retention import Kept, Kind, OfItself, Retention, Term
from shared.web.texts import N_

#: Where the institution says nothing else. No law of the schemes we know names a term: it is a choice, and as long as
#: that of a claim.
TERMS = {"messages": Term(3650)}
#: What is about a message, each after what points at it.
OF_MESSAGE = (
    t.delivery_receipt,
    t.letter_in_batch,
    t.letter_print,
    t.letter_document,
    t.message_part,
    t.message_move,
)


def keeps(said: Mapping[str, Any]) -> Retention:
    """All that notifications keep, as the institution has chosen. Raises `ValueError` for a kind they do not have."""
    terms = retention.terms(said, TERMS)
    tables = ("message", *(str(table.name) for table in OF_MESSAGE))
    return Retention(
        kinds=(Kind("messages", N_("Messages and letters"), tables, terms["messages"], _messages, _remove_messages),),
        of_itself=(OfItself(N_("Receipts of operators"), ("delivery_receipt",), Term(60)),),
        kept=(
            Kept(N_("how messages may move"), ("message_allowed_move",)),
            Kept(N_("who printed how many letters together, and when"), ("letter_batch",)),
        ),
    )


def _messages(until: date) -> Select[Any]:
    """Messages of before a day that are not on their way; a letter that was never printed is not either."""
    m = t.message.c
    query = select(m.id, m.created_on).where(m.created_on < until, m.state.not_in(NEEDS_NUMBER))
    return query.order_by(m.created_on, m.id)


def _remove_messages(act: Act, ids: Sequence[str]) -> None:
    for table in OF_MESSAGE:
        act.connection.execute(delete(table).where(table.c.message_id.in_(ids)))
    act.connection.execute(delete(t.message).where(t.message.c.id.in_(ids)))


def forget_person(act: Act, person_id: str) -> None:
    """Her name was erased: her letters go, and what messages said; that there were any, and when, stays. One that is
    still on its way keeps what it needs."""
    retention.allow(act)
    m = t.message.c
    hers = select(m.id).where(m.person_id == person_id)
    act.connection.execute(delete(t.letter_document).where(t.letter_document.c.message_id.in_(hers)))
    act.connection.execute(
        update(t.message).where(m.person_id == person_id, m.text != "", m.state.not_in(NEEDS_NUMBER)).values(text="")
    )
