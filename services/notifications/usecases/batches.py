"""Printing all letters of an office that are not printed yet: one paper with a cover sheet, noted letter by letter."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from services.notifications import composing, store
from services.notifications import letters as paper
from services.notifications.domain.message import MessageState
from services.notifications.letters import labels
from services.notifications.store import Scope
from services.notifications.usecases.letters import HANDLING
from shared.act import Act, sees
from shared.ids import uuid7
from shared.web import formatting
from shared.web.texts import LANGUAGES, say

#: Letters of one batch at most; who has more prints another.
MOST = 200


class NothingToPrint(Exception):
    """Every letter of the office is printed."""


class NoSuchBatch(LookupError):
    """No such batch within what the asker may see."""


def make(act: Act, scope: Scope, language: str) -> str:
    """Mark the office's letters that wait for the printer as printed, and keep them as a batch; answers its id.

    Who asks once more, with nothing new to print, gets the batch she has just made. Raises `NothingToPrint`.
    """
    store.hold_batches(act.connection, scope.office or "")
    rows = store.to_print(act.connection, scope, MOST)
    if not rows:
        last = store.last_batch(act.connection, scope.office or "", act.actor.id)
        if last is not None and act.now - last.at < HANDLING:
            return str(last.id)
        raise NothingToPrint
    batch = uuid7(act.now, os.urandom)
    store.put_batch(act, batch, scope.office or "", language, [row.id for row in rows])
    for row in rows:
        store.move(act, row, MessageState.PRINTED)
        store.note_print(act, row.id, row.language)
    return batch


def batch_of(act: Act, batch_id: str) -> tuple[Any, Sequence[Any]]:
    """A batch and its letters. Raises `NoSuchBatch`."""
    batch = store.batch(act.connection, batch_id)
    if batch is None or not sees(act.actor.office or " ", batch.office_id):
        raise NoSuchBatch(batch_id)
    return batch, store.letters_of_batch(act.connection, batch_id)


def in_hand(act: Act, batch: Any) -> bool:
    """Whether this is the paper that somebody is printing now; later the letters are copies, without the codes."""
    return bool(batch.by == act.actor.id and act.now - batch.at < HANDLING)


def pdf(act: Act, batch_id: str, titles: Callable[[str], str]) -> tuple[Any, Sequence[Any], bytes]:
    """The cover sheet and the letters as one file. Raises `NoSuchBatch`."""
    batch, rows = batch_of(act, batch_id)
    own, sheets, lines = in_hand(act, batch), [], []
    language = batch.language if batch.language in LANGUAGES else "en"
    pages = 0
    for row in rows:
        found = store.document(act.connection, row.id)
        pages += found.pages if found is not None else 0
        lines.append(_line(row, found, language, titles))
        if found is None:
            continue
        content = bytes(found.content if own or found.masked is None else found.masked)
        note = formatting.plain_date(act.today, found.language, "medium")
        sheets.append(content if own else composing.marked_as_copy(content, found.language, note))
    cover = paper.Cover(
        language=language,
        batch=str(batch.id),
        day=formatting.plain_date(batch.on_day, language, "long"),
        office=batch.office_name,
        by=batch.by_name,
        letters=formatting.number(batch.letters, language),
        pages=formatting.number(pages, language),
        lines=tuple(lines),
    )
    drawn = paper.render_cover(cover, lambda message: say(language, message))
    return batch, rows, paper.behind(drawn, sheets)


def _line(row: Any, document: Any, language: str, titles: Callable[[str], str]) -> paper.CoverLine:
    spoken = LANGUAGES.get(row.language or "", "")
    return paper.CoverLine(
        formatting.number(row.no, language),
        row.claim_number,
        say(language, titles(row.template)),
        spoken if document is not None else say(language, labels.BATCH_GONE),
        formatting.number(document.pages, language) if document is not None else "–",
    )
