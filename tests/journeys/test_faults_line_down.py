"""A thousand claims taken in at a counter whose line is cut at random: each arrives, none twice."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from deploy.embedded.hands import Hands
from tests.benefits.browser.test_line_down import READY
from tests.journeys.processes import PATIENCE, House, wait_until
from tests.journeys.test_processes_claim import PEOPLE

pytestmark = [pytest.mark.faults, pytest.mark.chromium, pytest.mark.xdist_group("chromium")]

MANY = 1000
#: Taken in before the line is touched again.
AT_ONCE = 50
#: Types a claim into the form and takes it in as she does, again and again.
TAKE_IN = """async ([people, first, count]) => {
  const form = document.querySelector('form[data-intake]'), taken = [];
  for (let n = first; n < first + count; n++) {
    const [name, number] = people[n % people.length];
    const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(n / people.length)));
    const first_day = [day.getUTCDate(), day.getUTCMonth() + 1, day.getUTCFullYear()].join('/');
    for (const [field, said] of Object.entries({name, number, first_day})) { form.elements[field].value = said; }
    const done = new Promise(answered => {
      document.addEventListener('tideover:taken', event => answered(event.detail.id), {once: true});
    });
    form.requestSubmit(form.querySelector('[data-main]'));
    taken.push(await done);
  }
  return taken;
}"""


class Line:
    """The line between counter and house. While it is bad, some of what is asked never arrives, and some of what is
    answered never comes back."""

    def __init__(self, to: int, chance: random.Random) -> None:
        self.to, self.chance, self.bad = to, chance, False
        self.cut_before = self.cut_after = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.to), 5)
            except OSError:
                near.close()
                continue
            threading.Thread(target=self._ask, args=(near, far), daemon=True).start()
            threading.Thread(target=self._answer, args=(far, near), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while asked := near.recv(65536):
                drawn = self.chance.random()
                if self.bad and drawn < 0.02:
                    self.cut_before += 1
                    break
                far.sendall(asked)
                if self.bad and drawn < 0.07:
                    self.cut_after += 1
                    near.shutdown(socket.SHUT_RDWR)
                    return  # the house goes on with what it was asked; its answer finds nobody and ends both
        self._end(near, far)

    def _answer(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while said := far.recv(65536):
                near.sendall(said)
        self._end(near, far)

    def _end(self, *both: socket.socket) -> None:
        for one in both:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self.server.close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House() as started:
        yield started


def known() -> list[tuple[str, str]]:
    """People of the office, by name and number."""
    return [(row["name_latin"], row["sso_no"]) for row in PEOPLE]


def test_a_thousand_taken_in_over_a_line_that_is_cut_arrive_a_thousand_times(house: House, chromium: Chromium) -> None:
    chance = random.Random(20261129)
    line, people = Line(house.port, chance), known()
    base = f"http://127.0.0.1:{line.port}"
    before = {row[0] for row in house.rows("benefits", "SELECT id::text FROM claim")}
    context = chromium.new_context()
    page, row = context.new_page(), Hands(house.address)._rows["clerk"]
    page.goto(f"{base}/sign-in")
    page.fill("[name=username]", row["username"])
    page.fill("[name=password]", row["password"])
    page.locator("main form button:enabled").first.click()
    page.wait_for_load_state()
    page.goto(f"{base}/desk/intake")
    wait_until(lambda: page.evaluate(READY), what="the form is kept")
    taken: list[str] = []
    line.bad = True
    killed = 0
    for first in range(0, MANY, AT_ONCE):
        taken += page.evaluate(TAKE_IN, [people, first, AT_ONCE])
        fate = chance.random()
        if fate < 0.3:
            context.set_offline(True)
        elif fate < 0.45:
            house.kill(web_of(house))
            killed += 1
        else:
            context.set_offline(False)
    context.set_offline(False)
    wait_until(lambda: arrived(page), PATIENCE * 6, "everything has arrived")
    line.close()
    assert len(set(taken)) == MANY
    rows = house.rows("benefits", "SELECT id::text, state, claim_id::text FROM intake")
    assert sorted(row[0] for row in rows) == sorted(taken)
    assert {(state, id_ == claim) for id_, state, claim in rows} == {("taken", True)}
    after = [row[0] for row in house.rows("benefits", "SELECT id::text FROM claim")]
    assert sorted(set(after) - before) == sorted(taken)
    assert (killed > 0, line.cut_before > 0, line.cut_after > 0) == (True, True, True)


def arrived(page: Page) -> bool:
    """Whether nothing waits in the browser any more; it sends by itself."""
    return not page.evaluate("window.tideoverIntake.waiting().then(items => items.length)")


def web_of(house: House) -> str:
    return next(name for name in house.whole() if "benefits" in name and "web" in name)
