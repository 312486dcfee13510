"""Whose task a claim is: nothing waits that nobody sees, and two people do not do one thing twice."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.automation import Automatic
from services.benefits.domain.claim import OPEN, ClaimState, Whom
from services.benefits.domain.sample import AUTOMATIC
from services.benefits.institution import Tier, institution
from services.benefits.usecases import automation, claims, decisions, samples, staff
from shared.act import Actor
from shared.money import Money
from tests.benefits.conftest import SICK, Office, Person
from tests.benefits.test_one_hand import decided, submitted
from tests.benefits.visitors import Browser
from tests.there import there


def person_of(office: Office, username: str, role: str, place: str = "svk") -> Person:
    """Somebody of an office who has an account, so that colleagues can give her something."""
    staff = office.account(username, role, office=place)
    return Person(office, Actor(staff.id, "account", frozenset({role}), office=place, name=username.title()))


@pytest.fixture
def noy(office: Office) -> Browser:
    return Browser(office, person_of(office, "noy", "officer"))


@pytest.fixture
def keo(office: Office) -> Browser:
    return Browser(office, person_of(office, "keo", "officer"))


@pytest.fixture
def boss(office: Office) -> Browser:
    return Browser(office, person_of(office, "boss", "supervisor"))


def waiting(office: Office, **kw: Any) -> dict[str, Any]:
    """A claim that waits for an officer, and was weighed."""
    claim = submitted(office, office.clerk, office.someone(**kw))
    office.service.look_at_jobs()
    return claim


def parts(by: Browser) -> dict[str, int]:
    """The parts of her queue with how many each says it holds."""
    page = by.open("/desk?show=")
    return {key: int(n.replace(",", "")) for key, n in re.findall(r'show=([a-z]+)"[^>]*>[^<(]*\(([\d,]+)\)', page)}


def numbers(by: Browser, part: str, more: str = "") -> list[str]:
    """The claims of a part, in the order of the page."""
    return list(dict.fromkeys(re.findall(r">(25\d{10})<", by.open(f"/desk?show={part}{more}"))))


def task(by: Browser, claim: dict[str, Any], do: str, expect: int = 200, **form: str) -> str:
    return by.send(
        f"/desk/claims/{claim['id']}/task", expect, do=do, key=f"{do}{len(form)}{claim['id']}{id(form)}", **form
    )


def test_a_hundred_and_twenty_waiting_claims_are_all_counted_and_all_reached(office: Office, noy: Browser) -> None:
    person = office.someone()
    with office.service.engine.begin() as connection:
        first = submitted(office, office.clerk, person)
        row = connection.execute(select(t.claim).where(t.claim.c.id == first["id"])).one()._asdict()
        for n in range(119):
            connection.execute(
                t.claim.insert().values(row | {"id": f"00000000-0000-7000-8000-{n:012d}", "number": f"25000010{n:04d}"})
            )
    assert parts(noy)["decide"] == 120
    assert len(numbers(noy, "decide")) == 100
    assert len(numbers(noy, "decide", "&page=2")) == 20
    assert "all 120" in noy.open("/desk?show=")


def test_what_she_takes_is_hers_and_her_colleagues_see_who_has_it(office: Office, noy: Browser, keo: Browser) -> None:
    claim = waiting(office)
    noy.open("/desk?show=")
    noy.send(f"/desk/claims/{claim['id']}/task", do="take", back="queue")
    assert noy.here == "/desk"
    assert (parts(noy)["mine"], parts(noy)["decide"]) == (1, 0)
    assert (parts(keo)["colleagues"], parts(keo)["decide"]) == (1, 0)
    assert "in hand: Noy" in keo.open("/desk?show=colleagues")


def test_of_two_who_take_at_once_one_is_told_who_was_first(office: Office, noy: Browser, keo: Browser) -> None:
    claim = waiting(office)
    task(noy, claim, "take")
    page = task(keo, claim, "take", 422)
    assert "Noy has it in hand since" in page
    task(keo, claim, "take", task_why="Noy is ill today")
    assert parts(keo)["mine"] == 1
    assert "Noy is ill today" in keo.open(f"/desk/claims/{claim['id']}/task")


def test_she_gives_it_to_a_colleague_with_a_word_and_gives_it_back(office: Office, noy: Browser, keo: Browser) -> None:
    claim = waiting(office)
    task(noy, claim, "take")
    to = there(re.search(r'<option value="([^"]+)">Keo<', noy.open(f"/desk/claims/{claim['id']}/task"))).group(1)
    assert "f-task_why" in task(noy, claim, "give", 422, to=to)
    task(noy, claim, "give", to=to, task_why="she knows the employer")
    assert "A colleague has it" in task(noy, claim, "give_back", 422, task_why="mine again")
    assert parts(keo)["mine"] == 1
    task(keo, claim, "give_back")
    assert parts(noy)["decide"] == 1
    page = keo.open(f"/desk/claims/{claim['id']}/task")
    assert [w in page for w in ("Given to Keo", "she knows the employer", "Given back to the office")] == [True] * 3


def test_colleagues_stand_in_the_order_of_their_letters(office: Office, noy: Browser) -> None:
    """Thai and Lao go by the consonant: by the code of its letters a vowel written first would come last."""
    claim = waiting(office)
    for username, name in (("mana", "มานะ"), ("kasem", "เกษม"), ("saeng", "แสง"), ("hathai", "หทัย")):
        office.account(username, "officer", name=name)
    page = noy.open(f"/desk/claims/{claim['id']}/task")
    assert re.findall(r">(มานะ|เกษม|แสง|หทัย)<", page) == ["เกษม", "มานะ", "แสง", "หทัย"]


def test_nobody_gives_a_claim_to_somebody_who_may_not_see_it(office: Office, noy: Browser) -> None:
    claim, far = waiting(office), person_of(office, "far", "officer", "vte")
    assert "Far" not in noy.open(f"/desk/claims/{claim['id']}/task")
    task(noy, claim, "give", 422, to=far.actor.id, task_why="take it")
    assert Browser(office, far).client.get(f"/desk/claims/{claim['id']}/task").status_code == 404


def test_what_is_laid_aside_comes_back_on_its_day(office: Office, noy: Browser, keo: Browser) -> None:
    claim = waiting(office)
    assert "This day has passed" in task(noy, claim, "rest", 422, rests_until="1/5/2025", task_why="waits")
    assert "60 days" in task(noy, claim, "rest", 422, rests_until="1/9/2025", task_why="waits")
    task(noy, claim, "rest", rests_until="26/5/2025", task_why="she comes on Monday")
    assert (parts(noy)["rests"], parts(noy).get("mine", 0), parts(keo)["decide"]) == (1, 0, 0)
    assert "she comes on Monday" in keo.open("/desk?show=rests")
    office.on("2025-05-26")
    assert parts(noy)["mine"] == 1


def test_what_is_laid_aside_wakes_when_something_about_it_changes(office: Office, noy: Browser) -> None:
    claim = waiting(office)
    task(noy, claim, "rest", rests_until="26/5/2025", task_why="she brings a paper")
    facts = SICK | {"event": {"employer_days_used": 1}}
    answer = office.clerk.patch(f"/v1/claims/{claim['id']}", {"facts": facts}, claim["version"])
    assert answer.status_code == 200, answer.json
    assert parts(noy)["mine"] == 1


def test_taking_a_claim_does_not_put_out_of_date_what_somebody_types(office: Office, noy: Browser) -> None:
    claim = waiting(office)
    task(noy, claim, "take")
    assert decided(office.officer2, claim)["state"] == "final"
    assert (parts(noy).get("mine", 0), parts(noy)["decide"]) == (0, 0)


def test_her_own_proposals_stay_in_sight_and_come_back_to_her(office: Office, noy: Browser, boss: Browser) -> None:
    me = Person(office, Actor(noy_id(office), "account", frozenset({"officer"}), office="svk", name="Noy"))
    now = submitted(office, me, office.someone())
    proposed = decided(me, now)
    assert proposed["state"] == "proposed"
    assert (parts(noy)["proposals"], parts(boss)["confirm"]) == (1, 1)
    given = {"reason": "facts_wrong", "words": "look again"}
    path = f"/v1/decisions/{proposed['id']}/return"
    assert office.supervisor.post(path, given).status_code == 200
    assert (parts(noy).get("proposals", 0), parts(noy)["mine"]) == (0, 1)


def noy_id(office: Office) -> str:
    with office.service.engine.connect() as connection:
        return str(connection.scalar(select(t.account.c.id).where(t.account.c.username == "noy")))


def test_the_queue_puts_first_what_weighs_most(office: Office, noy: Browser) -> None:
    small = waiting(office, wage="2000000")
    large = waiting(office, name="ທ້າວ ຄຳໃສ", latin="Khamsai", wage="4400000")
    unsure = submitted(office, office.clerk, office.someone("ນາງ ວັນນາ", "Vanna", wage="1800000"))
    with office.service.engine.begin() as connection:
        connection.execute(
            update(t.claim)
            .where(t.claim.c.id == unsure["id"])
            .values(papers={"verified": []}, version=unsure["version"])
        )
    office.service.look_at_jobs()
    assert numbers(noy, "decide", "&order=age") == [small["number"], large["number"], unsure["number"]]
    assert numbers(noy, "decide", "&order=amount") == [large["number"], small["number"], unsure["number"]]
    assert numbers(noy, "decide", "&order=risk")[0] == unsure["number"]


def test_the_part_and_the_order_looked_at_last_are_kept(office: Office, noy: Browser) -> None:
    waiting(office)
    noy.open("/desk?show=decide&order=amount")
    page = noy.open("/desk")
    assert 'href="/desk?show=decide" aria-current="page"' in page
    assert 'href="/desk?order=amount" aria-current="true"' in page
    assert 'aria-current="page"' not in noy.open("/desk?show=").split("<h1>")[1]


def test_whatever_waits_stands_in_exactly_one_part(office: Office, boss: Browser) -> None:
    """Every state with everybody it could wait for, whoever has it: a claim in no part is a person forgotten."""
    claim, today = waiting(office), office.service.clock.today()
    with office.service.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE claim DISABLE TRIGGER ALL")
    states = sorted(OPEN | {ClaimState.DECIDED, ClaimState.CLOSED})
    for state, whom, holder in itertools.product(states, [*Whom, None], [None, "somebody", boss_id(office)]):
        moved = {"state": state, "waits_for": whom, "waits_since": today if whom else None}
        held = {"holder": holder, "holder_name": holder, "held_since": today if holder else None}
        with office.service.engine.begin() as connection:
            moved |= {"waits_reason": "to_decide" if whom else None}
            connection.execute(update(t.claim).where(t.claim.c.id == claim["id"]).values(**moved))
            connection.execute(update(t.claim_task).where(t.claim_task.c.claim_id == claim["id"]).values(**held))
        over = whom is None and state in ("decided", "closed")
        for role in ("clerk", "officer", "supervisor", "auditor"):
            found = {part: n for part, n in parts_of(office, role).items() if n}
            assert sum(found.values()) == (0 if over else 1), (role, state, whom, holder, found)
        assert ("nobody" in found) == (whom is None and state in OPEN - {ClaimState.DRAFT}), (state, whom, found)


def boss_id(office: Office) -> str:
    with office.service.engine.connect() as connection:
        return str(connection.scalar(select(t.account.c.id).where(t.account.c.username == "boss")))


def parts_of(office: Office, role: str = "supervisor") -> dict[str, int]:
    with office.service.engine.connect() as connection:
        actor = Actor(boss_id(office), "account", frozenset({role}), office="svk")
        return store.tasks.counts(replace(office.act(connection), actor=actor))


# --- what the rules decide alone ---------------------------------------------------------------


@pytest.fixture
def automatic(monkeypatch: pytest.MonkeyPatch) -> None:
    """An institution that lets the rules grant small sickness benefits, and looks at each of them."""
    allowed = Automatic(("sickness",), Money.parse("4000000", "LAK"), ("doubt_judged",), Fraction(1), Fraction(1))
    house = replace(institution(), automatic=allowed)
    for module in (automation, samples):
        monkeypatch.setattr(module, "institution", lambda: house)


def confirmed(office: Office, claim: dict[str, Any]) -> None:
    """The employer has said that the facts are right."""
    with office.service.engine.begin() as connection:
        said = {"claim_id": claim["id"], "employer_id": claim["employer_id"], "state": "received", "asked_for": []}
        now = office.service.clock.now()
        days = {"asked_on": office.service.clock.today(), "due_on": office.service.clock.today()}
        connection.execute(t.statement.insert().values(id=claim["id"], **said, **days, version=1, received_at=now))


def by_hand(office: Office, claim: dict[str, Any]) -> list[str]:
    with office.service.engine.connect() as connection:
        found = connection.scalar(select(t.claim_task.c.by_hand).where(t.claim_task.c.claim_id == claim["id"]))
    return list(found or [])


def run(office: Office) -> None:
    while office.service.look_at_jobs():
        pass


def test_each_claim_says_why_a_person_decides_it(office: Office, noy: Browser) -> None:
    claim = waiting(office)
    assert by_hand(office, claim) == ["benefit_by_people", "unconfirmed", "first_claim"]
    page = noy.open(f"/desk/claims/{claim['id']}/task")
    assert "Neither the employer nor the person herself has confirmed what was entered." in page
    assert "It is her first claim here." in page


def test_nothing_is_decided_without_a_person_unless_the_institution_says_so(office: Office) -> None:
    claim = submitted(office, office.clerk, office.someone())
    confirmed(office, claim)
    run(office)
    assert office.claim(claim["id"]).state == "submitted"


@pytest.mark.usefixtures("automatic")
def test_what_the_employer_confirmed_and_nothing_speaks_against_the_rules_grant(office: Office) -> None:
    claim = submitted(office, office.clerk, office.someone())
    confirmed(office, claim)
    run(office)
    found = office.claim(claim["id"])
    assert found.state == "decided"
    with office.service.engine.connect() as connection:
        decision = there(store.decisions.last_final(office.act(connection), found.id))
        granted = connection.scalar(select(func.count()).select_from(t.award).where(t.award.c.claim_id == found.id))
    assert (decision.proposed_by, decision.outcome, decision.total.minor) == (AUTOMATIC, "granted", 336000000)
    assert granted == 1


@pytest.mark.usefixtures("automatic")
def test_one_hand_at_the_desk_is_never_enough_for_the_rules(office: Office) -> None:
    """Whoever entered everything must not have the rules sign in place of a second person."""
    claim = submitted(office, office.officer, office.someone())
    run(office)
    assert by_hand(office, claim) == ["unconfirmed"]
    assert office.claim(claim["id"]).state == "submitted"


@pytest.mark.usefixtures("automatic")
@pytest.mark.parametrize(
    ("why", "kw"),
    [
        ("not_granted", {"months": 2}),
        ("above_limit", {"wage": "4400000"}),
        ("no_account", {"account": False}),
    ],
)
def test_what_asks_for_a_person_goes_to_a_person(office: Office, why: str, kw: dict[str, Any]) -> None:
    claim = submitted(office, office.clerk, office.someone(**kw))
    confirmed(office, claim)
    run(office)
    assert why in by_hand(office, claim)
    assert office.claim(claim["id"]).state == "submitted"


@pytest.mark.usefixtures("automatic")
def test_a_doubt_goes_to_a_person_and_stays_with_people_once_judged(office: Office) -> None:
    body = {"person_id": office.someone(), "benefit": "sickness", "facts": SICK, "papers": {}}
    claim = office.clerk.post("/v1/claims", body).json
    claim = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json
    confirmed(office, claim)
    run(office)
    assert by_hand(office, claim) == ["doubt_open"]
    for warning in office.officer.get(f"/v1/claims/{claim['id']}").json["warnings"]:
        if warning["judge"]:
            said = {"warning": warning["id"], "why": "asked the hospital"}
            claim = office.officer.post(f"/v1/claims/{claim['id']}/judgements", said, etag=claim["version"]).json
    run(office)
    assert by_hand(office, claim) == ["doubt_judged"]


@pytest.mark.usefixtures("automatic")
def test_what_the_rules_decided_is_looked_at_by_somebody_and_the_share_is_told(office: Office, boss: Browser) -> None:
    claim = submitted(office, office.clerk, office.someone())
    confirmed(office, claim)
    run(office)
    page = boss.open("/desk/control")
    assert claim["number"] in page
    assert "by the rules alone" in page
    decision = there(re.search(r"/desk/control/([0-9a-f-]{36})", page)).group(1)
    assert "f-" in boss.send(f"/desk/control/{decision}", 422, found="", sample_why="")
    boss.send(f"/desk/control/{decision}", found="right", sample_why="papers agree")
    assert "1 of 1 decisions by the rules alone; 1 of 1 drawn were looked at, 0 were wrong." in boss.open(
        "/desk/control"
    )


def test_nobody_looks_at_her_own_decision(office: Office, automatic: None) -> None:
    claim = waiting(office)
    decided(office.supervisor, claim)
    mine, other = Browser(office, office.supervisor), Browser(office, office.supervisor2)
    assert "You had a hand in this decision" in mine.open("/desk/control")
    decision = there(re.search(r"/desk/control/([0-9a-f-]{36})", other.open("/desk/control"))).group(1)
    mine.send(f"/desk/control/{decision}", 422, found="right", sample_why="I did it")
    other.send(f"/desk/control/{decision}", found="wrong", sample_why="the second certificate is another person's")
    assert "the second certificate is another person" in other.open("/desk/control")


def test_the_letter_says_that_no_person_decided(office: Office, automatic: None) -> None:
    claim = submitted(office, office.clerk, office.someone())
    confirmed(office, claim)
    run(office)
    with office.service.engine.connect() as connection:
        decision = there(store.decisions.last_final(office.act(connection), office.claim(claim["id"]).id))
    answer = office.client.get(f"/v1/decisions/{decision.id}/letter-facts", headers=office.machine("notifications"))
    assert there(answer.json)["decided_by"]["name"] == ""
    page = Browser(office, office.officer).open(f"/desk/claims/{claim['id']}/decide")
    assert "the rules alone, without a person" in page


@pytest.mark.usefixtures("automatic")
def test_the_rules_pay_into_no_account_that_a_desk_wrote(office: Office) -> None:
    """An officer who wrote the account may not decide alone; the rules must not sign in her place, however the employer
    confirms the wages."""
    person = office.someone(account=False)
    account = {"kind": "bank", "bank": "BCEL", "number": "0101110009999", "holder": "Bounmy Sisavath"}
    assert office.clerk.call("PUT", f"/v1/persons/{person}/payee", account).status_code == 200
    claim = submitted(office, office.clerk, person)
    confirmed(office, claim)
    run(office)
    assert by_hand(office, claim) == ["account_by_desk"]
    assert office.claim(claim["id"]).state == "submitted"


@pytest.mark.usefixtures("automatic")
def test_what_changed_after_the_employer_spoke_is_not_confirmed(office: Office) -> None:
    claim = submitted(office, office.clerk, office.someone(wage="5000000"))
    confirmed(office, claim)
    facts = SICK | {"event": {"employer_days_used": 2}}
    answer = office.clerk.patch(f"/v1/claims/{claim['id']}", {"facts": facts}, claim["version"])
    assert answer.status_code == 200, answer.json
    run(office)
    assert "unconfirmed" in by_hand(office, claim)


@pytest.mark.usefixtures("automatic")
def test_what_a_person_has_sent_back_the_rules_do_not_grant(office: Office) -> None:
    claim = submitted(office, office.clerk, office.someone())
    now = office.officer.post(
        f"/v1/claims/{claim['id']}/return",
        {"whom": "worker", "reason": "missing_certificate"},
        etag=claim["version"],
    )
    assert now.status_code in (200, 201), now.json
    again = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=now.json["version"])
    assert again.status_code == 200, again.json
    confirmed(office, claim)
    run(office)
    assert "sent_back" in by_hand(office, claim)
    assert office.claim(claim["id"]).state == "submitted"


def test_a_clerk_writes_no_judgement_through_any_door(office: Office) -> None:
    facts = SICK | {"judgements": {"not_work_injury": {"met": True, "why": "x"}}}
    body = {"person_id": office.someone(), "benefit": "sickness", "facts": facts}
    refused = office.clerk.post("/v1/claims", body)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_your_task")
    assert office.officer.post("/v1/claims", body).status_code == 201


def test_weighing_does_not_undo_a_taking(office: Office, noy: Browser) -> None:
    claim = waiting(office)
    with office.service.engine.connect() as early:
        seen = store.tasks.get(office.act(early), office.claim(claim["id"]).id)
    task(noy, claim, "take")
    with office.service.engine.begin() as late:
        store.tasks.save_weight(office.act(late), seen)
    assert parts(noy)["mine"] == 1
    task(noy, claim, "give_back")
    task(noy, claim, "take")


def test_what_somebody_had_in_hand_is_anybodys_once_she_comes_no_more(office: Office, keo: Browser) -> None:
    claim = waiting(office)
    gone = person_of(office, "gone", "officer")
    Browser(office, gone).send(f"/desk/claims/{claim['id']}/task", do="take")
    with office.service.engine.begin() as connection:
        staff.disable(replace(office.act(connection), actor=office.administrator_of_hq.actor), gone.actor.id)
    assert parts(keo)["decide"] == 1


# --- who must agree to what --------------------------------------------------------------------


def limits(monkeypatch: pytest.MonkeyPatch, **tiers: dict[str, str]) -> None:
    read = {b: Tier(**{n: Money.parse(x, "LAK") for n, x in said.items()}) for b, said in tiers.items()}
    house = replace(institution(), tiers=read, one_hand=())
    for module in (decisions, claims):
        monkeypatch.setattr(module, "institution", lambda: house)


def test_a_benefit_may_have_a_limit_of_its_own(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(monkeypatch, sickness={"second_person_above": "3000000"})
    assert decided(office.officer, waiting(office))["second_reason"] == "amount"
    limits(monkeypatch, maternity={"second_person_above": "3000000"})
    assert decided(office.officer, waiting(office, name="Vanna", latin="Vanna"))["state"] == "final"


def test_a_large_amount_is_confirmed_by_the_head_office_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(monkeypatch, all={"second_person_above": "1000000", "head_office_above": "3000000"})
    proposed = decided(office.officer, waiting(office))
    path = f"/v1/decisions/{proposed['id']}/confirmation"
    refused = office.supervisor.post(path)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "head_office_confirms")
    assert office.supervisor_of_hq.post(path).json["state"] == "final"


def test_the_head_office_is_asked_even_where_a_benefit_has_a_higher_limit(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(monkeypatch, all={"head_office_above": "3000000"}, sickness={"second_person_above": "9000000"})
    assert decided(office.officer, waiting(office))["second_reason"] == "amount"
