"""An officer decides a condition otherwise than the rules find it: with a provision and a reason, never alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benefits.conftest import Office
from tests.benefits.test_one_hand import decided, submitted
from tests.benefits.visitors import Browser

BASIS = "SSL art. 68"
WHY = "the employer deducted the contributions and did not pay them"
OTHERWISE = {"finding": "contributed", "met": True, "basis": BASIS, "why": WHY}


@pytest.fixture
def refused(office: Office) -> dict[str, Any]:
    """A claim that the rules refuse: two months were paid."""
    return submitted(office, office.clerk, office.someone(months=2))


def override(office: Office, claim: dict[str, Any], **said: Any) -> Any:
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    return office.officer.post(f"/v1/claims/{claim['id']}/overrides", OTHERWISE | said, etag=now["version"])


def test_a_claim_the_rules_refuse_is_granted_by_two_people_and_says_on_what(
    office: Office, refused: dict[str, Any]
) -> None:
    claim = override(office, refused).json
    proposed = decided(office.officer, claim)
    assert (proposed["state"], proposed["second_reason"]) == ("proposed", "override")
    assert office.officer.post(f"/v1/decisions/{proposed['id']}/confirmation").status_code == 403
    final = office.supervisor.post(f"/v1/decisions/{proposed['id']}/confirmation").json
    assert (final["state"], final["outcome"]) == ("final", "granted")
    condition = next(f for f in final["assessment"]["findings"] if f["id"] == "contributed")
    assert condition["facts"] | {"rules": "not_met", "basis": BASIS, "overridden": WHY} == condition["facts"]
    page = Browser(office, office.supervisor).open(f"/desk/claims/{refused['id']}/decide")
    assert f"Under {BASIS} it counts as met: {WHY}" in page
    assert BASIS in Browser(office, office.officer).open(f"/desk/claims/{refused['id']}")


def test_a_condition_counted_as_not_met_refuses_and_its_sentence_opens_the_letter(office: Office) -> None:
    claim = submitted(office, office.clerk, office.someone())
    claim = override(office, claim, met=False, why="the months were declared for somebody else").json
    proposed = decided(office.officer, claim)
    assert (proposed["outcome"], proposed["second_reason"]) == ("refused", "override")
    reason = proposed["assessment"]["reason"]
    assert reason["params"]["why"]["value"] == "the months were declared for somebody else"


@pytest.mark.parametrize(
    "said", [{"finding": "certified"}, {"finding": "nothing"}, {"met": False}], ids=["counted", "unknown", "as found"]
)
def test_only_a_condition_of_the_whole_can_be_turned(
    office: Office, refused: dict[str, Any], said: dict[str, Any]
) -> None:
    answer = override(office, refused, **said)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_to_override")


def test_a_clerk_decides_nothing_otherwise_through_any_door(office: Office, refused: dict[str, Any]) -> None:
    path, version = f"/v1/claims/{refused['id']}", refused["version"]
    assert office.clerk.post(f"{path}/overrides", OTHERWISE, etag=version).status_code == 403
    facts = refused["facts"] | {"overrides": {"contributed": {"met": True, "basis": BASIS, "why": WHY}}}
    answer = office.clerk.patch(path, {"facts": facts}, version)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_your_task")


def test_on_the_page_it_is_turned_and_left_again_as_the_rules_find_it(office: Office, refused: dict[str, Any]) -> None:
    officer, at = Browser(office, office.officer), f"/desk/claims/{refused['id']}/otherwise"
    assert "count it as met" in officer.open(at)
    officer.send(at, 422, finding="contributed:met", why=WHY)
    assert WHY in officer.text  # what was typed stays
    page = officer.send(at, finding="contributed:met", basis=BASIS, why=WHY)
    assert f"Under {BASIS} it counts as met" in page
    assert "A condition is decided otherwise than the rules find it." in page
    page = officer.send(at, 200, take_back="contributed", **{"back-contributed": "the months were paid after all"})
    assert "it counts as met" not in page
    told = Browser(office, office.officer).open(f"/desk/claims/{refused['id']}")
    assert "the months were paid after all" in told


def test_what_waits_for_two_people_is_never_decided_by_the_rules_alone(office: Office, refused: dict[str, Any]) -> None:
    override(office, refused)
    page = Browser(office, office.officer).open(f"/desk/claims/{refused['id']}/task")
    assert "Nothing asks for a person" not in page


def test_what_makes_no_difference_any_more_is_said_and_can_be_taken_back(
    office: Office, refused: dict[str, Any]
) -> None:
    claim = override(office, refused).json
    person = claim["person_id"]
    months = [{"month": f"2024-{m:02d}", "wage": {"minor": 320000000, "currency": "LAK"}} for m in range(3, 13)]
    assert office.officer2.post(f"/v1/persons/{person}/contributions", {"months": months}).status_code == 201
    officer, at = Browser(office, office.officer), f"/desk/claims/{refused['id']}/otherwise"
    assert "As the facts are now, it makes no difference." in officer.open(at)
    officer.send(at, 200, take_back="contributed", **{"back-contributed": "not needed"})
    assert "makes no difference" not in officer.open(at)
