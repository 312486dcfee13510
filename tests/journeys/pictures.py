"""The README's pictures, taken of the running system: `python -m tests.journeys.pictures [FOLDER]`.

A private house is started as `make run` starts it. Bounmy's claim (worked example LA-S1) goes from the counter to her
phone; on the way a real Chromium looks over the shoulders of the people at their desks. Nothing is put in by hand: all
of it comes through the doors.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp

from deploy.embedded.demo import examples
from deploy.embedded.hands import Hands
from tests.chromium import launch
from tests.journeys.processes import ROOT, House, wait_until
from tests.there import there

WIDE, PHONE = 1280, 390


class Camera:
    """A Chromium in front of the house's one address."""

    def __init__(self, chromium: Any, house: House, folder: Path) -> None:
        self.chromium, self.house, self.folder = chromium, house, folder

    def tab(self, width: int, language: str) -> Any:
        context = self.chromium.new_context(viewport={"width": width, "height": 800})
        context.add_cookies([{"name": "lang", "value": language, "url": self.house.address}])
        return context.new_page()

    def signed_in(self, hands: Hands, name: str) -> Any:
        """Somebody's tab, signed in with her password and, if she approves, her six digits."""
        row, page = hands._rows[name], self.tab(WIDE, "en")
        page.goto(f"{self.house.address}/sign-in")
        page.fill("[name=username]", name)
        page.fill("[name=password]", row["password"])
        if row["totp_secret"]:
            page.fill("[name=code]", pyotp.TOTP(row["totp_secret"]).now())
        page.locator("main form button:enabled").first.click()
        page.wait_for_load_state()
        return page

    def take(self, page: Any, name: str, path: str = "", *, whole: bool = False) -> None:
        from PIL import Image

        if path:
            page.goto(self.house.address + path)
        file = self.folder / f"{name}.png"
        page.screenshot(path=file, full_page=whole)
        # A page has few colours: a palette keeps the picture small.
        Image.open(file).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)


def letter_picture(pdf: bytes, folder: Path) -> str:
    """The first page of a letter as a picture; gives the text of the whole."""
    from PIL import Image

    file = folder / "letter.pdf"
    file.write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "1", "-singlefile", str(file), str(folder / "letter")],
        check=True,
    )
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True).stdout
    file.unlink()
    picture = folder / "letter.png"
    Image.open(picture).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(picture, optimize=True)
    return text


def take(house: House, hands: Hands, camera: Camera) -> None:
    example = next(e for e in examples() if e.id == "LA-S1")
    day = example.received_on
    house.tick(day.isoformat())
    khamla = camera.signed_in(hands, "khamla")

    papers = {"verified": [c["number"] for c in example.facts["certificates"]]}
    body = {
        "person_id": hands.person(example.number)["id"],
        "benefit": example.benefit,
        "received_on": day.isoformat(),
        "facts": example.facts,
        "papers": papers,
    }
    draft = hands.noy.post("/v1/claims", body)
    camera.take(khamla, "desk-claim", f"/desk/claims/{draft['id']}")
    claim = hands.noy.post(f"/v1/claims/{draft['id']}/submission", etag=draft["version"])
    camera.take(khamla, "desk-decide", f"/desk/claims/{claim['id']}/decide")
    decision = hands.decide(claim["id"])

    letters = wait_until(
        lambda: (
            [x for x in hands.letters(claim["id"]) if x["decision_id"] == decision["id"] and x["state"] != "created"]
            or None
        ),
        what="the letter",
    )
    text = letter_picture(hands.khamla.printed(there(letters)[0]["id"]), camera.folder)
    code = re.search(r"(?<!\d)\d{8}(?!\d)", text)
    if code is None:
        raise SystemExit(f"The letter names no code:\n{text}")

    seen_run = False
    for _ in range(14):
        day += timedelta(days=1)
        house.tick(day.isoformat())
        runs = hands.sisouk.get("/v1/runs?state=checked")["items"]
        if runs and not seen_run:
            camera.take(camera.signed_in(hands, "daovone"), "run", f"/payments/runs/{runs[0]['id']}")
            seen_run = True
        if hands.release_runs():
            house.tick(day.isoformat())
        if any(o["state"] == "settled" for o in hands.orders(claim["id"])):
            break
    else:
        raise SystemExit("No money arrived within fourteen days.")

    worker = camera.tab(PHONE, "lo")
    worker.goto(f"{house.address}/worker")
    worker.fill("[name=number]", claim["number"])
    worker.fill("[name=code]", code.group())
    worker.locator("main form button:enabled").first.click()
    worker.wait_for_load_state()
    camera.take(worker, "worker", whole=True)
    phone = camera.tab(PHONE, "en")
    camera.take(phone, "phone", "/phone")


def main(arguments: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with House() as house, sync_playwright() as p:
        chromium = launch(p)
        take(house, Hands(house.address), Camera(chromium, house, folder))
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
