"""Leaflets and estimate in a real browser: nothing for axe to find, nothing wider than a phone, one sheet of paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium

from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.pages import estimate, leaflets
from tests.benefits.browser import live
from tests.benefits.browser.test_pages_in_chromium import RULES
from tests.benefits.conftest import Office

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
#: A leaflet is one sheet of paper, printed on both sides.
MOST_PAGES = 2


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


@pytest.fixture(params=["la", "vn", "th", "mm"])
def country(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The institution of a country, for the pages of the law."""
    own = replace(institution(), country=request.param)
    for module in (estimate, leaflets):
        monkeypatch.setattr(module, "institution", lambda: own)
    return str(request.param)


def printed(page: Any) -> bytes:
    return bytes(page.pdf(prefer_css_page_size=True, print_background=True))


@pytest.mark.parametrize("language", ["en", "lo", "th", "vi", "my"])
def test_every_leaflet_is_one_sheet_of_paper(
    office: Office, house: str, chromium: Chromium, country: str, language: str
) -> None:
    office.on("2026-11-01")
    tab = live.tab(chromium, house, office, language=language, script=False)
    long = {}
    for code in in_force.pack(country, date(2026, 11, 1)).benefits:
        tab.goto(f"{house}/leaflets/{code}")
        with pikepdf.open(io.BytesIO(printed(tab))) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                long[code] = len(pdf.pages)
    assert long == {}


@pytest.mark.parametrize("path", ["/leaflets", "/leaflets/sickness", "/estimate", "/estimate?benefit=birth"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    office: Office, house: str, chromium: Chromium, path: str, width: int
) -> None:
    tab = live.tab(chromium, house, office, width=width)
    tab.goto(f"{house}{path}")
    found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": RULES["runOnly"]}})
    assert found.response["violations"] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_an_estimate_is_made_by_hand_on_a_phone_without_script(office: Office, house: str, chromium: Chromium) -> None:
    tab = live.tab(chromium, house, office, width=390, script=False)
    tab.goto(f"{house}/estimate?benefit=birth")
    answers = {"first_day": "1/4/2025", "birth_on": "10/4/2025", "children": "1", "pregnancy_months": "9"}
    for name, value in (answers | {"wage": "3200000", "months": "14"}).items():
        tab.fill(f"#f-{name}", value)
    tab.click("button.main")
    tab.wait_for_selector("#answer")
    assert "Probably yes" in tab.inner_text("#answer")
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
