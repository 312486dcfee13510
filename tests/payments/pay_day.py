"""A pay day of many orders: drafted, checked, released, sent in parts, and the statement of as many lines read.

Everything of ours is real: database, use cases, files and their schema. Only who is asked outside answers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from services.payments import store
from services.payments.domain.check import Account, Payee
from services.payments.gateways.bank import BankStatus, NameCheck, Receipt
from services.payments.gateways.iso_bank import IsoBank
from services.payments.institution import institution
from services.payments.usecases import checking, reading, runs, sending
from services.payments.usecases.outside import Outside
from shared.act import Act, Actor
from shared.clock import Clock
from shared.jobs import JobRun
from shared.money import Money
from tests.there import there

DAY = date(2025, 5, 22)
SERVICE = Path(store.__file__).parent.parent
OURS = institution().account("iso20022", "LAK")
AMOUNT = 360_000_00
SEEDED = """
CREATE TEMP TABLE n AS SELECT i, gen_random_uuid() AS award, gen_random_uuid() AS claim, gen_random_uuid() AS person,
  gen_random_uuid() AS "order", upper(substr(md5(i::text), 1, 8)) ||
  lpad(i::text, 8, '0') AS reference FROM generate_series(1, %(many)s) i;
INSERT INTO award_schedule SELECT award, 1, 'LAK', claim, lpad(i::text, 12, '0'), person, 'vte', '[]', %(day)s, false
  FROM n;
INSERT INTO award_instalment SELECT award, 'sickness', 1, %(day)s, %(day)s, %(day)s, %(amount)s FROM n;
INSERT INTO payment_order (id, serial, award_id, claim_id, claim_number, person_id, office_id, component, no, first_day,
  last_day, kind, amount_minor, currency, due_on, channel, state, reference, uetr, made_on, version)
  SELECT "order", 1, award, claim, lpad(i::text, 12, '0'), person, 'vte', 'sickness', 1, %(day)s, %(day)s, 'instalment',
  %(amount)s, 'LAK', %(day)s, 'iso20022', 'planned', reference, gen_random_uuid(), %(day)s, 1 FROM n;
INSERT INTO order_move SELECT "order", 1, NULL, 'planned', NULL, 'payments', now(), %(day)s, NULL FROM n;
ANALYZE;
"""


class Everybody:
    """Benefits, with an account for whoever is asked about."""

    def payee(self, person_id: str) -> Payee:
        number = str(int(person_id[:12].replace("-", ""), 16)).zfill(13)[:13]
        return Payee(person_id, "ນາງ ບຸນມີ ສີສະຫວັດ", "Bounmy Sisavath", Account("bank", "BCEL", number, "x"), None)

    def payees(self, person_ids: Sequence[str]) -> dict[str, Payee]:
        return {person_id: self.payee(person_id) for person_id in person_ids}


class AtOnce(IsoBank):
    """A bank that takes every file at once."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", answer_seconds=1)
        self.files = 0

    def submit(self, message_id: str, file: bytes) -> Receipt:
        self.files += 1
        return Receipt(message_id, BankStatus("ACCP"))

    def known(self, references: Sequence[str]) -> frozenset[str]:
        return frozenset()

    def check_account(self, name: str, account: Account) -> NameCheck:
        return NameCheck("RCVC")

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        return [self.check_account(name, account) for name, account in asked]

    def check_funds(self, account: str, total: Money) -> bool:
        return True


@dataclass
class Day:
    """One pay day in a database of its own."""

    engine: Engine
    clock: Clock
    out: Outside

    def job(self) -> JobRun:
        return JobRun(self.engine, self.clock, "payments", 0, "bench", "", {}, DAY, 0, "")

    def act(self, name: str, connection: Any) -> Act:
        return Act(connection, Actor(name, "account", name=name), self.clock.now(), DAY)

    def drafted(self) -> str:
        with self.engine.begin() as connection:
            (made,) = runs.draft_runs(self.act("khamla", connection), DAY)
        return made

    def checks(self, run_id: str) -> None:
        checking.check_run(self.job(), self.out, run_id)

    def releases(self, run_id: str) -> None:
        """As many people as the sum asks for release the run."""
        for name in ("daovone", "somchit", "viengkham"):
            with self.engine.begin() as connection:
                row = there(store.run(connection, run_id))
                if row.state == "checked":
                    runs.release(self.act(name, connection), run_id, Money(row.total_minor, row.currency))

    def to_release(self) -> str:
        """A run that is released and has not left."""
        run_id = self.drafted()
        self.checks(run_id)
        self.releases(run_id)
        return run_id

    def stage(self, name: str, work: Callable[[], Any]) -> Any:
        """One stage of the day; `bench` measures it."""
        return work()


def statement(engine: Engine) -> bytes:
    """The bank's statement of the day, one booked line for each order, as MT940 has it."""
    with engine.connect() as connection:
        references = list(connection.scalars(text("SELECT reference FROM payment_order ORDER BY id")))
    lines = "\n".join(f":61:2505220522D{AMOUNT // 100},NTRF{r}//B{n}\n:86:EREF+{r}" for n, r in enumerate(references))
    closing = AMOUNT // 100 * len(references)
    return (
        f":20:STMT\n:25:{there(OURS).number}\n:28C:142/1\n:60F:C250521LAK{closing},\n{lines}\n:62F:C250522LAK0,\n-"
    ).encode()


def seed(engine: Engine, folder: Path, many: int) -> Day:
    """A pay day with `many` planned orders, in a migrated database."""
    values = {"%(many)s": str(many), "%(day)s": f"DATE '{DAY}'", "%(amount)s": str(AMOUNT)}
    script = SEEDED
    for name, value in values.items():
        script = script.replace(name, value)
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.cursor().execute(script)
    (folder / "clock").write_text(DAY.isoformat())
    clock = Clock(sandbox_file=folder / "clock")
    return Day(engine, clock, Outside(AtOnce(), Everybody(), institution()))


def play(day: Day) -> Day:
    """All stages, each measured. Stops where somebody was not paid once, or the books do not agree."""
    run_id = day.stage("drafted", day.drafted)
    day.stage("checked", lambda: day.checks(run_id))
    day.stage("released", lambda: day.releases(run_id))
    day.stage("sent", lambda: sending.send_run(day.job(), day.out, run_id))
    file = statement(day.engine)
    day.stage("matched", lambda: reading.read_file(day.job(), day.out, file, gateway=day.out.bank))
    with day.engine.connect() as connection:
        states = list(connection.scalars(text("SELECT DISTINCT state FROM payment_order")))
        books = connection.scalar(text("SELECT sum(minor) FROM ledger_posting"))
        adds_up = connection.scalar(text("SELECT adds_up FROM statement"))
    if states != ["settled"] or books != 0 or not adds_up:
        raise SystemExit(f"Not everybody was paid once: {states}, the books sum to {books}, adds up: {adds_up}")
    return day
