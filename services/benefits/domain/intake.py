"""What a counter takes in while its line is down: an item with an id and a receipt, which becomes a draft once."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.benefits.domain.ids import ClaimId, OfficeId

#: The digits of a receipt: none that is taken for another when it is read aloud (Crockford's base 32).
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


class IntakeState(enum.StrEnum):
    """Taken: a draft was opened. Fault: a person must look. Settled: she did, and a draft was opened. Discarded: she
    said why there is nothing to open."""

    TAKEN = "taken"
    FAULT = "fault"
    SETTLED = "settled"
    DISCARDED = "discarded"


class IntakeOver(ValueError):
    """Somebody has dealt with the item already."""


@dataclass(frozen=True, slots=True)
class Intake:
    """An item as it arrived. `typed` is what was typed, by field, while somebody must look at it; `fault` says why (a
    code)."""

    id: str
    receipt: str
    office_id: OfficeId
    state: IntakeState
    fault: str | None
    typed: Mapping[str, str] | None
    sent_by: str
    sent_name: str
    arrived_at: datetime
    arrived_on: date
    #: Who typed it, where that is not who sent it.
    taken_by: str | None = None
    taken_name: str | None = None
    claim_id: ClaimId | None = None
    ended_by: str | None = None
    ended_name: str | None = None
    ended_on: date | None = None
    why: str | None = None


def receipt_of(id_: str) -> str:
    """The number on the slip that the counter gave: eight digits and letters of the item's id, in two groups. The
    browser works it out the same way, without a line (static/intake.js)."""
    bits = UUID(id_).int >> (128 - 5 * LENGTH)
    found = "".join(DIGITS[(bits >> 5 * (LENGTH - 1 - n)) & 31] for n in range(LENGTH))
    return f"{found[:4]}-{found[4:]}"


def read_receipt(text: str) -> str | None:
    """A receipt as it is kept, however it was typed; none where it is none."""
    plain = "".join(c for c in text.upper() if c.isalnum()).replace("O", "0").replace("I", "1").replace("L", "1")
    if len(plain) != LENGTH or any(c not in DIGITS for c in plain):
        return None
    return f"{plain[:4]}-{plain[4:]}"


def settled(item: Intake, claim_id: ClaimId, by: str, name: str, on: date) -> Intake:
    """Somebody has looked, and it became a draft. Raises `IntakeOver`."""
    return _ended(item, IntakeState.SETTLED, by, name, on, claim_id=claim_id)


def discarded(item: Intake, by: str, name: str, on: date, why: str) -> Intake:
    """Somebody has looked and says why there is nothing to open. Raises `IntakeOver`."""
    return _ended(item, IntakeState.DISCARDED, by, name, on, why=why)


def _ended(
    item: Intake,
    state: IntakeState,
    by: str,
    name: str,
    on: date,
    *,
    claim_id: ClaimId | None = None,
    why: str | None = None,
) -> Intake:
    if item.state is not IntakeState.FAULT:
        raise IntakeOver(item.state)
    ended = replace(item, state=state, fault=None, typed=None, claim_id=claim_id)
    return replace(ended, ended_by=by, ended_name=name, ended_on=on, why=why)
