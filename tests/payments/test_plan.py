"""What is still to be paid, and that it is never paid twice, whatever happened in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.payments.domain.order import (
    IN_FLIGHT,
    LIVE,
    MOVED,
    UNSENT,
    AnnouncedInstalment,
    Key,
    Order,
    OrderState,
    move,
)
from services.payments.domain.plan import Plan, Schedule, beyond, past_at_arrival, plan, share_out
from shared.money import Money

DAY = date(2025, 5, 1)
HOLDS = {"AC04": "account_refused", "NRCV": None}


def part(no: int, minor: int, due: int = 0, component: str = "sickness") -> AnnouncedInstalment:
    return AnnouncedInstalment(no, component, DAY + timedelta(days=due), minor, DAY, DAY)


def schedule(
    *parts: AnnouncedInstalment, past: tuple[int, ...] = (), version: int = 1, ended: bool = False
) -> Schedule:
    return Schedule("a", version, "LAK", parts, frozenset(Key("sickness", n) for n in past), ended)


def order(serial: int, no: int, minor: int, state: OrderState, due: int = 0, reason: str | None = None) -> Order:
    return Order(
        f"o{serial}",
        "a",
        Key("sickness", no),
        Money(minor, "LAK"),
        DAY + timedelta(days=due),
        state,
        reason,
        serial,
    )


def opened(result: Plan) -> list[tuple[int, int, str, str | None]]:
    return [(n.key.no, n.amount_minor, n.kind, n.hold) for n in result.open]


def test_a_new_award_opens_one_order_for_each_instalment() -> None:
    result = plan(schedule(part(1, 100), part(2, 200, due=30)), [])
    assert opened(result) == [(1, 100, "instalment", None), (2, 200, "instalment", None)]


def test_the_same_schedule_again_changes_nothing() -> None:
    orders = [order(1, 1, 100, OrderState.SETTLED), order(2, 2, 200, OrderState.PLANNED, due=30)]
    assert plan(schedule(part(1, 100), part(2, 200, due=30)), orders).is_empty


def test_a_raise_for_a_paid_month_pays_the_difference() -> None:
    result = plan(schedule(part(1, 130), part(2, 200, due=30), past=(1,)), [order(1, 1, 100, OrderState.SETTLED)])
    assert opened(result)[0] == (1, 30, "arrears", None)


def test_a_raise_while_the_order_is_with_the_bank_waits_for_its_answer() -> None:
    result = plan(schedule(part(1, 130), past=(1,)), [order(1, 1, 100, OrderState.UNKNOWN)])
    assert result.is_empty
    assert result.waiting == {Key("sickness", 1): 30}


def test_a_cut_for_a_paid_month_takes_nothing_from_later_ones() -> None:
    result = plan(schedule(part(1, 60), part(2, 200, due=30), past=(1,)), [order(1, 1, 100, OrderState.SETTLED)])
    assert opened(result) == [(2, 200, "instalment", None)]


def test_the_same_money_cut_into_other_instalments_is_not_paid_anew() -> None:
    result = plan(
        schedule(part(1, 60), part(2, 40), part(3, 50, due=30), past=(1, 2)),
        [order(1, 1, 100, OrderState.SETTLED)],
    )
    assert opened(result) == [(3, 50, "instalment", None)]


def test_a_changed_amount_cancels_what_was_not_sent() -> None:
    result = plan(schedule(part(1, 80)), [order(1, 1, 100, OrderState.PLANNED)])
    assert result.cancel == ("o1",)
    assert opened(result) == [(1, 80, "instalment", None)]


def test_an_officers_hold_survives_a_changed_amount() -> None:
    result = plan(schedule(part(1, 80)), [order(1, 1, 100, OrderState.HELD, reason="by_officer")])
    assert opened(result) == [(1, 80, "instalment", "by_officer")]


def test_what_came_back_is_planned_again_and_waits_for_another_account() -> None:
    result = plan(
        schedule(part(1, 100), past=(1,)), [order(1, 1, 100, OrderState.RETURNED, reason="AC04")], holds=HOLDS
    )
    assert opened(result) == [(1, 100, "reissue", "account_refused")]
    assert result.open[0].replaces == "o1"


def test_what_the_bank_never_received_goes_again_without_waiting() -> None:
    result = plan(schedule(part(1, 100)), [order(1, 1, 100, OrderState.REJECTED, reason="NRCV")], holds=HOLDS)
    assert opened(result) == [(1, 100, "reissue", None)]


def test_an_unknown_reason_is_held_for_a_look() -> None:
    result = plan(schedule(part(1, 100)), [order(1, 1, 100, OrderState.REJECTED, reason="ZZ99")], holds=HOLDS)
    assert opened(result) == [(1, 100, "reissue", "refused_for_a_look")]


def test_an_ended_award_pays_nothing_more_and_keeps_what_came_back() -> None:
    orders = [
        order(1, 1, 100, OrderState.RETURNED, reason="AC04"),
        order(2, 2, 200, OrderState.HELD, reason="no_account"),
    ]
    result = plan(schedule(part(1, 100), part(2, 200), ended=True), orders)
    assert (result.cancel, result.open, result.kept) == (("o2",), (), ("o1",))


def test_what_she_paid_back_stays_back_while_it_is_not_due_and_goes_out_again_when_it_is() -> None:
    paid = [replace(order(1, 1, 100, OrderState.SETTLED), repaid_minor=40)]
    assert plan(schedule(part(1, 60), past=(1,)), paid).is_empty
    assert opened(plan(schedule(part(1, 100), past=(1,)), paid)) == [(1, 40, "arrears", None)]


def test_a_repayment_belongs_to_the_latest_orders_of_the_past_and_never_to_a_coming_one() -> None:
    orders = [
        order(1, 1, 100, OrderState.SETTLED),
        order(2, 2, 100, OrderState.SETTLED),
        order(3, 3, 100, OrderState.SETTLED),
    ]
    cut = schedule(part(1, 30), part(2, 50), part(3, 100), past=(1, 2))
    assert beyond(cut, orders) == 120
    assert share_out(cut, orders, 110) == {"o2": 100, "o1": 10}
    with pytest.raises(ValueError, match="more_than_beyond"):
        share_out(cut, orders, 121)


def test_what_is_still_with_the_bank_cannot_have_come_back_from_her() -> None:
    orders = [order(1, 1, 100, OrderState.SENT)]
    with pytest.raises(ValueError, match="more_than_beyond"):
        share_out(schedule(part(1, 60), past=(1,)), orders, 40)


class Awards(RuleBasedStateMachine):
    """Schedules, banks and clocks in any order, against the pure plan."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Order] = {}
        self.today = DAY
        self.version = 0
        self.schedule = schedule()
        self.targets: dict[Key, int] = {}  # the highest target each instalment ever had
        self.only_raised = True

    @initialize(amounts=st.lists(st.integers(1, 500), min_size=1, max_size=5))
    def granted(self, amounts: list[int]) -> None:
        self._take(tuple(part(n, a, due=30 * (n - 1)) for n, a in enumerate(amounts, 1)))

    def _take(self, parts: tuple[AnnouncedInstalment, ...], ended: bool = False) -> None:
        self.version += 1
        past = past_at_arrival(parts, self.orders.values(), self.today)
        self.schedule = Schedule("a", self.version, "LAK", parts, past, ended)
        for p in parts:
            self.targets[p.key] = max(self.targets.get(p.key, 0), p.amount_minor)
        self._converge()

    def _converge(self) -> None:
        todo = plan(self.schedule, list(self.orders.values()), holds=HOLDS)
        for order_id in todo.cancel:
            self._set(order_id, OrderState.CANCELLED, "schedule_changed")
        for o in todo.open:
            serial = len(self.orders) + 1
            state = OrderState.HELD if o.hold else OrderState.PLANNED
            self.orders[f"o{serial}"] = Order(
                f"o{serial}", "a", o.key, Money(o.amount_minor, "LAK"), o.due_on, state, o.hold, serial
            )
        assert plan(self.schedule, list(self.orders.values()), holds=HOLDS).is_empty, "planning twice is planning once"

    def _set(self, order_id: str, state: OrderState, reason: str | None = None) -> None:
        o = self.orders[order_id]
        self.orders[order_id] = replace(o, state=move(o.state, state), reason=reason)

    def _moved(self, key: Key) -> int:
        """What moved under a key and did not come back."""
        of_key = [o for o in self.orders.values() if o.key == key]
        return sum((o.amount.minor if o.state in MOVED else 0) - o.repaid_minor for o in of_key)

    def _some(self, data: st.DataObject, states: frozenset[OrderState]) -> str | None:
        ids = sorted(o.id for o in self.orders.values() if o.state in states)
        return data.draw(st.sampled_from(ids)) if ids else None

    @rule(amounts=st.lists(st.integers(0, 500), max_size=6))
    def revised(self, amounts: list[int]) -> None:
        parts = tuple(part(n, a, due=30 * (n - 1)) for n, a in enumerate(amounts, 1))
        total_before = sum(p.amount_minor for p in self.schedule.instalments)
        self.only_raised &= sum(amounts) >= total_before
        self._take(parts)

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        self._converge()

    @rule(data=st.data())
    def sent(self, data: st.DataObject) -> None:
        found = self._some(data, frozenset({OrderState.PLANNED}))
        if found and self.orders[found].due_on <= self.today:
            self._set(found, OrderState.APPROVED)
            self._set(found, OrderState.SENT)

    @rule(
        data=st.data(),
        to=st.sampled_from([OrderState.SETTLED, OrderState.REJECTED, OrderState.UNKNOWN, OrderState.ACCEPTED]),
        why=st.sampled_from(["AC04", "NRCV"]),
    )
    def answered(self, data: st.DataObject, to: OrderState, why: str) -> None:
        found = self._some(data, IN_FLIGHT)
        if found and to in {OrderState.SETTLED, OrderState.REJECTED} | (
            {OrderState.UNKNOWN} if self.orders[found].state is OrderState.SENT else set()
        ):
            self._set(found, to, why if to is OrderState.REJECTED else None)
            self._converge()

    @rule(data=st.data())
    def came_back(self, data: st.DataObject) -> None:
        found = self._some(data, frozenset({OrderState.SETTLED}))
        if found:
            self._set(found, OrderState.RETURNED, "AC04")
            self._converge()

    @rule(data=st.data())
    def paid_back(self, data: st.DataObject) -> None:
        """She pays back some of what was too much; nothing of it goes out again by itself."""
        too_much = beyond(self.schedule, list(self.orders.values()))
        arrived = sum(o.amount.minor - o.repaid_minor for o in self.orders.values() if o.state is OrderState.SETTLED)
        if not too_much or too_much > arrived:
            return
        minor = data.draw(st.integers(1, too_much))
        try:
            parts = share_out(self.schedule, list(self.orders.values()), minor)
        except ValueError:
            assert any(o.state in IN_FLIGHT for o in self.orders.values())
            return
        assert sum(parts.values()) == minor
        before = plan(self.schedule, list(self.orders.values()), holds=HOLDS)
        for order_id, part_minor in parts.items():
            o = self.orders[order_id]
            self.orders[order_id] = replace(o, repaid_minor=o.repaid_minor + part_minor)
        assert beyond(self.schedule, list(self.orders.values())) == too_much - minor
        assert plan(self.schedule, list(self.orders.values()), holds=HOLDS) == before

    @rule(data=st.data())
    def let_go(self, data: st.DataObject) -> None:
        found = self._some(data, frozenset({OrderState.HELD}))
        if found:
            self._set(found, OrderState.PLANNED)
            self._converge()

    @precondition(lambda self: not self.schedule.ended)
    @rule()
    def ended(self) -> None:
        self.schedule = Schedule("a", self.version, "LAK", self.schedule.instalments, self.schedule.past, True)
        self._converge()
        assert not [o for o in self.orders.values() if o.state in UNSENT]

    @invariant()
    def one_live_order_for_each_instalment(self) -> None:
        live = [o.key for o in self.orders.values() if o.state in LIVE]
        assert len(live) == len(set(live))

    @invariant()
    def no_instalment_is_ever_paid_beyond_the_most_it_was_granted(self) -> None:
        for key, target in self.targets.items():
            assert self._moved(key) <= target

    @invariant()
    def what_is_still_planned_does_not_exceed_the_present_target(self) -> None:
        target = {p.key: p.amount_minor for p in self.schedule.instalments}
        for o in self.orders.values():
            if o.state in UNSENT:
                assert self._moved(o.key) + o.amount.minor <= target.get(o.key, 0)

    @invariant()
    def a_total_that_was_only_raised_is_never_exceeded(self) -> None:
        if self.only_raised and not self.schedule.ended and self.version == 1:
            total = sum(p.amount_minor for p in self.schedule.instalments)
            assert sum(o.amount.minor for o in self.orders.values() if o.state in LIVE | MOVED) <= total


TestAwards = Awards.TestCase
TestAwards.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_the_same_days_under_other_numbers_and_dates_are_not_paid_anew() -> None:
    """A lump sum found later takes number 2, and what was paid as number 2 is now called 3 and due later."""
    paid = Order(
        "o1",
        "a",
        Key("allowance", 2),
        Money(200, "LAK"),
        DAY,
        OrderState.SETTLED,
        None,
        1,
        DAY + timedelta(days=29),
    )
    again = AnnouncedInstalment(3, "allowance", DAY + timedelta(days=90), 200, DAY, DAY + timedelta(days=29))
    lump = AnnouncedInstalment(2, "lump_sum", DAY + timedelta(days=60), 500, DAY, DAY)
    past = past_at_arrival((lump, again), [paid], DAY + timedelta(days=10))
    result = plan(Schedule("a", 2, "LAK", (lump, again), past), [paid])
    assert [(n.key.component, n.amount_minor) for n in result.open] == [("lump_sum", 500)]


@given(
    cuts=st.lists(st.integers(1, 89), min_size=1, max_size=4, unique=True),
    again=st.lists(st.integers(1, 89), max_size=4, unique=True),
    sent=st.integers(0, 5),
    shift=st.integers(0, 60),
    offset=st.integers(0, 3),
)
def test_ninety_days_are_paid_as_ninety_days_however_they_are_cut_and_dated(
    cuts: list[int], again: list[int], sent: int, shift: int, offset: int
) -> None:
    """One unit of money for each day; the second version cuts, numbers and dates the same ninety days anew."""

    def cut(at: list[int], first_no: int, later: int) -> list[AnnouncedInstalment]:
        ends = [*sorted(at), 90]
        starts = [0, *sorted(at)]
        return [
            AnnouncedInstalment(
                first_no + n,
                "allowance",
                DAY + timedelta(days=e + later),
                e - b,
                DAY + timedelta(days=b),
                DAY + timedelta(days=e - 1),
            )
            for n, (b, e) in enumerate(zip(starts, ends, strict=True))
        ]

    first, second = cut(cuts, 1, 0), cut(again, 1 + offset, shift)
    orders = [
        Order(f"o{n}", "a", i.key, Money(i.amount_minor, "LAK"), i.due_on, OrderState.SETTLED, None, n, i.last_day)
        for n, i in enumerate(first[:sent], 1)
    ]
    past = past_at_arrival(second, orders, DAY)
    result = plan(Schedule("a", 2, "LAK", tuple(second), past), orders)
    assert sum(o.amount.minor for o in orders) + sum(n.amount_minor for n in result.open) == 90


@given(
    first=st.lists(st.integers(1, 300), min_size=1, max_size=5),
    second=st.lists(st.integers(1, 300), min_size=1, max_size=5),
    sent=st.integers(0, 5),
    late=st.integers(0, 150),
)
def test_after_a_revision_the_past_is_paid_up_and_the_future_in_full(
    first: list[int], second: list[int], sent: int, late: int
) -> None:
    """Whatever was paid under the first version: past = the larger of paid and due; future as it stands."""
    moved = [order(n, n, a, OrderState.SETTLED) for n, a in enumerate(first[:sent], 1)]
    parts = tuple(part(n, a, due=30 * (n - 1)) for n, a in enumerate(second, 1))
    past = past_at_arrival(parts, moved, DAY + timedelta(days=late))
    result = plan(Schedule("a", 2, "LAK", parts, past), moved)
    due_past = sum(p.amount_minor for p in parts if p.key in past)
    future = sum(p.amount_minor for p in parts if p.key not in past)
    paid = sum(first[:sent])
    assert sum(n.amount_minor for n in result.open) == max(0, due_past - paid) + future
