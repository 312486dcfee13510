"""A decision beside the ledger: every part of a difference has its reason, and the parts come to the difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.evidence.settled import REASONS, Granted, Ledger, Money, compare, text

#: An award of 300 in its second version, of which nothing is kept back; and its money, all of it there.
GRANTED = Granted("a", 2, True, 300, 300, 0, 0, 0, 0)
MONEY = Money("a", 2, False, 300, 300, 0, 300, 0, {}, 0)


@pytest.mark.parametrize(
    ("granted", "money", "reasons"),
    [
        pytest.param({}, {}, {}, id="to the unit"),
        pytest.param({}, {"arrived": 200, "settled": 200, "waiting": {"not_due": 100}}, {"not_due": 100}, id="not due"),
        pytest.param({}, {"arrived": 200, "settled": 200, "on_the_way": 100}, {"on_the_way": 100}, id="on the way"),
        pytest.param(
            {},
            {"arrived": 0, "settled": 0, "waiting": {"held": 200, "refused": 100}},
            {"held": 200, "refused": 100},
            id="held, and refused by the bank",
        ),
        pytest.param(
            {"payable": 200, "suspended": 100},
            {"scheduled": 200, "arrived": 200, "settled": 200},
            {"suspended": 100},
            id="suspended",
        ),
        pytest.param(
            {"payable": 280, "kept_back": 20},
            {"scheduled": 280, "arrived": 120, "settled": 120, "waiting": {"not_due": 180}},
            {"not_due": 180},
            id="kept back of later instalments what an earlier one paid too much",
        ),
        pytest.param(
            {"payable": 280, "kept_back": 20},
            {"scheduled": 280, "arrived": 280, "settled": 280},
            {"kept_back": 20},
            id="kept back although nothing was too much",
        ),
        pytest.param({}, {"arrived": 320, "settled": 320}, {"too_much": -20}, id="a later version decided less"),
        pytest.param({"let_go": 20}, {"arrived": 350, "settled": 350}, {"let_go": -20, "too_much": -30}, id="let go"),
        pytest.param({}, {"arrived": 320, "settled": 320, "set_off": 20}, {"set_off": -20}, id="out of another claim"),
        pytest.param(
            {"running": False},
            {"ended": True, "arrived": 200, "settled": 200},
            {"ended": 100},
            id="she died before the last of it",
        ),
        pytest.param(
            {"running": False},
            {"ended": True, "arrived": 330, "settled": 330},
            {"too_much": -30},
            id="ended, and more was paid",
        ),
        pytest.param(
            {},
            {"version": 1, "scheduled": 200, "arrived": 200, "settled": 200},
            {"not_told": 100},
            id="payments have not heard of the second version",
        ),
        pytest.param({}, {"scheduled": 200, "arrived": 200, "settled": 200}, {"unknown": 100}, id="heard, and other"),
        pytest.param({}, {"arrived": 293}, {"unknown": 7}, id="the ledger and the orders differ"),
        pytest.param(
            {"total": 250, "payable": 250},
            {"scheduled": 250, "arrived": 250, "settled": 250},
            {"unknown": 50},
            id="another amount was granted than decided",
        ),
        pytest.param({}, {"arrived": 200, "settled": 200}, {"answer": 100}, id="waits for the bank's answer"),
    ],
)
def test_every_part_of_a_difference_has_its_reason(
    granted: dict[str, Any], money: dict[str, Any], reasons: dict[str, int]
) -> None:
    found = compare(300, replace(GRANTED, **granted), replace(MONEY, **money))
    assert found.reasons == reasons
    assert sum(found.reasons.values()) == found.decided - found.arrived


def test_a_decision_that_granted_nothing_needs_no_money() -> None:
    assert compare(0, None, None).reasons == {}
    assert compare(300, None, None).reasons == {"unknown": 300}
    assert compare(300, GRANTED, None).reasons == {"not_told": 300}


minor = st.integers(0, 10**12)


@given(st.tuples(minor, *[minor] * 6), st.tuples(*[minor] * 7), st.booleans(), st.booleans(), st.integers(1, 3))
def test_the_parts_come_to_the_difference_whatever_payments_say(
    ours: tuple[int, ...], theirs: tuple[int, ...], running: bool, ended: bool, version: int
) -> None:
    decided, *rest = ours
    scheduled, arrived, employers, settled, moving, waiting, set_off = theirs
    money = Money("a", version, ended, scheduled, arrived, employers, settled, moving, {"held": waiting}, set_off)
    found = compare(decided, Granted("a", 2, running, *rest), money)
    assert sum(found.reasons.values()) == decided - arrived
    assert set(found.reasons) <= set(REASONS)


def test_sums_by_benefit_and_month_say_what_went_to_employers() -> None:
    ledger = Ledger()
    ledger.add("d1", "sickness", "2025-03", compare(300, GRANTED, replace(MONEY, to_employers=120)))
    ledger.add("d2", "birth", "2025-04", compare(300, GRANTED, replace(MONEY, arrived=290, settled=290, on_the_way=10)))
    assert (ledger.whole.decisions, ledger.whole.equal) == (2, 1)
    assert (ledger.by_benefit["sickness"].to_employers, ledger.by_month["2025-04"].arrived) == (120, 290)
    said = "\n".join(text(ledger))
    assert "2 decisions, 1 arrived to the unit" in said
    assert "d2: decided 300, arrived 290: released or sent, and not yet on a statement 10" in said
