"""An office sees itself and the offices below it: a province its districts, a district its counters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String, column

from services.benefits import tables as t
from services.benefits.domain.account import AccountCannotBe
from services.benefits.usecases import staff
from shared.act import HEAD_OFFICE, sees
from shared.database import within
from tests.benefits.conftest import Office, Person


@pytest.fixture
def province(office: Office) -> Office:
    """The province svk with a district and its counter, and a neighbour whose name begins alike."""
    with office.service.engine.begin() as connection:
        for id_ in ("svk.kaysone", "svk.kaysone.1", "svk2"):
            told = {"id": id_, "name": id_, "name_latin": id_, "address": ["1"], "phone": "+85641212000"}
            connection.execute(t.office.insert().values(told))
    return office


def reads(officer: Person, person: str) -> bool:
    """Whether the person is there for her."""
    answer = officer.get(f"/v1/persons/{person}")
    assert answer.status_code in (200, 404)
    return bool(answer.status_code == 200)


def test_a_province_sees_its_districts_and_a_district_its_counters_but_nobody_above_or_beside(province: Office) -> None:
    named = {name: getattr(province, f"officer_of_{name}") for name in ("svk", "svk.kaysone", "svk.kaysone.1", "svk2")}
    people = {name: province.someone(office=name) for name in named}
    seen = {name: {of for of, person in people.items() if reads(officer, person)} for name, officer in named.items()}
    assert seen == {
        "svk": {"svk", "svk.kaysone", "svk.kaysone.1"},
        "svk.kaysone": {"svk.kaysone", "svk.kaysone.1"},
        "svk.kaysone.1": {"svk.kaysone.1"},
        "svk2": {"svk2"},
    }
    assert all(reads(province.officer_of_hq, person) for person in people.values())


def test_an_administrator_asks_for_accounts_of_her_own_offices_only(province: Office) -> None:
    def asks(of: str) -> None:
        with province.service.engine.begin() as connection:
            act = replace(province.act(connection), actor=province.administrator_of_svk.actor)
            staff.propose_account(act, username=f"new {of}", name="New", roles=["officer"], office_id=of)

    asks("svk.kaysone")
    for other in (HEAD_OFFICE, "svk2", "vte"):
        with pytest.raises(AccountCannotBe, match="other_office"):
            asks(other)


NAMES = st.lists(st.sampled_from(["a", "b", "a_", "%"]), min_size=1, max_size=4).map(".".join)


@given(NAMES, NAMES)
def test_what_the_database_finds_is_what_an_office_sees(office: str, other: str) -> None:
    """The two spellings of one rule: in Python for one row, in SQL for many."""
    equal, begins = within(column("office_id", String), office).compile().params.values()
    escaped = begins.replace("//", "\0").replace("/%", "%").replace("/_", "_").replace("\0", "/")
    assert sees(office, other) == (other == equal or other.startswith(escaped))
