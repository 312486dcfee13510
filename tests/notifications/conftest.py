"""A small town for the stories: benefits' facts over real HTTP, a real pretend phone, and the service between them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from sqlalchemy import select, text
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from services.notifications import app as wiring
from services.notifications import wording
from services.notifications.gateways.sms import SmppLine, SmsSettings
from services.notifications.tables import message
from shared import messaging
from shared.act import Actor
from shared.auth import Keys, NotSignedIn
from shared.clock import Clock
from shared.events import TOPICS, moment
from shared.ids import uuid7
from shared.process import Service
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
FACTS = Path(__file__).parent / "facts"
OFFICE, OTHER_OFFICE = "vte", "lpb"
CLAIM_NUMBER = "250000001297"


def facts(name: str) -> dict[str, Any]:
    """An assessment as the rules engine wrote it."""
    found: dict[str, Any] = json.loads((FACTS / f"{name}.json").read_text("utf-8"))
    return found


def in_lao(value: Any) -> Any:
    """The same facts with their sentences in Lao, as the catalogue will say them."""
    words = facts("lo")
    if isinstance(value, dict):
        return {k: words.get(v, v) if k in ("msg", "title") else in_lao(v) for k, v in value.items()}
    return [in_lao(item) for item in value] if isinstance(value, list) else value


def new_id() -> str:
    return uuid7(datetime.now(UTC), os.urandom)


@dataclass
class Person:
    """Somebody invented."""

    full: str = "ບຸນມີ ສີສະຫວາດ"
    latin: str = "Bounmy Sisavath"
    language: str = "lo"
    phone: str | None = field(default_factory=lambda: f"+85620{uuid.uuid4().int % 10**8:08d}")
    address: tuple[str, ...] = ("ບ້ານ ໂພນສະຫວ່າງ", "ເມືອງ ຈັນທະບູລີ", "ນະຄອນຫຼວງວຽງຈັນ")
    id: str = field(default_factory=new_id)
    claim: str = field(default_factory=new_id)
    claim_number: str = CLAIM_NUMBER
    office: str = OFFICE

    @property
    def number(self) -> str:
        assert self.phone
        return self.phone


class Benefits:
    """The owner of the facts, as a tiny real server that can be gone and come back."""

    def __init__(self, keys: Path) -> None:
        self.keys = Keys(keys, "benefits")
        self.contacts: dict[str, Any] = {}
        self.decisions: dict[str, Any] = {}
        self.recoveries: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.phone_codes: dict[str, Any] = {}
        self.own_changes: dict[str, Any] = {}
        self.starts: dict[str, Any] = {}
        self.asked: list[str] = []
        self.status = 0  # answer this instead
        self.server: Any = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def _answer(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        return self._find(request)(environ, start)

    def _find(self, request: Request) -> Response:
        self.asked.append(request.path)
        if self.status:
            return Response(status=self.status)
        try:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            actor, _ = self.keys.read(token, datetime.now(UTC))
        except NotSignedIn:
            return Response(status=401)
        assert actor.has("service:notifications")
        _, _, kind, ident, _what = request.path.split("/")
        shelf = {
            "persons": self.contacts,
            "decisions": self.decisions,
            "claims": self.claims,
            "recoveries": self.recoveries,
            "phone-codes": self.phone_codes,
            "own-changes": self.own_changes,
            "starts": self.starts,
        }[kind]
        if ident not in shelf:
            return Response(status=404)
        return Response(json.dumps(shelf[ident]), content_type="application/json")

    # -- what it knows ------------------------------------------------------------------------------

    def knows(self, person: Person, missing: list[str] | None = None, waits_for: str = "officer") -> Person:
        self.contacts[person.id] = {
            "person_id": person.id,
            "office_id": person.office,
            "name": {"full": person.full, "latin": person.latin},
            "language": person.language,
            "phone": person.phone,
            "address": list(person.address),
        }
        lines = [{"msg": m, "params": {}} for m in missing or []]
        self.claims[person.claim] = {
            "claim_id": person.claim,
            "claim_number": person.claim_number,
            "person_id": person.id,
            "office_id": person.office,
            "benefit": "sickness",
            "received_on": "2025-05-19",
            "missing": in_lao(lines) if person.language == "lo" else lines,
            "waits_for": waits_for,
            "waits_until": "2025-06-18",
            "office": self.office(person.language),
            "access_code": "40718256",
            "language": person.language,
            "name": {"full": person.full, "latin": person.latin},
        }
        return person

    @staticmethod
    def office(language: str) -> dict[str, Any]:
        if language == "lo":
            return {
                "name": "ຫ້ອງການປະກັນສັງຄົມ ນະຄອນຫຼວງວຽງຈັນ",
                "name_latin": "Social Security Office, Vientiane Capital",
                "address": ["ຖະໜົນ ປາງຄຳ", "ວຽງຈັນ"],
                "phone": "1508",
            }
        return {
            "name": "Social Security Office, Vientiane Capital",
            "name_latin": "Social Security Office, Vientiane Capital",
            "address": ["Pangkham Road", "Vientiane"],
            "phone": "1508",
        }

    def recovers(self, person: Person, **facts: Any) -> str:
        """What two people decided about money paid too much; answers the recovery's id."""
        recovery = new_id()
        self.recoveries[recovery] = (
            wording.example("recovery_letter")
            | {
                "recovery_id": recovery,
                "claim_id": person.claim,
                "claim_number": person.claim_number,
                "person_id": person.id,
                "office_id": person.office,
                "benefit": "sickness",
                "access_code": "40718256",
                "decided_by": {"name": "Khamla Vongsy", "office": "Vientiane"},
                "confirmed_by": {"name": "Manivanh Sayavong", "office": "Vientiane"},
                "office": self.office(person.language),
                "language": person.language,
            }
            | facts
        )
        return recovery

    def decides(self, person: Person, name: str = "la_sickness", **changes: Any) -> str:
        """A decision about a person; answers its id."""
        decision, lao = new_id(), person.language == "lo"
        assessment = facts(name)
        due = {"la_sickness": ["2025-06-05", "2025-06-05"]}.get(name)
        instalments = [
            {
                "no": i["no"],
                "component": i["component"],
                "period": i["period"],
                "amount": i["amount"],
                "due_on": due[n] if due else i["period"]["to"],
            }
            for n, i in enumerate(assessment["instalments"])
        ]
        where = (
            ["ຫ້ອງການປະກັນສັງຄົມ ນະຄອນຫຼວງວຽງຈັນ, ຖະໜົນ ປາງຄຳ"]
            if lao
            else ["Social Security Office, Vientiane Capital, Pangkham Road"]
        )
        self.decisions[decision] = {
            "decision_id": decision,
            "claim_id": person.claim,
            "claim_number": person.claim_number,
            "person_id": person.id,
            "office_id": person.office,
            "kind": "first",
            "outcome": assessment["outcome"],
            "benefit": assessment["benefit"],
            "decided_on": "2025-06-02",
            "received_on": "2025-05-19",
            "assessment": in_lao(assessment) if lao else assessment,
            "instalments": instalments,
            "total": assessment["total"],
            "difference": None,
            "decided_by": {
                "name": "ຄຳຫຼ້າ ວົງສີ" if lao else "Khamla Vongsy",
                "office": self.office(person.language)["name"],
            },
            "confirmed_by": None,
            "office": self.office(person.language),
            "appeal": {"until": "2025-07-02", "where": where},
            "access_code": "40718256",
            "judged_warnings": {},
            "language": person.language,
        } | changes
        return decision


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Phone:
    """The pretend phone as a process of its own."""

    def __init__(self, database_url: str) -> None:
        self.http, self.smpp, self.database_url = _free_port(), _free_port(), database_url
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"

    def start(self) -> None:
        env = os.environ | {
            "PORT": str(self.http),
            "SMPP_PORT": str(self.smpp),
            "PRETEND_PHONE_DATABASE_URL": self.database_url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded.pretend_phone"],
            cwd=ROOT,
            env=env,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 20
        while True:
            try:
                requests.get(f"{self.url}/healthz", timeout=2).raise_for_status()
                socket.create_connection(("127.0.0.1", self.smpp), 2).close()
                return
            except (requests.RequestException, OSError):
                assert time.monotonic() < until, "the pretend phone does not start"
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def received(self, **query: str) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self.url}/received", params=query, timeout=5).json()
        return found

    def texts(self, number: str) -> list[str]:
        """The messages on a phone, oldest first."""
        return [m["text"] for m in self.received(number=number)["messages"]]

    def behave(self, number: str, **rules: Any) -> None:
        answer = requests.post(f"{self.url}/behaviour", json={"number": number, **rules}, timeout=5)
        assert answer.status_code == 200, answer.text


@dataclass
class Town:
    """The service with all that is around it."""

    service: Service
    benefits: Benefits
    phone: Phone
    settings: Settings
    clock: Clock
    operator: SmsSettings
    sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    # -- events -------------------------------------------------------------------------------------

    def event(self, type_: str, person: Person, **data: Any) -> dict[str, Any]:
        """An event as the other services post it."""
        source = "/" + type_.split(".", 1)[0]
        number = self.sequences[source, person.id] = self.sequences.get((source, person.id), 0) + 1
        base: dict[str, Any] = {
            "claim_id": person.claim,
            "claim_number": person.claim_number,
            "person_id": person.id,
            "office_id": person.office,
        }
        if "order_id" in TOPICS[type_].data["properties"]:
            base |= {
                "order_id": new_id(),
                "reference": "0123456789ABCD12",
                "award_id": new_id(),
                "component": "allowance",
                "no": 1,
                "amount": {"minor": 224000000, "currency": "LAK"},
            }
        return {
            "specversion": "1.0",
            "id": new_id(),
            "source": source,
            "type": type_,
            "subject": person.claim,
            "time": "2025-06-02T00:00:00Z",
            "recordedtime": moment(datetime.now(UTC)),
            "datacontenttype": "application/json",
            "dataschema": TOPICS[type_].dataschema,
            "partitionkey": person.id,
            "sequence": str(number),
            "correlationid": person.claim,
            "data": base | data,
        }

    def hears(self, *events: dict[str, Any]) -> None:
        """Events arrive in the inbox, as any carrier brings them."""
        for event in events:
            with self.service.engine.begin() as connection:
                messaging.receive(connection, event, datetime.now(UTC))

    def tell(self, type_: str, person: Person, **data: Any) -> dict[str, Any]:
        event = self.event(type_, person, **data)
        self.hears(event)
        return event

    def submitted(self, person: Person) -> dict[str, Any]:
        return self.tell("benefits.claim.submitted", person, benefit="sickness", received_on="2025-05-19")

    def decided(self, person: Person, decision: str, **data: Any) -> dict[str, Any]:
        known = self.benefits.decisions[decision]
        return self.tell(
            "benefits.decision.made",
            person,
            **{
                "decision_id": decision,
                "kind": known["kind"],
                "outcome": known["outcome"],
                "decided_on": "2025-06-02",
                "total": known["total"],
                "difference": known["total"],
            }
            | data,
        )

    def paid(self, person: Person, minor: int = 224000000) -> dict[str, Any]:
        return self.tell(
            "payments.instalment.paid",
            person,
            paid_on="2025-06-05",
            amount={"minor": minor, "currency": "LAK"},
        )

    # -- work ---------------------------------------------------------------------------------------

    def make_due(self) -> None:
        """What waits for a later moment of today is due now."""
        with self.service.engine.begin() as connection:
            connection.execute(text("UPDATE job SET due_at = now() - interval '1 second' WHERE state = 'waiting'"))
            connection.execute(
                text("UPDATE inbox SET next_try_at = now() - interval '1 second' WHERE state = 'waiting'")
            )

    def works(self, rounds: int = 1) -> None:
        """Carry out messages and look at jobs, so many times over."""
        for number in range(rounds):
            if number:
                self.make_due()
            self.service.carry_out()
            for _ in range(3):  # letters let messages go first
                self.service.look_at_jobs()

    def until(self, done: Callable[[], Any], seconds: float = 40) -> Any:
        """Wait for something that comes from outside, such as a receipt."""
        end = time.monotonic() + seconds
        while not (found := done()):
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)
        return found

    # -- looking ------------------------------------------------------------------------------------

    def rows(self, person: Person | None = None, **where: Any) -> list[Any]:
        query = select(message).order_by(message.c.number)
        if person is not None:
            query = query.where(message.c.person_id == person.id)
        for name, value in where.items():
            query = query.where(message.c[name] == value)
        with self.service.engine.connect() as connection:
            return list(connection.execute(query).all())

    def sms(self, person: Person) -> Any:
        (row,) = self.rows(person, channel="sms")
        return row

    def letter(self, person: Person) -> Any:
        (row,) = self.rows(person, channel="letter")
        return row

    def state(self, person: Person, *states: str, seconds: float = 40) -> Any:
        """Work until the person's one short message stands there."""

        def there() -> Any:
            row = self.sms(person)
            if row.state in states:
                return row
            self.make_due()
            self.service.look_at_jobs()
            return None

        return self.until(there, seconds)

    def posted(self, type_: str) -> list[dict[str, Any]]:
        with self.service.engine.connect() as connection:
            return list(
                connection.scalars(text("SELECT body FROM outbox WHERE type = :t ORDER BY position"), {"t": type_})
            )

    # -- people at their pages ----------------------------------------------------------------------

    def client(self, **config: Any) -> Any:
        return wiring.create_app(self.service, NO_LIMITS=True, **config).test_client()

    def token(self, *roles: str, office: str | None = OFFICE, claim: str | None = None) -> str:
        actor = Actor(
            id="worker" if claim else "clerk-1",
            kind="worker" if claim else "account",
            roles=frozenset(roles),
            office=office,
            claim=claim,
            name="Noy",
            language="en",
        )
        return self.benefits.keys.session_token(actor, csrf="c5rf", now=datetime.now(UTC))

    def signed_in(self, *roles: str, office: str | None = OFFICE, claim: str | None = None) -> Any:
        """A browser with a session."""
        client = self.client()
        client.set_cookie("tideover", self.token(*roles, office=office, claim=claim))
        return client

    def as_(self, *roles: str, office: str | None = OFFICE, claim: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(*roles, office=office, claim=claim)}"}

    def another(self) -> Service:
        """A second process of the same service, on the same database."""
        return wiring.build(self.settings, self.clock, SmppLine(self.operator))


@pytest.fixture(scope="session")
def phone() -> Iterator[Phone]:
    conninfo = os.environ["TIDEOVER_TEST_SERVER"]
    name = f"phone_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(f"{conninfo} dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    parts = dict(p.split("=", 1) for p in conninfo.split())
    port = f":{parts['port']}" if "port" in parts else ""
    found = Phone(f"postgresql://{parts['user']}@{port}/{name}?host={parts['host']}")
    yield found
    found.stop()
    with psycopg.connect(f"{conninfo} dbname=postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def town(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path, phone: Phone) -> Iterator[Town]:
    clock = Clock(sandbox_file=tmp_path / "clock")
    clock.move_to(date(2025, 6, 2))
    benefits = Benefits(keys_folder)
    settings = Settings(
        service="notifications",
        database_url=new_database("notifications"),
        keys_dir=keys_folder,
        urls={"benefits": benefits.url},
        public_url="https://cash.example.la",
        sandbox_clock=tmp_path / "clock",
        secure_cookies=False,
    )
    sms = SmsSettings("127.0.0.1", phone.smpp, query_url=phone.url, answer_seconds=1.5, settle_seconds=2.0)
    line = SmppLine(sms)
    service = wiring.build(settings, clock, line)
    yield Town(service, benefits, phone, settings, clock, sms)
    line.close()
    benefits.close()
    service.engine.dispose()


@pytest.fixture
def person(town: Town) -> Person:
    """Bounmy, who reads Lao."""
    return town.benefits.knows(Person())


def ago(**units: float) -> datetime:
    return datetime.now(UTC) - timedelta(**units)
