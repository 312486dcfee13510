"""The promised day is one on which the bank works: said on the page, in the letter and on the phone, and kept."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import requests

from services.benefits.institution import institution
from tests.journeys.test_journeys import BOUNMY, LA_S1, registered
from tests.journeys.town import Town

DECIDED, NOMINAL, MOVED = date(2025, 4, 24), date(2025, 5, 1), date(2025, 5, 2)


def _facts() -> dict[str, object]:
    """The example up to the middle of April: its pay day would be Labour Day."""
    facts = LA_S1.facts
    return facts | {
        "spell": facts["spell"] | {"fit_on": "2025-04-17"},
        "certificates": facts["certificates"][:1],
    }


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", re.sub(r"<[^>]+>", " ", text)).replace("\xa0", " ").split())


def _letter(town: Town, claim_id: str, tmp_path: Path) -> str:
    letter = next(x for x in town.hands.letters(claim_id) if x["template"] == "decision_letter")
    file = tmp_path / "letter.pdf"
    file.write_bytes(town.hands.khamla.printed(letter["id"]))
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return _plain(done.stdout.decode())


def _worker_page(town: Town, number: str, letter: str) -> str:
    """Her page, opened with what the letter says."""
    browser = requests.Session()
    code = re.search(r"\b(\d{4}[ -]?\d{4})\b(?!\d)", letter.replace(number, ""))
    assert code is not None, letter
    form = browser.get(f"{town.address}/worker", timeout=10).text
    token = re.search(r'name="csrf_token" value="(\w+)"', form)
    typed = {"number": number, "code": re.sub(r"\D", "", code.group(1)), "csrf_token": token.group(1) if token else ""}
    answer = browser.post(f"{town.address}/worker", data=typed, timeout=10)
    assert answer.status_code == 200, answer.text
    return _plain(browser.get(f"{town.address}/worker?lang=en", timeout=10).text)


@pytest.mark.poppler
def test_page_letter_and_phone_say_the_moved_day_and_the_money_comes_on_it(quiet_town: Town, tmp_path: Path) -> None:
    town = quiet_town
    assert institution().pay_days.bank.is_open(NOMINAL) is False
    town.passes(DECIDED.isoformat())
    claim = registered(town, facts=_facts())
    preview = town.hands.khamla.get(f"/desk/claims/{claim['id']}/decide").decode()
    town.hands.decide(claim["id"])
    town.settle()
    order = town.hands.orders(claim["id"])[0]
    assert (order["due_on"], order["pays_on"]) == (MOVED.isoformat(), MOVED.isoformat())
    assert f'datetime="{NOMINAL}"' not in preview
    assert "2 May 2025" in _plain(preview)
    letter = _letter(town, claim["id"], tmp_path)
    assert re.search(r"\b0?2[/.-]0?5[/.-]2025|2 ພຶດສະພາ 2025", letter), letter
    assert not re.search(r"\b0?1[/.-]0?5[/.-]2025|\b1 ພຶດສະພາ 2025", letter)
    assert "2–6 May 2025" in _worker_page(town, claim["number"], letter)
    town.passes("2025-05-05")
    assert town.hands.orders(claim["id"])[0]["settled_on"] == MOVED.isoformat()
    paid = [t for t in town.texts(BOUNMY) if "2.240.000" in re.sub(r"\s", " ", t) or "ຈ່າຍ" in t]
    assert any(re.search(r"\b0?2[/.-]0?5[/.-]2025|2 ພຶດສະພາ", text) for text in paid), paid
