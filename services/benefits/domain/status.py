"""What a day of a spell is: one status, however many reasons."""

from __future__ import annotations

import enum


class Status(enum.StrEnum):
    """The status of a day. Its value is the letter of timelines, letters and pages; of several that apply, the one
    with the highest `precedence` stands."""

    PAID = "P", 0, "paid"
    HOLIDAY = "H", 1, "holiday"
    WEEKLY_REST = "R", 1, "weekly rest"
    WAITING = "W", 2, "waiting"
    EMPLOYER = "E", 3, "employer pays"
    EXHAUSTED = "X", 4, "exhausted"
    NOT_PAID = "N", 5, "not paid"

    precedence: int
    words: str

    def __new__(cls, letter: str, precedence: int = 0, words: str = "") -> Status:
        status = str.__new__(cls, letter)
        status._value_ = letter
        status.precedence, status.words = precedence, words
        return status
