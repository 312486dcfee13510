"""What comes from outside, read by one hand: amounts, days, numbers of people and accounts, names, sheets.

Each reader understands a text or refuses it with a code that has a sentence; none of them guesses in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class NotRead(ValueError):
    """A text that cannot be taken as it stands; `code` says why, `params` what belongs into its sentence, `field` where
    it stood, for who asked for several things at once."""

    def __init__(self, code: str, *, field: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.params, self.field = code, params, field


@contextmanager
def at(field: str) -> Iterator[None]:
    """What is not read within belongs to this field."""
    try:
        yield
    except NotRead as wrong:
        wrong.field = wrong.field or field
        raise
