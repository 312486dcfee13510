"""Pictures of the pages as they run: `python -m tests.benefits.browser.pictures [FOLDER]` (build/pages unless named).

Wide and narrow, in Lao and English. The README's pictures are taken by `tests.journeys.pictures`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from shared.act import Actor
from tests.benefits.conftest import Person
from tests.chromium import launch
from tests.there import there

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    from deploy.embedded.postgres import Postgres, wheel_binaries
    from shared import database
    from shared.auth import make_keys

    folder = Path(tempfile.mkdtemp(prefix="tideover-pictures-"))
    folder.chmod(0o755)
    server = Postgres(folder / "pg", wheel_binaries(), fast=True)
    server.start()
    try:
        import psycopg

        with psycopg.connect(f"host={server.sockets} user=tideover dbname=postgres", autocommit=True) as connection:
            for name in ("april", "may", "august"):
                connection.execute(f'CREATE DATABASE "{name}"')
        make_keys(folder / "keys")
        urls = {}
        for name in ("april", "may", "august"):
            urls[name] = f"postgresql+psycopg://tideover@/{name}?host={server.sockets}"
            engine = database.connect(urls[name])
            database.migrate(engine, ROOT / "services" / "benefits")
            engine.dispose()
        with sync_playwright() as p:
            chromium = launch(p)
            take(chromium, urls, folder, arguments)
            chromium.close()
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


def take(chromium: Any, urls: dict[str, str], folder: Path, arguments: list[str]) -> None:
    """Everything that is worth a look."""
    from tests.benefits.browser import live
    from tests.benefits.conftest import PAPERS, SICK, Office

    wanted = set(arguments[1:])
    out = Path(arguments[0] if arguments else ROOT / "build" / "pages")
    out.mkdir(parents=True, exist_ok=True)
    houses = {
        name: Office(urls[name], folder / "keys", folder / f"clock-{name}", day)
        for name, day in (("april", "2025-04-21"), ("may", "2025-05-23"), ("august", "2025-08-18"))
    }
    april, may, august = houses.values()

    bounmy = april.someone(number="1004182273", months=12)
    april.someone("ນາງ ບຸນມີ ສີສະຫວາດ", "Bounmy Sisavat", number="1004182274")
    counter = live.drafted(
        april,
        bounmy,
        live.AT_THE_COUNTER,
        {"verified": ["SVK-25-01981"], "doctor": "Dr Khamphone, Savannakhet"},
        "2025-04-21",
    )
    somsak = live.long_illness(august)
    other = may.someone("ນາງ ມະນີວອນ ສຸລິຍະ", "Manivone Souliya", wage="2900000", number="1004635518")
    asked = live.submitted(
        may, may.someone("ນາງ ນ້ອຍ ພັນທະວົງ", "Noy Phanthavong", number="1004635519"), SICK, PAPERS, "2025-05-12"
    )
    may.officer.post(
        f"/v1/claims/{asked['id']}/return",
        {"whom": "employer", "reason": "missing_wages"},
        etag=asked["version"],
    )
    live.submitted(may, may.someone("ນາງ ວັນນາ ໄຊຍະວົງ", "Vanna Xayavong", number="1004635520"), SICK, {}, "2025-04-15")
    weaver = live.submitted(may, may.someone(number="1004182273"), SICK, PAPERS, "2025-05-05")
    there(may.service.clock.sandbox_file).write_text("2025-05-06")
    may.officer.post(f"/v1/claims/{weaver['id']}/decisions", {}, etag=weaver["version"])
    there(may.service.clock.sandbox_file).write_text("2025-05-23")
    live.letter(may, weaver)
    live.paid_in_part(may, weaver)
    nok = live.employer(may)
    live.advanced(may, nok, other)
    live.stated(may, nok, weaver, 65000000, confirmed=True)
    live.stated(may, nok, asked, 90000000, confirmed=False)

    with live.served(april) as a, live.served(may) as m, live.served(august) as g:
        todo: list[tuple[str, str, Office, Person | Actor | None, str]] = [
            ("desk-claim", a, april, live.khamla(april), f"/desk/claims/{counter['id']}"),
            ("desk-decide", g, august, live.khamla(august), f"/desk/claims/{somsak['id']}/decide"),
            ("worker", m, may, live.worker(weaver["id"]), "/worker"),
            ("employer", m, may, nok, f"/employer/notice?person={other}"),
            ("employer-home", m, may, nok, "/employer"),
            ("employer-account", m, may, nok, "/employer/account"),
            ("employer-advances", m, may, nok, "/employer/advances"),
            ("desk-advances", m, may, live.khamla(may), f"/desk/claims/{weaver['id']}/advances"),
            ("desk-advance", m, may, live.khamla(may), f"/desk/claims/{asked['id']}/advances"),
            ("advances-open", m, may, live.khamla(may), "/desk/advances"),
            ("worker-asked", m, may, live.worker(asked["id"]), "/worker"),
            ("employer-files", m, may, nok, "/employer/files"),
            ("worker-object", m, may, live.worker(weaver["id"]), "/worker/objection"),
            ("worker-sign-in", m, may, None, "/worker"),
            ("estimate", m, may, None, "/estimate"),
            ("desk-queue", m, may, live.khamla(may), "/desk"),
            ("desk-person", a, april, live.khamla(april), f"/desk/persons/{bounmy}"),
            (
                "acknowledgement",
                a,
                april,
                live.khamla(april),
                f"/desk/claims/{counter['id']}/acknowledgement",
            ),
            ("search", a, april, live.khamla(april), "/desk/search?q=bounmy"),
            ("sign-in", m, may, None, "/sign-in"),
            ("sandbox", m, may, None, "/sandbox"),
        ]
        for name, base, office, who, path in todo:
            if wanted and name not in wanted:
                continue
            for width in (1280, 390):
                for language in ("en", "lo"):
                    tab = live.tab(chromium, base, office, who, width=width, height=800, language=language)
                    tab.goto(base + path)
                    if name == "employer":
                        for field, typed in (
                            ("expected_on", "14/7/2025"),
                            ("leave_from", "2/6/2025"),
                            ("leave_to", "14/9/2025"),
                        ):
                            tab.fill(f"#f-{field}", typed)
                    wide = tab.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        sys.stdout.write(f"{name} {language} is {wide} wide at {width}\n")
                    tab.screenshot(path=out / f"{name}.{language}.{width}.png", full_page=True)
                    tab.context.close()


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    main(sys.argv[1:])
