"""Rows of this service. Every function that answers to a person takes a `Scope`."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import Counter
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.notifications.domain.message import NEEDS_NUMBER, Channel, MessageState, check_move
from services.notifications.tables import (
    letter_batch,
    letter_document,
    letter_in_batch,
    letter_print,
    message,
    message_move,
    message_part,
)
from shared.act import HEAD_OFFICE, Act, Actor
from shared.database import within
from shared.logs import log
from shared.tables import job

MOVED = Counter("tideover_messages_total", "Messages by the state they reached", ["channel", "template", "state"])
_MESSAGE = [c for c in message.c if c.name != "phone"]


class MovedMeanwhile(Exception):
    """Somebody else moved the message since it was read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose messages somebody may see: one office's, or those of the one claim a worker's code opens."""

    office: str | None = None
    claim: str | None = None

    @classmethod
    def of(cls, actor: Actor) -> Scope:
        if actor.kind == "worker":
            return cls(claim=actor.claim or "")
        return cls(office=actor.office or "")

    @property
    def where(self) -> ColumnElement[bool]:
        if self.claim is not None:
            return message.c.claim_id == self.claim if self.claim else ~true()
        if self.office == HEAD_OFFICE:
            return true()
        return within(message.c.office_id, self.office or " ")


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a message is about: ids and the claim's number, never who she is. What is about no claim is about
    the person: her id stands for the claim's, and there is no number."""

    person_id: str
    claim_id: str
    claim_number: str
    office_id: str
    decision_id: str | None = None


# --- writing -----------------------------------------------------------------------------------


def message_id(event_id: str, template: str, recipient: str) -> str:
    """The same for the same cause for ever: after a restore the operator knows the message by the name it had."""
    return str(uuid.uuid5(_MESSAGES, f"{event_id} {template} {recipient}"))


_MESSAGES = uuid.UUID("5c1d6f0e-8f57-4d0c-9a51-6a8e1f0e2d31")


def owe(act: Act, channel: Channel, template: str, event_id: str, about: About, facts: Mapping[str, Any]) -> str | None:
    """Write down that a message is owed, once for each cause, template and recipient; none when it was."""
    put = (
        insert(message)
        .values(
            id=message_id(event_id, template, about.person_id),
            channel=channel,
            state=MessageState.CREATED,
            template=template,
            event_id=event_id,
            recipient=about.person_id,
            person_id=about.person_id,
            claim_id=about.claim_id,
            claim_number=about.claim_number,
            decision_id=about.decision_id,
            office_id=about.office_id,
            facts=dict(facts),
            version=1,
            created_on=act.today,
            created_at=act.now,
            changed_at=act.now,
        )
        .on_conflict_do_nothing(constraint="message_once")
        .returning(message.c.id, message.c.state, message.c.reason)
        .cte("put")
    )
    made = act.connection.scalar(select(put.c.id).add_cte(_noted(act, put)))
    if made is None:
        return None
    MOVED.labels(channel, template, MessageState.CREATED).inc()
    return str(made)


def _noted(act: Act, changed: Any) -> Any:
    """The history row of a message that the same statement writes."""
    row = select(
        changed.c.id, changed.c.state, changed.c.reason, literal(act.actor.id), literal(act.today), literal(act.now)
    )
    return (
        insert(message_move)
        .from_select(["message_id", "state", "reason", "by", "on_day", "at"], row)
        .returning(message_move.c.number)
        .cte("noted")
    )


def move(act: Act, row: Any, to: MessageState, reason: str | None = None, **values: Any) -> Any:
    """Move a message that was read as `row`. Raises `MoveNotAllowed`, and `MovedMeanwhile` when it is stale."""
    check_move(Channel(row.channel), MessageState(row.state), to)
    if to not in NEEDS_NUMBER:
        values["phone"] = None
    change = (
        update(message)
        .where(message.c.id == row.id, message.c.version == row.version)
        .values(state=to, reason=reason, version=row.version + 1, changed_at=act.now, **values)
        .returning(message)
        .cte("changed")
    )
    moved = act.connection.execute(select(change).add_cte(_noted(act, change))).first()
    if moved is None:
        raise MovedMeanwhile(row.id)
    MOVED.labels(row.channel, row.template, to).inc()
    log.info(
        "message_moved",
        message=row.id,
        claim=row.claim_number,
        channel=row.channel,
        template=row.template,
        state=str(to),
        reason=reason,
    )
    return moved


def lock(connection: Connection, message_id: str) -> Any:
    """A message with everything a sender needs, locked until the transaction ends; none when there is none."""
    return connection.execute(select(message).where(message.c.id == message_id).with_for_update()).first()


def read(connection: Connection, message_id: str) -> Any:
    return connection.execute(select(message).where(message.c.id == message_id)).first()


def set_sending_at(act: Act, message_id: str) -> None:
    """A further try of a message that is being sent: the moment counts anew."""
    act.connection.execute(update(message).where(message.c.id == message_id).values(sending_at=act.now))


# --- letters -----------------------------------------------------------------------------------


class LetterSpoilt(ValueError):
    """What lies there is not the letter that was written; the message is its id."""


def put_document(
    act: Act,
    message_id: str,
    language: str,
    content: bytes,
    pages: int,
    version: str,
    *,
    original: bool,
    masked: bytes | None,
) -> str:
    """Keep a letter's bytes for ever; once for each language. Answers its digest."""
    digest = hashlib.sha256(content).hexdigest()
    act.connection.execute(
        insert(letter_document)
        .values(
            message_id=message_id,
            language=language,
            is_original=original,
            content=content,
            masked=masked,
            sha256=digest,
            pages=pages,
            template_version=version,
            made_at=act.now,
        )
        .on_conflict_do_nothing()
    )
    return digest


def document(connection: Connection, message_id: str, language: str | None = None) -> Any:
    """The letter in a language; the original where none is named. Raises `LetterSpoilt`."""
    query = select(letter_document).where(letter_document.c.message_id == message_id)
    if language is None:
        query = query.where(letter_document.c.is_original)
    else:
        query = query.where(letter_document.c.language == language)
    found = connection.execute(query).first()
    if found is not None and hashlib.sha256(found.content).hexdigest() != found.sha256:
        raise LetterSpoilt(message_id)
    return found


def note_print(act: Act, message_id: str, language: str) -> int:
    """Write down that a letter is printed now; answers the how manieth time."""
    last = act.connection.scalar(
        select(func.coalesce(func.max(letter_print.c.no), 0)).where(letter_print.c.message_id == message_id)
    )
    no = int(last or 0) + 1
    act.connection.execute(
        letter_print.insert().values(message_id=message_id, no=no, language=language, by=act.actor.id, at=act.now)
    )
    return no


def a_print(connection: Connection, message_id: str, no: int) -> Any:
    return connection.execute(
        select(letter_print).where(letter_print.c.message_id == message_id, letter_print.c.no == no)
    ).first()


# --- batches of letters ------------------------------------------------------------------------


def hold_batches(connection: Connection, office: str) -> None:
    """Two people of an office print one after the other."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"letter batches of {office}"))))


def to_print(connection: Connection, scope: Scope, most: int) -> Sequence[Any]:
    """Letters that wait for the printer, oldest first; whoever prints one alone at the same moment keeps it."""
    query = select(message).where(
        scope.where, message.c.channel == Channel.LETTER, message.c.state == MessageState.RENDERED
    )
    query = query.order_by(message.c.created_at, message.c.id).limit(most).with_for_update(skip_locked=True)
    return connection.execute(query).all()


def count_to_print(connection: Connection, scope: Scope) -> int:
    query = select(func.count()).select_from(message)
    where = (scope.where, message.c.channel == Channel.LETTER, message.c.state == MessageState.RENDERED)
    return int(connection.scalar(query.where(*where)) or 0)


def put_batch(act: Act, batch_id: str, office: str, language: str, ids: Sequence[str]) -> None:
    """Keep which letters are printed together, in their order."""
    act.connection.execute(
        letter_batch.insert().values(
            id=batch_id,
            office_id=office,
            office_name=act.actor.place or office,
            language=language,
            by=act.actor.id,
            by_name=act.actor.name,
            on_day=act.today,
            at=act.now,
            letters=len(ids),
        )
    )
    rows = [{"message_id": id_, "batch_id": batch_id, "no": no} for no, id_ in enumerate(ids, 1)]
    act.connection.execute(letter_in_batch.insert(), rows)


def batch(connection: Connection, batch_id: str) -> Any:
    return connection.execute(select(letter_batch).where(letter_batch.c.id == batch_id)).first()


def last_batch(connection: Connection, office: str, by: str) -> Any:
    """The newest batch somebody made for an office; none where there is none."""
    where = (letter_batch.c.office_id == office, letter_batch.c.by == by)
    query = select(letter_batch).where(*where).order_by(letter_batch.c.at.desc()).limit(1)
    return connection.execute(query).first()


def batches(connection: Connection, office: str, limit: int = 10) -> Sequence[Any]:
    """The newest batches of an office."""
    query = select(letter_batch).where(letter_batch.c.office_id == office)
    return connection.execute(query.order_by(letter_batch.c.at.desc()).limit(limit)).all()


def letters_of_batch(connection: Connection, batch_id: str) -> Sequence[Any]:
    """The letters of a batch in the order of the paper."""
    query = select(*_MESSAGE, letter_in_batch.c.no).join(letter_in_batch, letter_in_batch.c.message_id == message.c.id)
    query = query.where(letter_in_batch.c.batch_id == batch_id).order_by(letter_in_batch.c.no)
    return connection.execute(query).all()


# --- reading, within a scope -------------------------------------------------------------------

_documents = (
    select(
        func.jsonb_agg(
            func.jsonb_build_object(
                "language",
                letter_document.c.language,
                "original",
                letter_document.c.is_original,
                "pages",
                letter_document.c.pages,
                "sha256",
                letter_document.c.sha256,
            )
        )
    )
    .where(letter_document.c.message_id == message.c.id)
    .scalar_subquery()
)
_prints = (
    select(func.count()).select_from(letter_print).where(letter_print.c.message_id == message.c.id).scalar_subquery()
)
_parts = (
    select(func.count()).select_from(message_part).where(message_part.c.message_id == message.c.id).scalar_subquery()
)
_waits = (
    select(job.c.reason)
    .where(
        job.c.kind.in_(("send_sms", "write_letter")),
        job.c.key == func.cast(message.c.id, job.c.key.type),
        job.c.state == "waiting",
    )
    .scalar_subquery()
)


def _shown() -> Any:
    return select(
        *_MESSAGE,
        _documents.label("documents"),
        _prints.label("prints"),
        _parts.label("parts"),
        _waits.label("waits"),
    )


def find(connection: Connection, scope: Scope, message_id: str, channel: Channel | None = None) -> Any:
    """A message somebody may see; none when there is none for her."""
    query = _shown().where(message.c.id == message_id, scope.where)
    if channel is not None:
        query = query.where(message.c.channel == channel)
    return connection.execute(query).first()


def page(
    connection: Connection,
    scope: Scope,
    *,
    channel: Channel | None = None,
    claim: str | None = None,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Messages somebody may see, newest first; one more than `limit` where there are more."""
    query = _shown().where(scope.where)
    if channel is not None:
        query = query.where(message.c.channel == channel)
    if claim is not None:
        query = query.where(message.c.claim_id == claim)
    if state is not None:
        query = query.where(message.c.state == state)
    if after is not None:
        query = query.where(tuple_(message.c.created_at, message.c.id) < after)
    return connection.execute(query.order_by(message.c.created_at.desc(), message.c.id.desc()).limit(limit + 1)).all()


def moves(connection: Connection, ids: Sequence[str]) -> dict[str, list[Any]]:
    """What has happened to messages, oldest first."""
    found: dict[str, list[Any]] = {i: [] for i in ids}
    for row in connection.execute(
        select(message_move).where(message_move.c.message_id.in_(list(ids))).order_by(message_move.c.number)
    ):
        found[str(row.message_id)].append(row)
    return found


def stuck(connection: Connection, since: datetime) -> Sequence[Any]:
    """Messages that wait for somebody: failed for our own reasons, or not on their way since long."""
    return connection.execute(
        select(*_MESSAGE)
        .where(
            or_(
                message.c.state == MessageState.TECHNICAL_FAILURE,
                and_(
                    message.c.state.in_((MessageState.CREATED, MessageState.SENDING, MessageState.TEMPORARY_FAILURE)),
                    message.c.created_at < since,
                ),
            )
        )
        .order_by(message.c.created_at)
        .limit(200)
    ).all()
