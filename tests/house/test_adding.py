"""docs/adding.md followed, a test for each recipe: the places it names are there, and doing what it says works."""

from __future__ import annotations

import importlib
import inspect
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Text

from services.benefits.domain.case import Certificate
from services.benefits.institution import institution
from services.benefits.law.vocabulary import PACKS, vocabulary
from services.payments.gateways.bank import Bank
from services.payments.gateways.iso_bank import IsoBank
from shared import database, events, jobs
from shared.act import Act, Actor, service_actor
from shared.auth import SERVICES, Keys
from shared.clock import Clock
from shared.jobs import JobRun
from shared.process import Service
from shared.settings import Settings
from shared.web import formatting, pages, texts
from shared.web.app import create_app
from shared.web.doors import Doors

ROOT = Path(__file__).resolve().parents[2]
ADDING = (ROOT / "docs" / "adding.md").read_text("utf-8")
RECIPES = {
    "a fact the law asks for",
    "a fact of a certificate",
    "an event",
    "a page or route",
    "a job",
    "a table or column",
    "a country",
    "a language",
    "a way to pay",
}


def recipe(of: str) -> str:
    (found,) = re.findall(rf"\*\*… {of}\.\*\*(.*?)(?=\n\*\*…|\Z)", ADDING, re.DOTALL)
    return str(found)


def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def house(folder: str, url: str, keys: Path, tmp_path: Path, work: dict[str, jobs.JobHandler]) -> Service:
    (tmp_path / "clock").write_text("2025-05-20")
    clock = Clock(sandbox_file=tmp_path / "clock")
    settings = Settings(folder, url, keys, secure_cookies=False)
    return Service(folder, ROOT / "services" / folder, {}, work, settings, clock)


def test_each_recipe_has_its_test() -> None:
    assert set(re.findall(r"\*\*… (.+?)\.\*\*", ADDING)) == RECIPES


def test_the_places_the_recipes_name_are_there() -> None:
    places = re.findall(r"`((?:services|shared|tests|docs|deploy)/[\w/<>.-]+)`", ADDING) + re.findall(
        r"\]\((\S+?)\)", ADDING
    )
    assert len(places) > 12
    for place in places:
        for service in SERVICES if "<name>" in place else [""]:
            named = place.replace("<name>", service).replace("<language>", "lo")
            assert (ROOT / named).exists() or (ROOT / "docs" / named).exists(), named
    for module in re.findall(r"`python -m ([\w.]+)", ADDING):
        assert importlib.util.find_spec(module) is not None, module


def test_a_fact_the_law_asks_for_is_one_line_of_a_pack(tmp_path: Path) -> None:
    shutil.copytree(PACKS / "xx", tmp_path / "packs" / "xx")
    sheet = tmp_path / "packs" / "xx" / "sia2020" / "sickness.yaml"
    line = '  event.shoe_size: {type: int, question: "Which size are the shoes?"}\n'
    sheet.write_text(sheet.read_text("utf-8").replace("facts:\n", "facts:\n" + line, 1), "utf-8")
    fact = vocabulary("xx", tmp_path / "packs").benefits["sickness"]["shoe_size"]
    assert (fact.type, fact.question) == ("int", "Which size are the shoes?")


def test_a_fact_of_a_certificate_stands_where_the_recipe_says() -> None:
    places = re.findall(r"`(services/[\w/.]+)`", recipe("a fact of a certificate"))
    assert len(places) == 3
    assert "issued_on" in Certificate.__dataclass_fields__
    for place in places:
        assert "issued_on" in text_of(place), f"{place} does not know the day of issue"
    assert '("doctor", "place", "remarks")' in text_of("services/benefits/views/forms.py")


def test_an_event_is_a_topic_that_is_checked_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = events.Topic("benefits.shoe.bought", "Shoes.", events._object(shoe_id=events.UUID), ("payments",))
    monkeypatch.setitem(events.TOPICS, topic.type, topic)
    events.check_data(topic.type, {"shoe_id": "0197e6a2-6c1b-7c3e-8a55-3a5b1c2d4e6f"})
    with pytest.raises(events.EventInvalid):
        events.check_data(topic.type, {"size": 42})
    house_tests = importlib.import_module("tests.house.test_doors")
    with pytest.raises(AssertionError, match=r"payments does not read benefits\.shoe\.bought"):
        house_tests.test_every_event_has_its_readers_and_every_reader_its_event()


def test_a_page_is_a_function_with_roles(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> None:
    doors = Doors()

    @doors.page("/shoes", roles=("clerk",))
    def shoes(act: Act) -> str:
        return f"shoes of {act.actor.name}"

    service = house("benefits", new_database("benefits"), keys_folder, tmp_path, {})
    client = create_app(service, [doors]).test_client()
    assert client.get("/shoes").status_code != 200, "nobody is signed in"
    for role, status in (("clerk", 200), ("payment_officer", 403)):
        actor = Actor("noy", "account", frozenset({role}), office="svk", name="Noy")
        token = Keys(keys_folder, "benefits").session_token(actor, csrf="c", now=service.clock.now())
        client.set_cookie("tideover", token)
        assert client.get("/shoes").status_code == status
    service.engine.dispose()


def test_a_job_is_a_function_and_a_line_in_the_transaction(
    new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path
) -> None:
    done = []

    def polish(run: JobRun) -> None:
        done.append(run.key)

    service = house("payments", new_database("payments"), keys_folder, tmp_path, {"polish": polish})
    with service.engine.begin() as connection:
        act = Act(connection, service_actor("payments"), datetime.now(UTC), date(2025, 5, 20))
        jobs.post_job(act, "polish", key="left shoe")
        jobs.post_job(act, "polish", key="left shoe")
    service.look_at_jobs()
    assert done == ["left shoe"]
    service.engine.dispose()


@pytest.mark.parametrize("service", SERVICES)
def test_a_column_without_its_migration_is_found(service: str, new_database: Callable[[str], str]) -> None:
    tables = importlib.import_module(f"services.{service}.tables")
    metadata = type(tables.metadata)()
    for table in tables.metadata.tables.values():
        table.to_metadata(metadata)
    sorted(metadata.tables.values(), key=lambda t: t.name)[0].append_column(Column("shoe_size", Text))
    engine = database.connect(new_database(service))
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert [d for d in found if d[0] == "add_column" and d[3].name == "shoe_size"]


def test_a_country_is_chosen_in_the_institution_s_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = text_of("services/benefits/institution.yaml")
    mine = re.sub(r"(?m)^country: \w+", "country: th", mine)
    (tmp_path / "institution.yaml").write_text(re.sub(r"(?m)^currency: \w+", "currency: THB", mine), "utf-8")
    monkeypatch.setenv("INSTITUTION_FILE", str(tmp_path / "institution.yaml"))
    found = institution.__wrapped__()
    assert (found.country, found.currency) == ("th", "THB")
    assert vocabulary(found.country).benefits


def test_a_language_is_a_name_a_catalogue_and_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tideover.po").write_text('msgid "Claims"\nmsgstr "Petoj"\n', "utf-8")
    monkeypatch.setattr(texts, "LOCALES", tmp_path)
    monkeypatch.setitem(texts.LANGUAGES, "eo", "Esperanto")
    texts.catalogue.cache_clear()
    try:
        assert texts.say("eo", "Claims") == "Petoj"
    finally:
        texts.catalogue.cache_clear()
    assert set(formatting.SEPARATORS) == set(texts.NAMES) == set(texts.LANGUAGES) - {"eo"}
    assert set(pages.LANGUAGES) <= set(texts.LANGUAGES)
    for name in ("SEPARATORS", "UNITS"):
        assert hasattr(formatting, name)


def test_a_way_to_pay_keeps_the_protocol_and_has_its_accounts() -> None:
    facts = set(Bank.__annotations__)
    deeds = {name for name, _ in inspect.getmembers(Bank, inspect.isfunction) if not name.startswith("_")}
    assert (len(facts), len(deeds)) == (4, 11), "the recipe counts them"
    assert all(hasattr(IsoBank, name) for name in facts | deeds)
    assert "IsoBank(" in text_of("services/payments/app.py")
    assert f"channel: {IsoBank.channel}" in text_of("services/payments/institution.yaml")
