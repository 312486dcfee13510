"""What people ran into at the desk, on the phone and at the employer's page, walked again in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.benefits.browser import live
from tests.benefits.conftest import Office

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
SIZES = [
    pytest.param(1280, "en", id="desk, English"),
    pytest.param(390, "en", id="phone, English"),
    pytest.param(1280, "lo", id="desk, Lao"),
    pytest.param(390, "lo", id="phone, Lao"),
]


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def send(page: Page) -> None:
    """Ctrl-Enter, and wait for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def proposed(office: Office) -> dict[str, Any]:
    """A claim whose decision an officer proposed and a supervisor must confirm (LA-S2, above the limit)."""
    claim = live.long_illness(office)
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    return dict(office.officer.get(f"/v1/claims/{claim['id']}").json)


# --- a confirmation is never undone in silence ---------------------------------------------------


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_to_confirm_opens_the_decision_and_ctrl_enter_confirms_it(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    claim = proposed(office)
    page = live.tab(chromium, house, office, office.supervisor, width=width, language=language)
    page.goto(f"{house}/desk?show=confirm")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/claims/{claim['id']}/decide")
    assert "Officer" in page.inner_text("main")
    assert fits(page)
    send(page)
    assert office.claim(claim["id"]).state == "decided"


def test_looking_at_the_facts_and_saving_them_unchanged_changes_nothing(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = proposed(office)
    page = live.tab(chromium, house, office, office.supervisor)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    assert "A decision is proposed and waits for a second person." in plain(page.inner_text("main"))
    send(page)
    assert page.url.endswith("/decide")
    assert office.claim(claim["id"]).version == claim["version"]
    send(page)
    assert office.claim(claim["id"]).state == "decided"


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_what_is_given_back_says_so_and_what_changed(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    claim = proposed(office)
    facts = claim["facts"] | {"spell": claim["facts"]["spell"] | {"last_day": "2025-08-30"}}
    office.officer.patch(f"/v1/claims/{claim['id']}", {"facts": facts}, etag=claim["version"])
    page = live.tab(chromium, house, office, office.supervisor, width=width, language=language)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    seen = plain(page.inner_text("main"))
    assert {"en": "Confirming gives it back", "lo": "ສົ່ງຄືນ"}[language] in seen
    assert re.search(r"31/8/2025|31 Aug 2025|31 ສິງຫາ 2025|31 ສ\.ຫ\. 2025", seen), seen
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#given-back")
    assert fits(page)
    told = plain(page.inner_text("#given-back"))
    assert {"en": "It was not confirmed", "lo": "ບໍ່ໄດ້ຢືນຢັນ"}[language] in told
    assert office.claim(claim["id"]).waits is not None


def test_a_second_person_sees_the_officers_reason_and_the_facts_that_changed(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = proposed(office)
    decision = office.supervisor.get(f"/v1/claims/{claim['id']}/decisions").json["items"][-1]["id"]
    office.supervisor.post(f"/v1/decisions/{decision}/confirmation", {})
    decided = office.officer.get(f"/v1/claims/{claim['id']}").json
    facts = decided["facts"] | {"spell": decided["facts"]["spell"] | {"last_day": "2025-07-31"}}
    office.officer.patch(
        f"/v1/claims/{claim['id']}", {"facts": facts, "why": "fit for work since August"}, etag=decided["version"]
    )
    again = office.officer.get(f"/v1/claims/{claim['id']}").json
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=again["version"])
    page = live.tab(chromium, house, office, office.supervisor)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    seen = plain(page.inner_text("main"))
    assert "“fit for work since August”" in seen
    assert "Last day 31 Aug 2025 31 Jul 2025" in seen, seen
    assert "Difference to the decision before" in seen
