"""Every link of every menu answers for the role that sees it, and what has stopped is seen and judged."""

from __future__ import annotations

import importlib
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from deploy.embedded.proxy import owner_of
from services.benefits import store
from services.benefits.domain.ids import OfficeId
from services.benefits.domain.person import Office
from services.benefits.usecases import people
from shared import jobs, messaging
from shared.act import HEAD_OFFICE, ROLES, Act, Actor, service_actor
from shared.auth import SERVICES, Keys
from shared.clock import Clock
from shared.events import Event
from shared.jobs import JobRun
from shared.messaging import Refused
from shared.process import Service
from shared.settings import Settings
from tests.journeys.processes import wait_until
from tests.there import there

AT = datetime(2025, 4, 21, 3, tzinfo=UTC)


class Town:
    """The three services at one address, each with its database."""

    def __init__(self, folder: Path, keys_folder: Path, new_database: Callable[[str], str]) -> None:
        (folder / "clock").write_text("2025-04-21")
        self.keys = Keys(keys_folder, "benefits")
        self.services: dict[str, Service] = {}
        self.clients: dict[str, FlaskClient] = {}
        for name in SERVICES:
            module = importlib.import_module(f"services.{name}.app")
            settings = Settings(name, new_database(name), keys_folder)
            clock = Clock(sandbox_file=folder / "clock")
            service = Service(name, Path(there(module.__file__)).parent, {}, {}, settings, clock)
            self.services[name] = service
            self.clients[name] = module.create_app(service).test_client()

    def open(self, role: str, path: str, **form: str) -> TestResponse:
        """A page of whichever service has it, as somebody with this role sees it."""
        actor = Actor(
            id=str(uuid.uuid5(uuid.NAMESPACE_DNS, role)),
            kind="account",
            roles=frozenset({role}),
            office=HEAD_OFFICE,
            employer=self.employer if role == "employer" else None,
            name=f"The {role}",
        )
        token = self.keys.session_token(actor, csrf="c", now=datetime.now(UTC))
        client = self.clients[there(owner_of(path.partition("?")[0]))]
        client.set_cookie("tideover", token)
        if form:
            return client.post(path, data={"csrf_token": "c", "_key": str(uuid.uuid4()), **form})
        return client.get(path)

    def menu(self, role: str, path: str) -> list[str]:
        """Where the menus of a page lead."""
        shown = self.open(role, path)
        read = shown.text if (shown.status_code, shown.mimetype) == (200, "text/html") else ""
        menus = "".join(re.findall(r"<nav.*?</nav>", read, re.S))
        return sorted(set(re.findall(r'href="(/[^"]*)"', menus)))

    @property
    def employer(self) -> str:
        with self.services["benefits"].engine.begin() as connection:
            act = Act(connection, service_actor("tests"), AT, AT.date())
            if store.places.known_office(act, "svk") is None:
                store.places.add_office(act, Office(OfficeId("svk"), "ສະຫວັນນະເຂດ", "Savannakhet", (), ""))
            return people.register_employer(act, office_id="svk", number="SVK-0001", name="ໂຮງງານ")

    def act(self, name: str, connection: Any) -> Act:
        return Act(connection, service_actor(name), AT, AT.date())


@pytest.fixture
def town(tmp_path: Path, keys_folder: Path, new_database: Callable[[str], str]) -> Iterator[Town]:
    made = Town(tmp_path, keys_folder, new_database)
    yield made
    for service in made.services.values():
        service.engine.dispose()


def _answer(town: Town, role: str, link: str) -> int:
    """What a link comes to, once it is worked out: until then it answers that it is, and is asked again."""

    def told() -> int | None:
        status: int = town.open(role, link).status_code
        return None if status == 503 else status

    return there(wait_until(told, what=link))


# A worker has no account: her session is for one claim, and her pages are walked in the browser tests.
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"worker"}))
def test_every_link_of_every_menu_answers_for_the_role_that_sees_it(town: Town, role: str) -> None:
    pages = [
        door.path
        for client in town.clients.values()
        for door in client.application.extensions["doors"]
        if door.kind == "page" and door.method == "GET" and "<" not in door.path and role in door.roles
    ]
    links = {link for page in pages for link in town.menu(role, page)}
    answers = {link: _answer(town, role, link) for link in links if "/sign-out" not in link}
    assert {link: status for link, status in answers.items() if status not in (200, 303)} == {}
    assert len(answers) > 1


def stop(town: Town, name: str) -> None:
    """A message that its reader refuses, and a job that fails each time."""
    service = town.services[name]
    source = next(other for other in SERVICES if other != name)
    person = str(uuid.uuid4())

    def refuse(act: Act, event: Event) -> None:
        raise Refused("not_for_us")

    def fail(run: JobRun) -> None:
        raise ZeroDivisionError

    with service.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO inbox (source, event_id, type, person, sequence, body, state, attempts, next_try_at,"
            " received_at, reason) VALUES (%s, %s, 'payments.order.sent', %s, 1, '{}', 'parked', 5, now(),"
            " %s, 'not_for_us')",
            (source, str(uuid.uuid4()), person, service.clock.now() - timedelta(days=3)),
        )
        jobs.post_job(town.act(name, connection), "write_letter", person, {"letter_id": person})
        (number,) = jobs.due_jobs(service.engine, service.clock) or [1]
    for _ in range(jobs.MOST_ATTEMPTS):
        with service.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE job SET due_at = '2020-01-01', due_on = '2020-01-01'")
        jobs.look_at(service.engine, name, {"write_letter": fail}, service.clock, number)


@pytest.mark.parametrize("name", SERVICES)
def test_what_has_stopped_is_seen_and_judged_by_a_named_person(town: Town, name: str) -> None:
    client = town.clients[name]
    assert "Nothing has stopped." in town.open("auditor", f"/parked/{name}").text
    stop(town, name)

    seen = town.open("supervisor", f"/parked/{name}").text
    assert "payments.order.sent" in seen
    assert "not_for_us" in seen
    assert "waits since 3 days" in seen
    assert "write letter" in seen
    assert "ZeroDivisionError" in seen
    assert "What has stopped (2)" in seen
    assert "letter_id" not in seen, "what a message says is for those who look after the installation"
    counted = client.get("/metrics").text
    assert f'tideover_stopped{{kind="message",service="{name}"}} 1.0' in counted
    assert f'tideover_stopped{{kind="job",service="{name}"}} 1.0' in counted

    page = town.open("administrator", f"/parked/{name}").text
    assert "letter_id" in page
    message = dict(re.findall(r'name="(source|event)" value="([^"]+)"', page))
    job = there(re.search(r'name="job" value="(\d+)"', page)).group(1)
    judge = f"/parked/{name}/judge"
    assert town.open("supervisor", judge, **message, do="retry").status_code == 403
    assert town.open("administrator", judge, **message, do="own").status_code == 303
    assert "The administrator takes care of it" in town.open("auditor", f"/parked/{name}").text
    assert town.open("administrator", judge, **message, do="discard").status_code == 422, "not without a reason"
    assert town.open("administrator", judge, **message, do="discard", why="sent twice").status_code == 303
    assert town.open("administrator", judge, **message, do="retry").status_code == 409
    assert town.open("administrator", judge, job=job, do="retry").status_code == 303
    assert "Nothing has stopped." in town.open("auditor", f"/parked/{name}").text
    with town.services[name].engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT state, judged_by IS NOT NULL, why FROM inbox").all()
        again = connection.exec_driver_sql("SELECT state, attempts, judged_by IS NOT NULL FROM job").all()
        looks = connection.exec_driver_sql("SELECT count(*) FROM audit WHERE action LIKE '%%/judge 303'").scalar()
        assert messaging.count_parked(connection) == jobs.count_failed(connection) == 0
    assert [tuple(row) for row in kept] == [("discarded", True, "sent twice")]
    assert [tuple(row) for row in again] == [("waiting", 0, True)]
    assert looks == 3
