"""The gallery: every component on sample pages, in English and Lao, with pictures to look at.

python tests/shared/visual/gallery.py            writes build/gallery/
python tests/shared/visual/gallery.py --pictures also takes pictures at 1280 and 390
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from jinja2 import Environment, FileSystemLoader  # noqa: E402

from shared.web import formatting  # noqa: E402
from tests.chromium import launch  # noqa: E402

OUT = ROOT / "build" / "gallery"
WEB = ROOT / "shared" / "web"
LANGUAGES = ("en", "lo")
PAGES = ("claim", "decide", "queue", "run", "employer", "worker", "estimate", "trouble", "parts")


def samples(say: Callable[[str, str], str]) -> dict[str, Any]:
    """LA-S1 and its neighbours, as the assessment gives them; `say` picks the English or the Lao of a sample."""

    def text(en: str, lo: str, **params: Any) -> dict[str, Any]:
        return {"msg": say(en, lo), "params": params}

    def kip(units: int) -> dict[str, Any]:
        return {"minor": units * 100, "currency": "LAK"}

    page = {"text": say("LSSO page", "ໜ້າເວັບ ອປສ"), "evidence": "verified", "href": "#"}
    law = {"text": say("Law 54/NA", "ກົດໝາຍ 54/ສພຊ"), "evidence": "recalled", "href": "#"}
    guide = {"text": say("Guidelines 2751", "ຄຳແນະນຳ 2751"), "evidence": "secondary", "href": "#"}
    rule = {"text": say("Rule 5.5", "ຂໍ້ 5.5"), "evidence": "default", "href": "#"}
    months = ["2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02"]
    first = {
        "outcome": "granted",
        "reason": text(
            "You were unable to work from {onset}, your employer paid you until {until}, and you had contributed {had} "
            "of the "
            "12 months before; {need} are needed. You receive {amount} for {from} to {to}.",
            "ທ່ານບໍ່ສາມາດເຮັດວຽກໄດ້ ນັບແຕ່ວັນທີ {onset}, ຫົວໜ່ວຍແຮງງານຈ່າຍເງິນເດືອນໃຫ້ທ່ານ ຮອດວັນທີ {until} ແລະ ທ່ານໄດ້ຖອກເງິນສົມທົບ "
            "{had} ເດືອນ ໃນ 12 ເດືອນກ່ອນ; ກົດໝາຍຕ້ອງການ {need} ເດືອນ. ທ່ານໄດ້ຮັບ {amount} ສຳລັບ ວັນທີ {from} ຫາ {to}.",
            onset={"type": "date", "value": "2025-03-03"},
            until={"type": "date", "value": "2025-04-01"},
            had={"type": "int", "value": 12},
            need={"type": "int", "value": 3},
            amount={"type": "money", "value": kip(3360000)},
            **{"from": {"type": "date", "value": "2025-04-02"}, "to": {"type": "date", "value": "2025-05-16"}},
        ),
        "questions": [],
        "findings": [
            {
                "id": "wage",
                "verdict": "needs_judgement",
                "citation": page,
                "change": None,
                "text": text(
                    "Wage stopped from {day}", "ຖືກຢຸດຈ່າຍເງິນເດືອນ ແຕ່ວັນທີ {day}", day={"type": "date", "value": "2025-04-02"}
                ),
            },
            {
                "id": "months",
                "verdict": "met",
                "citation": page,
                "change": None,
                "text": text("Contributed 12 of 12 months, needs 3", "ຖອກເງິນສົມທົບ 12 ເດືອນ ໃນ 12 ເດືອນ, ຕ້ອງການ 3 ເດືອນ"),
            },
            {
                "id": "papers",
                "verdict": "met",
                "citation": page,
                "change": None,
                "text": text("Certificates cover all {n}", "ໃບຢັ້ງຢືນແພດ ກວມເອົາທັງໝົດ {n}", n={"type": "days", "value": 75}),
            },
            {
                "id": "employer",
                "verdict": "met",
                "citation": law,
                "change": None,
                "text": text("Employer’s 30 days of 2025 used up", "ຫົວໜ່ວຍແຮງງານ ຈ່າຍຄົບ 30 ວັນ ຂອງປີ 2025 ແລ້ວ"),
            },
            {
                "id": "other",
                "verdict": "met",
                "citation": rule,
                "change": None,
                "text": text("Not a work injury, not maternity", "ບໍ່ແມ່ນອຸບັດເຫດແຮງງານ, ບໍ່ແມ່ນການອອກລູກ"),
            },
        ],
        "reference": [{"month": m, "declared": kip(3200000), "insured": kip(3200000), "note": None} for m in months],
        "worksheet": [
            {
                "id": "sum",
                "text": text("Insured salary Sep 2024 – Feb 2025", "ເງິນເດືອນປະກັນຕົນ ກັນຍາ 2024 – ກຸມພາ 2025"),
                "exact": "19200000",
                "unit": "money",
                "payable": None,
                "citation": guide,
                "inputs": [],
            },
            {
                "id": "average",
                "text": text("Average of 6 months", "ສະເລ່ຍ 6 ເດືອນ"),
                "exact": "3200000",
                "unit": "money",
                "payable": None,
                "citation": guide,
                "inputs": ["sum"],
            },
            {
                "id": "month",
                "text": text(
                    "{rate} of the average, a month", "{rate} ຂອງສະເລ່ຍ, ຕໍ່ເດືອນ", rate={"type": "rate", "value": "7/10"}
                ),
                "exact": "2240000",
                "unit": "money",
                "payable": None,
                "citation": law,
                "inputs": ["average"],
            },
            {
                "id": "p1",
                "text": text("2 Apr – 1 May, 1 month", "2 ເມສາ – 1 ພຶດສະພາ, 1 ເດືອນ"),
                "exact": "2240000",
                "unit": "money",
                "payable": kip(2240000),
                "citation": rule,
                "inputs": ["month"],
            },
            {
                "id": "p2",
                "text": text("2 – 16 May, 15 days of 30", "2 – 16 ພຶດສະພາ, 15 ວັນ ໃນ 30"),
                "exact": "1120000",
                "unit": "money",
                "payable": kip(1120000),
                "citation": rule,
                "inputs": ["month"],
            },
        ],
        "timeline": [
            {
                "from": "2025-03-03",
                "to": "2025-04-01",
                "status": "employer",
                "code": "E",
                "payer": "employer",
                "rate": None,
                "amount": None,
                "reasons": [],
            },
            {
                "from": "2025-04-02",
                "to": "2025-05-16",
                "status": "paid",
                "code": "P",
                "payer": "fund",
                "rate": "7/10",
                "amount": kip(3360000),
                "reasons": [],
            },
        ],
        "marks": [],
        "instalments": [
            {
                "no": 1,
                "component": "sickness",
                "period": {"from": "2025-04-02", "to": "2025-05-01"},
                "amount": kip(2240000),
                "due_on": "2025-05-08",
            },
            {
                "no": 2,
                "component": "sickness",
                "period": {"from": "2025-05-02", "to": "2025-05-16"},
                "amount": kip(1120000),
                "due_on": "2025-05-22",
            },
        ],
        "lump_sums": [],
        "total": kip(3360000),
        "unconfirmed": [],
    }
    second = first | {
        "timeline": [
            {"from": "2024-12-11", "to": "2025-01-09", "code": "E"},
            {"from": "2025-01-10", "to": "2025-07-09", "code": "P", "rate": "7/10"},
            {"from": "2025-07-10", "to": "2025-08-31", "code": "P", "rate": "3/5"},
        ],
        "marks": [{"on": "2025-07-10", "text": text("60 % from 10 Jul", "60% ແຕ່ 10 ກໍລະກົດ")}],
    }
    earlier = [
        {
            "timeline": [{"from": "2024-11-04", "to": "2024-11-08", "code": "E"}],
            "note": text("not linked", "ບໍ່ຕໍ່ເນື່ອງ"),
        }
    ]
    papers = [
        {
            "from": "2025-03-03",
            "to": "2025-04-16",
            "text": text("Certificate 1, verified", "ໃບຢັ້ງຢືນແພດ 1, ກວດສອບແລ້ວ"),
            "sure": True,
        },
        {
            "from": "2025-04-17",
            "to": "2025-05-16",
            "text": text("Certificate 2, not verified", "ໃບຢັ້ງຢືນແພດ 2, ຍັງບໍ່ໄດ້ກວດສອບ"),
            "sure": False,
        },
    ]

    def spread(*runs: tuple[str, str, str, str | None]) -> list[dict[str, Any]]:
        return [{"from": a, "to": b, "code": code, "rate": rate} for a, b, code, rate in runs]

    week = [
        ("2025-03-03", "2025-03-07", "P", "3/4"),
        ("2025-03-08", "2025-03-09", "R", None),
        ("2025-03-10", "2025-03-14", "P", "3/4"),
        ("2025-03-15", "2025-03-16", "R", None),
        ("2025-03-17", "2025-03-17", "H", None),
        ("2025-03-18", "2025-03-21", "P", "3/4"),
    ]
    timelines = [
        {"title": "3", "segments": spread(("2025-03-03", "2025-03-05", "w", None))},
        {
            "title": "10",
            "segments": spread(("2025-03-03", "2025-03-05", "w", None), ("2025-03-06", "2025-03-12", "P", "1/2")),
            "today": "2025-03-08",
        },
        {"title": "19", "segments": spread(*week)},
        {
            "title": "105",
            "segments": spread(("2025-12-02", "2026-03-16", "P", "4/5")),
            "today": "2026-01-20",
            "marks": [
                {"on": "2026-01-01", "text": text("New ceiling", "ເພດານໃໝ່")},
                {"on": "2026-01-14", "text": text("Date of birth", "ວັນອອກລູກ")},
            ],
        },
        {
            "title": "430",
            "segments": spread(
                ("2024-12-11", "2025-01-09", "E", None),
                ("2025-01-10", "2025-07-09", "P", "7/10"),
                ("2025-07-10", "2025-12-31", "P", "3/5"),
                ("2026-01-01", "2026-02-13", "X", None),
            ),
            "today": "2025-11-18",
            "earlier": earlier,
            "marks": [{"on": "2025-07-10", "text": text("60 % from 10 Jul", "60% ແຕ່ 10 ກໍລະກົດ")}],
        },
        {
            "title": "700",
            "segments": spread(
                ("2024-02-01", "2024-12-31", "P", "7/10"),
                ("2025-01-01", "2025-06-30", "P", "3/5"),
                ("2025-07-01", "2025-12-31", "P", "1/2"),
            ),
        },
    ]
    return {
        "timelines": timelines,
        "a": first,
        "a2": second,
        "earlier": earlier,
        "papers": papers,
        "kip": kip,
        "today": date(2025, 4, 21),
    }


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader([WEB / "templates", Path(__file__).parent / "pages"]),
        autoescape=True,
    )
    formatting.install(env)
    return env


def render(page: str, language: str) -> str:
    def say(en: str, lo: str) -> str:
        return lo if language == "lo" else en

    nav = [
        {"label": say(en, lo), "href": f"{to}.{language}.html", "key": key, "current": page == to}
        for en, lo, to, key in (
            ("Queue", "ລາຍການລໍຖ້າ", "queue", "g q"),
            ("Claims", "ຄຳຂໍ", "claim", "g c"),
            ("Runs", "ງວດຈ່າຍ", "run", "g r"),
            ("Employers", "ຫົວໜ່ວຍແຮງງານ", "employer", "g e"),
            ("Standards", "ມາດຕະຖານ", "parts", "g s"),
        )
    ]
    return (
        environment()
        .get_template(f"{page}.html")
        .render(
            language=language,
            L=say,
            nav=nav,
            search={"action": "#"},
            user={"name": "Khamla", "place": say("Savannakhet", "ສະຫວັນນະເຂດ")},
            keep_key="A" * 43 + "=",
            line=say("Line up · saved 09:41", "ຕິດຕໍ່ໄດ້ · ບັນທຶກ 09:41"),
            languages=[
                {"code": c, "name": n, "href": f"{page}.{c}.html"} for c, n in (("en", "English"), ("lo", "ລາວ"))
            ],
            **samples(say),
        )
    )


def build() -> Path:
    OUT.mkdir(parents=True, exist_ok=True)
    shutil.copytree(WEB / "static", OUT / "static", dirs_exist_ok=True)
    fonts = Path(os.environ.get("GALLERY_FONTS", ROOT / "shared" / "fonts" / "web"))
    if fonts.is_dir():
        shutil.copytree(fonts, OUT / "static" / "fonts", dirs_exist_ok=True)
    for page in PAGES:
        for language in LANGUAGES:
            (OUT / f"{page}.{language}.html").write_text(render(page, language), encoding="utf-8")
    return OUT


class _Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        # As strict as the product: nothing inline may run or style.
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'",
        )
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path = OUT) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = launch(play)
        try:
            yield chromium
        finally:
            chromium.close()


def pictures(only: list[str]) -> None:
    with served() as base, browser() as chromium:
        for width, height in ((1280, 800), (390, 800)):
            context = chromium.new_context(viewport={"width": width, "height": height})
            tab = context.new_page()
            tab.on("console", lambda message: message.type in ("error", "warning") and print(message.text[:300]))
            for page in PAGES:
                for language in LANGUAGES:
                    if only and page not in only and f"{page}.{language}" not in only:
                        continue
                    tab.goto(f"{base}/{page}.{language}.html")
                    tab.screenshot(path=str(OUT / f"{page}.{language}.{width}.png"), full_page=width == 390)
                    wide = tab.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        print(f"{page}.{language} is {wide} wide at {width}")
            context.close()


if __name__ == "__main__":
    build()
    if "--pictures" in sys.argv:
        pictures([a for a in sys.argv[1:] if not a.startswith("--")])
