"""After a restore: numbers that others have seen are not given to other claims."""

from __future__ import annotations

from sqlalchemy import select

from services.benefits import store
from shared import restored
from shared.act import Act
from shared.tables import outbox


def skip_numbers(act: Act) -> None:
    """Claims of a year are numbered on from the highest number that forgotten events name."""
    number = outbox.c.body["data"]["claim_number"].astext
    found_at = restored.current(act.connection).found_at
    numbers = act.connection.scalars(
        select(number).where(outbox.c.regained_at >= found_at, number.is_not(None)).distinct()
    )
    last: dict[int, int] = {}
    for text in numbers:
        year, serial = 2000 + int(text[:2]), int(text[2:10])
        last[year] = max(last.get(year, 0), serial)
    for year, serial in last.items():
        store.claims.number_from(act, year, serial)
