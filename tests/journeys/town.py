"""A small town in one process: counter, officer, bank, phone. The three services speak over real HTTP and real
databases; only the processes that would repeat their rounds are turned by hand."""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select, text
from werkzeug.serving import make_server

from deploy.embedded import pretend_bank, pretend_counter, pretend_wallet, proxy
from deploy.embedded.hands import SAMPLE, Hands
from services.benefits import app as benefits_app
from services.benefits import operations
from services.benefits.usecases import files_in
from services.notifications import app as notifications_app
from services.notifications.gateways.sms import SmppLine, SmsSettings
from services.payments import app as payments_app
from services.payments import consumer as payments_consumer
from shared import database, messaging
from shared.act import Act, Actor
from shared.clock import Clock
from shared.process import Service
from shared.settings import Settings
from shared.tables import inbox, job
from tests.notifications.conftest import Phone

logging.getLogger("werkzeug").setLevel(logging.WARNING)
SERVICES = ("benefits", "payments", "notifications")
WALLET_SECRET = "of this town"
FIRST_DAY = date(2025, 4, 21)


class Town:
    """The services, the bank, the phone, and the people of the sample."""

    def __init__(self, urls: dict[str, str], keys: Path, clock_file: Path, *, seed: int | None = None) -> None:
        clock_file.write_text(FIRST_DAY.isoformat())
        self.chance = random.Random(seed) if seed is not None else None
        self.clock = Clock(sandbox_file=clock_file)
        self.servers: list[Any] = []
        os.environ["SANDBOX_CLOCK"] = str(clock_file)
        self.bank = pretend_bank.PretendBank(database.connect(urls["bank"]), self.clock)
        bank_url = self._serve(pretend_bank.create_app(self.bank))
        self.wallet = pretend_wallet.PretendWallet(database.connect(urls["wallet"]), self.clock, secret=WALLET_SECRET)
        wallet_url = self._serve(pretend_wallet.create_app(self.wallet))
        self.phone = Phone(urls["phone"])
        self.address = self._serve(self._route)
        self.services: dict[str, Service] = {}
        self.apps: dict[str, Any] = {}
        inboxes = {name: urls[name] for name in SERVICES}

        def settings(name: str) -> Settings:
            return Settings(
                service=name,
                database_url=urls[name],
                keys_dir=keys,
                inboxes=inboxes,
                urls=dict.fromkeys(SERVICES, self.address),
                public_url=self.address,
                sandbox_clock=clock_file,
                secure_cookies=False,
            )

        self.services["benefits"] = benefits_app.build(settings("benefits"), self.clock)
        os.environ |= {"BANK_URL": bank_url, "WALLET_URL": wallet_url, "WALLET_SECRET": WALLET_SECRET}
        self.wallet.call_back = f"{self.address}/v1/call-backs/wallet"
        self.services["payments"] = Service(
            "payments",
            Path(payments_app.__file__).parent,
            payments_consumer.HANDLERS,
            payments_consumer.jobs_for(payments_app.outside(settings("payments"), self.clock)),
            settings("payments"),
            self.clock,
            daily=payments_consumer.daily,
        )
        line = SmppLine(SmsSettings("127.0.0.1", self.phone.smpp, query_url=self.phone.url))
        self.services["notifications"] = notifications_app.build(settings("notifications"), self.clock, line)
        self.apps = {
            "benefits": benefits_app.create_app(self.services["benefits"]),
            "payments": payments_app.create_app(self.services["payments"]),
            "notifications": notifications_app.create_app(self.services["notifications"]),
        }
        for app in self.apps.values():
            app.config["NO_LIMITS"] = True
        self._load_sample()
        self.hands = Hands(self.address)

    def _serve(self, application: Any) -> str:
        server = make_server("127.0.0.1", 0, application, threaded=True)
        self.servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    def _route(self, environ: Any, start: Any) -> Any:
        return self.apps[proxy.owner_of(environ["PATH_INFO"]) or "benefits"](environ, start)

    def _load_sample(self) -> None:
        service = self.services["benefits"]
        with service.engine.begin() as connection:
            actor = Actor(id="operator", kind="account", roles=frozenset({"administrator"}), office="hq")
            act = Act(connection=connection, actor=actor, now=self.clock.now(), today=self.clock.today())
            for path in sorted(SAMPLE.glob("[1-5]-*.csv")):
                taken = files_in.take_file(act, path.stem.split("-", 1)[1], path.name, path.read_bytes())
                assert taken.counts == {"accepted": taken.rows}, files_in.answers(act, taken)
            operations.practise(act, service.keys, SAMPLE / "practice.csv")

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.phone.stop()
        for service in self.services.values():
            service.engine.dispose()
            for engine in service.inboxes.values():
                engine.dispose()
        for name in ("BANK_URL", "WALLET_URL", "WALLET_SECRET"):
            os.environ.pop(name, None)
        os.environ.pop("SANDBOX_CLOCK", None)

    # --- time and messages ---------------------------------------------------------------------

    def _carry(self, service: Service) -> int:
        """The carrier; where chance is asked for, each message is delivered twice and in changed order."""
        if self.chance is None:
            return service.carry()
        with service.engine.connect() as connection:
            rows = list(messaging.unsent(connection, 500))
        twice = rows * 2
        self.chance.shuffle(twice)
        for reader in sorted(messaging.readers_of("/" + service.name)):
            with service.inboxes[reader].begin() as connection:
                for row in twice:
                    messaging.receive(connection, row.body, self.clock.now())
        with service.engine.begin() as connection:
            messaging.mark_sent(connection, [row.position for row in rows], self.clock.now())
        return len(rows)

    def settle(self, rounds: int = 60) -> None:
        """Turn the rounds of all services until nothing is left to do today."""
        for service in self.services.values():
            service.plan_day()
        for _ in range(rounds):
            did = 0
            for service in self.services.values():
                did += self._carry(service) + service.carry_out() + service.look_at_jobs()
            if not did and all(service.is_idle() for service in self.services.values()) and not self._soon():
                return
            self._hurry()
        raise AssertionError(f"the day does not come to rest: {self._left()}")

    def at_the_counter(self) -> int:
        """Who waits for cash comes, is looked at by two officers, and goes; answers how many were paid."""
        given = pretend_counter.play(self.hands, self.phone.url)
        self.settle()
        return given

    def _soon(self) -> bool:
        return any(self._waiting(service) for service in self.services.values())

    def _waiting(self, service: Service) -> int:
        with service.engine.connect() as connection:
            soon = self.clock.now() + timedelta(seconds=120)
            query = select(job.c.number).where(
                job.c.state == "waiting",
                job.c.due_on <= self.clock.today(),
                job.c.due_at <= soon,
                job.c.kind != "keep_line",
            )
            return len(connection.execute(query).all())

    def _hurry(self) -> None:
        """What asks for a little patience gets none in a story: its moment comes at once."""
        for service in self.services.values():
            with service.engine.begin() as connection:
                connection.execute(
                    text(
                        "UPDATE job SET due_at = now() - interval '1 second' WHERE state = 'waiting' "
                        "AND due_at > now() AND due_at < now() + interval '2 minutes' AND kind <> 'keep_line'"
                    )
                )

    def _left(self) -> list[Any]:
        left: list[Any] = []
        for name, service in self.services.items():
            with service.engine.connect() as connection:
                left += [
                    (name, r.type, r.state, r.reason)
                    for r in connection.execute(select(inbox).where(inbox.c.state != "done"))
                ]
                left += [
                    (name, r.kind, r.reason, str(r.due_at))
                    for r in connection.execute(select(job).where(job.c.state == "waiting"))
                ]
        return left

    def passes(self, to: str, *, releasing: bool = True) -> None:
        """The days pass; on each pay day two people release what was checked."""
        target, day = date.fromisoformat(to), self.clock.today()
        while True:
            self.settle()
            if releasing and self.hands.release_runs():
                self.settle()
            if day >= target:
                return
            day = min(target, self._next_day(day))
            self.clock.move_to(day)

    def _next_day(self, day: date) -> date:
        """Tomorrow while something is under way, else the next day on which something falls due."""
        with self.services["payments"].engine.connect() as connection:
            due = connection.scalar(
                text("SELECT min(due_on) FROM payment_order WHERE state IN ('planned', 'held') AND due_on > :d"),
                {"d": day},
            )
            moving = connection.scalar(
                text("SELECT count(*) FROM payment_order WHERE state IN ('approved', 'sent', 'accepted', 'unknown')")
            )
        if moving:
            return day + timedelta(days=1)
        return due or day + timedelta(days=7)

    # --- what can be seen ----------------------------------------------------------------------

    def moved(self) -> dict[str, dict[str, int]]:
        """What the bank executed: per reference how often, and how much it left with the payee."""
        url = os.environ["BANK_URL"]
        found: dict[str, dict[str, int]] = requests.get(f"{url}/moved", timeout=5).json()
        return found

    def texts(self, number: str) -> list[str]:
        """The messages on the phone of the person with this insured number."""
        return self.phone.texts(self.hands.person(number)["phone"])

    def lying_open(self, *marks: str) -> set[str]:
        """The columns of all three databases in which one of the marks can be read."""
        found = set()
        for name, service in self.services.items():
            with service.engine.connect() as connection:
                columns = connection.exec_driver_sql(
                    "SELECT table_name, column_name FROM information_schema.columns "
                    "WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'bytea', 'ARRAY')"
                ).all()
                assert len(columns) > 30
                for table, column in columns:
                    for mark in marks:
                        # A bytea is compared as its hexadecimal digits, everything else as its text.
                        shown = f'"{column}"::text ILIKE %(mark)s OR "{column}"::text ILIKE %(hex)s'
                        told = {"mark": f"%{mark}%", "hex": f"%{mark.encode().hex()}%"}
                        if connection.exec_driver_sql(f'SELECT 1 FROM "{table}" WHERE {shown} LIMIT 1', told).first():
                            found.add(f"{name}.{table}.{column}")
        return found

    def parked(self) -> list[Any]:
        return [entry for entry in self._left() if entry[2] == "parked"]


def make_town(
    new_database: Callable[[str], str], empty_database: Callable[[], str], keys: Path, tmp: Path, **kw: Any
) -> Town:
    urls = {name: new_database(name) for name in SERVICES} | {
        "bank": empty_database(),
        "wallet": empty_database(),
        "phone": empty_database(),
    }
    return Town(urls, keys, tmp / "clock", **kw)
