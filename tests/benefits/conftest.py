"""An office with people in it, and somebody at each desk."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask

from services.benefits import app as benefits
from services.benefits import operations, store
from services.benefits import tables as t
from services.benefits.domain.claim import Claim
from services.benefits.usecases import people, staff
from shared.act import SECOND_FACTOR, Act, Actor, service_actor
from shared.clock import Clock
from shared.settings import Settings
from tests.benefits.visitors import Browser, Phone


@dataclass
class Person:
    """Somebody signed in, calling the API."""

    office: Office
    actor: Actor
    keys: Any = field(default_factory=lambda: itertools.count())

    def headers(self, **more: str) -> dict[str, str]:
        token = self.office.service.keys.session_token(self.actor, csrf="c", now=self.office.service.clock.now())
        return {"Authorization": f"Bearer {token}", **more}

    def call(self, method: str, path: str, body: Any = None, *, etag: int | None = None, key: str | None = None) -> Any:
        more = {"Idempotency-Key": key or str(uuid.uuid4())} if method == "POST" else {}
        if etag is not None:
            more["If-Match"] = f'"{etag}"'
        return self.office.client.open(path, method=method, json=body, headers=self.headers(**more))

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **kw: Any) -> Any:
        return self.call("POST", path, body, **kw)

    def patch(self, path: str, body: Any, etag: int) -> Any:
        return self.call("PATCH", path, body, etag=etag)


PASSWORD = "a long word for the desk"


@dataclass
class Staff:
    """Somebody with an account: her name, password and device."""

    office: Office
    id: str
    username: str
    password: str
    totp_secret: str

    @property
    def code(self) -> str:
        """What her device shows now; each code lets her in once."""
        now = int(self.office.service.clock.now().timestamp())
        return pyotp.TOTP(self.totp_secret).at(now) if self.totp_secret else ""

    @property
    def typed(self) -> dict[str, str]:
        return {"username": self.username, "password": self.password, "code": self.code}


class Office:
    """Benefits with one database, two offices, and a clock that stands still."""

    def __init__(self, url: str, keys_folder: Any, clock_file: Any, today: str = "2025-05-20") -> None:
        self.clock_file = clock_file
        self.on(today)
        settings = Settings(service="benefits", database_url=url, keys_dir=keys_folder, secure_cookies=False)
        self.service = benefits.build(settings, Clock(sandbox_file=clock_file))
        self.app = benefits.create_app(self.service)
        self.app.config["NO_LIMITS"] = True
        self.client = self.app.test_client()
        with self.service.engine.begin() as connection:
            for id_, name in (("svk", "ສະຫວັນນະເຂດ"), ("vte", "ວຽງຈັນ"), ("hq", "ສຳນັກງານໃຫຍ່")):
                connection.execute(
                    t.office.insert().values(
                        id=id_, name=name, name_latin=id_.upper(), address=["1"], phone="+85641212000"
                    )
                )

    def on(self, today: str) -> None:
        """Set the clock of the sandbox."""
        self.clock_file.write_text(today)

    def __getattr__(self, name: str) -> Person:
        """`office.officer`, `office.supervisor`, `office.officer_of_vte`: whoever is named, from svk unless said."""
        role, _, place = name.partition("_of_")
        number = role.rstrip("0123456789")
        if number not in (
            "clerk",
            "officer",
            "supervisor",
            "auditor",
            "payment_officer",
            "policy_maker",
            "administrator",
        ):
            raise AttributeError(name)
        actor = Actor(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            kind="account",
            roles=frozenset({number}),
            office=place or "svk",
            name=name.title(),
        )
        return Person(self, actor)

    def machine(self, name: str) -> dict[str, str]:
        keys = self.service.keys.__class__(self.service.settings.keys_dir, name)
        return {"Authorization": f"Bearer {keys.service_token('benefits', self.service.clock.now())}"}

    def claim(self, claim_id: str) -> Claim:
        """A claim as it is stored."""
        with self.service.engine.connect() as connection:
            return store.claims.get(self.act(connection), claim_id)

    def act(self, connection: Any) -> Act:
        return Act(
            connection=connection,
            actor=service_actor("tests"),
            now=self.service.clock.now(),
            today=self.service.clock.today(),
        )

    def account(
        self,
        username: str,
        *roles: str,
        office: str | None = "svk",
        employer: str | None = None,
        password: str = PASSWORD,
        name: str = "",
    ) -> Staff:
        """Somebody who was proposed by one person, confirmed by another and has accepted her invitation."""
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" if SECOND_FACTOR & set(roles) else ""
        with self.service.engine.begin() as connection:
            act = replace(self.act(connection), actor=self.administrator_of_hq.actor)
            asked = staff.propose_account(
                act,
                username=username,
                name=name or username.title(),
                roles=roles,
                office_id=office,
                employer_id=employer,
            )
            second = replace(act, actor=self.administrator2_of_hq.actor)
            link = staff.confirm(second, asked.id)
            assert link is not None
            operations.accept_for(second, self.service.keys, link, password, secret)
        return Staff(self, asked.account_id, username, password, secret)

    def someone(
        self,
        name: str = "ນາງ ບຸນມີ ສີສະຫວັດ",
        latin: str = "Bounmy Sisavath",
        *,
        wage: str = "3200000",
        months: int = 14,
        until: str = "2025-02",
        office: str = "svk",
        account: bool = True,
        number: str | None = None,
    ) -> str:
        """An insured person with contributions; her id."""
        from shared.money import Money
        from shared.period import Month

        with self.service.engine.begin() as connection:
            act = self.act(connection)
            id_ = people.register_person(
                act,
                office_id=office,
                name=name,
                name_latin=latin,
                sex="female",
                born_on=date(1988, 8, 12),
                phone="020 5561 4720",
                identifiers=[{"scheme": "la-sso", "value": number or uuid.uuid4().hex[:10]}],
                insured_since=date(2021, 6, 1),
            )
            employer = people.register_employer(
                act, office_id=office, number="SVK-0001", name="ໂຮງງານ", name_latin="Savan Silk Weaving"
            )
            people.record_employment(act, id_, employer, date(2021, 6, 1), pay="monthly")
            last = Month.parse(until)
            for n in range(months):
                people.record_contribution(act, id_, last.plus(-n), Money.parse(wage, "LAK"), employer_id=employer)
            if account:
                people.change_payee(act, id_, kind="bank", bank="BCEL", number="0101110004471", holder=latin)
        return id_


#: The papers of worked example LA-S1.
SICK: dict[str, Any] = {
    "spell": {"first_day": "2025-03-03", "last_day": "2025-05-16", "illness": "M54.5"},
    "certificates": [
        {"number": "SVK-25-01981", "from": "2025-03-03", "to": "2025-04-16"},
        {"number": "SVK-25-02640", "from": "2025-04-17", "to": "2025-05-16", "follow_up": True},
    ],
    "employments": [{"pay": "monthly", "wage_paid_until": "2025-04-01", "wage_stopped_word": "employer"}],
    "event": {"employer_days_used": 0},
}
PAPERS: dict[str, Any] = {"verified": ["SVK-25-01981", "SVK-25-02640"]}


@pytest.fixture
def office(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Office]:
    found = Office(new_database("benefits"), keys_folder, tmp_path / "clock")
    yield found
    found.service.engine.dispose()


@pytest.fixture(scope="session")
def pages_of_benefits(keys_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The pages without a database, for what is only said."""
    clock = tmp_path_factory.mktemp("said") / "clock"
    clock.write_text("2026-11-01")
    settings = Settings("benefits", "postgresql+psycopg://nobody@127.0.0.1:1/none", keys_folder)
    return benefits.create_app(benefits.build(settings, Clock(sandbox_file=clock)))


@pytest.fixture
def clerk(office: Office) -> Browser:
    """Somebody at the counter, before her pages."""
    return Browser(office, office.clerk)


@pytest.fixture
def officer(office: Office) -> Browser:
    """Who decides, before her pages."""
    return Browser(office, office.officer)


@pytest.fixture
def supervisor(office: Office) -> Browser:
    """Who confirms, before her pages."""
    return Browser(office, office.supervisor)


@pytest.fixture
def phone(office: Office) -> Phone:
    """A phone at the public pages."""
    return Phone(office)
