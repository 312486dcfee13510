"""A small town for payments: the service with its database, the pretend bank over real HTTP, people with accounts."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select, text
from werkzeug.serving import WSGIRequestHandler, make_server

from deploy.embedded.pretend_bank import PretendBank
from deploy.embedded.pretend_bank import create_app as create_bank
from deploy.embedded.pretend_wallet import PretendWallet
from deploy.embedded.pretend_wallet import create_app as create_operator
from services.payments import consumer, store
from services.payments import tables as t
from services.payments.app import create_app
from services.payments.domain.check import Account, Payee
from services.payments.gateways.iso_bank import IsoBank
from services.payments.gateways.payees import PayeesAway, PayeeUnknown
from services.payments.gateways.wallet import WalletOperator
from services.payments.institution import institution
from services.payments.usecases import regaining, runs
from services.payments.usecases.cash_desk import CashDesk
from services.payments.usecases.outside import Outside
from shared import database
from shared.act import Act, Actor
from shared.clock import Clock
from shared.ids import uuid7
from shared.jobs import JobRun
from shared.messaging import receive
from shared.money import Money
from shared.process import Service
from shared.settings import Settings
from shared.tables import outbox
from tests.there import there

KHAMLA = Actor("khamla", "account", frozenset({"payment_officer"}), office="hq", name="Khamla")
DAOVONE = Actor("daovone", "account", frozenset({"payment_officer"}), office="hq", name="Daovone")
SOMCHIT = Actor("somchit", "account", frozenset({"supervisor"}), office="hq", name="Somchit")
PAY_DAY = date(2025, 5, 22)
SECRET = "told by the operator"
#: What the institution holds with the operator of wallets.
FLOAT = "7700000000001"


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any, **__: Any) -> None:
        """Nothing."""


@dataclass
class Register:
    """What benefits would answer about people."""

    people: dict[str, Payee] = field(default_factory=dict)
    away: bool = False

    def payee(self, person_id: str) -> Payee:
        if self.away:
            raise PayeesAway("away")
        if person_id not in self.people:
            raise PayeeUnknown(person_id)
        return self.people[person_id]

    def payees(self, person_ids: Sequence[str]) -> dict[str, Payee]:
        if self.away:
            raise PayeesAway("away")
        return {id_: self.people[id_] for id_ in person_ids if id_ in self.people}


@dataclass
class BankSide:
    """The pretend bank as tests talk to it."""

    url: str
    books: PretendBank
    closing: list[Callable[[], None]] = field(default_factory=list)

    def told(self, **how: Any) -> None:
        requests.post(self.url + "/control", json=how, timeout=5).raise_for_status()

    def books_by_hand(self, **movement: Any) -> None:
        requests.post(self.url + "/control/movements", json=movement, timeout=5).raise_for_status()

    def moved(self) -> dict[str, dict[str, int]]:
        """For each reference: how often money went out, and what the payee has of it now."""
        return dict(requests.get(self.url + "/moved", timeout=5).json())


class Town:
    """One pay office with its bank, played from outside."""

    def __init__(self, service: Service, bank: BankSide, register: Register, clock: Clock, out: Outside) -> None:
        self.service, self.bank, self.register, self.clock, self.out = service, bank, register, clock, out
        self.sequence: dict[str, int] = {}
        self.random = os.urandom
        self.numbers = itertools.count(1)
        self.others: list[BankSide | Counters] = []  # the channels beside the bank, where a story has them
        self.closing: list[Callable[[], None]] = []  # what is shut when the books have been checked
        self.bank_is_right = True  # false in a story where the bank itself pays the wrong sum

    # -- people and awards

    def id(self) -> str:
        return uuid7(self.clock.now(), self.random)

    def person(
        self,
        name: str = "ນາງ ບຸນມີ ສີສະຫວັດ",
        account: str | None = "1100200300401",
        changed_on: date | None = None,
    ) -> str:
        person_id = self.id()
        self.has_account(person_id, account, name, changed_on)
        return person_id

    def has_account(
        self,
        person_id: str,
        number: str | None,
        name: str = "ນາງ ບຸນມີ ສີສະຫວັດ",
        changed_on: date | None = None,
        kind: str = "bank",
    ) -> None:
        bank = {"bank": "BCEL", "wallet": "UMONEY", "cash": ""}[kind]
        account = Account(kind, bank, number, name) if number is not None else None
        self.register.people[person_id] = Payee(person_id, name, "Bounmy Sisavath", account, changed_on)

    def event(self, type_: str, person_id: str, data: dict[str, Any]) -> dict[str, Any]:
        n = self.sequence[person_id] = self.sequence.get(person_id, 0) + 1
        return {
            "specversion": "1.0",
            "id": self.id(),
            "source": "/benefits",
            "type": type_,
            "subject": data.get("award_id", person_id),
            "time": "2025-05-01T00:00:00Z",
            "recordedtime": "2025-05-01T00:00:00.000Z",
            "datacontenttype": "application/json",
            "dataschema": f"https://tideover.example/schemas/{type_}/1.0",
            "partitionkey": person_id,
            "sequence": str(n),
            "correlationid": data.get("claim_id", person_id),
            "data": data,
        }

    def hears(self, body: dict[str, Any]) -> None:
        """An event arrives twice, as brokers do, and is carried out."""
        with self.service.engine.begin() as connection:
            receive(connection, body, self.clock.now())
            receive(connection, body, self.clock.now())
        self.service.carry_out()

    def award(
        self,
        person_id: str,
        *amounts: int,
        component: str = "sickness",
        due: date = PAY_DAY,
        office: str = "vte",
        currency: str = "LAK",
        **more: Any,
    ) -> dict[str, Any]:
        """benefits.award.granted with one instalment a month; amounts in minor units."""
        number = next(self.numbers)
        data = {
            "claim_id": self.id(),
            "claim_number": f"25{number:010d}",
            "person_id": person_id,
            "office_id": office,
            "decision_id": self.id(),
            "award_id": self.id(),
            "version": 1,
            "currency": currency,
        } | more
        self._grant("benefits.award.granted", data, amounts, component, due)
        return data

    def _grant(self, type_: str, data: dict[str, Any], amounts: tuple[int, ...], component: str, due: date) -> None:
        data["instalments"] = [
            {
                "no": n,
                "component": component,
                "period": {"from": "2025-04-01", "to": "2025-04-30"},
                "due_on": (due + timedelta(days=30 * (n - 1))).isoformat(),
                "amount": {"minor": a, "currency": data["currency"]},
            }
            for n, a in enumerate(amounts, 1)
        ]
        data["total"] = {"minor": sum(amounts), "currency": data["currency"]}
        self.hears(self.event(type_, data["person_id"], dict(data)))

    def revised(self, award: dict[str, Any], *amounts: int, component: str = "sickness", due: date = PAY_DAY) -> None:
        award["version"] += 1
        self._grant("benefits.award.revised", award, amounts, component, due)

    def ended(self, award: dict[str, Any]) -> None:
        award["version"] += 1
        keep = ("claim_id", "claim_number", "person_id", "office_id", "decision_id", "award_id", "version")
        data = {k: award[k] for k in keep} | {
            "ended_on": self.clock.today().isoformat(),
            "reason": "recovered",
        }
        self.hears(self.event("benefits.award.ended", award["person_id"], data))

    def payee_changed(self, person_id: str) -> None:
        self.hears(self.event("benefits.payee.changed", person_id, {"person_id": person_id, "office_id": "vte"}))

    # -- days and people at work

    def day(self, day: date) -> None:
        """Midnight of a new day: its jobs are asked for and done."""
        self.clock.move_to(day)
        self.service.plan_day()
        self.works()

    def works(self) -> None:
        while self.service.carry_out() + self.service.look_at_jobs():
            pass

    def later(self) -> None:
        """Whatever waits for its moment (not for another day) is looked at now."""
        with self.service.engine.begin() as connection:
            connection.execute(text("UPDATE job SET due_at = now() - interval '1 day' WHERE state = 'waiting'"))
        self.works()

    def act(self, actor: Actor = KHAMLA) -> Any:
        clock, engine = self.clock, self.service.engine

        class Acting:
            def __enter__(self) -> Act:
                self.transaction = engine.begin()
                return Act(self.transaction.__enter__(), actor, clock.now(), clock.today())

            def __exit__(self, *fault: Any) -> None:
                self.transaction.__exit__(*fault)

        return Acting()

    def job(self, kind: str = "test", **payload: Any) -> JobRun:
        return JobRun(self.service.engine, self.clock, "payments", 0, kind, "", payload, self.clock.today(), 0, "")

    def drafts(self, actor: Actor = KHAMLA, pay_day: date | None = None) -> str:
        """A person prepares a run for today; the check is done. Returns its id."""
        with self.act(actor) as act:
            made = runs.draft_runs(act, pay_day or act.today)
        self.works()
        if not made:  # the morning's job was faster
            with self.service.engine.connect() as connection:
                r = t.run
                made = list(
                    connection.scalars(select(r.c.id).where(r.c.state.in_(("draft", "checked"))).order_by(r.c.id))
                )
        assert len(made) == 1
        return str(made[0])

    def drafts_nothing(self) -> None:
        """A run is prepared, and nothing of it can be paid: it is taken back by itself."""
        with self.act(KHAMLA) as act:
            runs.draft_runs(act, act.today)
        self.works()

    def judges_all(self, run_id: str) -> None:
        with self.act(DAOVONE) as act:
            for item in store.items(act.connection, run_id):
                if item.warnings and item.taken_out is None and item.judged_by is None:
                    runs.judge(act, run_id, item.order_id, "pay")

    def releases(self, run_id: str, *actors: Actor) -> None:
        """Two people release the run by its total, without anything being sent yet."""
        for actor in actors or (DAOVONE, SOMCHIT):
            with self.act(actor) as act:
                row = there(store.run(act.connection, run_id))
                runs.release(act, run_id, Money(row.total_minor, row.currency))

    def pays(self, pay_day: date | None = None) -> str:
        """The whole way of a run: drafted, checked, judged, released, sent, answered, first statement read."""
        run_id = self.drafts(pay_day=pay_day)
        self.judges_all(run_id)
        self.releases(run_id)
        self.works()
        return run_id

    # -- looking

    def orders(self, award: dict[str, Any] | None = None) -> list[Any]:
        with self.service.engine.connect() as connection:
            query = select(t.payment_order).order_by(t.payment_order.c.award_id, t.payment_order.c.serial)
            if award is not None:
                query = query.where(t.payment_order.c.award_id == award["award_id"])
            return list(connection.execute(query))

    def states(self, award: dict[str, Any] | None = None) -> list[str]:
        return [row.state for row in self.orders(award)]

    def run(self, run_id: str) -> Any:
        with self.service.engine.connect() as connection:
            return store.run(connection, run_id)

    def events(self, *types: str) -> list[dict[str, Any]]:
        """Events that left, oldest first: their data with the type's last words."""
        with self.service.engine.connect() as connection:
            rows = connection.execute(select(outbox.c.type, outbox.c.body).order_by(outbox.c.position))
            found = [{"type": row.type.removeprefix("payments."), **row.body["data"]} for row in rows]
        return [e for e in found if not types or e["type"] in types]

    def balance(self, account: str, currency: str = "LAK") -> int:
        with self.service.engine.connect() as connection:
            return int(
                sum(
                    row.balance
                    for row in store.balances(connection)
                    if (row.account, row.currency) == (account, currency)
                )
            )

    def moved(self) -> dict[str, dict[str, int]]:
        """What the books of all channels show: no reference stands in two of them."""
        found: dict[str, dict[str, int]] = {}
        for side in (self.bank, *self.others):
            told = side.moved()
            assert not set(found) & set(told), "no order left over two channels"
            found |= told
        return found

    def paid_to(self, person_id: str) -> int:
        """Minor units that the channels' own books show as arrived for a person, over all her orders."""
        moved = self.moved()
        with self.service.engine.connect() as connection:
            references = connection.scalars(
                select(t.payment_order.c.reference).where(t.payment_order.c.person_id == person_id)
            )
            return sum(moved.get(reference, {"minor": 0})["minor"] for reference in references)

    def check_books(self) -> None:
        """After every story: the ledger balances, no reference moved twice, what we call paid is what arrived."""
        with self.service.engine.connect() as connection:
            sums: dict[str, int] = {}
            for row in store.balances(connection):
                sums[row.currency] = sums.get(row.currency, 0) + int(row.balance)
            assert not any(sums.values()), "the ledger balances"
            in_flight = [
                o for o in connection.execute(select(t.payment_order)) if o.state in ("sent", "accepted", "unknown")
            ]
            settled = connection.execute(select(t.payment_order).where(t.payment_order.c.state == "settled")).all()
        assert self.balance("clearing") == -sum(o.amount_minor for o in in_flight if o.currency == "LAK")
        moved = self.moved()
        assert all(m["times"] == 1 for m in moved.values()), "no order was executed twice"
        for o in settled if self.bank_is_right else ():
            assert moved[o.reference]["minor"] == o.amount_minor


def serve(app: Any) -> tuple[Any, str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def open_bank(url: str, clock_file: Path) -> BankSide:
    """The pretend bank, with books of its own, over real HTTP."""
    engine = database.connect(url)
    clock_file.write_text(PAY_DAY.isoformat())
    books = PretendBank(engine, Clock(sandbox_file=clock_file))
    server, address = serve(create_bank(books))
    return BankSide(address, books, [server.shutdown, engine.dispose])


@pytest.fixture
def bank_side(new_database: Callable[[str], str], tmp_path: Path) -> Iterator[BankSide]:
    """The pretend bank of a story."""
    side = open_bank(new_database("payments"), tmp_path / "clock")
    yield side
    for close in side.closing:
        close()


def build(url: str, keys_folder: Path, clock: Clock, out: Outside) -> Service:
    settings = Settings(service="payments", database_url=url, keys_dir=keys_folder)
    return Service(
        name="payments",
        folder=Path(consumer.__file__).parent,
        handlers=consumer.HANDLERS,
        jobs=consumer.jobs_for(out),
        settings=settings,
        clock=clock,
        daily=consumer.daily,
        regained=regaining.put_back,
    )


def open_town(url: str, keys_folder: Path, clock_file: Path, bank: BankSide) -> Town:
    """The pay office of a bank."""
    clock, register = Clock(sandbox_file=clock_file), Register()
    out = Outside(IsoBank(bank.url, answer_seconds=3), register, institution())
    service = build(url, keys_folder, clock, out)
    return Town(service, bank, register, clock, out)


@pytest.fixture
def town(new_database: Callable[[str], str], bank_side: BankSide, keys_folder: Path, tmp_path: Path) -> Iterator[Town]:
    played = open_town(new_database("payments"), keys_folder, tmp_path / "clock", bank_side)
    yield played
    played.check_books()
    for close in played.closing:
        close()
    played.service.engine.dispose()


def open_wallets(town: Town, url: str) -> BankSide:
    """The operator of wallets beside the bank, and our door at which he rings."""
    ours, address = serve(create_app(town.service))
    engine = database.connect(url)
    books = PretendWallet(engine, town.clock, secret=SECRET, call_back=f"{address}/v1/call-backs/wallet")
    server, place = serve(create_operator(books))
    town.out.others = (*town.out.others, WalletOperator(place, answer_seconds=3))
    side = BankSide(place, books)
    town.others.append(side)
    town.closing += [ours.shutdown, server.shutdown, engine.dispose]
    return side


@pytest.fixture
def wallets(town: Town, new_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> BankSide:
    """The operator of wallets of a story."""
    monkeypatch.setenv("WALLET_SECRET", f"an older one,{SECRET}")
    return open_wallets(town, new_database("payments"))


@dataclass
class Counters:
    """What the vouchers show as handed over: the other channels' books, for cash."""

    service: Service

    def moved(self) -> dict[str, dict[str, int]]:
        """For each reference: how often money was handed over, and how much."""
        o, m = t.payment_order, t.cash_move
        query = select(o.c.reference, m.c.minor).join(o, o.c.id == m.c.order_id)
        found: dict[str, dict[str, int]] = {}
        with self.service.engine.connect() as connection:
            for reference, minor in connection.execute(query):
                before = found.get(reference, {"times": 0, "minor": 0})
                found[reference] = {"times": before["times"] + 1, "minor": before["minor"] - minor}
        return found


def open_counters(town: Town) -> Counters:
    """The counters of the offices beside the bank."""
    desk = CashDesk(lambda: town.service.engine, town.clock, town.out.institution)
    town.out.others = (*town.out.others, desk)
    side = Counters(town.service)
    town.others.append(side)
    return side


@pytest.fixture
def counters(town: Town) -> Counters:
    """The counters of a story."""
    return open_counters(town)
