"""Rows of parts and receipts, and which receipt belongs to which part.

An id that is the same letter by letter is believed at once. One that is the same only when read another way (hex for
decimal, without padding, another case) is believed when our own reference came back with it, or when it can be nobody
else's: one part alone fits, and no answer of the operator is outstanding that could bring the very id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, cast, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.notifications.domain.message import MessageState, Receipt
from services.notifications.domain.operator_ids import fold, readings
from services.notifications.gateways.line import FIRST, Came
from services.notifications.tables import delivery_receipt, message, message_part
from shared.act import Act
from shared.database import lock_key

#: Operators give up after three days; what comes later is about nothing that still waits.
STILL_OPEN = timedelta(days=4)
#: What may still be followed by another word.
_NOT_FINAL = (Receipt.ENROUTE, Receipt.ACCEPTD)
_MAY_BE_TOLD = (MessageState.SENDING, MessageState.SENT, MessageState.TEMPORARY_FAILURE, MessageState.TECHNICAL_FAILURE)


def put_parts(act: Act, message_id: str, count: int) -> None:
    """The message goes in so many parts; nothing of it has been taken yet, by whichever operator."""
    act.connection.execute(
        delete(message_part).where(message_part.c.message_id == message_id, message_part.c.no > count)
    )
    rows = [{"message_id": message_id, "no": no} for no in range(1, count + 1)]
    act.connection.execute(insert(message_part).on_conflict_do_nothing(), rows)


def parts(connection: Connection, message_id: str) -> Sequence[Any]:
    return connection.execute(
        select(message_part).where(message_part.c.message_id == message_id).order_by(message_part.c.no)
    ).all()


def lock_operator_ids(connection: Connection, operator_ids: Collection[str]) -> None:
    """Answers and receipts about one part wait for each other, whichever comes first and however each writes the id."""
    keys = sorted({lock_key("operator_id", form) for operator_id in operator_ids for form in readings(operator_id)})
    if keys:
        each = func.unnest(cast(keys, ARRAY(BigInteger))).column_valued("key")
        connection.execute(select(func.pg_advisory_xact_lock(each)))


def set_operator_id(act: Act, message_id: str, no: int, operator_id: str) -> None:
    act.connection.execute(
        update(message_part)
        .where(
            message_part.c.message_id == message_id,
            message_part.c.no == no,
            message_part.c.operator_id.is_(None),
        )
        .values(operator_id=operator_id, operator_fold=fold(operator_id))
    )


def set_part_receipt(act: Act, message_id: str, no: int, state: str) -> None:
    act.connection.execute(
        update(message_part)
        .where(message_part.c.message_id == message_id, message_part.c.no == no)
        .values(receipt=state, receipt_at=act.now)
    )


# --- whose receipt -----------------------------------------------------------------------------


def part_of(connection: Connection, came: Came, received_at: datetime) -> Any:
    """The part that a receipt is about; none while that is not certain."""
    of_line = func.coalesce(message.c.line, FIRST) == came.line
    joined = message_part.join(message, message.c.id == message_part.c.message_id)
    same = connection.execute(
        select(message_part)
        .select_from(joined)
        .where(message_part.c.operator_id == came.operator_id, of_line)
        .order_by(message_part.c.message_id.desc())
        .limit(1)
    ).first()
    if same is not None:
        return same
    alike = connection.execute(
        select(message_part, message.c.number.label("message_number"))
        .select_from(joined)
        .where(
            message_part.c.operator_fold.in_(readings(came.operator_id)),
            message_part.c.operator_id.is_not(None),
            or_(message_part.c.receipt.is_(None), message_part.c.receipt.in_(_NOT_FINAL)),
            message.c.state.in_(_MAY_BE_TOLD),
            message.c.created_at > received_at - STILL_OPEN,
            message.c.created_at <= received_at,
            of_line,
        )
        .limit(20)
    ).all()
    if came.reference is not None:
        alike = [row for row in alike if row.message_number & 0xFFFF == came.reference]
        return alike[0] if len(alike) == 1 else None
    if len(alike) != 1:
        return None
    return None if _answers_are_out(connection, came, received_at, alike[0].message_id) else alike[0]


def _answers_are_out(connection: Connection, came: Came, received_at: datetime, but: str) -> bool:
    """Whether an answer is missing that could still bring the very id of this receipt."""
    return bool(
        connection.scalar(
            select(
                exists().where(
                    message.c.state == MessageState.SENDING,
                    message.c.created_at <= received_at,
                    message.c.id != but,
                    func.coalesce(message.c.line, FIRST) == came.line,
                )
            )
        )
    )


# --- receipts ----------------------------------------------------------------------------------


def keep_receipt(act: Act, came: Came, message_id: str | None) -> bool:
    """Keep a receipt; false when the same was kept before."""
    put = insert(delivery_receipt).values(
        line=came.line,
        operator_id=came.operator_id,
        operator_fold=fold(came.operator_id),
        state=came.state,
        reference=came.reference,
        error=came.error,
        received_at=act.now,
        message_id=message_id,
    )
    return act.connection.scalar(put.on_conflict_do_nothing().returning(delivery_receipt.c.operator_id)) is not None


def of_nobody(
    connection: Connection, since: datetime, line: str | None = None, operator_ids: Collection[str] | None = None
) -> list[tuple[Came, datetime]]:
    """Receipts that belong to no message yet, oldest first; with `operator_ids` only those that may be about them."""
    query = select(delivery_receipt).where(
        delivery_receipt.c.message_id.is_(None), delivery_receipt.c.received_at > since
    )
    if line is not None:
        query = query.where(delivery_receipt.c.line == line)
    if operator_ids is not None:
        forms = {form for operator_id in operator_ids for form in readings(operator_id)}
        query = query.where(delivery_receipt.c.operator_fold.in_(forms))
    newest = connection.execute(query.order_by(delivery_receipt.c.received_at.desc()).limit(500)).all()
    return [
        (Came(row.operator_id, Receipt(row.state), row.reference, row.error or "", row.line), row.received_at)
        for row in reversed(newest)
    ]


def unclaimed_receipts(connection: Connection, line: str, reference: int, since: datetime) -> list[str]:
    """Operator's ids of receipts with our short reference that belong to no part yet."""
    known = select(message_part.c.operator_id).where(message_part.c.operator_id.is_not(None))
    return list(
        connection.scalars(
            select(delivery_receipt.c.operator_id)
            .where(
                delivery_receipt.c.line == line,
                delivery_receipt.c.reference == reference,
                delivery_receipt.c.received_at >= since,
                delivery_receipt.c.message_id.is_(None),
                delivery_receipt.c.operator_id.not_in(known),
            )
            .group_by(delivery_receipt.c.operator_id)
            .order_by(func.min(delivery_receipt.c.received_at))
        )
    )


def claim_receipts(act: Act, came: Came, message_id: str) -> bool:
    """Receipts of this id are about this message; false when that was known."""
    claimed = act.connection.execute(
        update(delivery_receipt)
        .where(
            delivery_receipt.c.line == came.line,
            delivery_receipt.c.operator_id == came.operator_id,
            delivery_receipt.c.message_id.is_(None),
        )
        .values(message_id=message_id)
    )
    return bool(claimed.rowcount)


def forget_receipts(act: Act, before: datetime) -> int:
    """Operators use their ids again after months; old receipts must not be taken for new ones."""
    return act.connection.execute(delete(delivery_receipt).where(delivery_receipt.c.received_at < before)).rowcount
