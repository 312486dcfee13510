"""An appeal on paper counts from the day it came in, not from the day somebody found time to type it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from services.benefits import tables as t
from shared.act import Actor
from shared.tables import outbox
from tests.benefits.conftest import Office, Person
from tests.benefits.test_claim_story import decided, submitted
from tests.benefits.visitors import Browser
from tests.there import there

UNTIL = "2025-07-19"


@pytest.fixture
def contested(office: Office, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A claim decided on 20 May, looked at again on 1 August, when the time to appeal is over."""
    claim = submitted(office, office.someone())
    decision = decided(office, claim)
    assert decision["appeal_until"] == UNTIL
    (tmp_path / "clock").write_text("2025-08-01")
    return claim, decision


def appeals_of(office: Office) -> Sequence[Row[Any]]:
    with office.service.engine.connect() as connection:
        return connection.execute(select(t.appeal)).all()


def body(decision: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "decision_id": decision["id"],
        "finding": decision["assessment"]["decisive"],
        "grounds": "Too little.",
    } | more


def test_typed_late_it_is_still_in_time_at_the_desk(
    office: Office, contested: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    claim, decision = contested
    officer = Browser(office, office.clerk)
    path = f"/desk/claims/{claim['id']}"
    assert 'name="lodged_on"' in officer.open(path)
    said = {
        "decision": decision["id"],
        "finding": decision["assessment"]["decisive"],
        "grounds": "Too little.",
    }
    for typed in ("2/8/2025", "19/5/2025", "31/31"):
        page = officer.send(f"{path}/appeal", expect=422, key=typed, lodged_on=typed, **said)
        assert 'id="e-lodged_on"' in page
        assert "Too little." in page
        assert typed in page
    page = officer.send(f"{path}/appeal", expect=422, key="empty", lodged_on="18/7/2025", **said | {"grounds": ""})
    assert 'id="e-grounds"' in page
    assert "18/7/2025" in page
    assert appeals_of(office) == []
    page = officer.send(f"{path}/appeal", lodged_on="18/7/2025", **said)
    assert "came after the last day" not in page
    (row,) = appeals_of(office)
    assert (str(row.lodged_on), row.in_time) == ("2025-07-18", True)
    with office.service.engine.connect() as connection:
        event = connection.scalar(select(outbox.c.body).where(outbox.c.type == "benefits.appeal.lodged"))
    assert there(event)["data"]["lodged_on"] == "2025-07-18"


@pytest.mark.parametrize(
    ("day", "in_time"), [(None, False), (UNTIL, True), ("2025-07-20", False), ("2025-05-20", True)]
)
def test_the_day_of_the_stamp_decides(
    office: Office, contested: tuple[dict[str, Any], dict[str, Any]], day: str | None, in_time: bool
) -> None:
    claim, decision = contested
    answer = office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body(decision, lodged_on=day))
    assert (answer.status_code, answer.json["in_time"]) == (201, in_time)
    assert answer.json["lodged_on"] == (day or "2025-08-01")


@pytest.mark.parametrize(
    ("day", "code"),
    [("2025-08-02", "in_the_future"), ("2025-05-19", "before_decision"), ("18/7/2025", "not_a_day")],
)
def test_a_day_that_cannot_be_is_refused(
    office: Office, contested: tuple[dict[str, Any], dict[str, Any]], day: str, code: str
) -> None:
    claim, decision = contested
    answer = office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body(decision, lodged_on=day))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("#/lodged_on", code)]


def test_the_worker_does_not_say_the_day_herself(
    office: Office, contested: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    claim, decision = contested
    actor = Actor(id=f"worker:{claim['id']}", kind="worker", roles=frozenset({"worker"}), claim=claim["id"])
    worker, path = Person(office, actor), f"/v1/claims/{claim['id']}/appeals"
    answer = worker.post(path, body(decision, lodged_on="2025-07-18"))
    assert answer.status_code == 422
    assert answer.json["errors"][0] == {"pointer": "#/lodged_on", "code": "not_your_task", "params": {}}
    answer = worker.post(path, body(decision))
    assert (answer.status_code, answer.json["in_time"], answer.json["lodged_on"]) == (
        201,
        False,
        "2025-08-01",
    )
