"""What somebody ran into who walked the product for the first time, walked again in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.benefits.browser import live
from tests.benefits.browser.test_walls import fits, plain, send
from tests.benefits.conftest import PAPERS, SICK, Office

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
LANGUAGES = ["en", "lo", "th", "vi", "my"]
#: A word of three Latin letters or more is English where a page is Lao, but for names and numbers of papers.
LATIN = re.compile(r"[A-Za-z_]{3,}")


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def granted(office: Office) -> dict[str, Any]:
    """LA-S1, decided by an officer."""
    claim = live.submitted(office, office.someone(number="1004182273"), SICK, PAPERS, "2025-05-19")
    decision = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"]).json
    return claim | {"decision": decision["id"]}


def english(page: Page, selector: str) -> set[str]:
    """English words in a part of a page that is not English."""
    return set(LATIN.findall(page.inner_text(selector)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_about_a_decision_fits_its_screen_with_the_references_of_payments(
    office: Office, house: str, chromium: Chromium, language: str
) -> None:
    claim = granted(office)
    live.bank_says(office, claim, minor=224000000)
    page = live.tab(chromium, house, office, office.auditor, language=language)
    for width in (1280, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{house}/desk/decisions/{claim['decision']}")
        assert fits(page), f"{language} at {width}"


def test_who_looked_is_said_in_words_with_the_office_and_the_language_of_the_letter(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = granted(office)
    live.letter(office, claim, claim["decision"])
    live.tab(chromium, house, office, live.khamla(office)).goto(f"{house}/desk/claims/{claim['id']}/decide")
    page = live.tab(chromium, house, office, office.auditor)
    page.goto(f"{house}/desk/decisions/{claim['decision']}")
    text = plain(page.inner_text("main"))
    assert "Decision · looked at" in text
    assert "Claim · something was done there" in text
    assert "(Lao)" in text
    looks = page.locator("section", has=page.locator("h2:text-is('Who looked')")).inner_text()
    assert "<uuid" not in looks
    assert "svk" not in looks


def test_the_facts_of_a_decision_name_months_in_the_readers_language(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = granted(office)
    page = live.tab(chromium, house, office, office.auditor, language="lo")
    page.goto(f"{house}/desk/decisions/{claim['decision']}")
    assert re.search(r"\b20\d\d-\d\d\b", page.inner_text("main")) is None


def test_figures_to_confirm_are_named_as_on_the_leaflet_and_cited_as_beside_the_findings(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = granted(office)
    page = live.tab(chromium, house, office, office.officer, language="lo")
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    page.locator("details.sheet summary").click()
    said = english(page, "details.sheet")
    assert not said & {
        "claim",
        "months",
        "Practice",
        "institution",
        "employer",
        "days",
        "ceiling",
        "rate",
        "rule",
        "rounding",
    }
    page.goto(f"{house}/desk/claims/{claim['id']}/otherwise")
    assert not english(page, "main") & {"Practice", "institution", "page", "within"}


def test_two_parts_that_came_on_one_day_are_one_sum_with_its_days(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = granted(office)
    live.bank_says(office, claim, minor=224000000, no=1, period={"from": "2025-04-02", "to": "2025-05-01"})
    live.bank_says(office, claim, minor=112000000, no=2, period={"from": "2025-05-02", "to": "2025-05-16"})
    page = live.tab(chromium, house, office, live.worker(claim["id"]), width=390)
    page.goto(f"{house}/worker")
    card = plain(page.locator("section.state", has_text="Paid").first.inner_text())
    assert "3,360,000" in card
    assert "1 May 2025: 2,240,000" in card.replace("\n", " ")
    assert "16 May 2025: 1,120,000" in card.replace("\n", " ")
    assert "Paid before" not in page.inner_text("main")
    for language in LANGUAGES:
        page.goto(f"{house}/worker?lang={language}")
        assert fits(page), language


def test_on_her_page_no_words_touch_their_amount(office: Office, house: str, chromium: Chromium) -> None:
    claim = granted(office)
    page = live.tab(chromium, house, office, live.worker(claim["id"]), width=390, language="vi")
    page.goto(f"{house}/worker")
    gaps = page.evaluate(
        "[...document.querySelectorAll('.ws.brief tbody tr')].map(r => { const a = document.createRange();"
        " a.selectNodeContents(r.cells[0]); const b = document.createRange(); b.selectNodeContents(r.cells[1]);"
        " return b.getBoundingClientRect().left - a.getBoundingClientRect().right })"
    )
    assert gaps
    assert min(gaps) >= 8


def test_what_was_looked_for_in_latin_letters_stands_in_their_field(
    office: Office, house: str, chromium: Chromium
) -> None:
    office.someone()
    page = live.tab(chromium, house, office, office.clerk)
    page.goto(f"{house}/desk/search?q=Dao+Phommachanh")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/register*")
    page.keyboard.type("ນາງ ດາວ ພົມມະຈັນ")
    assert page.input_value("[name=name]") == "ນາງ ດາວ ພົມມະຈັນ"
    assert page.input_value("[name=name_latin]") == "Dao Phommachanh"


def test_the_employer_of_a_newcomer_is_found_by_name_and_an_unknown_one_is_told_in_her_language(
    office: Office, house: str, chromium: Chromium
) -> None:
    office.someone()  # and with her Savan Silk Weaving
    page = live.tab(chromium, house, office, office.clerk, language="lo")
    page.goto(f"{house}/desk/register")
    page.fill("[name=name]", "ນາງ ດາວ ພົມມະຈັນ")
    page.fill("[name=hired_on]", "1/6/2024")
    page.fill("[name=employer]", "Nowhere Ltd")
    page.select_option("[name=pay]", "daily")
    send(page)
    told = page.inner_text("#register .error")
    assert told.strip("✗ ")
    assert not LATIN.findall(told)
    page.fill("[name=employer]", "savan silk")
    send(page)
    if page.query_selector("[name=other]"):  # who works there could be her
        page.check("[name=other]")
        send(page)
    assert "/desk/persons/" in page.url
    assert "Savan Silk Weaving" in page.inner_text("main")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/desk/claims/[\w-]+$"))
    assert page.inner_text("[name=pay] option:checked").endswith("ມື້")  # asked once, at the desk


def test_where_one_is_in_the_menu_is_seen_on_a_phone(office: Office, house: str, chromium: Chromium) -> None:
    for who, path in ((live.employer(office), "/employer/account"), (office.supervisor, "/parked/benefits")):
        page = live.tab(chromium, house, office, who, width=390, language="my")
        page.goto(f"{house}{path}")
        box = page.locator(".nav a[aria-current]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390, path
        for entry in page.locator(".nav a").all():
            place = entry.bounding_box()
            assert place is not None
            assert place["x"] + place["width"] <= 390, entry.inner_text()


def test_what_the_law_cannot_read_is_told_in_the_readers_language(
    office: Office, house: str, chromium: Chromium
) -> None:
    person = office.someone(number="1004182273")
    body = {"person_id": person, "benefit": "birth", "received_on": "2025-05-19"}
    claim = office.clerk.post("/v1/claims", body | {"facts": {"event": {"birth_on": "1960-01-01"}}}).json
    page = live.tab(chromium, house, office, office.clerk, language="lo")
    page.goto(f"{house}/desk/claims/{claim['id']}")
    said = [e.inner_text() for e in page.locator(".error, .errors").all()]
    assert said
    assert not LATIN.findall(" ".join(said))
