"""The pages of standards that were made ahead: one a day and language, as long as law and measure stay the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from shared.act import Act


def page(act: Act, on: date, language: str, revision: str) -> dict[str, Any] | None:
    """The page of a day, made of this revision; none where there is none."""
    c = t.kept_report.c
    query = select(c.page).where(c.on == on, c.language == language, c.revision == revision)
    found: dict[str, Any] | None = act.connection.scalar(query)
    return found


def keep(act: Act, on: date, language: str, revision: str, made: dict[str, Any]) -> None:
    """Keep the page of a day, and forget those of days before the day that is."""
    act.connection.execute(delete(t.kept_report).where(t.kept_report.c.on < act.today))
    values = {"on": on, "language": language, "revision": revision, "page": made}
    put = upsert(t.kept_report).values(**values)
    act.connection.execute(put.on_conflict_do_update(index_elements=["on", "language"], set_=values))
