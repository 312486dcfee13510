"""The contact sheet looks at a page of every door that shows one; what it leaves out it says, and why."""

from __future__ import annotations

from collections import Counter

import pytest

from deploy.documents import SERVICES, doors_of
from tests.journeys.page_kinds import (
    BESIDE,
    CLAIM,
    LEFT_OUT,
    MANY,
    OF_CLAIM,
    PARTS,
    Kind,
    Search,
    links,
    page_doors,
    part_of,
)

CLAIMS = "/desk/claims/01a229ae-b6d4-7d8a-9ced-454b320e590"


def test_what_is_left_out_is_a_door_and_has_a_reason() -> None:
    doors = {door.path for name in SERVICES for door in doors_of(name) if door.kind == "page" and door.method == "GET"}
    assert set(LEFT_OUT) <= doors
    assert set(MANY) | {f"{CLAIM}/{part}" for part in OF_CLAIM} <= doors
    assert all(LEFT_OUT.values())


def test_somebody_looks_at_every_page_and_each_has_a_name_of_its_own() -> None:
    doors = page_doors()
    assert len(doors) > 80
    assert all(part_of(door) in PARTS.values() for door in doors)
    names = Counter(Kind(door.path, "", door.path).name for door in doors)
    assert [name for name, n in names.items() if n > 1] == []


@pytest.fixture
def house() -> Search:
    """A house with two claims, one of which can be decided otherwise."""
    pages = {
        "/desk": f'<a href="{CLAIMS}1">1</a> <a href="{CLAIMS}2?lang=lo">2</a> <a href="{CLAIMS}2#x">2</a>',
        f"{CLAIMS}1/otherwise": "a form",
        f"{CLAIMS}2": '<a href="/payments/runs/none">not a run</a>',
    }
    return Search(lambda part, path: pages.get(path, ""))


def test_pages_with_a_name_are_found_by_the_links_that_lead_to_them(house: Search) -> None:
    found = {kind.path: kind for kind in house.all()}
    assert found[f"{CLAIMS}1"].part == "officer"
    assert found[f"{CLAIMS}2"].name == "desk-claims-one-2"
    assert f"{CLAIMS}1/otherwise" in found
    assert f"{CLAIMS}2/otherwise" not in found, "this claim has no such page"
    assert "/payments/runs/<uuid:run_id>" in house.missing()
    assert {path for paths in BESIDE.values() for path in paths} <= set(found)


def test_the_links_of_a_page_are_those_of_this_house_in_the_language_it_has() -> None:
    page = '<a href="/desk?a=1&amp;b=2">x</a><a href="https://ilo.org">y</a>'
    page += '<a href="/desk?lang=vi">z</a><a href="/d.csv">c</a>'
    assert list(links(page)) == ["/desk?a=1&b=2"]
