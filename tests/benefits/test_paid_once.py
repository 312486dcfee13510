"""Papers that overlap, through the doors: a day that another claim was paid for is not paid again, and the letter says
so. A monthly 70 % of 2,500,000 kip is 1,750,000; a thirtieth of it is a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.benefits.domain.claim import ClaimState
from tests.benefits.conftest import Office
from tests.benefits.test_annulled import annulled
from tests.benefits.test_history import decide, sick
from tests.there import there

Json = dict[str, Any]


def ill(office: Office, person: str, first: date, last: date) -> Json:
    """A claim decided for some days, in a year whose days with the employer are used up."""
    return decide(office, person, "sickness", sick(first, last) | {"event": {"employer_days_used": 30}}, last)


def again(office: Office, claim_id: str) -> Json:
    """The claim decided once more on the same papers."""
    claim = office.claim(claim_id)
    body = {"facts": claim.facts, "why": "another decision moved it"}
    opened = office.officer.patch(f"/v1/claims/{claim_id}", body, etag=claim.version)
    assert opened.status_code == 200, opened.json
    made = office.officer.post(f"/v1/claims/{claim_id}/decisions", {}, etag=opened.json["version"]).json
    return dict(
        made if made["state"] == "final" else office.supervisor.post(f"/v1/decisions/{made['id']}/confirmation").json
    )


def kip(decided: Json) -> int:
    return int(decided["total"]["minor"]) // 100


MARCH = (date(2025, 3, 2), date(2025, 3, 6)), (date(2025, 3, 5), date(2025, 3, 13))


def test_a_day_paid_with_one_claim_is_not_paid_with_the_next_and_the_letter_says_so(office: Office) -> None:
    """5 days are 5/30 of 1,750,000; the 7 days left bring 12 days of the case to 700,000."""
    person = office.someone(wage="2500000", months=30, until="2025-02")
    first, second = (ill(office, person, *days) for days in MARCH)
    assert (kip(first), kip(first) + kip(second)) == (291_667, 700_000)
    path = f"/v1/decisions/{second['id']}/letter-facts"
    letter = there(office.client.get(path, headers=office.machine("notifications")).json)["assessment"]
    (said,) = (found["text"] for found in letter["findings"] if found["id"] == "paid_before")
    assert said["msg"] == "{first} to {last}: paid with another claim, by the fund or the employer"
    assert (said["params"]["first"]["value"], said["params"]["last"]["value"]) == ("2025-03-05", "2025-03-06")
    assert [(run["from"], run["code"]) for run in letter["timeline"]] == [("2025-03-05", "N"), ("2025-03-07", "P")]
    assert office.claim(first["claim_id"]).waits is None

    repeated = ill(office, person, *MARCH[0])
    assert (kip(repeated), repeated["assessment"]["decisive"]) == (0, "paid_before")


def test_a_revision_does_not_see_its_own_days_nor_those_that_the_other_claim_left_to_it(office: Office) -> None:
    person = office.someone(wage="2500000", months=30, until="2025-02")
    first, second = (ill(office, person, *days) for days in MARCH)
    assert kip(again(office, first["claim_id"])) == kip(first)
    assert kip(again(office, second["claim_id"])) == kip(second)


def test_once_the_first_claim_is_annulled_the_second_is_decided_again_and_pays_all_its_days(office: Office) -> None:
    """9 days alone are 9/30 of 1,750,000."""
    person = office.someone(wage="2500000", months=30, until="2025-02")
    first, second = (ill(office, person, *days) for days in MARCH)
    annulled(office, {"id": first["claim_id"], "decision": first})
    waiting = office.claim(second["claim_id"])
    assert (there(waiting.waits).reason, waiting.state) == ("history_changed", ClaimState.DECIDED)
    assert kip(again(office, second["claim_id"])) == 525_000


def test_a_later_claim_around_the_days_of_an_earlier_one_pays_what_is_left_on_both_sides(office: Office) -> None:
    """12 days from 2 March, of which 5 and 6 March were paid alone: 2/30 and 10/30 of 1,750,000. The days of the first
    stay counted: a third claim for them pays nothing."""
    person = office.someone(wage="2500000", months=30, until="2025-02")
    inner = ill(office, person, date(2025, 3, 5), date(2025, 3, 6))
    outer = ill(office, person, date(2025, 3, 2), date(2025, 3, 13))
    assert (kip(inner), kip(inner) + kip(outer)) == (116_667, 700_000)
    third = ill(office, person, date(2025, 3, 4), date(2025, 3, 7))
    assert (kip(third), third["assessment"]["decisive"]) == (0, "paid_before")
