"""The door of machines and of pages elsewhere: messages and letters, within the asker's office or claim."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from services.notifications import kept, store, wording
from services.notifications.domain.message import BY_HAND, Channel, MessageState, MoveNotAllowed, next_by_hand
from services.notifications.store import MovedMeanwhile, Scope
from services.notifications.usecases import letters, reading
from services.notifications.usecases.letters import NoSuchLetter, NotWrittenYet, SeenAnOldOne
from services.notifications.usecases.reading import HANDS, READERS
from shared import facts
from shared.act import Act
from shared.events import moment
from shared.web import texts
from shared.web.app import Translations, viewed
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem, invalid, not_found, stale, wrong_state
from shared.web.schemas import Code, Day, House, Id, Text, Whole

doors = Doors()

TRANSLATIONS: Translations = {
    NoSuchLetter: lambda _: not_found(),
    MoveNotAllowed: lambda fault: wrong_state(fault.state),
    SeenAnOldOne: lambda _: stale(),
    reading.NoSuchPlace: lambda _: invalid(("?/cursor", "invalid")),
    MovedMeanwhile: lambda _: Problem(409, "wrong_state", retry_after=1),
    NotWrittenYet: lambda fault: (
        Problem(503, "neighbour_away", retry_after=10, params={"service": "benefits"})
        if fault.waits == "benefits_away"
        else Problem(409, "not_written_yet", retry_after=2, params={"waits": fault.waits or "writing"})
    ),
}


class ListQuery(House):
    claim = Id()
    state = Code(*sorted(MessageState))
    channel = Code(*sorted(Channel))
    limit = fields.Integer(strict=False, load_default=50)
    cursor = Text(most=200)


class LetterQuery(House):
    language = Code(*texts.LANGUAGES)
    copy = Code("yes", "no", load_default="no")


class StateIn(House):
    state = Code(*BY_HAND, required=True)


class TranslationIn(House):
    language = Code(*texts.LANGUAGES, required=True)


class DocumentOut(House):
    language = Text(required=True)
    original = fields.Boolean(required=True)
    pages = Whole(required=True)
    sha256 = Text(required=True)


class MessageOut(House):
    """What somebody was told; never her number."""

    id = Id(required=True)
    channel = Code(*sorted(Channel), required=True)
    template = Text(required=True)
    template_version = Text(allow_none=True)
    state = Code(*sorted(MessageState), required=True)
    reason = Text(allow_none=True)
    waits_for = Text(allow_none=True)
    claim_id = Id(required=True)
    claim_number = Text(required=True)
    decision_id = Id(allow_none=True)
    person_id = Id(required=True)
    office_id = Text(required=True)
    language = Text(allow_none=True)
    text = Text(allow_none=True, most=1000)
    parts = Whole(required=True)
    created_on = Day(required=True)
    created_at = Text(required=True)
    changed_at = Text(required=True)
    version = Whole(required=True)


class LetterOut(MessageOut):
    documents = fields.List(fields.Nested(DocumentOut), required=True)
    prints = Whole(required=True)
    next = fields.List(Text(), required=True)


class MessagesOut(House):
    items = fields.List(fields.Nested(MessageOut), required=True)
    next_cursor = Text(allow_none=True, required=True)


class LettersOut(House):
    items = fields.List(fields.Nested(LetterOut), required=True)
    next_cursor = Text(allow_none=True, required=True)


def shown(row: Any) -> dict[str, Any]:
    """A message as the API tells it."""
    told = {
        "id": row.id,
        "channel": row.channel,
        "template": row.template,
        "template_version": row.template_version,
        "state": row.state,
        "reason": row.reason,
        "waits_for": row.waits,
        "claim_id": row.claim_id,
        "claim_number": row.claim_number,
        "decision_id": row.decision_id,
        "person_id": row.person_id,
        "office_id": row.office_id,
        "language": row.language,
        "text": wording.for_staff(row.template, row.text),
        "parts": row.parts,
        "created_on": row.created_on,
        "created_at": moment(row.created_at),
        "changed_at": moment(row.changed_at),
        "version": row.version,
    }
    if row.channel == Channel.LETTER:
        told |= {
            "documents": sorted(row.documents or [], key=lambda d: not d["original"]),
            "prints": row.prints,
            "next": next_by_hand(MessageState(row.state)),
        }
    return told


def etag(row: Any) -> dict[str, str]:
    return {"ETag": f'"{row.version}"'}


def _page(act: Act, query: dict[str, Any], channel: Channel | None) -> dict[str, Any]:
    limit = query["limit"]
    if not 1 <= limit <= 200:
        raise invalid(("?/limit", "out_of_range"))
    rows = store.page(
        act.connection,
        Scope.of(act.actor),
        channel=channel,
        claim=query.get("claim"),
        state=query.get("state"),
        after=reading.place(query.get("cursor")),
        limit=limit,
    )
    more, rows = len(rows) > limit, rows[:limit]
    viewed(*{row.person_id for row in rows})
    return {"items": [shown(row) for row in rows], "next_cursor": reading.cursor(rows[-1]) if more else None}


@doors.api("GET", "/v1/messages", roles=READERS, query=ListQuery, gives=MessagesOut)
def list_messages(act: Act, query: dict[str, Any]) -> Any:
    """What people were told, newest first: of a claim, or of the office."""
    channel = query.get("channel")
    found = _page(act, query, Channel(channel) if channel else None)
    for item in found["items"]:
        for extra in ("documents", "prints", "next"):
            item.pop(extra, None)
    return found


@doors.api("GET", "/v1/messages/<uuid:message_id>", roles=READERS, gives=MessageOut)
def one_message(act: Act, message_id: UUID) -> Any:
    """One message and where it stands."""
    row = store.find(act.connection, Scope.of(act.actor), str(message_id))
    if row is None:
        raise not_found()
    viewed(row.person_id)
    told = shown(row)
    return Answer({k: v for k, v in told.items() if k not in ("documents", "prints", "next")}, headers=etag(row))


@doors.api("GET", "/v1/letters", roles=READERS, query=ListQuery, gives=LettersOut)
def list_letters(act: Act, query: dict[str, Any]) -> Any:
    """Letters with their documents and what may be done next, newest first."""
    return _page(act, query, Channel.LETTER)


@doors.api("GET", "/v1/letters/<uuid:letter_id>", roles=READERS, query=LetterQuery, problems=(409,))
def letter_pdf(act: Act, letter_id: UUID, query: dict[str, Any]) -> Any:
    """The letter as PDF, for staff without the worker's code; with copy=yes each page is marked as a copy."""
    row, document, content = letters.content(
        act,
        Scope.of(act.actor),
        str(letter_id),
        language=query.get("language"),
        copy=query["copy"] == "yes",
        with_code=act.actor.kind == "worker",
    )
    viewed(row.person_id)
    headers = etag(row) | {
        "Content-Language": document.language,
        "Content-Disposition": f'inline; filename="letter-{row.claim_number}-{document.language}.pdf"',
        "X-Letter-SHA256": document.sha256,
    }
    return Answer(content, content_type="application/pdf", headers=headers)


@doors.api("GET", "/v1/letters/<uuid:letter_id>/state", roles=READERS, gives=LetterOut)
def letter_state(act: Act, letter_id: UUID) -> Any:
    """Where a letter stands, with its ETag."""
    row = store.find(act.connection, Scope.of(act.actor), str(letter_id), Channel.LETTER)
    if row is None:
        raise not_found()
    viewed(row.person_id)
    return Answer(shown(row), headers=etag(row))


@doors.api(
    "POST",
    "/v1/letters/<uuid:letter_id>/states",
    roles=HANDS,
    takes=StateIn,
    gives=LetterOut,
    status=201,
    conditional=True,
)
def set_letter_state(act: Act, letter_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """A person says that a letter was printed, posted, handed over, or came back."""
    row = letters.set_state(act, Scope.of(act.actor), str(letter_id), body["state"], if_match)
    viewed(row.person_id)
    return Answer(shown(row), headers=etag(row))


@doors.api("POST", "/v1/letters/<uuid:letter_id>/writings", roles=HANDS, gives=LetterOut, status=202, problems=(409,))
def write_letter_again(act: Act, letter_id: UUID) -> Any:
    """Ask that a letter which could not be written be tried again now; it is tried again each day anyway."""
    row = letters.write_again(act, Scope.of(act.actor), str(letter_id))
    viewed(row.person_id)
    return Answer(shown(row), headers={"Location": f"/v1/letters/{letter_id}/state"} | etag(row))


@doors.api(
    "POST",
    "/v1/letters/<uuid:letter_id>/translations",
    roles=HANDS,
    takes=TranslationIn,
    gives=LetterOut,
    status=202,
)
def ask_translation(act: Act, letter_id: UUID, body: dict[str, Any]) -> Any:
    """Ask for a translation of a letter; it is there when `documents` names its language."""
    row = letters.ask_translation(act, Scope.of(act.actor), str(letter_id), body["language"])
    viewed(row.person_id)
    return Answer(shown(row), headers={"Location": f"/v1/letters/{letter_id}?language={body['language']}"} | etag(row))


# --- what is kept about a person ----------------------------------------------------------------


@doors.api("GET", "/v1/messages/kept-about/<uuid:person_id>", roles=("service:benefits",))
def kept_about(act: Act, person_id: UUID) -> Any:
    """All that notifications keep about a person, with her letters, for the copy that she asked for."""
    return facts.given("kept", kept.everything(act.connection, str(person_id)))
