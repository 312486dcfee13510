"""The service keeps the rules of the house."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.notifications import api, cli, consumer, pages
from services.notifications.tables import metadata
from services.notifications.usecases.reading import HANDS, READERS
from shared.act import ROLES
from shared.events import TOPICS
from tests.notifications.conftest import Person, Town


def test_tables_are_what_the_migrations_made(town: Town) -> None:
    with town.service.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    ours = {
        "message",
        "message_move",
        "message_allowed_move",
        "message_part",
        "delivery_receipt",
        "letter_document",
        "letter_print",
        "letter_batch",
        "letter_in_batch",
    }

    def of_ours(change: object) -> bool:
        text = str(change)
        return any(f"'{table}'" in text or f"Table('{table}'" in text for table in ours)

    telling = [
        c
        for c in found
        if of_ours(c) and not str(c).startswith(("('remove_index'", "('add_constraint'", "('remove_constraint'"))
    ]
    assert telling == []


def test_every_event_meant_for_us_has_a_handler() -> None:
    meant = {t.type for t in TOPICS.values() if "notifications" in t.readers}
    assert meant == set(consumer.HANDLERS)


def test_every_door_and_command_says_who_may_use_it() -> None:
    for door in [*api.doors.doors, *pages.doors.doors]:
        assert door.roles, door.path
        assert set(door.roles) <= {*ROLES, "service:benefits"}, door.path
        assert door.function.__doc__, door.path
    assert set(READERS) | set(HANDS) <= set(ROLES)
    for command in cli.COMMANDS.values():
        assert command.roles
        assert command.roles <= set(ROLES)


def test_commands_show_templates_and_no_person(
    capsys: pytest.CaptureFixture[str], town: Town, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.submitted(person)
    town.works(2)
    monkeypatch.setenv("DATABASE_URL", town.settings.database_url)
    monkeypatch.setenv("KEYS_DIR", str(town.settings.keys_dir))
    assert cli.main(["templates", "decision_granted"]) == 0
    assert cli.main(["states"]) == 0
    assert cli.main(["stuck"]) == 0
    said = capsys.readouterr().out
    assert "ອະນຸມັດແລ້ວ" in said
    assert "rendered" in said
    assert person.full not in said


def test_the_pretend_phone_refuses_orders_it_does_not_know(town: Town) -> None:
    import requests

    for wrong in (
        {"throttle": -1},
        {"throttle": "many"},
        {"explode": 1},
        {"receipt": "MAYBE"},
        {"number": 5},
    ):
        assert requests.post(f"{town.phone.url}/behaviour", json=wrong, timeout=5).status_code == 422, wrong
    assert requests.post(f"{town.phone.url}/behaviour", data="x", timeout=5).status_code == 400
    page = requests.get(f"{town.phone.url}/", timeout=5)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
