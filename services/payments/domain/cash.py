"""Cash at the counter: what a voucher may go through, and what a count of a box comes to.

A voucher waits until its payee comes with its one-time code. One officer looks at code and proof (`proved`), another
looks at the person and hands the money over. Whoever does not come in time leaves it to the fund (`expired`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class VoucherState(enum.StrEnum):
    WAITING = "waiting"
    PROVED = "proved"
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"


#: Its money is still with the fund and may be collected.
LIVE = (VoucherState.WAITING, VoucherState.PROVED)

MOVES: Mapping[VoucherState, frozenset[VoucherState]] = {
    VoucherState.WAITING: frozenset({VoucherState.PROVED, VoucherState.EXPIRED}),
    VoucherState.PROVED: frozenset({VoucherState.WAITING, VoucherState.HANDED_OVER, VoucherState.EXPIRED}),
    VoucherState.HANDED_OVER: frozenset(),
    VoucherState.EXPIRED: frozenset(),
}

#: What a payee may show; the number of it is kept with the voucher.
PROOFS = ("identity_card", "passport", "family_book", "social_security_card")
#: Wrong codes before a voucher takes no more of them, until a new code is sent.
MOST_TRIES = 5


class CounterRefused(ValueError):
    """The counter does not do this now; `code` is one of the codes below.

    code_wrong, too_many_tries, voucher_ended, not_proved, second_person_needed, box_not_open, box_of_another_day,
    box_too_small, box_open_already, box_of_today_closed, opening_differs, box_closed, proof_missing,
    difference_without_word.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def move(current: VoucherState, wanted: VoucherState) -> VoucherState:
    """The new state. Raises `CounterRefused` for what is not in `MOVES`."""
    if wanted not in MOVES[current]:
        raise CounterRefused("not_proved" if current is VoucherState.WAITING else "voucher_ended")
    return wanted


def difference(should_minor: int, counted_minor: int) -> int:
    """Minor units by which a box holds more (positive) or less than it should."""
    return counted_minor - should_minor
