"""Believing what operators say became of a message, and the ends that a message comes to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notifications import delivery, store
from services.notifications.domain.message import Channel as Ch
from services.notifications.domain.message import MessageState, Receipt, allowed, verdict
from services.notifications.gateways.line import Came
from shared import messaging
from shared.act import Act, service_actor
from shared.clock import Clock
from shared.jobs import JobRun
from shared.logs import log

#: How long a receipt that belongs to nobody is looked at again.
LOOKED_AT_AGAIN = timedelta(days=1)


def take_receipt(engine: Engine, clock: Clock, came: Came) -> bool:
    """Keep a receipt and move its message; true when it is safe to acknowledge it."""
    try:
        with engine.begin() as connection:
            act = Act(
                connection=connection,
                actor=service_actor("notifications"),
                now=clock.now(),
                today=clock.today(),
            )
            keep(act, came)
    except SQLAlchemyError as away:
        log.warning("sms_receipt_not_kept", fault=type(away).__name__)
        return False
    return True


def keep(act: Act, came: Came) -> None:
    """Keep a receipt within the act's transaction, and move the message it is about."""
    delivery.lock_operator_ids(act.connection, [came.operator_id])
    part = delivery.part_of(act.connection, came, act.now)
    row = store.lock(act.connection, part.message_id) if part is not None else None
    fresh = delivery.keep_receipt(act, came, row.id if row is not None else None)
    # The same may have come before, when nobody could know yet whose it was.
    if row is not None and (fresh or delivery.claim_receipts(act, came, row.id)):
        apply(act.about(row.claim_id), row, part.no, came.state)


def match_waiting(act: Act, *, line: str | None = None, operator_ids: Collection[str] | None = None) -> bool:
    """Receipts that came before anybody could know whose they were: now it may be certain. True when one was."""
    matched = False
    for came, received_at in delivery.of_nobody(act.connection, act.now - LOOKED_AT_AGAIN, line, operator_ids):
        part = delivery.part_of(act.connection, came, received_at)
        if part is None:
            continue
        row = store.lock(act.connection, part.message_id)
        delivery.claim_receipts(act, came, row.id)
        apply(act.about(row.claim_id), row, part.no, came.state)
        matched = True
    return matched


def apply(act: Act, row: Any, no: int, state: Receipt) -> Any:
    """What one receipt makes of its message."""
    parts = delivery.parts(act.connection, row.id)
    before = next((p.receipt for p in parts if p.no == no), None)
    if before in (None, Receipt.ENROUTE, Receipt.ACCEPTD):
        delivery.set_part_receipt(act, row.id, no, state)
        before = state
    receipts = {p.no: Receipt(p.receipt) for p in parts if p.receipt and p.no != no} | {no: Receipt(before)}
    result = verdict(len(parts), receipts)
    if result is None or not allowed(Ch.SMS, MessageState(row.state), result[0]):
        return row
    to, reason = result
    if to is MessageState.DELIVERED:
        row = store.move(act, row, to)
        tell(act, row, "notifications.message.delivered")
        return row
    return fail(act, row, to, reason)


def forget(run: JobRun) -> None:
    """Forget receipts of long ago."""
    with run.begin() as act:
        delivery.forget_receipts(act, act.now - timedelta(days=60))


# --- ends ------------------------------------------------------------------------------------


def fail(act: Act, row: Any, to: MessageState, reason: str) -> Any:
    """The message ends without having arrived; benefits is told, unless nobody is to get it any more."""
    row = store.move(act, row, to, reason)
    if to is not MessageState.CANCELLED:
        tell(act, row, "notifications.message.failed", reason=reason)
    return row


def tell(act: Act, row: Any, type_: str, **more: str) -> None:
    """Post an event about a message or a letter."""
    messaging.post(
        act.about(row.claim_id),
        type_,
        subject=row.id,
        person=row.person_id,
        data={
            "message_id": row.id,
            "claim_id": row.claim_id,
            "person_id": row.person_id,
            "template": row.template,
            **more,
        },
    )
