"""Whatever a bank does, in whatever order things happen: every award is paid once, and the ledger balances."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, text

from services.payments import store
from services.payments import tables as t
from services.payments.domain.check import Account
from services.payments.domain.run import ReleaseRefused, RunMoveNotAllowed
from services.payments.domain.statement import Statement, StatementFile, StatementLine
from services.payments.gateways import pain001
from services.payments.gateways.bank import BankAway, BankStatus, NameCheck, Receipt, RunFile
from services.payments.institution import institution
from services.payments.usecases import runs
from services.payments.usecases.outside import Outside
from shared.clock import Clock
from shared.money import Money
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, SOMCHIT, Register, Town, build


@dataclass
class ModelBank:
    """A bank in memory that forgets to answer, loses files, refuses and gives back as a die says."""

    clock: Clock
    die: random.Random
    channel: str = "iso20022"
    final_codes: frozenset[str] = frozenset()
    cut_off: time = time(23, 59)
    refuses_late_files: bool = True
    knows_at_once: bool = False
    well: bool = False
    files: dict[bytes, RunFile] = field(default_factory=dict)
    statuses: dict[str, BankStatus] = field(default_factory=dict)
    executed: list[tuple[str, int]] = field(default_factory=list)
    back: dict[str, date] = field(default_factory=dict)
    booked: list[tuple[date, StatementLine]] = field(default_factory=list)

    def chance(self, of: float) -> bool:
        return not self.well and self.die.random() < of

    def write(self, run: RunFile) -> bytes:
        file = pain001.write(run)
        self.files[file] = run
        return file

    def submit(self, message_id: str, file: bytes) -> Receipt:
        if self.chance(0.15):
            raise BankAway("lost on the way in")
        run = self.files[file]
        assert run.executes_on >= self.clock.today()
        for p in run.payments:
            if p.account.number == "closed":
                self.statuses[p.reference] = BankStatus("RJCT", "AC04")
                continue
            self.statuses[p.reference] = BankStatus("ACSP")
            self.executed.append((p.reference, p.amount.minor))
            self._book(-p.amount, p.reference)
            if self.chance(0.15):
                self.back[p.reference] = self.clock.today() + timedelta(days=self.die.randint(1, 3))
        if self.chance(0.2):
            raise BankAway("nobody heard the answer")
        return Receipt(
            message_id,
            None,
            {p.reference: self.statuses[p.reference] for p in run.payments if not self.chance(0.1)},
        )

    def _book(self, amount: Money, reference: str, reason: str | None = None) -> None:
        line = StatementLine(f"M{len(self.booked)}", amount, self.clock.today(), reference, reason is not None, reason)
        self.booked.append((self.clock.today(), line))

    def new_day(self) -> None:
        for reference, day in list(self.back.items()):
            if day <= self.clock.today():
                amount = dict(self.executed)[reference]
                self._book(Money(amount, "LAK"), reference, "AC04")
                self.executed.append((reference, -amount))
                del self.back[reference]

    def enquire(self, reference: str, uetr: str = "") -> BankStatus | None:
        if self.chance(0.2):
            raise BankAway("down")
        return self.statuses.get(reference)

    def known(self, references: Sequence[str]) -> frozenset[str]:
        if self.chance(0.1):
            raise BankAway("down")
        return frozenset(self.statuses) & frozenset(references)

    def statement(self, account: str, day: date) -> bytes | None:
        if self.chance(0.2):
            raise BankAway("down")
        return day.isoformat().encode()

    def is_bank_day(self, day: date) -> bool:
        return True

    def read_statements(self, file: bytes) -> StatementFile:
        day = date.fromisoformat(file.decode())
        lines = tuple(line for booked, line in self.booked if booked == day)
        final = day < self.clock.today()
        identity = f"{day}-{'F' if final else len(lines)}"
        return StatementFile((Statement(identity, "0100000000001", "LAK", day, final, None, None, lines),))

    def check_account(self, name: str, account: Account) -> NameCheck:
        return NameCheck("RCVC")

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        if self.chance(0.2):
            raise BankAway("down")
        return [NameCheck("RCVC")] * len(asked)

    def check_funds(self, account: str, total: Money) -> bool:
        if self.chance(0.1):
            raise BankAway("down")
        return True

    def settles_on(self, wanted: date, today: date, at: time) -> date:
        return max(wanted, today)


class Story(Town):
    """The same town, with the bank in memory."""

    bank: Any

    def new_day(self, days: int = 1) -> None:
        self.clock.move_to(self.clock.today() + timedelta(days=days))
        self.bank.new_day()
        self.service.plan_day()
        self.works()

    def works(self) -> None:
        with self.service.engine.begin() as connection:
            connection.execute(text("UPDATE job SET due_at = now() - interval '1 day' WHERE state = 'waiting'"))
        for _ in range(4):
            self.service.carry_out()
            self.service.look_at_jobs()

    def open_runs(self) -> list[str]:
        with self.service.engine.connect() as connection:
            r = t.run
            return list(
                connection.scalars(
                    select(r.c.id).where(r.c.state.in_(("draft", "checked", "approved"))).order_by(r.c.id)
                )
            )

    def tries_to_release(self, run_id: str) -> None:
        try:
            self.judges_all(run_id)
            self.releases(run_id, DAOVONE, SOMCHIT)
        except (ReleaseRefused, RunMoveNotAllowed):
            pass


@pytest.fixture
def story(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Callable[[int], Story]]:
    made = []

    def make(seed: int) -> Story:
        (tmp_path / "clock").write_text(PAY_DAY.isoformat())
        clock, register = Clock(sandbox_file=tmp_path / "clock"), Register()
        bank = ModelBank(clock, random.Random(seed))
        out = Outside(bank, register, institution())
        town = Story(build(new_database("payments"), keys_folder, clock, out), cast(Any, bank), register, clock, out)
        made.append(town)
        return town

    yield make
    for town in made:
        town.service.engine.dispose()


@pytest.mark.parametrize("seed", range(6))
def test_everything_at_random_then_a_quiet_week(story: Callable[[int], Story], seed: int) -> None:
    town, die = story(seed), random.Random(seed)
    town_awards: list[tuple[dict[str, Any], list[int]]] = []
    for _ in range(35):
        match die.choice(
            [
                "award",
                "raise",
                "raise",
                "draft",
                "release",
                "release",
                "day",
                "day",
                "work",
                "skip",
                "account",
            ]
        ):
            case "award":
                amounts = [die.randint(1, 9) * 100 for _ in range(die.randint(1, 3))]
                number = die.choice(["1100200300401", "closed"])
                due = town.clock.today() + timedelta(days=die.randint(-3, 2))
                award = town.award(town.person(f"P{die.random()}", number), *amounts, due=due) | {"due": due}
                town_awards.append((award, amounts))
            case "raise" if town_awards:
                award, amounts = die.choice(town_awards)
                amounts[:] = [a + die.choice([0, 0, 100]) for a in amounts]
                due = award.pop("due")
                town.revised(award, *amounts, due=due)
                award["due"] = due
            case "draft":
                with town.act(KHAMLA) as act:
                    runs.draft_runs(act, act.today)
            case "release" if town.open_runs():
                town.tries_to_release(die.choice(town.open_runs()))
            case "skip" if town.open_runs():
                with town.act(SOMCHIT) as act:
                    for order in store.orders_in_run(act.connection, die.choice(town.open_runs()))[:1]:
                        if order.state == "planned":
                            runs.judge(act, order.run_id, order.id, "skip")
            case "account" if town_awards:
                award, _ = die.choice(town_awards)
                town.has_account(award["person_id"], die.choice(["closed", f"11002003{die.randint(1000, 8999)}"]))
                town.payee_changed(award["person_id"])
            case "day":
                town.new_day()
            case _:
                town.works()
        _sound(town)

    town.bank.well = True
    for award, _ in town_awards:
        town.has_account(award["person_id"], "770020030045")
        town.payee_changed(award["person_id"])
    for days in [1] * 8 + [30] * 3 + [1] * 4:
        town.new_day(days)
        for run_id in town.open_runs():
            town.tries_to_release(run_id)
        town.works()
    _sound(town)
    got = {award["award_id"]: 0 for award, _ in town_awards}
    by_reference = {o.reference: o.award_id for o in town.orders()}
    for reference, minor in town.bank.executed:
        got[by_reference[reference]] += minor
    assert got == {award["award_id"]: sum(amounts) for award, amounts in town_awards}
    assert town.balance("expense") == sum(got.values()) == -town.balance("bank")
    assert (
        town.balance("clearing"),
        town.balance("payable"),
        town.balance("returned"),
        town.balance("suspense"),
    ) == (0, 0, 0, 0)


def _sound(town: Story) -> None:
    """At every moment: nothing executed twice, nobody has more than she was granted, the ledger is even."""
    sent = [reference for reference, minor in town.bank.executed if minor > 0]
    assert len(sent) == len(set(sent))
    with town.service.engine.connect() as connection:
        assert sum(int(row.balance) for row in store.balances(connection)) == 0
        over = connection.scalar(
            text("""SELECT count(*) FROM (SELECT o.award_id, sum(amount_minor) AS moved,
                    (SELECT sum(i.amount_minor) FROM award_instalment i WHERE i.award_id = o.award_id) AS target
                    FROM payment_order o WHERE state IN ('sent', 'accepted', 'unknown', 'settled')
                    GROUP BY o.award_id) x
                    WHERE moved > target""")
        )
    assert over == 0
