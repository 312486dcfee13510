"""Every role has a short guide; each step names a page that exists and that she may open, and has its picture."""

from __future__ import annotations

import re
import struct
from typing import Any

import pytest

from deploy.documents import SERVICES, doors_of
from shared.act import ROLES
from tests.journeys.guides import FOLDER, MOST_BYTES, Guide, declared, index
from tests.journeys.pictures import PHONE, WIDE

#: Which role the parts of a sample house play where the part is not called as the role.
PARTS = {"payer": "payment_officer"}
#: The desk of a clerk and of an officer is one, and has one guide.
SHARED = {"clerk": "officer"}
GUIDES = declared()


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    """The doors that show a page, by their path."""
    doors = (door for name in SERVICES for door in doors_of(name))
    return {door.path: door for door in doors if door.method == "GET" and door.kind == "page"}


def role_of(guide: Guide) -> str:
    return PARTS.get(guide.who, guide.who)


def door_for(pages: dict[str, Any], page: str) -> Any:
    """The door of a declared page: what stands in braces is one piece of the path."""
    path = re.sub(r"\{\w+\}", "made", page.partition("?")[0])
    if path in pages:
        return pages[path]
    pattern = {re.sub(r"<[^>]+>", "[^/]+", known): door for known, door in pages.items() if "<" in known}
    return next((door for form, door in pattern.items() if re.fullmatch(form, path)), None)


def test_every_role_has_a_guide() -> None:
    theirs = {role_of(guide) for guide in GUIDES}
    assert {SHARED.get(role, role) for role in ROLES} == theirs
    assert len(GUIDES) == len(theirs), "one for each"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_each_step_is_a_page_that_exists_and_that_she_may_open(guide: Guide, pages: dict[str, Any]) -> None:
    assert 5 <= len(guide.steps) <= 9
    for step in guide.steps:
        door = door_for(pages, step.page)
        assert door is not None, f"{step.page} is no page"
        assert {role_of(guide), "public"} & set(door.roles), f"{step.page} is not for {role_of(guide)}: {door.roles}"
        assert len(step.says) <= 140, step.says
        assert step.says.count(". ") <= 2, step.says


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_guide_says_what_is_declared_and_its_pictures_are_there_and_small(guide: Guide) -> None:
    assert (FOLDER / f"{guide.name}.md").read_text("utf-8") == guide.text(), "run python -m tests.journeys.guides"
    for n in range(1, len(guide.steps) + 1):
        picture = FOLDER / guide.picture(n)
        head = picture.read_bytes()[:24]
        assert head.startswith(b"\x89PNG"), picture
        assert struct.unpack(">I", head[16:20])[0] == (WIDE if guide.wide else PHONE)
        assert picture.stat().st_size <= MOST_BYTES


def test_the_house_names_every_guide_and_nothing_else_lies_there() -> None:
    wanted = {f"{guide.name}.md" for guide in GUIDES}
    wanted |= {guide.picture(n + 1) for guide in GUIDES for n in range(len(guide.steps))}
    found = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file()}
    assert found - {"README.md"} == wanted
    assert (FOLDER / "README.md").read_text("utf-8") == index(GUIDES)
