"""Somebody new at the counter, by keyboard alone: who she is, her work, her account, and the code on her phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.benefits.browser import live
from tests.benefits.browser.test_pages_in_chromium import Keyboard
from tests.benefits.conftest import Office
from tests.benefits.test_phone_confirmed import newcomer, on_her_phone

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
#: What stands on her card and contract, field by field.
PAPER = [
    ("name", "ນາງ ດາວ ພົມມະຈັນ"),
    ("name_latin", "Dao Phommachanh"),
    ("sex", "f"),
    ("born_on", "3/4/1995"),
    ("number", "10-0099-1234"),
    ("card", " "),
    ("phone", "020 5511 2233"),
    ("address", "Ban Phonsavan"),
    ("insured_since", "1/6/2024"),
    ("employer", "SVK-0001"),
    ("hired_on", "1/6/2024"),
    ("month-0", "2025-03"),
    ("wage-0", "2500000"),
    ("kind", "b"),
    ("bank", "BCEL"),
    ("account", "0101110004471"),
]
#: Seconds that a practised typist needs for a key, and what all of them may take; the message travels meanwhile.
A_KEY, AT_MOST = 0.28, 60


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def test_registering_and_confirming_the_phone_by_keyboard_takes_less_than_a_minute(
    office: Office, house: str, chromium: Chromium
) -> None:
    office.someone()  # and with her an employer
    page = live.tab(chromium, house, office, office.clerk)
    page.goto(f"{house}/desk/register")
    hands, typed = Keyboard(page), 0
    for field, text in PAPER:
        hands.to(field)
        hands.fact(text)
        typed += len(text)
    _picture(page, "register")
    hands.press("Control+Enter")
    page.wait_for_url("**/phone")
    person = newcomer(office)
    assert "not confirmed" in page.inner_text("section.person")
    _picture(page, "phone-ask")
    hands.press("Enter")
    page.wait_for_selector("[name=code]:focus")
    code = on_her_phone(office, person)
    _picture(page, "phone-code")
    hands.fact(code)
    hands.press("Enter")
    page.wait_for_url(f"**/desk/persons/{person}")
    said = page.inner_text("section.person")
    assert "confirmed" in said
    assert "not confirmed" not in said
    _picture(page, "phone-confirmed")
    assert (typed + len(code) + hands.strokes) * A_KEY < AT_MOST, (typed, hands.strokes)


def _picture(page: Page, name: str) -> None:
    """For whoever wants to look: PICTURES names a folder."""
    folder = os.environ.get("PICTURES")
    if folder:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})
