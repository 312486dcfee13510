"""Everything is guarded: each route and each command says who may use it, and does what it says."""

from __future__ import annotations

import importlib
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from deploy.embedded.proxy import owner_of
from shared import database
from shared.act import ROLES, Actor
from shared.auth import SERVICES, Keys
from shared.clock import Clock
from shared.events import TOPICS
from shared.process import Service
from shared.settings import Settings
from tests.there import there

KNOWN = {"public", *ROLES, *(f"service:{s}" for s in SERVICES)}
#: Doors that are open to all on purpose, each with its reason.
OPEN = {
    "house:health": "says only that the process lives",
    "house:ready": "says only whether it can work",
    "house:metrics": "counts, inside the house only",
    "house:openapi": "the description of the API",
    "house:keys": "public keys",
    "house:static": "styles and scripts",
    "house:fonts": "fonts",
}
PUBLIC_PAGES = {
    "/desk/sw.js",  # a script that knows nobody
    "/",
    "/sign-in",
    "/sign-out",
    "/session/sign-in",
    "/session/sign-out",
    "/session/renew",
    "/v1/sessions",
    "/sandbox",
    "/sandbox/clock",
    "/invitation/<secret>",  # the link and its digits are the word of two people
    "/invitation/<secret>/acceptance",
    "/worker",
    "/worker/sign-in",
    "/worker/sign-out",
    "/worker/objection",
    "/worker/questions",  # as objections: every word is kept
    "/worker/recovery-objection",  # a session that ended is asked for the code again, and every word is kept
    "/start",  # a code on the phone that is known says who she is
    "/start/<uuid:start_id>",
    "/start/claim",  # as objections: every word is kept
    "/amount",
    "/day",
    "/estimate",
    "/leaflets",  # what the law gives, for anybody to read and print
    "/leaflets/<benefit>",
    "/standards",
    "/standards/<country>/<convention>",
    "/v1/conformance/<country>",
    "/v1/call-backs/wallet",  # the operator has no account: his signature is his word
    "/v1/messages/receipts",  # the operator's signature opens it
}


def app_of(name: str, keys_folder: Path, tmp_path: Path) -> Flask:
    module = importlib.import_module(f"services.{name}.app")
    (tmp_path / "clock").write_text("2025-04-21")
    service = Service(
        name,
        Path(there(module.__file__)).parent,
        {},
        {},
        Settings(name, "postgresql+psycopg://nobody@127.0.0.1:1/none", keys_folder),
        Clock(sandbox_file=tmp_path / "clock"),
    )
    answer: Flask = module.create_app(service)
    return answer


def filled(path: str) -> str:
    return re.sub(r"<uuid:\w+>", str(uuid.uuid4()), re.sub(r"<int:\w+>", "1", path)).replace("<day>", "2025-05-01")


def test_every_route_is_a_declared_door(keys_folder: Path, tmp_path: Path) -> None:
    for name in SERVICES:
        app = app_of(name, keys_folder, tmp_path)
        endpoints = {door.endpoint for door in app.extensions["doors"]}
        for rule in app.url_map.iter_rules():
            assert rule.endpoint in endpoints or rule.endpoint in OPEN, f"{name}: {rule.rule} is no door"


def test_every_door_can_be_reached_at_the_one_address(keys_folder: Path, tmp_path: Path) -> None:
    """The proxies send each path to one service: a door that lies elsewhere is a door to nowhere."""
    for name in SERVICES:
        for door in app_of(name, keys_folder, tmp_path).extensions["doors"]:
            assert owner_of(filled(door.path)) == name, f"{door.path} of {name} goes to another"


def test_every_door_names_who_may_use_it(keys_folder: Path, tmp_path: Path) -> None:
    for name in SERVICES:
        for door in app_of(name, keys_folder, tmp_path).extensions["doors"]:
            assert door.roles, door.path
            assert set(door.roles) <= KNOWN, f"{door.path}: {door.roles}"
            assert "public" not in door.roles or door.path in PUBLIC_PAGES, f"{door.path} is open to all"
            assert door.function.__doc__, f"{door.path} says nothing of itself"


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_passes_a_door_without_the_right_role(name: str, keys_folder: Path, tmp_path: Path) -> None:
    app = app_of(name, keys_folder, tmp_path)
    keys = Keys(keys_folder, "benefits")
    client = app.test_client()
    tried = 0
    for door in app.extensions["doors"]:
        if "public" in door.roles:
            continue
        path = filled(door.path)
        without = client.open(path, method=door.method)
        # A form is taken along to the renewal, a page is asked for again afterwards.
        away = 307 if door.method == "POST" else 303
        assert without.status_code == (401 if door.kind == "api" else away), f"{door.method} {path} without signing in"
        for role in sorted(set(ROLES) - set(door.roles)):
            actor = Actor(id=str(uuid.uuid4()), kind="account", roles=frozenset({role}), office="svk", name="x")
            token = keys.session_token(actor, csrf="c", now=datetime.now(UTC))
            answer = client.open(path, method=door.method, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 403, f"{role} passes {door.method} {path}"
            tried += 1
    assert tried > 40


def test_a_services_word_does_not_open_a_persons_door(keys_folder: Path, tmp_path: Path) -> None:
    app = app_of("benefits", keys_folder, tmp_path)
    token = Keys(keys_folder, "payments").service_token("benefits", datetime.now(UTC))
    stranger = Keys(keys_folder, "payments").service_token("notifications", datetime.now(UTC))
    for door in app.extensions["doors"]:
        if "service:payments" not in door.roles and "public" not in door.roles:
            answer = app.test_client().open(
                filled(door.path), method=door.method, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 403, door.path
        if "public" not in door.roles:
            answer = app.test_client().open(
                filled(door.path), method=door.method, headers={"Authorization": f"Bearer {stranger}"}
            )
            assert answer.status_code in (303, 307, 401), door.path


@pytest.mark.parametrize("name", SERVICES)
def test_every_command_names_who_may_use_it(name: str) -> None:
    commands = importlib.import_module(f"services.{name}.cli").COMMANDS
    assert commands
    for word, command in commands.items():
        roles = getattr(command, "roles", None) or (command[1] if isinstance(command, tuple) else None)
        assert roles, f"{name} {word}"


def test_every_event_has_its_readers_and_every_reader_its_event() -> None:
    for name in SERVICES:
        handlers = importlib.import_module(f"services.{name}.consumer").HANDLERS
        for type_, topic in TOPICS.items():
            if name in topic.readers:
                assert type_ in handlers, f"{name} does not read {type_}"
        for type_ in handlers:
            assert name in TOPICS[type_].readers, f"{name} reads {type_} in secret"
    for type_, topic in TOPICS.items():
        assert topic.readers, f"nobody reads {type_}"


def test_the_sandbox_does_not_exist_outside_the_sandbox(keys_folder: Path) -> None:
    module = importlib.import_module("services.benefits.app")
    service = Service(
        "benefits",
        Path(there(module.__file__)).parent,
        {},
        {},
        Settings("benefits", "postgresql+psycopg://nobody@127.0.0.1:1/none", keys_folder),
        Clock(),
    )
    client = module.create_app(service).test_client()
    assert client.get("/sandbox").status_code == 404
    assert client.post("/sandbox/clock", data={"to": "2026-01-01"}).status_code == 404


def test_without_a_database_pages_say_so_and_keep_what_was_typed(keys_folder: Path, tmp_path: Path) -> None:
    app = app_of("benefits", keys_folder, tmp_path)
    actor = Actor(id=str(uuid.uuid4()), kind="account", roles=frozenset({"officer"}), office="svk", name="x")
    client = app.test_client()
    client.set_cookie("tideover", Keys(keys_folder, "benefits").session_token(actor, csrf="c", now=datetime.now(UTC)))
    answer = client.post(
        f"/desk/claims/{uuid.uuid4()}",
        data={"csrf_token": "c", "_key": "the-key", "cert_no_0": "SVK-25-01981"},
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "SVK-25-01981" in answer.text
    assert 'name="_key" value="the-key"' in answer.text
    api = client.get("/v1/persons?q=abc")
    assert (api.status_code, there(api.json)["code"]) == (503, "temporarily_away")


def test_migrations_have_one_head_each() -> None:
    for name in SERVICES:
        assert database.head(Path(__file__).parents[2] / "services" / name)


def test_the_readme_shows_the_grid_of_the_reports() -> None:
    root = Path(__file__).parents[2]
    rows = [
        line
        for line in (root / "docs/conformance/README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| C")
    ]
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert len(rows) > 10
    assert all(row in readme for row in rows)
