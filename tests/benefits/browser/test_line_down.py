"""A counter whose line is down, in a real browser: it takes in, it sees what waits, and everything arrives once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from services.benefits import tables as t
from tests.benefits.browser import live
from tests.benefits.conftest import Office
from tests.journeys.processes import wait_until

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]

#: All that the browser keeps, as text: nothing of it may be readable.
AT_REST = """async () => {
  const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const name of await caches.keys()) {
    const store = await caches.open(name);
    for (const request of await store.keys()) { kept.push(await (await store.match(request)).text()); }
  }
  const base = await new Promise(done => {
    const asked = indexedDB.open('tideover-intake', 1); asked.onsuccess = () => done(asked.result);
  });
  kept.push(JSON.stringify(await new Promise(done => {
    const asked = base.transaction('items').objectStore('items').getAll(); asked.onsuccess = () => done(asked.result);
  })));
  return kept.join('\\n');
}"""
#: A page that was on its way while the keeper began is not held by it, the next one is; so the page is not asked.
READY = """async () => {
  const there = await navigator.serviceWorker.getRegistration('/desk');
  const kept = await (await caches.open('tideover-intake')).match('/desk/intake');
  return !!(there && there.active && there.active.state === 'activated' && kept);
}"""


#: What is half typed lies on this computer; and nothing of form and key does any more.
KEPT = "Object.keys(localStorage).some(name => name.startsWith('kept:'))"
GONE = """async () => {
  const form = await (await caches.open('tideover-intake')).match('/desk/intake');
  return !form && !(await indexedDB.databases()).map(base => base.name).includes('tideover-keep');
}"""


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def ready(page: Page, house: str) -> None:
    """The form lies ready for a line that goes."""
    page.goto(f"{house}/desk/intake")
    wait_until(lambda: page.evaluate(READY), what="the form is kept")


def type_in(page: Page, first_day: str = "3/3/2025", name: str = "Bounmy Sisavath") -> None:
    for field, value in {
        "name": name,
        "number": "1002003004",
        "first_day": first_day,
        "last_day": "16/5/2025",
        "cert_no_0": "SVK-25-01981",
        "cert_from_0": first_day,
        "cert_to_0": "16/5/2025",
    }.items():
        page.fill(f"#f-{field}", value)


def claims(office: Office) -> int:
    with office.service.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(t.claim)) or 0


def arrived(office: Office, page: Page, wanted: int) -> None:
    def there() -> bool:
        page.evaluate("0")  # the tab goes on while we ask
        return claims(office) == wanted

    wait_until(there, what=f"{wanted} have arrived")


def test_she_goes_on_taking_in_while_the_line_is_down(office: Office, house: str, chromium: Chromium) -> None:
    office.someone(number="1002003004")
    page: Page = live.tab(chromium, house, office, office.clerk)
    ready(page, house)
    page.context.set_offline(True)
    page.goto(f"{house}/desk")  # wherever she goes at the desk, the form is there
    expect(page.locator("h1")).to_have_text("Take a claim in")
    for day in ("3/3/2025", "4/3/2025"):
        type_in(page, day)
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-slip-receipt]")).to_be_visible()
        expect(page.locator("#f-name")).to_have_value("")
    slip = page.locator("[data-slip-receipt]").inner_text()
    expect(page.locator("#unsent-chip")).to_contain_text("2 not sent, the oldest")
    assert slip in page.locator("[data-unsent-items]").inner_text()
    assert claims(office) == 0
    page.context.set_offline(False)
    arrived(office, page, 2)
    expect(page.locator("#unsent-chip")).to_be_hidden()


def test_nothing_that_was_typed_can_be_read_on_this_computer(office: Office, house: str, chromium: Chromium) -> None:
    office.someone(number="1002003004")
    page: Page = live.tab(chromium, house, office, office.clerk)
    ready(page, house)
    page.context.set_offline(True)
    type_in(page, name="Bounmy Sisavath")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#unsent-chip")).to_be_visible()
    type_in(page, name="Khamsai Vongsa")  # the next one, half typed
    wait_until(lambda: page.evaluate(KEPT), what="what she types is kept")
    kept = page.evaluate(AT_REST)
    for secret in (
        "Bounmy",
        "Khamsai",
        "1002003004",
        "SVK-25",
        "c5rf",
        office.service.keys.kept_by(office.clerk.actor.id),
    ):
        assert secret not in kept, secret
    page.reload()  # still no line: what was half typed comes back to her
    expect(page.locator("#f-name")).to_have_value("Khamsai Vongsa")


def test_two_tabs_send_each_item_once_and_a_broken_one_stops_no_other(
    office: Office, house: str, chromium: Chromium
) -> None:
    office.someone(number="1002003004")
    page: Page = live.tab(chromium, house, office, office.clerk)
    ready(page, house)
    other = page.context.new_page()
    other.goto(f"{house}/desk")
    page.context.set_offline(True)
    type_in(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#unsent-chip")).to_be_visible()
    page.evaluate("""() => new Promise(done => { const asked = indexedDB.open('tideover-intake', 1);
      asked.onsuccess = () => { const all = asked.result.transaction('items', 'readwrite');
        all.objectStore('items').add({id: crypto.randomUUID(), at: 1, receipt: 'BROK-EN00', sealed: 'x.y.z'});
        all.oncomplete = () => { asked.result.close(); done(); }; }; })""")
    page.context.set_offline(False)
    # Whichever of them sends, both say at once what became of it.
    for tab in (other, page):
        tab.evaluate("window.tideoverIntake.send()")
    arrived(office, page, 1)
    expect(page.locator("#unsent-chip")).to_contain_text("1 not sent")
    expect(other.locator("#unsent-chip")).to_contain_text("1 not sent")
    expect(page.locator("[data-unsent-items]")).to_contain_text("BROK-EN00")
    expect(page.locator("[data-unsent-items]")).to_contain_text("422")
    with page.expect_download() as saved:
        page.click("[data-unsent-save]")
    assert "BROK-EN00" in saved.value.path().read_text()


def test_after_she_signed_out_the_form_and_the_key_are_gone(office: Office, house: str, chromium: Chromium) -> None:
    page: Page = live.tab(chromium, house, office, office.clerk)
    ready(page, house)
    page.fill("#f-name", "Bounmy Sisavath")
    wait_until(lambda: page.evaluate(KEPT), what="what she types is kept")
    page.goto(f"{house}/sign-out")
    page.click("main [data-main]")
    wait_until(lambda: page.evaluate(GONE), what="form and key are gone")
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_FAILED"):
        page.goto(f"{house}/desk/intake")
