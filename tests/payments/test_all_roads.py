"""Anything in any order over bank, wallet and counter: the books balance, nobody is paid twice, nobody is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.payments import store
from services.payments.usecases import counter, explaining, held, repayments
from shared.money import Money
from tests.payments.conftest import DAOVONE, SECRET, BankSide, Town, open_bank, open_counters, open_town, open_wallets
from tests.payments.roads import pays_everybody, releases_all, rings
from tests.payments.test_cash import KEO, NOY, does, kip
from tests.there import there

OURS = "0100000000001"
KINDS = {"bank": "1100200300401", "wallet": "8562055551234", "cash": ""}
#: Accounts that refuse or send back, by the pretend bank's and the pretend wallet's own rules.
BAD = {"bank": ["1100200309001", "1100200309104"], "wallet": ["8562055559201", "8562055559204"], "cash": [""]}


class Roads(RuleBasedStateMachine):
    """A pay office with three roads, to which things happen."""

    #: Makes a fresh town, its operator of wallets and its counters.
    make: Callable[[ExitStack], tuple[Town, BankSide]]

    @initialize()
    def opens(self) -> None:
        self.stack = ExitStack()
        self.town, self.wallet = type(self).make(self.stack)
        self.awards: list[dict[str, Any]] = []
        self.most: dict[str, int] = {}
        self.last: dict[str, int] = {}

    # -- what benefits says

    @rule(kind=st.sampled_from(sorted(KINDS)), amount=st.integers(1, 9), bad=st.booleans())
    def is_awarded(self, kind: str, amount: int, bad: bool) -> None:
        person = self.town.person()
        number = BAD[kind][amount % len(BAD[kind])] if bad else KINDS[kind]
        self.town.has_account(person, number, kind=kind)
        award = self.town.award(person, amount * 100_00, due=self.town.clock.today())
        self.awards.append(award)
        self.most[award["award_id"]] = self.last[award["award_id"]] = amount * 100_00

    @precondition(lambda self: self.awards)
    @rule(which=st.integers(0, 99), amount=st.integers(1, 12))
    def is_revised(self, which: int, amount: int) -> None:
        award = self.awards[which % len(self.awards)]
        self.town.revised(award, amount * 100_00, due=self.town.clock.today())
        self.last[award["award_id"]] = amount * 100_00
        self.most[award["award_id"]] = max(self.most[award["award_id"]], amount * 100_00)

    @precondition(lambda self: self.awards)
    @rule(which=st.integers(0, 99), kind=st.sampled_from(sorted(KINDS)))
    def wants_another_road(self, which: int, kind: str) -> None:
        person = self.awards[which % len(self.awards)]["person_id"]
        self.town.has_account(person, KINDS[kind], kind=kind)
        self.town.payee_changed(person)

    # -- what happens at the office and outside

    @rule()
    def is_paid(self) -> None:
        pays_everybody(self.town)

    @rule()
    def day_passes(self) -> None:
        self.town.day(self.town.clock.today() + timedelta(days=1))
        self.town.later()

    @rule(who=st.sampled_from(["bank", "wallet"]), what=st.sampled_from(["drop_answer", "swallow"]))
    def answer_is_lost(self, who: str, what: str) -> None:
        (self.town.bank if who == "bank" else self.wallet).told(**{what: 1})

    @rule()
    def operator_rings(self) -> None:
        rings(self.town, self.wallet)

    @rule(all_of_them=st.booleans())
    def they_come_to_the_counter(self, all_of_them: bool) -> None:
        with self.town.service.engine.connect() as connection:
            waiting = [v.order_id for v in store.live_vouchers(connection, None)]
            box, last = store.open_box(connection, "vte", "LAK"), store.last_box(connection, "vte", "LAK")
            holds = store.in_box(connection, box) if box is not None else None
        if box is not None and box.day != self.town.clock.today():
            does(self.town, NOY, counter.close_box, box.id, "vte", kip(there(holds)))
            box, last = None, None
        if box is None:
            box = self._opened(holds if holds is not None else last.counted_minor if last is not None else 0)
        for order in waiting if all_of_them else waiting[:1]:
            does(self.town, NOY, counter.prove, order, right=True, proof=("passport", "P1"))
            does(self.town, KEO, counter.hand_over, order)

    def _opened(self, holds: int) -> Any:
        box = does(self.town, NOY, counter.open_box, "vte", kip(holds))
        does(self.town, NOY, counter.carry, box.id, "vte", kip(100_000_00), "from the bank")
        return box

    @precondition(lambda self: self.awards)
    @rule(which=st.integers(0, 99), more=st.sampled_from([0, 0, 5_00]))
    def pays_back(self, which: int, more: int) -> None:
        """She pays the whole difference back into the bank, at times more; an officer takes for her claim what is."""
        award = self.awards[which % len(self.awards)]
        with self.town.act(DAOVONE) as act:
            row = there(store.lock_award(act.connection, award["award_id"]))
            orders = store.domain_orders(
                act.connection, award["award_id"], store.orders_of_award(act.connection, award["award_id"])
            )
            settled = sum(o.amount.minor - o.repaid_minor for o in orders if o.state == "settled")
            too_much = settled - sum(n.amount_minor for n in store.schedule(act.connection, row).instalments)
        if too_much <= 0 or any(o.state in store.IN_FLIGHT for o in orders):
            return
        about = f"{award['claim_number']} {self.town.id()}"
        paid_in = too_much + more
        self.town.bank.books_by_hand(number=OURS, minor=paid_in, currency="LAK", kind="paid in", about=about)
        self.town.day(self.town.clock.today() + timedelta(days=1))
        with self.town.act(DAOVONE) as act:
            lines = [x for x in store.unexplained_lines(act.connection) if x.text == about]
            for line in lines:
                part = Money(too_much, "LAK")
                explaining.resolve_line(act, line.id, "repayment", "she paid back", award["claim_number"], part)

    @rule(which=st.integers(0, 99))
    def is_taken_back(self, which: int) -> None:
        """It was somebody else's money: two people take it off her claim."""
        with self.town.service.engine.connect() as connection:
            standing = [row.id for row in store.repayments(connection) if row.back is None]
        if standing:
            wrong = standing[which % len(standing)]
            does(self.town, KEO, repayments.ask_back, wrong, "another claim's slip")
            does(self.town, DAOVONE, repayments.decide_back, wrong, back=True)

    # -- what is always so

    @invariant()
    def books_balance_and_nobody_is_paid_twice(self) -> None:
        if not hasattr(self, "town"):
            return
        self.town.check_books()
        got, repaid = self._got(), self._repaid()
        for award_id, most in self.most.items():
            assert got.get(award_id, 0) - repaid.get(award_id, 0) <= most, "nobody has more than was ever granted"
        with self.town.service.engine.connect() as connection:
            assert all(branch.adds_up for branch in store.branches(connection))

    def _got(self) -> dict[str, int]:
        """What the channels' own books show as arrived, for each award."""
        of = {o.reference: o.award_id for o in self.town.orders()}
        found: dict[str, int] = {}
        for reference, moved in self.town.moved().items():
            found[of[reference]] = found.get(of[reference], 0) + moved["minor"]
        return found

    def _repaid(self) -> dict[str, int]:
        with self.town.service.engine.connect() as connection:
            found: dict[str, int] = {}
            for row in store.repayments(connection):
                if row.back != "final":
                    found[row.award_id] = found.get(row.award_id, 0) + row.minor
            return found

    def teardown(self) -> None:
        """A quiet time with good accounts: in the end all have what the last decision says, or more from before."""
        if not hasattr(self, "town"):
            return
        try:
            for award in self.awards:
                self.town.has_account(award["person_id"], "1100200300777")
                self.town.payee_changed(award["person_id"])
            for side in (self.town.bank, self.wallet):
                side.told(drop_answer=0, swallow=0)
            for days in (1, 1, 32, 1, 1, 1, 1):
                self.town.day(self.town.clock.today() + timedelta(days=days))
                self.town.later()
                self._frees_what_is_held()
                pays_everybody(self.town)
                releases_all(self.town)
            self.books_balance_and_nobody_is_paid_twice()
            got, repaid = self._got(), self._repaid()
            for award_id, last in self.last.items():
                has = got.get(award_id, 0) - repaid.get(award_id, 0)
                assert last <= has <= self.most[award_id], "nobody is forgotten"
            assert {o.state for o in self.town.orders()} <= {"settled", "returned", "rejected", "cancelled"}
        finally:
            self.stack.close()

    def _frees_what_is_held(self) -> None:
        for order in self.town.orders():
            if order.state == "held":
                does(self.town, KEO, held.free_order, order.id, "she has a good account now")


@pytest.fixture
def machine(
    new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> type[Roads]:
    """The machine, which builds a town of its own for each story."""
    monkeypatch.setenv("WALLET_SECRET", SECRET)

    def make(stack: ExitStack) -> tuple[Town, BankSide]:
        bank = open_bank(new_database("payments"), tmp_path / "clock")
        town = open_town(new_database("payments"), keys_folder, tmp_path / "clock", bank)
        wallet = open_wallets(town, new_database("payments"))
        open_counters(town)
        for close in (town.service.engine.dispose, *bank.closing, *town.closing):
            stack.callback(close)
        return town, wallet

    return type("RoadsHere", (Roads,), {"make": staticmethod(make)})


def test_anything_over_all_roads(machine: type[Roads]) -> None:
    how = settings(
        max_examples=6,
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    run_state_machine_as_test(machine, settings=how)
