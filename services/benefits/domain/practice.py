"""Terms that no law names and every office needs: how long something waits, how far apart two things must lie.

Each is the institution's choice (`practice` in institution.yaml). They stand here together, with what they decide, so
that one list can be read, changed and documented (`docs/operations/practice.md`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields


def _term(default: int, means: str) -> int:
    term: int = field(default=default, metadata={"means": means})
    return term


#: Ten years: whatever is longer is no term of daily work, but a slip of the pen.
LONGEST = 3650


@dataclass(frozen=True, slots=True)
class Practice:
    """Whole days, or months where the name says so; each is counted from 0 upwards. Raises `ValueError`."""

    births_apart_days: int = _term(
        200, "Births of one mother that are nearer to each other than this are one birth reported twice."
    )
    notices_apart_months: int = _term(
        7, "An employer's notice of a birth nearer than this to another birth is a doubt, and asks her why."
    )
    leave_before_birth_days: int = _term(
        300, "A leave that begins longer than this before the expected birth is a slip, and is refused."
    )
    leave_after_birth_days: int = _term(
        60, "A maternity leave that begins longer than this after the expected birth is a slip, and is refused."
    )
    leave_moved_days: int = _term(
        60, "A birth leave notified ahead and one on a later list are the same leave while they begin this near."
    )
    month_back_months: int = _term(24, "A monthly list names a month that has come, and at most this long ago.")
    own_change_patience_days: int = _term(
        14, "Another phone or account that she asked for waits this long, after its day, for the message to arrive."
    )
    bank_days: int = _term(4, "A payment that has left may take a bank this long, weekends included, to bring it.")
    certificate_ahead_days: int = _term(2, "She is told what to do this long before her last certificate ends.")
    repay_grace_days: int = _term(3, "A part that is paid back is late this long after its day and no sooner.")
    copy_ready_days: int = _term(7, "A copy of all that is kept about a person lies ready this long.")
    task_rest_days: int = _term(60, "A claim is laid aside for at most this long at one time.")

    def __post_init__(self) -> None:
        for one in fields(self):
            said = getattr(self, one.name)
            if type(said) is not int or not 0 <= said <= LONGEST:
                raise ValueError(f"practice.{one.name} must be a whole number from 0 to {LONGEST}")


def means() -> dict[str, str]:
    """What each term decides, by its name."""
    return {one.name: one.metadata["means"] for one in fields(Practice)}
