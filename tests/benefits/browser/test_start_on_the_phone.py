"""A claim started on a phone in a real browser, without script, 390 px wide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium

from services.benefits.domain.own_start import purpose
from tests.benefits.browser import live
from tests.benefits.browser.test_pages_in_chromium import RULES
from tests.benefits.conftest import Office
from tests.benefits.test_papers_added import photo
from tests.benefits.test_started_by_phone import NUMBER, works

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def test_without_script_she_starts_a_claim_and_the_officer_finds_days_and_photo(
    office: Office, house: str, chromium: Chromium, tmp_path: Path
) -> None:
    office.someone(number=NUMBER)
    phone = live.tab(chromium, house, office, width=390, script=False)
    phone.goto(f"{house}/")
    phone.click("a:has-text('Start a claim')")
    phone.fill("#f-number", NUMBER)
    phone.fill("#f-born_on", "12/8/1988")
    phone.press("#f-born_on", "Enter")
    works(office)
    id_ = phone.url.rsplit("/", 1)[-1]
    phone.fill("#f-code", office.service.keys.digits(purpose(id_)))
    phone.press("#f-code", "Enter")
    phone.fill("#f-first_day", "12/5/2025")
    phone.fill("#f-last_day", "16/5/2025")
    phone.click("text=Send it")
    assert phone.is_visible("text=We have what you sent")
    page = tmp_path / "page.jpg"
    page.write_bytes(photo())
    phone.set_input_files("#f-photo", str(page))
    phone.click("text=Send the photo")
    assert phone.is_visible("text=We have it")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    desk = live.tab(chromium, house, office, office.officer)
    desk.goto(f"{house}/desk/claims/{id_}")
    assert desk.input_value("#f-first_day") == "12/5/2025"
    assert desk.evaluate("document.querySelector('#started img').naturalWidth") > 0
    for path in (f"/desk/claims/{id_}", "/desk?show=started"):
        desk.goto(house + path)
        found = Axe().run(desk, options=RULES).response["violations"]
        assert not found, [(x["id"], [n["html"] for n in x["nodes"]][:3]) for x in found]


@pytest.mark.parametrize("language", ["en", "lo", "my"])
def test_axe_finds_nothing_on_a_phone(office: Office, house: str, chromium: Chromium, language: str) -> None:
    office.someone(number=NUMBER)
    phone = live.tab(chromium, house, office, width=390, language=language)

    def looked() -> None:
        found = Axe().run(phone, options=RULES).response["violations"]
        assert not found, [(x["id"], [n["html"] for n in x["nodes"]][:3]) for x in found]
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    phone.goto(f"{house}/start")
    looked()
    phone.fill("#f-number", NUMBER)
    phone.fill("#f-born_on", "12/8/1988")
    phone.press("#f-born_on", "Enter")
    looked()
    works(office)
    phone.fill("#f-code", office.service.keys.digits(purpose(phone.url.rsplit("/", 1)[-1])))
    phone.press("#f-code", "Enter")
    looked()
    phone.goto(f"{house}/start/claim?benefit=birth")
    looked()
    phone.fill("#f-event_birth_on", "12/5/2025")
    phone.press("#f-event_birth_on", "Enter")
    phone.wait_for_url("**/start/sent")
    looked()
