"""Every kind of page in every language and width, of a running house: page × language × width on one sheet.

    make run COUNTRY=vn PORT=8120        and, in another window, once the demo has been played:
    COUNTRY=vn .venv/bin/python -m tests.journeys.contact_sheet FOLDER [LANGUAGE …]
    COUNTRY=vn .venv/bin/python -m tests.journeys.contact_sheet docs/pictures/vn country

Takes a picture of each page with a real Chromium, names pages that are wider than their window and what axe finds on
them (WCAG 2.2 AA), puts the pictures of a language and width on one sheet, and keeps the words of each page beside its
pictures. Which pages these are is found by following links (`page_kinds.py`). A sheet that was broken off goes on where
it stopped; another FOLDER begins anew. Without a LANGUAGE: all five.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyotp
import requests
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from deploy.embedded import house as houses
from deploy.embedded.hands import Hands
from deploy.embedded.house import Plan
from shared.web import texts
from tests.benefits.browser.test_pages_in_chromium import RULES
from tests.chromium import launch
from tests.journeys.page_kinds import Kind, Search
from tests.journeys.pictures import PHONE, WIDE, letter_picture

#: How wide a page stands on the sheet, and how much of its length.
THUMB, LONGEST = 420, 620
#: What is out of its box: wider than the window, or a word cut off where nothing says that it goes on.
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


class Visitor:
    """A Chromium before one running house, signed in as whoever is needed."""

    def __init__(self, chromium: Any, address: str, hands: Hands) -> None:
        self.chromium, self.address, self.hands = chromium, address, hands
        self._states: dict[str, Any] = {}
        self._readers: dict[str, Any] = {}

    def page(self, part: str, language: str, width: int) -> Any:
        """A tab of somebody who has this part, or of nobody, in a language."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900}, storage_state=self._state(part) if part else None
        )
        context.add_cookies([{"name": "lang", "value": language, "url": self.address}])
        return context.new_page()

    def read(self, part: str, path: str) -> str:
        """What stands at an address, as somebody sees it; nothing where it is no page for her."""
        if part not in self._readers:
            self._readers[part] = self.page(part, "en", WIDE).context
        answer = self._readers[part].request.get(self.address + path)
        return answer.text() if answer.ok and "html" in answer.headers.get("content-type", "") else ""

    def forget(self) -> None:
        """Everybody signs in anew: a session is good for a quarter of an hour."""
        self._states.clear()
        self._readers.clear()

    def _worker(self) -> Any:
        """Somebody who was paid, on her page with the code of her letter."""
        claim = next(one for one in listed(self.hands) if letter_of(self.hands, one))
        with TemporaryDirectory() as folder:
            context = opened_by_code(self, Path(folder), "en", claim).context
        return context.storage_state()

    def _state(self, part: str) -> Any:
        if part == "worker" and part not in self._states:
            self._states[part] = self._worker()
        if part not in self._states:
            row = self.hands._rows[part]
            context = self.chromium.new_context()
            page = context.new_page()
            page.goto(f"{self.address}/sign-in")
            page.fill("[name=username]", row["username"])
            page.fill("[name=password]", row["password"])
            if row["totp_secret"]:
                page.fill("[name=code]", pyotp.TOTP(row["totp_secret"]).now())
            page.locator("main form button:enabled").first.click()
            page.wait_for_load_state()
            if page.url.endswith("/sign-in"):  # the six digits were used at another door; the next ones are fresh
                page.wait_for_timeout(31_000)
                return self._state(part)
            self._states[part] = context.storage_state()
            context.close()
        return self._states[part]


def listed(hands: Hands) -> list[dict[str, Any]]:
    """Claims of the officer's page, the newest first, as the API tells them."""
    page = requests.get(
        f"{hands.address}/desk/claims", headers={"Authorization": f"Bearer {hands.officer.token}"}, timeout=60
    ).text
    return [
        hands.officer.get(f"/v1/claims/{id_}")
        for id_ in dict.fromkeys(re.findall(r"/desk/claims/([0-9a-f-]{36})", page))
    ]


def take(visitor: Visitor, folder: Path, language: str, kinds: list[Kind]) -> list[str]:
    """Pictures of every kind of page, wide and narrow; answers what was wrong with any. What has its pictures already
    is not taken again: a sheet that was broken off goes on where it stopped."""
    wrong, tabs = [], dict[str, Any]()
    for kind in kinds:
        files = {width: folder / f"{kind.name}-{language}-{width}.png" for width in (WIDE, PHONE)}
        if all(file.exists() for file in files.values()):
            continue
        tab = tabs.get(kind.part) or tabs.setdefault(kind.part, visitor.page(kind.part, language, WIDE))
        answer = tab.goto(visitor.address + kind.path)
        if kind.part and tab.url.partition("?")[0].endswith(("/sign-in", "/session/renew")):
            visitor.forget()
            tab.context.close()
            tab = tabs[kind.part] = visitor.page(kind.part, language, WIDE)
            answer = tab.goto(visitor.address + kind.path)
        if answer is None or answer.status >= 400:
            wrong.append(f"{language} {kind.path}: {answer.status if answer else 'no answer'}")
        for width, file in files.items():
            tab.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{language} {width} {kind.path}: {fault}" for fault in faults_of(tab)]
            tab.screenshot(path=file, full_page=True)
        (folder / f"{kind.name}-{language}.txt").write_text(tab.inner_text("body"), encoding="utf-8")
    for tab in tabs.values():
        tab.context.close()
    for width in (WIDE, PHONE):
        pictures = [folder / f"{kind.name}-{language}-{width}.png" for kind in kinds]
        _sheet(pictures, folder / f"sheet-{language}-{width}.png")
    return wrong


def faults_of(tab: Any) -> list[str]:
    """What is wrong with the page in a tab, at the width that the tab has."""
    found = ["wider than its window"] if tab.evaluate(TOO_WIDE) else []
    for violation in Axe().run(tab, options=RULES).response["violations"]:
        found += [f"{violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
    return found


def _sheet(pictures: list[Path], target: Path) -> None:
    """All pictures side by side, each no longer than a screen."""
    across = 5
    rows = -(-len(pictures) // across)
    sheet = Image.new("RGB", (across * (THUMB + 10), rows * (LONGEST + 10)), "#888")
    for place, file in enumerate(pictures):
        with Image.open(file) as whole:
            picture = whole.convert("RGB")
        picture = picture.resize((THUMB, max(1, picture.height * THUMB // picture.width)))
        picture = picture.crop((0, 0, THUMB, min(picture.height, LONGEST)))
        sheet.paste(picture, ((place % across) * (THUMB + 10) + 5, (place // across) * (LONGEST + 10) + 5))
    sheet.save(target, optimize=True)


def small(file: Path) -> None:
    """A page has few colours: a palette keeps the picture small."""
    Image.open(file).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(file, optimize=True)


def of_country(visitor: Visitor, folder: Path, language: str) -> None:
    """What people of this country see of a sickness and of a birth that were paid: the desk, the letter, the worker's
    page on her phone, opened with the code of her own letter, and her short messages; in the national language."""
    found = [one for one in listed(visitor.hands) if one["state"] == "closed"]
    for name, benefits in (("sickness", ("sickness",)), ("birth", ("birth", "maternity"))):
        claim = next(one for one in found if one["benefit"] in benefits)
        desk = visitor.page("officer", language, WIDE)
        desk.goto(f"{visitor.address}/desk/claims/{claim['id']}")
        desk.screenshot(path=folder / f"desk-{name}.png", full_page=True)
        worker_and_letter(visitor, folder, language, claim, name)
    phone = visitor.page("", language, PHONE)
    phone.goto(f"{visitor.address}/phone")
    phone.screenshot(path=folder / "phone.png")
    for file in folder.glob("*.png"):
        small(file)


def letter_of(hands: Hands, claim: dict[str, Any]) -> dict[str, Any] | None:
    """The letter of a claim's decision."""
    return next((x for x in hands.letters(claim["id"]) if x.get("decision_id") and x["state"] != "created"), None)


def opened_by_code(visitor: Visitor, folder: Path, language: str, claim: dict[str, Any]) -> Any:
    """The worker's page on her phone, opened with the code of her letter, whose picture is left in the folder."""
    letter = letter_of(visitor.hands, claim)
    if letter is None:
        raise SystemExit(f"The claim {claim['number']} has no letter.")
    text = letter_picture(visitor.hands.officer.printed(letter["id"]), folder)
    code = re.search(r"(?<!\d)\d{8}(?!\d)", text)
    if code is None:
        raise SystemExit(f"The letter names no code:\n{text}")
    page = visitor.page("", language, PHONE)
    page.goto(f"{visitor.address}/worker")
    page.fill("[name=number]", claim["number"])
    page.fill("[name=code]", code.group())
    page.locator("main form button:enabled").first.click()
    page.wait_for_load_state()
    return page


def worker_and_letter(visitor: Visitor, folder: Path, language: str, claim: dict[str, Any], name: str) -> None:
    page = opened_by_code(visitor, folder, language, claim)
    (folder / "letter.png").replace(folder / f"letter-{name}.png")
    page.screenshot(path=folder / f"worker-{name}.png", full_page=True)


def main(arguments: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    plan = Plan.from_environment()
    folder = Path(arguments[0] if arguments else "build/sheet")
    folder.mkdir(parents=True, exist_ok=True)
    hands = Hands(houses.read_running(plan)["address"], plan.sample.folder)
    wrong = []
    with sync_playwright() as p:
        chromium = launch(p)
        visitor = Visitor(chromium, hands.address, hands)
        if arguments[1:] == ["country"]:
            of_country(visitor, folder, plan.sample.language)
        else:
            search = Search(visitor.read)
            kinds = search.all()
            wrong += [f"nothing leads to {path}" for path in search.missing()]
            for language in arguments[1:] or list(texts.LANGUAGES):
                wrong += take(visitor, folder, language, kinds)
                visitor.forget()
        chromium.close()
    sys.stdout.write("\n".join([*wrong, f"{len(wrong)} pages to mend"]) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
