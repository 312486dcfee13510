"""Another phone or account, asked for by the person herself on her page.

Whoever holds her letter could ask for it too. So a code goes to the phone that is known now, and what she asked for
takes effect only after some days, in which that phone has been told what is coming and it can be stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.phone_code import GOOD_FOR, MOST_TRIES


class What(StrEnum):
    PHONE = "phone"
    PAYEE = "payee"


class OwnChangeState(StrEnum):
    """Her code is awaited; it waits for its day; then it is done, or was stopped. One never confirmed is dropped."""

    ASKED = "asked"
    WAITS = "waits"
    DONE = "done"
    STOPPED = "stopped"
    DROPPED = "dropped"


OPEN = (OwnChangeState.ASKED, OwnChangeState.WAITS)


class OwnChangeRefused(ValueError):
    """It cannot be asked for, confirmed or stopped now: `no_phone`, `phone_too_new`, `asked_too_often`, `one_waits`,
    `not_possible`, `none_open`, `too_many_tries`, `required`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class OwnChange:
    """What she asked for (`said`), which account it would replace, and how it went on."""

    id: str
    claim_id: ClaimId
    person_id: PersonId
    what: What
    said: Mapping[str, str]
    payee_id: str | None
    state: OwnChangeState
    asked_at: datetime
    asked_on: date
    tries: int = 0
    due_on: date | None = None
    ended_by: str | None = None
    ended_name: str | None = None
    ended_on: date | None = None
    why: str | None = None

    @property
    def purpose(self) -> str:
        """What the digits of its code are worked out from; they are kept nowhere."""
        return f"own change:{self.id}"

    @property
    def ending(self) -> str:
        """The last digits of what is to come, by which she knows it."""
        return self.said["phone" if self.what is What.PHONE else "number"][-4:]

    @property
    def waits(self) -> bool:
        return self.state is OwnChangeState.WAITS

    def awaits_code(self, now: datetime) -> bool:
        """Whether its code may still be typed."""
        return self.state is OwnChangeState.ASKED and now < self.asked_at + GOOD_FOR and self.tries < MOST_TRIES


def answered(change: OwnChange, *, right: bool, now: datetime, today: date, wait_days: int) -> OwnChange:
    """The change after a code was typed: right, it waits for its day. Raises `OwnChangeRefused`."""
    if change.state is OwnChangeState.ASKED and change.tries >= MOST_TRIES:
        raise OwnChangeRefused("too_many_tries")
    if not change.awaits_code(now):
        raise OwnChangeRefused("none_open")
    if not right:
        return replace(change, tries=change.tries + 1)
    return replace(change, state=OwnChangeState.WAITS, due_on=today + timedelta(days=wait_days))


def ended(
    change: OwnChange, state: OwnChangeState, *, by: str, name: str, today: date, why: str | None = None
) -> OwnChange:
    """The change once nothing more comes of it. Raises `OwnChangeRefused`."""
    if change.state not in OPEN:
        raise OwnChangeRefused("none_open")
    return replace(change, state=state, ended_by=by, ended_name=name, ended_on=today, why=why)
