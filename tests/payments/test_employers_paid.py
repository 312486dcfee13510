"""An employer advanced a part of an instalment: two orders, each with its own payee, and together the instalment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.payments import store
from services.payments.domain.order import LIVE, MOVED, AnnouncedInstalment, Key, Order, OrderState
from services.payments.domain.plan import Schedule, beyond, plan, share_out
from services.payments.usecases import awards
from services.payments.usecases.answers import lock_order, settle
from shared.events import TOPICS
from shared.money import Money
from tests.payments.conftest import Town
from tests.there import there

DAY = date(2025, 5, 1)
FACTORY = "factory"


class Shared:
    """A benefit of which an employer advanced a part, at the pay office."""

    def __init__(self, town: Town, *, account: str | None = "0101110099887") -> None:
        self.town = town
        self.worker = town.person()
        self.factory = town.id()
        town.has_account(self.factory, account, "Savan Silk Weaving")
        number = next(town.numbers)
        self.award: dict[str, Any] = {
            "claim_id": town.id(),
            "claim_number": f"25{number:010d}",
            "person_id": self.worker,
            "office_id": "vte",
            "decision_id": town.id(),
            "award_id": town.id(),
            "version": 0,
            "currency": "LAK",
        }

    def granted(self, whole: int, hers: int, *more: int) -> None:
        """The first instalment, of which `hers` go to the employer, and others that are the worker's."""
        self.award["version"] += 1
        parts: list[dict[str, Any]] = [
            {
                "no": n,
                "component": "sickness",
                "period": {"from": "2025-04-01", "to": "2025-04-30"},
                "due_on": "2025-05-05",
                "amount": {"minor": minor, "currency": "LAK"},
            }
            for n, minor in enumerate((whole, *more), 1)
        ]
        if hers:
            parts[0]["advanced"] = [{"employer_id": self.factory, "amount": {"minor": hers, "currency": "LAK"}}]
        data = self.award | {"instalments": parts, "total": {"minor": whole + sum(more), "currency": "LAK"}}
        kind = "benefits.award.granted" if self.award["version"] == 1 else "benefits.award.revised"
        self.town.hears(self.town.event(kind, self.worker, data))

    def orders(self) -> list[tuple[int, str, bool]]:
        """Amount, state, and whether it goes to the employer, of each order."""
        return [(o.amount_minor, o.state, o.employer_id == self.factory) for o in self.town.orders()]

    def arrived(self) -> dict[str, int]:
        """What the bank's own books show for each payee."""
        moved = self.town.moved()
        found = {"worker": 0, "factory": 0}
        for o in self.town.orders():
            found["factory" if o.employer_id else "worker"] += moved.get(o.reference, {"minor": 0})["minor"]
        return found

    def pays(self) -> None:
        self.town.pays(date(2025, 5, 5))

    def events(self, kind: str) -> list[dict[str, Any]]:
        return list(self.town.events(kind))


@pytest.fixture
def shared(town: Town) -> Shared:
    return Shared(town)


def test_the_part_that_was_advanced_goes_to_the_employer_the_rest_to_the_worker(shared: Shared) -> None:
    shared.granted(100_000, 60_000)
    assert sorted(shared.orders()) == [(40_000, "planned", False), (60_000, "planned", True)]
    shared.pays()
    assert shared.arrived() == {"worker": 40_000, "factory": 60_000}
    shared.town.check_books()
    told = {e.get("employer_id"): e["amount"]["minor"] for e in shared.events("order.sent")}
    assert told == {None: 40_000, shared.factory: 60_000}


def test_advanced_as_a_whole_nothing_is_ordered_for_the_worker(shared: Shared) -> None:
    shared.granted(100_000, 100_000)
    assert shared.orders() == [(100_000, "planned", True)]


def test_an_employer_without_an_account_waits_and_the_worker_does_not(town: Town) -> None:
    shared = Shared(town, account=None)
    shared.granted(100_000, 60_000)
    shared.pays()
    assert shared.arrived() == {"worker": 40_000, "factory": 0}
    held = next(o for o in town.orders() if o.employer_id)
    assert (held.state, held.reason) == ("held", "no_account")
    town.has_account(shared.factory, "0101110099887", "Savan Silk Weaving")
    about = {"employer_id": shared.factory, "office_id": "vte"}
    town.hears(town.event("benefits.employer_payee.changed", shared.factory, about))
    town.works()
    assert (60_000, "planned", True) in shared.orders()


def test_shared_before_it_was_sent_the_old_order_is_cancelled_and_nothing_is_paid_twice(shared: Shared) -> None:
    shared.granted(100_000, 0)
    shared.granted(100_000, 60_000)
    assert sorted(shared.orders()) == [
        (40_000, "planned", False),
        (60_000, "planned", True),
        (100_000, "cancelled", False),
    ]
    shared.pays()
    assert shared.arrived() == {"worker": 40_000, "factory": 60_000}


def test_what_has_left_is_never_paid_again_to_the_employer_whatever_is_announced(shared: Shared) -> None:
    shared.granted(100_000, 0)
    shared.pays()
    shared.granted(100_000, 60_000)
    assert [o for o in shared.orders() if o[2]] == []


def test_the_database_itself_lets_no_part_pay_beyond_what_is_hers(shared: Shared) -> None:
    shared.granted(100_000, 60_000)
    run_id = shared.town.drafts(pay_day=date(2025, 5, 5))
    shared.town.judges_all(run_id)
    shared.town.releases(run_id)
    with shared.town.service.engine.begin() as connection:
        connection.execute(text("UPDATE award_instalment SET advanced = '{}'"))
    with pytest.raises(IntegrityError, match="beyond its award"), shared.town.service.engine.begin() as connection:
        connection.execute(text("UPDATE payment_order SET state = 'sent' WHERE employer_id IS NOT NULL"))


def test_told_twice_and_planned_again_it_is_ordered_once(shared: Shared) -> None:
    shared.granted(100_000, 60_000)
    shared.award["version"] -= 1
    shared.granted(100_000, 60_000)
    with shared.town.act() as act:
        assert awards.replan(act, shared.award["award_id"]).is_empty
    assert len(shared.orders()) == 2


def test_what_came_back_from_the_employers_bank_waits_for_her_and_is_not_paid_to_the_worker(shared: Shared) -> None:
    shared.granted(100_000, 60_000)
    shared.pays()
    with shared.town.act() as act:
        hers = next(o for o in shared.town.orders() if o.employer_id)
        if hers.state != "settled":
            settle(act, there(lock_order(act, hers.id)), OrderState.SETTLED, on=act.today)
        settle(act, there(lock_order(act, hers.id)), OrderState.RETURNED, on=act.today, reason="AC04")
    again = shared.town.orders()[-1]
    assert (again.amount_minor, again.employer_id, again.state, again.reason) == (
        60_000,
        shared.factory,
        "held",
        "account_refused",
    )
    assert shared.arrived()["worker"] == 40_000


def test_an_employer_has_an_account_of_her_own_in_the_books(shared: Shared) -> None:
    shared.granted(100_000, 60_000)
    shared.pays()
    with shared.town.service.engine.connect() as connection:
        hers = store.account_lines(connection, shared.factory, date(2025, 12, 31), None)
        workers = store.account_lines(connection, shared.worker, date(2025, 12, 31), None)
        spent = store.branches(connection)
    assert sum(line.amount.minor for line in hers) in (0, 60_000)
    assert {line.claim_number for line in [*hers, *workers]} <= {shared.award["claim_number"]}
    assert sum(branch.settled.minor + branch.on_the_way.minor for branch in spent) == 100_000


def test_two_employers_in_one_instalment_named_twice_or_beyond_it_are_refused(shared: Shared) -> None:
    schema = TOPICS["benefits.award.granted"].data["properties"]["instalments"]["items"]["properties"]
    assert "advanced" in schema
    shared.granted(100_000, 160_000)
    assert shared.orders() == []


# --- planning ----------------------------------------------------------------------------------


@st.composite
def announced(draw: st.DrawFn) -> Schedule:
    parts = []
    for no in range(1, draw(st.integers(1, 3)) + 1):
        whole, hers = draw(st.integers(0, 1000)), draw(st.integers(0, 1000))
        hers = min(whole, hers)
        for employer, minor in (("", whole - hers), *(((FACTORY, hers),) if hers else ())):
            parts.append(AnnouncedInstalment(no, "sickness", DAY, minor, DAY, DAY, employer))
    past = frozenset(Key("sickness", no) for no in draw(st.sets(st.integers(1, 3))))
    return Schedule("a", 1, "LAK", tuple(parts), past)


@given(st.lists(announced(), min_size=1, max_size=4), st.data())
def test_whatever_is_shared_anew_nobody_is_paid_twice_and_nobody_is_forgotten(
    versions: list[Schedule], data: st.DataObject
) -> None:
    orders: list[Order] = []
    for schedule in versions:
        result = plan(schedule, orders, holds={})
        orders = [
            Order(**(_named(o) | {"state": OrderState.CANCELLED})) if o.id in result.cancel else o for o in orders
        ]
        for n, one in enumerate(result.open, len(orders) + 1):
            money = Money(one.amount_minor, "LAK")
            orders.append(Order(f"o{n}", "a", one.key, money, one.due_on, OrderState.PLANNED, None, n))
        live = [o.key for o in orders if o.state in LIVE]
        assert len(live) == len(set(live)), "one live order for each payee of an instalment"
        for key in {o.key.whole for o in orders}:
            due = sum(i.amount_minor for i in schedule.instalments if i.key.whole == key)
            open_ = sum(o.amount.minor for o in orders if o.key.whole == key and o.state is OrderState.PLANNED)
            gone = sum(o.amount.minor for o in orders if o.key.whole == key and o.state in MOVED)
            assert not open_ or open_ + gone <= due, "never beyond the instalment"
        assert plan(schedule, orders, holds={}).is_empty
        sent = {o.id for o in orders if o.state is OrderState.PLANNED and data.draw(st.booleans())}
        orders = [Order(**(_named(o) | {"state": OrderState.SETTLED})) if o.id in sent else o for o in orders]
    gone_to = {o.id: o for o in orders if o.state in MOVED}.values()
    paid = {who: sum(o.amount.minor for o in gone_to if o.key.employer == who) for who in ("", FACTORY)}
    if len(versions) == 1:
        open_of = {
            who: sum(o.amount.minor for o in orders if o.key.employer == who and o.state is OrderState.PLANNED)
            for who in paid
        }
        due_of = {who: sum(i.amount_minor for i in versions[0].instalments if i.employer == who) for who in paid}
        assert {who: paid[who] + open_of[who] for who in paid} == due_of, "each gets her part, to the unit"


def _named(o: Order) -> dict[str, Any]:
    return {name: getattr(o, name) for name in Order.__dataclass_fields__}


def test_what_is_too_much_is_given_back_by_whom_it_went_to() -> None:
    parts = (
        AnnouncedInstalment(1, "sickness", DAY, 300, DAY, DAY),
        AnnouncedInstalment(1, "sickness", DAY, 500, DAY, DAY, FACTORY),
    )
    schedule = Schedule("a", 2, "LAK", parts, frozenset({Key("sickness", 1)}))
    money = [Money(minor, "LAK") for minor in (400, 600)]
    orders = [
        Order("o1", "a", Key("sickness", 1), money[0], DAY, OrderState.SETTLED, None, 1),
        Order("o2", "a", Key("sickness", 1, FACTORY), money[1], DAY, OrderState.SETTLED, None, 2),
    ]
    assert (beyond(schedule, orders), beyond(schedule, orders, FACTORY)) == (100, 100)
    assert share_out(schedule, orders, 100) == {"o1": 100}
    assert share_out(schedule, orders, 60, FACTORY) == {"o2": 60}
    with pytest.raises(ValueError, match="more_than_beyond"):
        share_out(schedule, orders, 200)
