"""The gallery in a real browser: nothing for axe to find, nothing wider than the screen, keys that work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from shared.reading import days
from tests.journeys.processes import wait_until

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]


@pytest.fixture(scope="module")
def site(gallery: ModuleType, chromium: Any) -> Iterator[tuple[str, Any]]:
    with gallery.served(gallery.build()) as base:
        yield base, chromium


def opened(site: tuple[str, Any], page: str, width: int = 1280) -> Any:
    base, chromium = site
    tab = chromium.new_page(viewport={"width": width, "height": 800})
    tab.goto(f"{base}/{page}.html")
    return tab


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "lo"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    site: tuple[str, Any], gallery: ModuleType, language: str, width: int
) -> None:
    found = []
    for page in gallery.PAGES:
        tab = opened(site, f"{page}.{language}", width)
        result = Axe().run(
            tab,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        )
        for violation in result.response["violations"]:
            for node in violation["nodes"]:
                found.append(f"{page}: {violation['id']}: {node['html'][:160]}")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{page} is {wide} wide")
        tab.close()
    assert found == []


def test_text_at_twice_the_size_still_fits(site: tuple[str, Any]) -> None:
    tab = opened(site, "worker.lo", 320)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_security_policy_is_not_broken(site: tuple[str, Any], gallery: ModuleType) -> None:
    base, chromium = site
    said: list[str] = []
    tab = chromium.new_page()
    tab.on("console", lambda message: said.append(message.text))
    for page in gallery.PAGES:
        tab.goto(f"{base}/{page}.lo.html")
    assert [line for line in said if "Content Security Policy" in line] == []


def test_keys_search_move_open_and_list(site: tuple[str, Any]) -> None:
    tab = opened(site, "queue.en")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "q"
    tab.keyboard.press("Escape")
    tab.keyboard.press("j")
    assert tab.evaluate("document.activeElement.textContent") == "SL-2025-03102"
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    tab.keyboard.press("?")
    assert tab.evaluate("document.getElementById('keys').open")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/claim.en.html")
    tab.keyboard.press("g")
    tab.keyboard.press("r")
    tab.wait_for_url("**/run.en.html")


def test_enter_moves_on_and_control_enter_sends(site: tuple[str, Any]) -> None:
    tab = opened(site, "employer.en")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.method))
    tab.fill("#f-who", "10-0463-5518")
    tab.focus("#f-who")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") != "f-who"
    assert "POST" not in sent
    tab.fill("#f-who", "")
    tab.fill("#f-last", "31/5")
    tab.keyboard.press("Control+Enter")
    assert "POST" not in sent
    assert tab.evaluate("document.activeElement.id") == "f-who"
    assert "Worker" in tab.inner_text("#line")
    tab.fill("#f-who", "10-0463-5518")
    with tab.expect_request(lambda request: request.method == "POST"):
        tab.keyboard.press("Control+Enter")


def test_what_was_typed_is_there_again_and_only_for_the_same_person(site: tuple[str, Any]) -> None:
    base, chromium = site
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(f"{base}/employer.en.html")
    tab.fill("#f-note", "came in person")
    wait_until(lambda: tab.evaluate("Object.keys(localStorage).some(key => key.startsWith('kept:'))"))
    tab.reload()
    wait_until(lambda: tab.evaluate("document.getElementById('f-note').value") == "came in person")
    assert "typed before is back" in tab.inner_text("#line")
    tab.route(
        "**/employer.lo.html",
        lambda route: route.fulfill(
            body=route.fetch().text().replace('data-user="Khamla"', 'data-user="Nok"'),
            content_type="text/html; charset=utf-8",
        ),
    )
    tab.goto(f"{base}/employer.lo.html")
    wait_until(lambda: not tab.evaluate("Object.keys(localStorage).some(key => key.includes('Khamla'))"))


def test_when_the_line_is_gone_it_says_so_and_sends_nothing(site: tuple[str, Any]) -> None:
    base, chromium = site
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(f"{base}/employer.en.html")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.method))
    context.set_offline(True)
    tab.fill("#f-note", "typed off line")
    tab.fill("#f-last", "31/5/2025")
    tab.keyboard.press("Control+Enter")
    assert "kept" in tab.inner_text("#line")
    assert "POST" not in sent
    context.set_offline(False)


TYPED = [
    "3/11",
    "03112026",
    "031126",
    "3.11.26",
    "2026-11-03",
    "today",
    "+14",
    "-3",
    "5/1",
    "29/2",
    "31/6/2025",
    "1/13",
    "soon",
    "໓/໑໑/໒໐໒໖",
    "ມື້ນີ້",
    "12/8/88",
    "0311",
    "99/99",
    "3/11/026",
    "+",
    "5/3/2569",
]


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_browser_reads_days_as_the_server_does(site: tuple[str, Any], language: str) -> None:
    tab = opened(site, f"employer.{language}")
    house = tab.evaluate("(document.querySelector('[data-today]') || document.body).dataset.today || ''")
    today = date.fromisoformat(house or tab.evaluate("new Date().toLocaleDateString('sv-SE')"))
    for typed in TYPED:
        there = tab.evaluate(
            "t => { const d = tideover.readDate(t); return d && [d.getFullYear(), d.getMonth() + 1, d.getDate()]; }",
            typed,
        )
        try:
            here = days.read_date(typed, today, language)
        except days.DateNotRead:
            here = None
        assert (date(*there) if there else None) == here, typed
