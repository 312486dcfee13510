"""A short guide for each role, with pictures of the running house: `python -m tests.journeys.guides [NAME …]`.

What each guide shows and says stands in guides.yaml, once. The command starts a private house as `make run` does, lets
its people work until there is something to see, walks every guide in a real Chromium and writes docs/guides.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from deploy.embedded.demo import examples
from deploy.embedded.hands import Hands
from tests.chromium import launch
from tests.journeys.contact_sheet import Visitor, small
from tests.journeys.pictures import PHONE, WIDE, letter_picture
from tests.journeys.processes import ROOT, House, wait_until

FOLDER = ROOT / "docs" / "guides"
DECLARED = Path(__file__).with_name("guides.yaml")
#: A picture's height, and the bytes it may have: a guide is read over thin lines, too.
HIGH, MOST_BYTES = 800, 120_000
#: An illness longer than the employer pays for, for claims on which somebody is still at work.
FACTS: dict[str, Any] = {
    "spell": {"first_day": "2025-03-20", "last_day": "2025-05-16", "illness": "J18.9"},
    "employments": [{"pay": "monthly", "wage_paid_until": "2025-04-18", "wage_stopped_word": "employer"}],
    "event": {"employer_days_used": 0},
}
#: Somebody new, for the page that confirms her phone.
NEWCOMER = {"name": {"full": "ນາງ ຈັນດີ ວົງສາ", "latin": "Chandy Vongsa"}, "born_on": "1996-02-11"}


@dataclass(frozen=True, slots=True)
class Step:
    """One page, what is done on it before one looks, and what the guide says of it."""

    page: str
    says: str
    do: Sequence[Mapping[str, Any]] = ()
    #: Whether she is signed in: a worker's page is also the door to it.
    signed_in: bool = True


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide of one role. `who` is the part that somebody plays in a sample house, or the worker."""

    name: str
    title: str
    who: str
    about: str
    steps: Sequence[Step]
    wide: bool = True

    def picture(self, n: int) -> str:
        return f"pictures/{self.name}-{n}.png"

    def text(self) -> str:
        """The guide as it lies in docs/guides."""
        lines = ["<!-- Made by `python -m tests.journeys.guides`; do not edit. -->", f"# {self.title}", "", self.about]
        for n, step in enumerate(self.steps, start=1):
            width = "" if self.wide else ' width="260"'
            lines += ["", f"**{n}.** {step.says}", ""]
            lines += [f'<img src="{self.picture(n)}" alt="{self.title}: step {n}"{width}>']
        return "\n".join(lines) + "\n"


def index(guides: Sequence[Guide]) -> str:
    """The page that leads to each guide."""
    lines = ["<!-- Made by `python -m tests.journeys.guides`; do not edit. -->", "# A short guide for each role", ""]
    return "\n".join(lines + [f"* [{one.title}]({one.name}.md): {one.about}" for one in guides]) + "\n"


def declared() -> list[Guide]:
    """The guides as guides.yaml declares them."""
    said = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    return [Guide(**(one | {"steps": [Step(**step) for step in one["steps"]]})) for one in said]


# --- a house in which there is something to see --------------------------------------------------


class Scene:
    """People at work; what they have made is named as the pages of guides.yaml name it."""

    def __init__(self, house: House, hands: Hands) -> None:
        self.house, self.hands, self.made = house, hands, dict[str, str]()
        self.code = self.number = ""

    def begin(self) -> None:
        """One claim is decided and leaves with a run; others are a draft, to be decided, and to be confirmed."""
        hands, known = self.hands, {e.id: e for e in examples()}
        example = known["LA-S1"]
        self.day = example.received_on
        self.house.tick(self.day.isoformat())
        claim = hands.register(example.number, example.benefit, self.day.isoformat(), example.facts)
        decision = hands.decide(claim["id"])
        self.made |= {"paid": claim["id"], "decision": decision["id"]}
        self.number = claim["number"]
        self._letter(claim["id"], decision["id"])
        self.made["draft"] = self._claim(hands.clerk, "10-0018-2542", submit=False)
        self.made["submitted"] = self._claim(hands.clerk, "10-0019-0461")
        self.made["proposed"] = self._claim(hands.officer, "10-0016-6704")
        found = hands.officer.get(f"/v1/claims/{self.made['proposed']}")
        hands.officer.post(f"/v1/claims/{found['id']}/decisions", {}, etag=found["version"])
        phone = {"phone": "+85620 5511 2299", "identifiers": []}
        self.made["newcomer"] = hands.clerk.post("/v1/persons", NEWCOMER | phone)["id"]
        accounts = hands.administrator.get("/accounts").decode()
        self.made["account"] = re.findall(r'"/accounts/([0-9a-f-]{36})"', accounts)[0]

    def _claim(self, by: Any, number: str, *, submit: bool = True) -> str:
        paper = {"number": f"SVK-25-{number[-4:]}", "from": "2025-03-20", "to": "2025-05-16"}
        body = {"benefit": "sickness", "facts": FACTS | {"certificates": [paper]}}
        body |= {"person_id": self.hands.person(number)["id"], "papers": {"verified": [paper["number"]]}}
        claim = by.post("/v1/claims", body | {"received_on": self.day.isoformat()})
        if submit:
            by.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"])
        return str(claim["id"])

    def _letter(self, claim_id: str, decision_id: str) -> None:
        """The letter is printed, and with it the code of her page."""

        def written() -> Any:
            theirs = [x for x in self.hands.letters(claim_id) if x["decision_id"] == decision_id]
            return next((x for x in theirs if x["state"] != "created"), None)

        letter = wait_until(written, what="the letter")
        text = letter_picture(self.hands.officer.printed(letter["id"]), self.house.folder)
        code = re.search(r"(?<!\d)\d{8}(?!\d)", text)
        if code is None:
            raise SystemExit(f"The letter names no code:\n{text}")
        self.code = code.group()

    def run_is_checked(self) -> None:
        """Days pass until a run waits for its release."""
        for _ in range(14):
            if runs := self.hands.payer.get("/v1/runs?state=checked")["items"]:
                self.made["run"] = runs[0]["id"]
                return
            self._next_day()
        raise SystemExit("No run was made within fourteen days.")

    def money_arrives(self) -> None:
        for _ in range(14):
            self.hands.release_runs()
            self._next_day()
            if any(o["state"] == "settled" for o in self.hands.orders(self.made["paid"])):
                return
        raise SystemExit("No money arrived within fourteen days.")

    def _next_day(self) -> None:
        self.day += timedelta(days=1)
        self.house.tick(self.day.isoformat())


# --- walking -------------------------------------------------------------------------------------


class Walk:
    """One guide in one tab."""

    def __init__(self, visitor: Visitor, scene: Scene, guide: Guide) -> None:
        self.visitor, self.scene, self.guide = visitor, scene, guide
        part = "" if guide.who == "worker" else guide.who
        self.page = visitor.page(part, "en", WIDE if guide.wide else PHONE)
        self.page.set_viewport_size({"width": WIDE if guide.wide else PHONE, "height": HIGH})
        self.inside, self.status = guide.who != "worker", 0

    def take(self, folder: Path) -> None:
        for n, step in enumerate(self.guide.steps, start=1):
            if step.signed_in and not self.inside:
                self._come_in()
            address = self.visitor.address + step.page.format(**self.scene.made)
            # 503: the standards are worked out beside, which takes a while in a house that has just opened.
            wait_until(partial(self._answers, address), 300, step.page)
            if self.status >= 400:
                raise SystemExit(f"{self.guide.name} {n}: {step.page} answers {self.status}")
            for act in step.do:
                self._do(act)
            file = folder / self.guide.picture(n)
            self.page.screenshot(path=file)
            small(file)
            if file.stat().st_size > MOST_BYTES:
                raise SystemExit(f"{file.name} has {file.stat().st_size} bytes")
        self.page.context.close()

    def _answers(self, address: str) -> bool:
        answer = self.page.goto(address)
        self.status = answer.status if answer is not None else 0
        return self.status not in (0, 503)

    def _do(self, act: Mapping[str, Any]) -> None:
        for field, text in act.get("fill", {}).items():
            self.page.fill(f"main [name={field}]", text)
        for field, value in act.get("choose", {}).items():
            self.page.select_option(f"main [name={field}]", str(value))
        if "click" in act:
            self.page.get_by_role("button", name=act["click"]).first.click()
            self.page.wait_for_load_state()
        if "until" in act:  # what is made beside; the page looks again by itself
            self.page.get_by_text(act["until"]).first.wait_for(timeout=240_000)

    def _come_in(self) -> None:
        """The worker types the number and the code of her letter."""
        self.page.goto(f"{self.visitor.address}/worker")
        self.page.fill("[name=number]", self.scene.number)
        self.page.fill("[name=code]", self.scene.code)
        self.page.locator("main form button:enabled").first.click()
        self.page.wait_for_load_state()
        self.inside = True


def main(arguments: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    guides = [one for one in declared() if not arguments or one.name in arguments]
    (FOLDER / "pictures").mkdir(parents=True, exist_ok=True)
    with House() as house, sync_playwright() as p:
        chromium = launch(p)
        hands = Hands(house.address)
        scene, visitor = Scene(house, hands), Visitor(chromium, house.address, hands)
        scene.begin()
        scene.run_is_checked()
        for guide in guides:
            if guide.who == "payer":  # while the run waits for two people
                Walk(visitor, scene, guide).take(FOLDER)
        scene.money_arrives()
        for guide in guides:
            if guide.who != "payer":
                Walk(visitor, scene, guide).take(FOLDER)
        chromium.close()
    for guide in guides:
        (FOLDER / f"{guide.name}.md").write_text(guide.text(), encoding="utf-8")
    (FOLDER / "README.md").write_text(index(declared()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
