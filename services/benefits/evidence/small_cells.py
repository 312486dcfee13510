"""What is not shown, because it would tell of few persons."""

from __future__ import annotations

from typing import Any

#: A cell rests on at least so many persons of the file, or it is not shown.
FEWEST = 10


def hidden_together(rows: list[dict[str, Any]], sides: tuple[str, ...]) -> list[dict[str, Any]]:
    """Hide a second cell where one alone is hidden, for the sum of the others would tell it."""
    for side in sides:
        hidden = [row for row in rows if row[side] is None]
        shown = [row for row in rows if row[side] is not None and row[side]["rows"]]
        if len(hidden) == 1 and shown:
            min(shown, key=lambda row: row[side]["rows"])[side] = None
    return rows
