"""Writing, printing, posting and handing over letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.notifications import composing, money_letters, store
from services.notifications.domain.message import BY_HAND, Channel, MessageState, MoveNotAllowed
from services.notifications.gateways.benefits import Benefits, FactsAway, NoFacts
from services.notifications.store import Scope
from services.notifications.usecases.receipts import tell
from services.notifications.usecases.sending import patience
from shared import jobs, messaging
from shared.act import Act
from shared.jobs import JobRun, Later
from shared.logs import log

#: States of a letter that is owed and not written.
_TO_BE_WRITTEN = (MessageState.CREATED, MessageState.TECHNICAL_FAILURE)


class NoSuchLetter(LookupError):
    """No such letter within what the asker may see."""


class SeenAnOldOne(Exception):
    """The letter has moved since the asker saw it."""


#: How long who prints a letter may fetch the paper with the code on it.
HANDLING = timedelta(minutes=30)


class NotWrittenYet(Exception):
    """The letter is owed but not written; `waits` says for what."""

    def __init__(self, waits: str) -> None:
        super().__init__(waits)
        self.waits = waits


def write(run: JobRun, benefits: Benefits, public_url: str) -> Later | None:
    """Write a letter in the person's language; safe to repeat. One that cannot be written is tried again each day."""
    with run.begin() as act:
        row = store.read(act.connection, run.key)
        if row is None or row.state not in _TO_BE_WRITTEN:
            return None
    try:
        composed = _compose(row, benefits, public_url, None, None)
        also = composing.second_language(composed.language)
        if also is not None:
            composed = replace(composed, beside=_compose(row, benefits, public_url, also, composed.language))
    except FactsAway:
        return Later(patience(row.created_at, run.clock.now()), reason="benefits_away")
    except NoFacts:
        return _failed(run, row.id, "no_facts")
    content, masked = composed.pdf(), composed.masked()
    pages = composing.pages_of(content)
    with run.begin() as act:
        row = store.lock(act.connection, row.id)
        if row.state not in _TO_BE_WRITTEN:
            return None
        store.put_document(
            act, row.id, composed.language, content, pages, composed.version, original=True, masked=masked
        )
        row = store.move(act, row, MessageState.RENDERED, language=composed.language, template_version=composed.version)
        data = {
            "letter_id": row.id,
            "claim_id": row.claim_id,
            "person_id": row.person_id,
            "template": row.template,
            "language": composed.language,
        }
        if row.decision_id is not None:
            data["decision_id"] = row.decision_id
        messaging.post(
            act.about(row.claim_id),
            "notifications.letter.ready",
            subject=row.id,
            person=row.person_id,
            data=data,
        )
    return None


def _compose(
    row: Any, benefits: Benefits, public_url: str, language: str | None, original: str | None
) -> composing.Composed:
    contact = benefits.contact(row.person_id)
    wanted = language or contact.get("language")
    match row.template:
        case "decision_letter":
            facts = benefits.decision(row.decision_id)
            return composing.decision_letter(
                contact,
                facts,
                public_url,
                language=language or facts.get("language") or wanted,
                original=original,
            )
        case "acknowledgement_letter":
            facts = benefits.claim(row.claim_id)
            return composing.acknowledgement_letter(contact, facts, public_url, language=wanted, original=original)
        case "recovery_letter":
            facts = benefits.recovery(row.facts["recovery_id"])
            return money_letters.recovery_letter(contact, facts, public_url, language=wanted, original=original)
        case "objection_letter":
            facts = benefits.recovery(row.facts["recovery_id"])
            return money_letters.objection_letter(contact, facts, public_url, language=wanted, original=original)
        case "suspension_letter" | "suspension_end_letter":
            facts = benefits.suspension(row.facts["suspension_id"])
            write = money_letters.suspension_letter if row.template == "suspension_letter" else money_letters.going_on
            return write(contact, facts, public_url, language=wanted, original=original)
        case "annulment_letter" | "annulment_end_letter":
            facts = benefits.annulment(row.facts["annulment_id"])
            first = row.template == "annulment_letter"
            write = money_letters.annulment_letter if first else money_letters.annulment_end
            return write(contact, facts, public_url, language=wanted, original=original)
        case _:
            facts = benefits.claim(row.claim_id)
            return money_letters.overpayment_letter(
                contact, facts, public_url, owed=row.facts, language=wanted, original=original
            )


def _failed(run: JobRun, message_id: str, reason: str) -> Later:
    """A letter that cannot be written is an alarm, never silence; it stays owed, and what is in its way may be mended
    by somebody who does not know of it."""
    with run.begin() as act:
        row = store.lock(act.connection, message_id)
        if row.state == MessageState.CREATED:
            row = store.move(act, row, MessageState.TECHNICAL_FAILURE, reason)
            tell(act, row, "notifications.message.failed", reason=reason)
    log.error("letter_not_written", message=message_id, reason=reason)
    return Later(on=run.clock.today() + timedelta(days=1), reason=reason)


def write_again(act: Act, scope: Scope, letter_id: str) -> Any:
    """A person has mended what was in a letter's way: it is written now. Raises `NoSuchLetter`, `MoveNotAllowed`."""
    row = _letter(act, scope, letter_id)
    if row.state != MessageState.TECHNICAL_FAILURE:
        raise MoveNotAllowed(MessageState(row.state), MessageState.RENDERED)
    jobs.hurry_job(act, "write_letter", letter_id)
    return row


# --- translations -----------------------------------------------------------------------------------


def ask_translation(act: Act, scope: Scope, letter_id: str, language: str) -> Any:
    """Ask for the letter in another language; it is made beside, and marked as a translation."""
    row = _letter(act, scope, letter_id)
    if row.state == MessageState.CREATED:
        raise NotWrittenYet(row.waits or "")
    if store.document(act.connection, letter_id, language) is None:
        jobs.post_job(
            act.about(row.claim_id),
            "translate_letter",
            f"{letter_id}/{language}",
            {"letter_id": letter_id, "language": language},
        )
    return row


def translate(run: JobRun, benefits: Benefits, public_url: str) -> Later | None:
    """Write a letter once more in another language."""
    letter_id, language = run.payload["letter_id"], run.payload["language"]
    with run.begin() as act:
        row = store.read(act.connection, letter_id)
        if row is None or store.document(act.connection, letter_id, language) is not None:
            return None
    try:
        composed = _compose(row, benefits, public_url, language, row.language)
    except FactsAway:
        return Later(timedelta(seconds=5), reason="benefits_away")
    content, masked = composed.pdf(), composed.masked()
    pages = composing.pages_of(content)
    with run.begin() as act:
        store.put_document(act, letter_id, language, content, pages, composed.version, original=False, masked=masked)
    return None


# --- by hand ----------------------------------------------------------------------------------------


def _letter(act: Act, scope: Scope, letter_id: str) -> Any:
    row = store.find(act.connection, scope, letter_id, Channel.LETTER)
    if row is None:
        raise NoSuchLetter(letter_id)
    return row


def set_state(act: Act, scope: Scope, letter_id: str, word: str, seen: int) -> Any:
    """A person says that a letter was printed, posted, handed over or came back.

    Raises `NoSuchLetter`, `SeenAnOldOne`, `MoveNotAllowed`.
    """
    _letter(act, scope, letter_id)
    row = store.lock(act.connection, letter_id)
    if row.version != seen:
        raise SeenAnOldOne(letter_id)
    to = BY_HAND[word]
    row = store.move(act, row, to)
    if to is MessageState.PRINTED:
        store.note_print(act, letter_id, row.language)
    if to is MessageState.RETURNED_LETTER:
        messaging.post(
            act.about(row.claim_id),
            "notifications.letter.returned",
            subject=row.id,
            person=row.person_id,
            data={"letter_id": row.id, "claim_id": row.claim_id, "person_id": row.person_id},
        )
    return _letter(act, scope, letter_id)


def print_letter(act: Act, scope: Scope, letter_id: str, language: str | None = None) -> int:
    """A person prints a letter; the first print is the letter, every later one a copy. Answers which print it is."""
    _letter(act, scope, letter_id)
    row = store.lock(act.connection, letter_id)
    if row.state == MessageState.CREATED:
        raise NotWrittenYet("")
    document = store.document(act.connection, letter_id, language)
    if document is None:
        raise NoSuchLetter(letter_id)
    if row.state == MessageState.RENDERED and document.is_original:
        store.move(act, row, MessageState.PRINTED)
    return store.note_print(act, letter_id, document.language)


def own_print(act: Act, printed: Any) -> bool:
    """Whether this is the paper that somebody is printing now: only then do staff get the worker's code in hand."""
    return bool(printed.by == act.actor.id and act.now - printed.at < HANDLING)


def content(
    act: Act, scope: Scope, letter_id: str, *, language: str | None, copy: bool, with_code: bool
) -> tuple[Any, Any, bytes]:
    """A letter's row, its document and the bytes to show, with the code of her page only where the reader is she or
    prints her letter. Raises `NoSuchLetter`, `NotWrittenYet`."""
    row = _letter(act, scope, letter_id)
    document = store.document(act.connection, letter_id, language)
    if document is None:
        if row.state == MessageState.CREATED:
            raise NotWrittenYet(row.waits or "")
        raise NoSuchLetter(letter_id)
    shown = bytes(document.content if with_code or document.masked is None else document.masked)
    if not copy:
        return row, document, shown
    from shared.web import formatting

    note = formatting.plain_date(act.today, document.language, "medium")
    return row, document, composing.marked_as_copy(shown, document.language, note)
