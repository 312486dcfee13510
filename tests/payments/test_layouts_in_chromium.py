"""The pages of tables in a real browser: nothing for axe to find, nothing wider than the screen, in two languages."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from services.payments.app import create_app
from tests.payments.conftest import DAOVONE, KHAMLA, Quiet, Town
from tests.payments.test_doors import Counter
from tests.payments.test_mapped_statements import LAK, LAO_LETTERS, in_use, lao, proposal, uploads

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def desk(town: Town, keys_folder: Path) -> Iterator[tuple[Counter, str]]:
    server = make_server("127.0.0.1", 0, create_app(town.service), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Counter(town, keys_folder), f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def pages(counter: Counter) -> dict[str, str]:
    """One of each: an example just brought, one that is refused, one to be confirmed, the lists."""
    begun = uploads(counter, KHAMLA, "/payments/layouts", lao(), account=LAK, name="New").headers["Location"]
    at = uploads(counter, KHAMLA, "/payments/layouts", lao(), account=LAK, name="BCEL").headers["Location"]
    form = {f"column_{'ABCDEF'.index(letter)}": name for name, letter in LAO_LETTERS.items()}
    counter.page(KHAMLA, at, form | {"heading_row": "4", "delimiter": ";", "do": "try"})
    in_use(counter)
    made = counter.post(DAOVONE, "/v1/statement-layouts", proposal() | {"name": "Second"})
    uploads(counter, KHAMLA, "/payments/statements", lao("32/05/2025;;x;1.00;;"))
    own = f"/payments/layouts/{made.json['id']}"
    return {"begun": begun, "tried": at, "confirm": own, "list": "/payments/layouts", "files": "/payments/statements"}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "lo"])
def test_axe_finds_nothing_on_the_pages_of_tables(
    desk: tuple[Counter, str], chromium: Any, language: str, width: int
) -> None:
    counter, base = desk
    context = chromium.new_context(viewport={"width": width, "height": 800})
    cookies = {"tideover": counter.token(KHAMLA), "lang": language}
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    found = []
    for name, path in pages(counter).items():
        tab = context.new_page()
        tab.goto(base + path)
        for violation in Axe().run(tab, options=RULES).response["violations"]:
            found += [f"{name}: {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
        if tab.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{name} is too wide")
        if folder := os.environ.get("PICTURES"):
            tab.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)
        tab.close()
    context.close()
    assert found == []
