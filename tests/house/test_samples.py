"""The invented institutions: each can be lived in, in its own country, beside the others."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import yaml

from deploy.embedded import house
from deploy.embedded.demo import examples
from deploy.embedded.hands import Hands
from deploy.embedded.house import HouseFailed, Plan, Ports
from deploy.embedded.sample import Sample, countries, read_sample
from services.benefits import institution as practice
from services.benefits.law.case_files import as_typed, read_case_files
from services.benefits.law.vocabulary import PACKS, vocabulary
from services.benefits.usecases.table_files import read_rows
from services.payments import institution as payments
from shared.act import ROLES
from shared.bank_days import read as read_bank_days
from shared.reading.identifiers import read_identifier
from shared.web import texts

COUNTRIES = [pytest.param(read_sample(country), id=country) for country in countries()]


def rows(sample: Sample, name: str) -> list[dict[str, str]]:
    with (sample.folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_four_countries_have_an_institution_and_a_fifth_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert countries() == ["la", "mm", "th", "vn"]
    monkeypatch.setenv("COUNTRY", "kh")
    with pytest.raises(HouseFailed, match="la, mm, th, vn"):
        Plan.from_environment()


@pytest.mark.parametrize("sample", COUNTRIES)
def test_its_settings_are_of_its_country(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    told = sample.environment("benefits")
    monkeypatch.delenv("INSTITUTION_FILE", raising=False)
    if "INSTITUTION_FILE" in told:
        monkeypatch.setenv("INSTITUTION_FILE", told["INSTITUTION_FILE"])
    practice.institution.cache_clear()
    try:
        found = practice.institution()
    finally:
        monkeypatch.undo()
        practice.institution.cache_clear()
    assert (found.country, found.currency, found.language) == (sample.country, sample.currency, sample.language)
    assert sample.language in texts.COMPLETE
    file = sample.environment("payments").get("INSTITUTION_FILE") or Path(payments.__file__).with_name(
        "institution.yaml"
    )
    pays = payments.read(Path(file).read_text("utf-8"))
    assert all(pays.reaching(kind) for kind in ("bank", "wallet", "cash"))
    assert all(pays.account(channel.name, sample.currency) for channel in pays.channels)
    assert found.repay_to["number"] in {account.number for account in pays.accounts}
    assert read_bank_days(Path(told["BANK_DAYS_FILE"]).read_text("utf-8")) if "BANK_DAYS_FILE" in told else True


@pytest.mark.parametrize("sample", COUNTRIES)
def test_its_people_have_numbers_names_and_offices_that_the_import_takes(sample: Sample) -> None:
    offices = {row["office"] for row in rows(sample, "1-offices.csv")}
    employers = {row["employer_no"] for row in rows(sample, "2-employers.csv")}
    people = rows(sample, "3-persons.csv")
    assert "hq" in offices
    assert len(people) > 20
    assert len({p["sso_no"] for p in people}) == len(people) == len({p["phone"] for p in people if p["phone"]})
    for person in people:
        assert read_identifier(person["sso_no"], f"{sample.country}-sso")
        assert person["office"] in offices
        assert person["employer_no"] in employers | {""}
    numbers = {p["sso_no"] for p in people}
    assert {row["sso_no"] for row in rows(sample, "4-contributions.csv")} <= numbers
    assert {player.person for player in sample.players} <= numbers
    for path in sample.folder.glob("[0-9]-*.csv"):
        assert not any(row.faults for row in read_rows(path.stem.split("-", 1)[1], path.read_bytes())), path.name


@pytest.mark.parametrize("sample", COUNTRIES)
def test_every_part_of_a_day_is_somebodys(sample: Sample) -> None:
    parts = {row["part"]: row["username"] for row in rows(sample, "practice.csv")}
    accounts = {row["username"]: row["roles"] for row in rows(sample, "5-accounts.csv")}
    assert set(parts.values()) == set(accounts)
    assert set(accounts.values()) == set(ROLES) - {"worker"}
    hands = Hands("http://127.0.0.1:1", sample.folder)
    assert {getattr(hands, part).username for part in parts} == set(accounts)


@pytest.mark.parametrize("sample", COUNTRIES)
def test_every_worked_example_of_the_scheme_is_played(sample: Sample) -> None:
    """Case files called after the examples of the scheme, unless they ask for another choice than the normal one."""
    worked = {
        file.id
        for file in read_case_files(PACKS / sample.country)
        if re.match(rf"{sample.country.upper()}-S\d", file.id) and not file.options
    }
    played = {example.id: example for example in examples(sample)}
    assert worked <= set(played)
    for example in played.values():
        assert as_typed(example.file) == example.facts
        assert example.received_on <= example.player.on <= sample.until


@pytest.mark.parametrize("sample", COUNTRIES)
def test_a_claim_of_every_benefit_of_the_law_is_open_or_played(sample: Sample) -> None:
    told = yaml.safe_load((sample.folder / "house.yaml").read_text("utf-8"))
    files = {file.id: file for file in read_case_files(PACKS / sample.country)}
    shown = {str(files[case].mapping["benefit"]) for case in (*(told.get("open") or {}), *told["demo"]["examples"])}
    shown |= {row["benefit"] for row in rows(sample, "6-claims.csv")} if sample.country == "la" else set()
    assert shown == set(vocabulary(sample.country).benefits)


def test_houses_beside_each_other_share_neither_data_nor_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIDEOVER_DATA", raising=False)
    found = {}
    for country in countries():
        monkeypatch.setenv("COUNTRY", country)
        plan = Plan.from_environment()
        env = house.environment_of(plan, Ports(), "benefits")
        found[country] = (plan.data.name, env.get("HOUSE_NAME", ""), env["TIME_ZONE"], env["HOUSE_LANGUAGE"])
    assert found == {
        "la": (".data", "", "Asia/Vientiane", "lo"),
        "mm": (".data-mm", "mm", "Asia/Yangon", "my"),
        "th": (".data-th", "th", "Asia/Bangkok", "th"),
        "vn": (".data-vn", "vn", "Asia/Ho_Chi_Minh", "vi"),
    }


def test_a_data_folder_of_another_country_is_refused(tmp_path: Path) -> None:
    house.move_in(Plan(data=tmp_path, country="vn"))
    house.move_in(Plan(data=tmp_path, country="vn"))
    with pytest.raises(HouseFailed, match="country vn, and this program was started for th"):
        house.move_in(Plan(data=tmp_path, country="th"))
