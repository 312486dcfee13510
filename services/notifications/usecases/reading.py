"""Who may look, and where in a long list somebody is."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

#: Who may read what somebody was told, and her letters.
READERS = ("clerk", "officer", "supervisor", "payment_officer", "auditor", "worker")
#: Who prints, posts and hands over.
HANDS = ("clerk", "officer", "supervisor")


class NoSuchPlace(ValueError):
    """A cursor that we did not give."""


def cursor(row: Any) -> str:
    """Where a list goes on after this message."""
    place_ = orjson.dumps([row.created_at.astimezone(UTC).isoformat(), row.id])
    return base64.urlsafe_b64encode(place_).decode().rstrip("=")


def place(text: str | None) -> tuple[datetime, str] | None:
    """The place a cursor names. Raises `NoSuchPlace`."""
    if not text:
        return None
    try:
        at, ident = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return datetime.fromisoformat(at), str(UUID(ident))
    except (ValueError, TypeError, AttributeError):
        raise NoSuchPlace from None
