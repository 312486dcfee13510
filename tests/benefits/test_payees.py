"""Payments asks where the money of many goes: each is named in the audit, and nobody else may ask."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from shared.tables import audit
from tests.benefits.conftest import Office
from tests.there import there


def test_payments_asks_about_many_at_once(office: Office) -> None:
    an, bee = office.someone(), office.someone("ນາງ ຄຳ", "Kham", account=False)
    stranger = str(uuid.uuid4())
    asked = {"persons": [an, bee, stranger]}
    answer = office.client.post("/v1/persons/payees", json=asked, headers=office.machine("payments"))
    assert answer.status_code == 200
    told = {one["person_id"]: one for one in there(answer.json)["payees"]}
    assert set(told) == {an, bee}, "whom we do not know is not answered for"
    assert told[an]["account"] == {
        "kind": "bank",
        "bank": "BCEL",
        "number": "0101110004471",
        "holder": "Bounmy Sisavath",
    }
    assert told[bee]["account"] is None
    assert told[an] == office.client.get(f"/v1/persons/{an}/payee", headers=office.machine("payments")).json
    with office.service.engine.connect() as connection:
        looked = select(audit.c.subjects).where(audit.c.action == "POST /v1/persons/payees 200")
        assert connection.scalar(looked) == sorted(asked["persons"])


def test_nobody_else_asks_about_many(office: Office) -> None:
    asked = {"persons": [office.someone()]}
    assert office.officer.post("/v1/persons/payees", asked).status_code == 403
    mine = office.machine("notifications")
    assert office.client.post("/v1/persons/payees", json=asked, headers=mine).status_code == 403
    too_many = {"persons": [str(uuid.uuid4()) for _ in range(501)]}
    paid = office.machine("payments")
    assert office.client.post("/v1/persons/payees", json=too_many, headers=paid).status_code == 422
