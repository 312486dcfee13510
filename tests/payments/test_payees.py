"""Asking benefits who is paid: every odd answer is no answer, and no answer holds the order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request

from services.payments.app import make_service
from services.payments.domain.check import Account, Payee
from services.payments.gateways.bank import BankAway
from services.payments.gateways.iso_bank import IsoBank
from services.payments.gateways.payees import PayeesAway, PayeesOfBenefits, PayeeUnknown
from shared.auth import Keys
from shared.money import Money
from tests.payments.conftest import serve

NOW = datetime.now(UTC)
HER = "0198a000-0000-7000-8000-0000000000b1"
GOOD = {
    "person_id": HER,
    "office_id": "vte",
    "name": {"full": "ນາງ ບຸນມີ", "latin": None},
    "changed_on": "2025-05-01",
    "account": {"kind": "bank", "bank": "BCEL", "number": "110", "holder": "Bunmi"},
    "news": 1,
}


def neighbour(answer: Any) -> tuple[Any, str]:
    app = Flask("neighbour")
    app.add_url_rule(
        "/<path:p>",
        view_func=lambda p: answer if isinstance(answer, Response) else answer(),
        methods=["GET", "POST"],
    )
    return serve(app)


def test_a_payee_is_asked_with_the_word_of_this_service(keys_folder: Path) -> None:
    keys, asked = Keys(keys_folder, "payments"), []

    def answer() -> Any:
        asked.append((request.path, request.headers["Authorization"]))
        return jsonify(GOOD)

    server, url = neighbour(answer)
    payee = PayeesOfBenefits(url, lambda now: keys.service_token("benefits", now), lambda: NOW).payee(HER)
    server.shutdown()
    assert payee == Payee(HER, "ນາງ ບຸນມີ", None, Account("bank", "BCEL", "110", "Bunmi"), date(2025, 5, 1))
    path, header = asked[0]
    assert path == f"/v1/persons/{HER}/payee"
    assert Keys(keys_folder, "benefits").read(header.removeprefix("Bearer "), NOW)[0].id == "payments"


@pytest.mark.parametrize(
    "answer",
    [
        Response("oops", 500),
        Response("<html>", 200),
        Response("{}", 200, content_type="application/json"),
        Response("not here", 404),
        Response("", 302, headers={"Location": "/"}),
        Response('{"person_id": "somebody else", "name": {"full": "x"}}', 200, content_type="application/json"),
    ],
)
def test_odd_answers_are_no_answers(answer: Response) -> None:
    server, url = neighbour(answer)
    with pytest.raises(PayeesAway):
        PayeesOfBenefits(url, lambda now: "t", lambda: NOW).payee(HER)
    bank = IsoBank(url, answer_seconds=1)
    for ask in (
        lambda: bank.submit("m", b"<a/>"),
        lambda: bank.enquire("R"),
        lambda: bank.check_funds("1", Money(1, "LAK")),
    ):
        with pytest.raises(BankAway):
            ask()
    server.shutdown()


def test_somebody_benefits_does_not_know() -> None:
    server, url = neighbour(Response("{}", 404, content_type="application/problem+json"))
    with pytest.raises(PayeeUnknown):
        PayeesOfBenefits(url, lambda now: "t", lambda: NOW).payee(HER)
    server.shutdown()


def test_nobody_is_at_home() -> None:
    with pytest.raises(PayeesAway):
        PayeesOfBenefits("http://127.0.0.1:9", lambda now: "t", lambda: NOW).payee(HER)


def test_the_service_is_wired_from_its_environment(monkeypatch: pytest.MonkeyPatch, keys_folder: Path) -> None:
    for name, value in {
        "DATABASE_URL": "postgresql+psycopg://x",
        "KEYS_DIR": str(keys_folder),
        "BENEFITS_URL": "http://b",
        "BANK_URL": "http://bank",
    }.items():
        monkeypatch.setenv(name, value)
    service = make_service()
    assert set(service.jobs) == {
        "draft_run",
        "after_restore",
        "check_run",
        "send_run",
        "enquire_unknown",
        "enquire_order",
        "fetch_statement",
        "read_statement",
        "retry_held",
        "forget_payees",
        "expire_vouchers",
    }
    assert service.daily is not None
