"""The worker's page by hand, without script: in with number and code, what was decided, when money comes,
how to object."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from services.benefits import store
from services.benefits import tables as t
from shared.tables import audit, outbox
from tests.benefits.browser import live
from tests.benefits.conftest import PAPERS, SICK, Office
from tests.benefits.test_suspension import LONG
from tests.benefits.visitors import Phone, code_of
from tests.there import there


def submitted(
    office: Office, person: str, facts: dict[str, Any] = SICK, papers: dict[str, Any] = PAPERS
) -> dict[str, Any]:
    body = {
        "person_id": person,
        "benefit": "sickness",
        "received_on": "2025-05-19",
        "facts": facts,
        "papers": papers,
    }
    claim = office.clerk.post("/v1/claims", body).json
    answer: dict[str, Any] = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json
    return answer


def decided(office: Office, person: str, **kw: Any) -> dict[str, Any]:
    claim = submitted(office, person, **kw)
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    return claim


def test_before_the_decision_she_reads_whom_it_waits_for_and_no_amount(office: Office, phone: Phone) -> None:
    page = phone.come_in(submitted(office, office.someone())) and phone.open("/worker?lang=en")
    assert "We are working on it" in page
    assert "3,360,000" not in page
    assert "Object" not in page


def test_after_the_decision_she_reads_why_how_much_and_when(office: Office, phone: Phone) -> None:
    claim = decided(office, office.someone())
    phone.come_in(claim)
    page = phone.open("/worker?lang=en")
    assert "Decided: yes" in page
    assert page.count("</span>Money on its way") == 2
    assert "1,120,000" in page
    assert "22–26 May 2025" in phone.words
    assert "You can object until 19 July 2025." in phone.words
    assert "M54.5" not in page
    assert '<html lang="lo">' in phone.open("/worker?lang=lo")


def test_what_payments_say_becomes_paid_on(office: Office, phone: Phone) -> None:
    claim = decided(office, office.someone())
    with office.service.engine.begin() as connection:
        award = connection.execute(select(t.award)).one()
        for no, state, day in ((1, "settled", "2025-05-22"), (2, "sent", "2025-05-22")):
            connection.execute(
                t.payment_fact.insert().values(
                    order_id=office.act(connection).new_id(),
                    award_id=award.id,
                    claim_id=claim["id"],
                    person_id=award.person_id,
                    reference=f"R{no}",
                    component="allowance",
                    no=no,
                    first_day=date(2025, 4, 2),
                    last_day=date(2025, 4, 30),
                    minor=award.schedule[no - 1]["amount"]["minor"],
                    currency="LAK",
                    state=state,
                    on_day=day,
                    heard_at=office.service.clock.now(),
                )
            )
    phone.come_in(claim)
    page = phone.open("/worker?lang=en")
    assert page.count("</span>Money on its way") == 1
    assert page.count("</span>Paid</h2>") == 1


def test_a_refusal_says_no_and_why(office: Office, phone: Phone) -> None:
    phone.come_in(decided(office, office.someone(months=2)))
    page = phone.open("/worker?lang=en")
    assert "Decided: no" in page
    assert "Money on its way" not in page


def test_she_objects_to_a_sentence_and_gets_a_receipt(office: Office, phone: Phone) -> None:
    claim = decided(office, office.someone(months=2))
    phone.come_in(claim)
    form = phone.open("/worker/objection?lang=en")
    assert form.index('value="contributed" id="f-finding" checked') > 0
    decision = there(re.search(r'name="decision" value="([^"]+)"', form)).group(1)
    again = phone.send("/worker/objection", expect=422, decision=decision, finding="contributed", grounds=" ")
    assert "Write in a few words why." in again
    receipt = phone.send(
        "/worker/objection", decision=decision, finding="contributed", grounds="<b>All of 2024</b> was paid."
    )
    assert "We have your objection" in receipt
    assert "&lt;b&gt;All of 2024" in receipt
    assert "20 May 2025" in receipt
    assert "It came in time." in receipt
    phone.send("/worker/objection", decision=decision, finding="contributed", grounds="Twice")
    with office.service.engine.connect() as connection:
        assert [a.lodged_by for a in connection.execute(select(t.appeal)).all()] == ["worker"]
    page = phone.open("/worker")
    assert "Somebody new looks at your objection." in page
    phone.open("/worker/objection")
    assert "Decided: no" in phone.send("/worker/objection/withdrawal")
    with office.service.engine.connect() as connection:
        assert connection.execute(select(t.appeal.c.outcome)).scalar() == "withdrawn"


def test_an_objection_written_too_long_asks_for_the_code_again_and_keeps_every_word(
    office: Office, phone: Phone
) -> None:
    claim = decided(office, office.someone(months=2))
    phone.come_in(claim)
    form = phone.open("/worker/objection?lang=en")
    decision = there(re.search(r'name="decision" value="([^"]+)"', form)).group(1)
    typed: dict[str, Any] = {
        "decision": decision,
        "finding": "contributed",
        "grounds": "It took me long to write this.",
    }
    phone.client.delete_cookie("tideover")
    asked = phone.send("/worker/objection", expect=401, **typed)
    assert "It took me long to write this." in asked
    back = phone.come_in(claim, **typed)
    assert "It took me long to write this.</textarea>" in back
    assert "We have your objection" in phone.send("/worker/objection", **typed)


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    wrong = phone.send("/worker", expect=401, number=claim["number"], code="00000000")
    other = phone.send("/worker", expect=401, number="259999999999", code="00000000")
    said = re.compile(r'role="alert">([^<]+)<')
    assert there(said.search(wrong)).group(1) == there(said.search(other)).group(1)


def test_after_too_many_tries_who_tries_must_wait_even_with_the_right_code(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    for _ in range(10):
        phone.send("/worker", expect=401, number=claim["number"], code="00000000")
    assert "Your letter stays good" in phone.come_in(claim, expect=429)


def test_lao_digits_and_spaces_open_the_page_too(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    code = code_of(office, claim)
    lao = "".join(chr(0xED0 + int(c)) for c in code)
    phone.send("/worker", number=f"{claim['number'][:6]} {claim['number'][6:]}", code=f"{lao[:4]} {lao[4:]}")
    assert claim["number"] in phone.text


def test_her_session_is_for_one_claim_and_nothing_of_the_desk(office: Office, phone: Phone) -> None:
    claim = decided(office, office.someone())
    phone.come_in(claim)
    for path in ("/desk", f"/desk/claims/{claim['id']}", "/employer", "/imports"):
        assert phone.client.get(path).status_code == 403
    office_row = office.service.engine
    with office_row.connect() as connection:
        looks = connection.execute(select(audit).where(audit.c.kind == "worker")).all()
    assert any(claim["id"] in row.subjects for row in looks)
    phone.open("/worker")
    phone.send("/worker/sign-out")
    assert 'name="code"' in phone.open("/worker")


def test_a_claim_withdrawn_says_so(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    with office.service.engine.begin() as connection:
        connection.execute(
            update(t.claim).values(
                state="withdrawn", waits_for=None, waits_reason=None, waits_since=None, waits_until=None
            )
        )
    phone.come_in(claim)
    assert "This claim has ended" in phone.open("/worker?lang=en")


@pytest.mark.parametrize("language", ["lo", "en"])
def test_page_sheet_and_logo_weigh_less_than_30_kilobytes(office: Office, phone: Phone, language: str) -> None:
    phone.come_in(decided(office, office.someone()))
    page = phone.open(f"/worker?lang={language}")
    assert "<script" not in page
    size = len(there(phone.page).data)
    for path in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
        size += len(phone.client.get(path).data)
    assert size < 30 * 1024, size


def everything(office: Office) -> dict[str, Any]:
    """A claim on which all has happened: money came, came back, is still to come and was too much; she objects, her
    employer advanced a part, and letters are there."""
    claim = submitted(office, office.someone(wage="2000000"), facts=LONG)
    decision = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"]).json
    live.stated(office, live.employer(office), claim, 20000000, confirmed=False)
    first, second, *_ = decision["schedule"]
    live.bank_says(office, claim, minor=first["amount"]["minor"] + 5000000, no=1, period=first["period"])
    live.bank_says(office, claim, minor=second["amount"]["minor"], no=2, period=second["period"], came_back=True)
    live.letter(office, claim)
    finding = decision["assessment"]["findings"][0]["id"]
    body = {"decision_id": decision["id"], "finding": finding, "grounds": "ຂ້ອຍບໍ່ເຫັນດີ. " * 6}
    lodged = office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body)
    assert lodged.status_code == 201, lodged.json
    return claim


@pytest.mark.parametrize("language", ["lo", "th", "vi", "my", "en"])
def test_with_everything_on_it_her_page_weighs_less_than_30_kilobytes(
    office: Office, phone: Phone, language: str
) -> None:
    phone.come_in(everything(office))
    page = phone.open(f"/worker?lang={language}")
    for part in ("state wait", "/worker/advance", "/letters/", "<details"):
        assert part in page, part
    size = len(there(phone.page).data)
    for path in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
        size += len(phone.client.get(path).data)
    assert size < 30 * 1024, size


def test_nobody_at_the_desk_reads_her_code(office: Office, phone: Phone) -> None:
    """Not on the receipt, not when it is renewed: a letter is owed with the new one."""
    claim = submitted(office, office.someone())
    before = code_of(office, claim)
    asked = office.client.post(
        f"/desk/claims/{claim['id']}/code", headers=office.clerk.headers(), data={"csrf_token": "c", "_key": "k"}
    )
    after = code_of(office, claim)
    assert (asked.status_code, before == after) == (200, False)
    pages = [asked.text] + [
        office.officer.get(f"/desk/claims/{claim['id']}{page}").text for page in ("", "/acknowledgement", "/decide")
    ]
    for code in (before, after):
        for text in pages:
            assert code not in re.sub(r"\s|<[^>]+>", "", text)
    with office.service.engine.connect() as connection:
        types = list(connection.scalars(select(outbox.c.type).order_by(outbox.c.position)))
    assert types[-1] == "benefits.claim.access_renewed"


def test_what_the_desk_does_for_her_is_recorded_as_the_desks(office: Office) -> None:
    claim = decided(office, office.someone())
    with office.service.engine.connect() as connection:
        last = there(store.decisions.last_final(office.act(connection), claim["id"]))
    body = {
        "decision_id": last.id,
        "finding": last.assessment.findings[0].id,
        "grounds": "She says she was ill longer.",
    }
    assert office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body).status_code == 201
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(t.appeal.c.lodged_by)) == office.clerk.actor.id
        row = connection.execute(select(audit).where(audit.c.action.like("%/appeals 201"))).one()
    assert (row.actor, row.kind) == (office.clerk.actor.id, "account")
