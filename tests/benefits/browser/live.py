"""Benefits behind a real port, a Chromium in front of it, and people whose papers are the worked examples."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.usecases import accounts, advances, feedback, files_in, notices, people
from shared.act import Actor
from shared.events import Event
from shared.money import Money
from shared.period import Month
from tests.benefits.conftest import SICK, Office, Person
from tests.there import there


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The address at which the office's pages answer."""
    server = make_server("127.0.0.1", 0, office.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)


def tab(
    chromium: Any,
    base: str,
    office: Office,
    who: Person | Actor | None = None,
    *,
    width: int = 1280,
    height: int = 800,
    language: str = "en",
    script: bool = True,
) -> Any:
    """A fresh tab in which somebody is signed in."""
    context = chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
    context.set_default_timeout(10_000)
    cookies = [{"name": "lang", "value": language, "url": base}]
    if who is not None:
        actor = who.actor if isinstance(who, Person) else who
        token = office.service.keys.session_token(actor, csrf="c5rf", now=office.service.clock.now())
        cookies.append({"name": "tideover", "value": token, "url": base})
    context.add_cookies(cookies)
    return context.new_page()


def employer(office: Office, name: str = "Nok") -> Actor:
    """The clerk of the employer that `office.someone` works for."""
    with office.service.engine.connect() as connection:
        id_ = connection.scalar(select(t.employer.c.id).where(t.employer.c.number == "SVK-0001"))
    return Actor(id="nok", kind="account", roles=frozenset({"employer"}), employer=id_, name=name)


def advanced(office: Office, who: Actor, worker: str) -> None:
    """She has notified a leave with an advance, and a part of it came back."""
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=who)
        _, claim = notices.notify_maternity(
            act,
            PersonId(worker),
            expected_on=date(2025, 7, 14),
            leave_from=date(2025, 6, 2),
            advance_paid=Money.parse("2900000", "LAK"),
        )
        advances.record_return(
            act, claim, returned_on=act.today, amount=Money.parse("900000", "LAK"), source="worker", note="May"
        )


def stated(office: Office, who: Actor, claim: dict[str, Any], minor: int, *, confirmed: bool) -> None:
    """The employer has said what she advanced on a claim, the worker agreed, and perhaps an officer confirmed it; her
    account waits."""
    body = {"amount": {"minor": minor, "currency": "LAK"}, "period": {"from": "2025-05-02", "to": "2025-05-16"}}
    body |= {"paid_on": "2025-05-19", "paper": "payroll of May, line 17"}
    nok = Person(office, who)
    one = there(nok.post(f"/v1/claims/{claim['id']}/advances", body).json)
    account = {"bank": "BCEL", "number": "0101110009988", "holder": "Savan Silk Weaving", "paper": "letter of the bank"}
    nok.post(f"/v1/employers/{who.employer}/accounts", account)
    if confirmed:
        office.clerk.post(f"/v1/advances/{one['id']}/answer", {"true": True})
        office.officer.post(f"/v1/advances/{one['id']}/decision", {"confirmed": True})


def file_sent(office: Office, who: Actor, number: str) -> str:
    """She has sent a file with a good row and a bad one; its id."""
    data = f"sso_no,expected_on,leave_from\n{number},2025-08-14,2025-07-01\n0,2025-07-14,2025-06-02\n".encode()
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=who)
        id_ = files_in.take_file(act, "maternity_notifications", "june.csv", data).id
    return id_


def khamla(office: Office) -> Person:
    """The officer at the counter."""
    return Person(
        office,
        Actor(
            id="0198a000-0000-7000-8000-000000000001",
            kind="account",
            roles=frozenset({"officer"}),
            office="svk",
            name="Khamla",
        ),
    )


def worker(claim_id: str) -> Actor:
    return Actor(id=f"worker:{claim_id}", kind="worker", roles=frozenset({"worker"}), claim=claim_id, language="lo")


def code(office: Office, claim_id: str) -> str:
    return office.service.keys.digits(accounts.access_purpose(office.claim(claim_id)))


def drafted(office: Office, person: str, facts: dict[str, Any], papers: dict[str, Any], on: str) -> dict[str, Any]:
    on = min(on, office.service.clock.today().isoformat())
    body = {"person_id": person, "benefit": "sickness", "received_on": on, "facts": facts, "papers": papers}
    return dict(office.clerk.post("/v1/claims", body).json)


def submitted(office: Office, person: str, facts: dict[str, Any], papers: dict[str, Any], on: str) -> dict[str, Any]:
    claim = drafted(office, person, facts, papers, on)
    return dict(office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json)


def long_illness(office: Office) -> dict[str, Any]:
    """LA-S2: more than six months, for the decision page."""
    person = office.someone(
        "ທ້າວ ສົມສັກ ພົມມະຈັນ",
        "Somsak Phommachan",
        wage="2700000",
        months=12,
        until="2024-11",
        number="1003779081",
    )
    facts = {
        "spell": {"first_day": "2024-12-11", "last_day": "2025-08-31", "illness": "S72.0"},
        "certificates": [{"number": "SVK-24-09120", "from": "2024-12-11", "to": "2025-08-31"}],
        "employments": [{"pay": "monthly", "wage_paid_until": "2025-01-09", "wage_stopped_word": "employer"}],
        "event": {"employer_days_used": 0},
    }
    return submitted(office, person, facts, {"verified": ["SVK-24-09120"]}, "2025-08-11")


def paid_in_part(office: Office, claim: dict[str, Any]) -> None:
    """The first instalment has arrived, the second has left."""
    with office.service.engine.begin() as connection:
        act, award = (
            office.act(connection),
            connection.execute(select(t.award).where(t.award.c.claim_id == claim["id"])).one(),
        )
        for part, state in zip(award.schedule, ("settled", "sent"), strict=False):
            connection.execute(
                t.payment_fact.insert().values(
                    order_id=act.new_id(),
                    award_id=award.id,
                    claim_id=claim["id"],
                    person_id=award.person_id,
                    reference=f"9WGJFVECN0GAC33{part['no']}",
                    component=part["component"],
                    no=part["no"],
                    first_day=part["period"]["from"],
                    last_day=part["period"]["to"],
                    minor=part["amount"]["minor"],
                    currency="LAK",
                    state=state,
                    on_day=part["due_on"],
                    heard_at=act.now,
                )
            )


def bank_says(
    office: Office,
    claim: dict[str, Any],
    *,
    minor: int,
    no: int = 1,
    period: dict[str, str] | None = None,
    came_back: bool = False,
) -> None:
    """Payments tell that an instalment arrived, or that it came back because the account is closed."""
    last = {"returned_on": "2025-05-23", "reason": "AC04"} if came_back else {"paid_on": "2025-05-22"}
    data = {
        "claim_id": claim["id"],
        "award_id": str(uuid.uuid4()),
        "order_id": str(uuid.uuid4()),
        "reference": uuid.uuid4().hex[:16].upper(),
        "component": "allowance",
        "no": no,
        "period": period or {"from": "2025-04-02", "to": "2025-05-16"},
        "amount": {"minor": minor, "currency": "LAK"},
        **last,
    }
    event = SimpleNamespace(type=f"payments.instalment.{'returned' if came_back else 'paid'}", data=data)
    with office.service.engine.begin() as connection:
        feedback.order_moved(office.act(connection), cast(Event, event))


def letter(office: Office, claim: dict[str, Any], decision: str | None = None) -> None:
    """The letter of the decision (the claim's first where none is named) is ready."""
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        first = select(t.decision.c.id).where(t.decision.c.claim_id == claim["id"]).order_by(t.decision.c.no)
        decision = decision or connection.scalar(first)
        connection.execute(
            t.letter.insert().values(
                id=act.new_id(),
                claim_id=claim["id"],
                decision_id=decision,
                template="decision_letter",
                language="lo",
                state="ready",
                on_day=act.today,
            )
        )


def wages(office: Office, person: str, months: list[str], wage: str = "2900000") -> None:
    with office.service.engine.begin() as connection:
        for month in months:
            people.record_contribution(
                office.act(connection), PersonId(person), Month.parse(month), Money.parse(wage, "LAK")
            )


def new_account(office: Office, person: str, holder: str = "Bounmy Sisavath") -> None:
    """She has brought the number of another account."""
    with office.service.engine.begin() as connection:
        people.change_payee(
            office.act(connection),
            person,
            kind="bank",
            bank="LDB",
            number="0202220005582",
            holder=holder,
            why="brought",
        )


#: The papers of LA-S1 as they lie on the counter on 21 April: the second certificate is not verified yet.
AT_THE_COUNTER = SICK | {
    "certificates": [SICK["certificates"][0], SICK["certificates"][1]],
    "employments": [{"pay": "monthly", "wage_paid_until": "2025-04-01", "wage_stopped_word": "worker"}],
}
