"""What a file was answered, row by row, as the stories of files read it."""

from __future__ import annotations

from typing import Any

from services.benefits.views.file_words import ROW_REASONS
from tests.there import there


def told(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 201, answer.json
    items = there(answer.json)["items"]
    for a in items:
        assert a["code"] is None or a["code"] in ROW_REASONS, a["code"]
    return [(a["row"], a["outcome"], a["code"], a["at"]) for a in items]


def one(answer: Any) -> tuple[Any, ...]:
    (row,) = told(answer)
    return row[1:3]
