"""Through the doors: who may do what, sent twice, changed meanwhile, another office; and the pages people use."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.payments.app import create_app
from services.payments.pages import typed_amounts
from services.payments.usecases import held
from shared.act import Actor
from shared.auth import Keys
from shared.money import Money
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, SOMCHIT, Town
from tests.there import there

CLERK = Actor("nok", "account", frozenset({"clerk"}), office="vte", name="Nok")
ELSEWHERE = Actor("seng", "account", frozenset({"payment_officer"}), office="lpb", name="Seng")
AUDITOR = Actor("auditor", "account", frozenset({"auditor"}), office="hq", name="Auditor")
EMPLOYER = Actor("garment", "account", frozenset({"employer"}), name="Garment")


class Counter:
    """The service's web process, visited by somebody."""

    def __init__(self, town: Town, keys: Path) -> None:
        self.town = town
        self.keys = Keys(keys, "benefits")
        self.web = create_app(town.service).test_client()

    def token(self, who: Actor, second_factor: bool = True) -> str:
        return self.keys.session_token(who, csrf="c", now=self.town.clock.now(), second_factor=second_factor)

    def headers(self, who: Actor, **more: str) -> dict[str, str]:
        second = more.pop("otp", "yes") == "yes"
        return {
            "Authorization": f"Bearer {self.token(who, second)}",
            "Idempotency-Key": str(uuid.uuid4()),
        } | {k.replace("_", "-"): v for k, v in more.items()}

    def get(self, who: Actor, path: str) -> Any:
        return self.web.get(path, headers=self.headers(who))

    def post(self, who: Actor, path: str, body: Any = None, **headers: str) -> Any:
        return (
            self.web.post(path, json=body, headers=self.headers(who, **headers))
            if body is not None
            else self.web.post(path, headers=self.headers(who, **headers))
        )

    def page(
        self,
        who: Actor,
        path: str,
        form: dict[str, str] | None = None,
        language: str = "en",
        otp: bool = True,
    ) -> Any:
        self.web.set_cookie("tideover", self.token(who, otp))
        if form is None:
            return self.web.get(f"{path}?lang={language}")
        return self.web.post(path, data=form | {"csrf_token": "c", "_csrf": "c", "_key": str(uuid.uuid4())})


@pytest.fixture
def counter(town: Town, keys_folder: Path) -> Counter:
    return Counter(town, keys_folder)


def test_a_run_over_the_api_from_draft_to_money(counter: Counter) -> None:
    town = counter.town
    an = town.person()
    town.award(an, 100_00)
    made = counter.post(KHAMLA, "/v1/runs", {})
    assert made.status_code == 201
    run_id = made.json["items"][0]["id"]
    town.works()
    shown = counter.get(DAOVONE, f"/v1/runs/{run_id}")
    assert (shown.json["state"], shown.json["approvals_needed"], shown.json["open_warnings"]) == (
        "checked",
        2,
        0,
    )
    total, path = shown.json["total"], f"/v1/runs/{run_id}/approvals"
    assert counter.post(DAOVONE, path, {"total": total}).status_code == 428
    assert counter.post(DAOVONE, path, {"total": total}, If_Match='"1"').status_code == 412
    assert (
        counter.post(DAOVONE, path, {"total": total}, If_Match=shown.headers["ETag"], otp="no").json["code"]
        == "second_factor_needed"
    )
    assert counter.post(KHAMLA, path, {"total": total}, If_Match=shown.headers["ETag"]).json["code"] == "own_run"
    wrong = counter.post(DAOVONE, path, {"total": {"minor": 1, "currency": "LAK"}}, If_Match=shown.headers["ETag"])
    assert (wrong.status_code, wrong.json["code"]) == (409, "total_differs")
    first = counter.post(DAOVONE, path, {"total": total}, If_Match=shown.headers["ETag"])
    assert (first.status_code, first.json["state"]) == (201, "checked")
    second = counter.post(SOMCHIT, path, {"total": total}, If_Match=first.headers["ETag"])
    assert second.json["state"] == "approved"
    town.works()
    assert town.paid_to(an) == 100_00
    assert counter.get(AUDITOR, f"/v1/days/{PAY_DAY}").json["items"][0]["adds_up"] is True
    balances = {b["account"]: b["balance"] for b in counter.get(AUDITOR, "/v1/ledger/balances").json["items"]}
    assert (balances["expense"], balances["bank"]) == (100_00, -100_00)
    sheet = counter.get(KHAMLA, f"/v1/runs/{run_id}/file.csv")
    assert (
        sheet.data.decode("utf-8-sig")
        .splitlines()[1]
        .endswith('"BCEL","","\t1100200300401",100.00,LAK,2025-05-22,SSBE')
    )


def test_the_same_request_twice_is_one_request(counter: Counter) -> None:
    town = counter.town
    town.award(town.person(), 100_00)
    headers = counter.headers(KHAMLA)
    one, two = (counter.web.post("/v1/runs", json={}, headers=headers) for _ in range(2))
    assert one.json == two.json
    assert len(counter.get(KHAMLA, "/v1/runs").json["items"]) == 1


def test_everybody_sees_the_orders_of_her_office_only(counter: Counter) -> None:
    town = counter.town
    an = town.person()
    award = town.award(an, 100_00)
    order = town.orders(award)[0]
    assert [o["id"] for o in counter.get(CLERK, f"/v1/orders?claim_id={award['claim_id']}").json["items"]] == [order.id]
    assert counter.get(ELSEWHERE, "/v1/orders").json["items"] == []
    assert counter.get(ELSEWHERE, f"/v1/orders/{order.id}").status_code == 404
    assert counter.post(ELSEWHERE, f"/v1/orders/{order.id}/hold", {"note": "x"}, If_Match='"1"').status_code == 404
    for path in ("/v1/runs", "/v1/ledger/balances", "/v1/statements", f"/v1/days/{PAY_DAY}"):
        assert counter.get(ELSEWHERE, path).status_code == 404
    assert counter.get(EMPLOYER, "/v1/orders").status_code == 403
    assert counter.web.get("/v1/orders").status_code == 401
    assert counter.get(KHAMLA, f"/v1/orders/{order.id}").json["history"][0]["after"] == "planned"


def test_lists_go_on_with_a_cursor(counter: Counter) -> None:
    town = counter.town
    for n in range(5):
        town.award(town.person(f"P{n}"), 100_00 + n)
    found, cursor = [], ""
    while cursor is not None:
        page = counter.get(KHAMLA, f"/v1/orders?limit=2{'&cursor=' + cursor if cursor else ''}").json
        found += [o["id"] for o in page["items"]]
        cursor = page["next_cursor"]
    assert len(found) == len(set(found)) == 5
    assert counter.get(KHAMLA, "/v1/orders?cursor=nonsense").status_code == 422


def test_an_order_is_held_and_let_go_with_a_word_of_why(counter: Counter) -> None:
    town = counter.town
    award = town.award(town.person(), 100_00)
    order = town.orders(award)[0]
    held = counter.post(DAOVONE, f"/v1/orders/{order.id}/hold", {"note": "employer disputes"}, If_Match='"1"')
    assert (held.json["state"], held.json["reason"], held.json["owner"]) == ("held", "by_officer", "payments")
    again = counter.post(DAOVONE, f"/v1/orders/{order.id}/hold", {"note": "again"}, If_Match=held.headers["ETag"])
    assert (again.status_code, again.json["code"], again.json["params"]["state"]) == (
        409,
        "wrong_state",
        "held",
    )
    free = counter.post(DAOVONE, f"/v1/orders/{order.id}/release", {"note": "settled"}, If_Match=held.headers["ETag"])
    assert free.json["state"] == "planned"


def test_a_statement_handed_in_by_hand_is_read_once(counter: Counter) -> None:
    town = counter.town
    award = town.award(town.person(), 100_00)
    town.bank.told(drop_answer=1)
    town.pays()
    assert town.states(award) == ["unknown"]
    file = town.out.bank.statement("0100000000001", PAY_DAY)
    for _ in range(2):
        taken = counter.web.post("/v1/statements", data=file, headers=counter.headers(KHAMLA))
        assert taken.status_code == 202
    town.works()
    assert town.states(award) == ["settled"]
    listed = counter.get(AUDITOR, "/v1/statements").json["items"]
    assert len(listed) == 1
    lines = counter.get(AUDITOR, f"/v1/statements/{listed[0]['id']}").json["lines"]
    assert [line["match"] for line in lines] == ["matched"]


def test_a_suspense_line_is_explained_over_the_api(counter: Counter) -> None:
    town = counter.town
    town.award(town.person(), 100_00)
    town.pays()
    town.bank.books_by_hand(number="0100000000001", minor=-3_00, currency="LAK", about="stamp duty")
    town.day(PAY_DAY + timedelta(days=1))
    assert counter.get(AUDITOR, f"/v1/days/{PAY_DAY}").json["items"][0]["unexplained"] == 1
    page = counter.page(KHAMLA, f"/payments/day/{PAY_DAY}").text
    line_id = there(re.search(r"/payments/lines/([0-9a-f-]+)/explain", page))[1]
    done = counter.post(KHAMLA, f"/v1/statement-lines/{line_id}/resolution", {"how": "fee", "note": "stamp duty"})
    assert (done.status_code, done.json["resolution"]) == (201, "fee")
    assert (
        counter.post(KHAMLA, f"/v1/statement-lines/{line_id}/resolution", {"how": "fee", "note": "x"}).status_code
        == 404
    )


@pytest.mark.parametrize("language", ["en", "lo"])
def test_every_page_opens(counter: Counter, language: str) -> None:
    town = counter.town
    award = town.award(town.person(), 100_00, 200_00)
    town.award(town.person("Bun & <Co>", account="110020039104"), 50_00)
    town.pays()
    town.revised(award, 130_00, 250_00)
    town.day(PAY_DAY + timedelta(days=1))
    with town.service.engine.connect() as connection:
        from services.payments import store

        all_runs = store.list_runs(connection, state=None, before=None, most=9)
    paths = [
        "/payments",
        "/payments/orders",
        "/payments/orders/state/held",
        "/payments/suspense",
        "/payments/statements",
        f"/payments/day/{PAY_DAY}",
    ]
    paths += [f"/payments/runs/{r.id}" for r in all_runs] + [f"/payments/runs/{r.id}/all" for r in all_runs]
    paths += [f"/payments/orders/{o.id}" for o in town.orders()]
    for path in paths:
        answer = counter.page(AUDITOR, path, language=language)
        assert answer.status_code == 200, path
        assert "<Co>" not in answer.text
        assert "style=" not in answer.text


def test_a_run_is_judged_and_released_on_its_page(counter: Counter) -> None:
    town = counter.town
    an = town.person(changed_on=PAY_DAY - timedelta(days=2))
    town.award(an, 360_000_00)
    assert counter.page(KHAMLA, "/payments/runs", {"pay_day": "22/5/2025"}).status_code == 303
    town.works()
    run_id = town.orders()[0].run_id
    path = f"/payments/runs/{run_id}"
    page = counter.page(DAOVONE, path).text
    assert "Account changed" in page
    assert "Some warnings have not been judged." in page
    digest = there(re.search(r'name="digest" value="(\w+)"', page))[1]
    early = counter.page(DAOVONE, path + "/release", {"total": "360,000", "digest": digest})
    assert early.status_code == 422
    counter.page(DAOVONE, path + "/judge", {"do": f"pay:{town.orders()[0].id}", "note": "bank book seen"})
    assert counter.page(DAOVONE, path + "/release", {"total": "36,000", "digest": digest}).status_code == 422
    assert counter.page(KHAMLA, path + "/release", {"total": "360,000", "digest": digest}).status_code == 422
    assert (
        counter.page(DAOVONE, path + "/release", {"total": "360,000", "digest": digest}, otp=False).status_code == 422
    )
    assert counter.page(DAOVONE, path + "/release", {"total": "360,000", "digest": digest}).status_code == 303
    assert counter.page(SOMCHIT, path + "/release", {"total": "360.000,00", "digest": digest}).status_code == 303
    town.works()
    assert town.paid_to(an) == 360_000_00
    assert "Closed" in counter.page(AUDITOR, path).text


def test_looking_is_written_down(counter: Counter) -> None:
    from sqlalchemy import select

    from shared.tables import audit

    town = counter.town
    an = town.person()
    award = town.award(an, 100_00)
    counter.get(CLERK, f"/v1/orders/{town.orders(award)[0].id}")
    with town.service.engine.connect() as connection:
        row = connection.execute(select(audit).where(audit.c.actor == "nok")).one()
    assert an in row.subjects


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("978,420,000", 978_420_000_00),
        ("978.420.000", 978_420_000_00),
        ("978 420 000", 978_420_000_00),
        ("1250.50", 1250_50),
        ("1250,50", 1250_50),
    ],
)
def test_a_total_is_typed_as_people_write_it(typed: str, meant: int) -> None:
    assert Money(meant, "LAK") in typed_amounts(typed, "LAK")
    assert typed_amounts("all of it", "LAK") == set()


def test_somebody_without_an_office_sees_nothing_and_no_fault(counter: Counter) -> None:
    """Her list is empty; nothing of hers is another's."""
    counter.town.award(counter.town.person(), 100_00)
    counter.town.works()
    lost = Actor("lost", "account", frozenset({"auditor"}), name="Lost")
    assert counter.get(lost, "/v1/orders").json["items"] == []
    assert counter.page(lost, "/payments/orders").status_code == 200


def test_the_history_of_an_order_names_who_released_it_and_no_id(town: Town, keys_folder: Path) -> None:
    town.award(town.person(), 100_00)
    run_id = town.drafts()
    town.judges_all(run_id)
    unknown = Actor(str(uuid.uuid4()), "account", frozenset({"payment_officer"}), office="hq", name="Vilay")
    town.releases(run_id, DAOVONE, SOMCHIT)
    order = town.orders()[0].id
    with town.act(unknown) as act:
        held.hold_order(act, order, "looked at again")
    page = Counter(town, keys_folder).page(DAOVONE, f"/payments/orders/{order}").text
    assert re.search(r"·\s*(Daovone|Somchit)", page)
    assert unknown.id not in page
    assert "Payment officer" in page


def test_a_run_that_has_left_shows_what_became_of_its_own_day(town: Town, keys_folder: Path) -> None:
    town.award(town.person(), 100_00)
    run_id = town.pays()
    page = Counter(town, keys_folder).page(DAOVONE, f"/payments/runs/{run_id}").text
    assert f"/payments/day/{PAY_DAY}#confirmed" in page
