"""Who supervises sees how much waits; who audits finds everything about one decision on one page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.benefits.conftest import SICK, Office
from tests.benefits.test_one_hand import decided, submitted
from tests.benefits.visitors import Browser
from tests.there import there


@pytest.fixture
def auditor(office: Office) -> Browser:
    return Browser(office, office.auditor)


NAMES = ("Khamla", "Somphone", "Vilayvanh")


def revised(office: Office, claim: dict[str, Any]) -> dict[str, Any]:
    """The claim decided anew on another fact."""
    now = office.clerk.get(f"/v1/claims/{claim['id']}").json
    spell = SICK["spell"] | {"last_day": "2025-05-10"}
    body = {"facts": SICK | {"spell": spell}, "why": "she went back to work earlier"}
    answer = office.clerk.patch(f"/v1/claims/{claim['id']}", body, now["version"])
    assert answer.status_code == 200, answer.json
    given = decided(office.officer, answer.json)
    if given["state"] == "proposed":
        given = office.supervisor.post(f"/v1/decisions/{given['id']}/confirmation").json
    return given


def test_everything_about_a_decision_stands_on_one_page(office: Office, auditor: Browser) -> None:
    claim = submitted(office, office.clerk, office.someone())
    decision = decided(office.officer, claim)
    Browser(office, office.officer2).open(f"/desk/claims/{claim['id']}")
    page = auditor.open(f"/desk/decisions/{decision['id']}")
    for said in ("3,360,000", "SVK-25-01981", "Officer", "20 May 2025", "Decision proposed", "/desk/claims/"):
        assert said in page, said
    assert "Claim · looked at" in re.sub(r"\s+", " ", page)  # who looked, and at what


def test_an_earlier_decision_opens_as_it_was(office: Office, auditor: Browser) -> None:
    claim = submitted(office, office.clerk, office.someone())
    first = decided(office.officer, claim)
    second = revised(office, claim)
    assert first["total"] != second["total"]
    old, new = auditor.open(f"/desk/decisions/{first['id']}"), auditor.open(f"/desk/decisions/{second['id']}")
    assert "3,360,000" in old
    assert f'href="/desk/decisions/{second["id"]}"' in old
    assert "Facts that changed since the decision before" in new
    assert "Facts that changed since the decision before" not in old


def test_the_file_says_what_the_page_says(office: Office, auditor: Browser) -> None:
    claim = submitted(office, office.clerk, office.someone())
    decision = decided(office.officer, claim)
    auditor.open(f"/desk/decisions/{decision['id']}.json")
    told = json.loads(auditor.page.get_data())
    assert told["decision"]["total"] == decision["total"]
    assert told["decision"]["proposed"]["name"] == "Officer"
    assert told["facts"]["spell"]["first_day"] == "2025-03-03"
    assert [x["what"] for x in told["history"]][:2] == ["opened", "submitted"]
    assert "attachment" in auditor.page.headers["Content-Disposition"]


def test_an_office_reads_no_decision_of_another_and_an_officer_not_who_looked(office: Office) -> None:
    claim = submitted(office, office.clerk, office.someone())
    decision = decided(office.officer, claim)
    far = Browser(office, office.auditor_of_vte)
    assert far.client.get(f"/desk/decisions/{decision['id']}").status_code == 404
    own = Browser(office, office.officer)
    assert "Who looked" not in own.open(f"/desk/decisions/{decision['id']}")
    assert own.client.get(f"/desk/decisions/{decision['id']}.json").status_code == 403


def cells(page: str, head: str) -> list[list[str]]:
    """The rows of a table, as words."""
    table = there(re.search(rf"<h2>{head}</h2>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)).group(1)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", r)] for r in rows]


def test_a_supervisor_sees_how_much_waits_with_whom_and_how_old_it_is(office: Office) -> None:
    old = submitted(office, office.clerk, office.someone())
    office.on("2025-07-01")
    submitted(office, office.clerk, office.someone("ນາງ ວັນນາ", "Vanna"))
    boss = Browser(office, office.supervisor)
    boss.send(f"/desk/claims/{old['id']}/task", do="take")
    page = boss.open("/desk/workload")
    row = cells(page, "What waits, by office and age")[0]
    assert row[1:] == ["2", "1", "–", "–", "1", "–", "42 days", "–"]
    assert cells(page, "Whom we wait for")[0][5] == "2"
    assert "No claim is without somebody who must act." in page
    assert "Supervisor" in page


def test_the_days_from_claim_to_decision_are_those_of_nine_in_ten(office: Office) -> None:
    for n, day in enumerate(["2025-05-21", "2025-05-25", "2025-06-19"]):
        office.on("2025-05-20")
        claim = submitted(office, office.clerk, office.someone(NAMES[n], NAMES[n]))
        office.on(day)
        assert decided(office.officer, claim)["state"] == "final"
    page = Browser(office, office.supervisor).open("/desk/workload")
    assert re.search(r">3<.*?>5 days<.*?>30 days<", page, re.DOTALL), page
