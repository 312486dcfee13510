"""What comes from outside, read by one hand: amounts, days, numbers of people and accounts, names, sheets.

Each reader understands a text or refuses it with a code that has a sentence; none of them guesses in silence.
"""

from __future__ import annotations

from typing import Any


class NotRead(ValueError):
    """A text that cannot be taken as it stands; `code` says why, `params` what belongs into its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params
