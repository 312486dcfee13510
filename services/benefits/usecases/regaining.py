"""After a restore: numbers that others have seen are not given to other claims, and names that were erased go again."""

from __future__ import annotations

from sqlalchemy import select

from services.benefits import store
from services.benefits.domain.ids import PersonId
from services.benefits.usecases import erasures
from shared import restored
from shared.act import Act
from shared.tables import outbox


def regained(act: Act) -> None:
    """What follows from own events that others told us of."""
    skip_numbers(act)
    erase_again(act)


def erase_again(act: Act) -> None:
    """Whoever asked that her name be erased is not named again because a backup still knew it."""
    about = outbox.c.body["data"]["person_id"].astext
    found_at = restored.current(act.connection).found_at
    told = select(about).where(outbox.c.regained_at >= found_at, outbox.c.type == "benefits.person.erased").distinct()
    for person_id in act.connection.scalars(told).all():
        erasures.erase_again(act, PersonId(person_id))


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
