"""What earlier decisions leave behind, through the doors: at the desk an illness may come in one claim or in many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.benefits import institution as practice
from services.benefits import store
from services.benefits.domain.case import EarlierSpell
from services.benefits.domain.claim import Waiting, Whom
from services.benefits.domain.contributions import Contribution
from services.benefits.domain.ids import PersonId
from services.benefits.law import in_force
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.vocabulary import PACKS
from services.benefits.usecases import claims, people
from shared.money import Money, Rounding
from shared.period import Month, month_range
from tests.benefits.conftest import Office
from tests.benefits.visitors import Browser
from tests.there import there

DAY = timedelta(days=1)
CURRENCY = {"la": "LAK", "mm": "MMK", "ph": "PHP", "th": "THB", "vn": "VND", "xx": "XXD"}


def decide(office: Office, person: str, benefit: str, facts: Mapping[str, Any], received: date) -> dict[str, Any]:
    """A claim from the counter to its final decision; each doubt is judged, a second person confirms where one must."""
    papers = {"verified": [c["number"] for c in facts.get("certificates", [])]}
    body = {"person_id": person, "benefit": benefit, "received_on": str(received), "facts": facts, "papers": papers}
    by = office.officer2 if "judgements" in facts else office.clerk  # judgements are an officer's
    claim = by.post("/v1/claims", body).json
    answer = by.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"])
    assert answer.status_code == 200, answer.json
    claim = office.officer.get(f"/v1/claims/{claim['id']}").json
    answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    if answer.status_code == 409:
        assert all("warning" in error["params"] for error in answer.json["errors"]), answer.json["errors"]
        for error in answer.json["errors"]:
            judged = {"warning": error["params"]["warning"], "why": "looked at"}
            claim = office.officer.post(f"/v1/claims/{claim['id']}/judgements", judged, etag=claim["version"]).json
        answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert answer.status_code == 201, answer.json
    decided: dict[str, Any] = answer.json
    if decided["state"] != "final":
        decided = office.supervisor.post(f"/v1/decisions/{decided['id']}/confirmation").json
    return decided


def sick(first: date, last: date, **job: Any) -> dict[str, Any]:
    """A certified illness of a worker paid by the month, whose employer's days of the year are all still there."""
    return {
        "spell": {"first_day": str(first), "last_day": str(last), "illness": "J18.9"},
        "certificates": [{"number": f"N{first:%y%m%d}", "from": str(first), "to": str(last)}],
        "employments": [{"pay": "monthly", "wage_stopped_word": "employer"} | job],
        "event": {"employer_days_used": 0},
    }


def paid(office: Office, spells: list[tuple[date, date]], **job: Any) -> int:
    """What a new worker with 23 months at 2,500,000 kip receives in all for one illness claimed in these pieces."""
    person = office.someone(wage="2500000", months=30, until="2025-04")
    total = 0
    for number, (first, last) in enumerate(spells):
        facts = sick(first, last, **(job if number == 0 else {}))
        total += decide(office, person, "sickness", facts, last)["total"]["minor"]
    return total // 100


FORTNIGHTS = [
    (date(2025, 1, 10), date(2025, 1, 24)),
    (date(2025, 1, 25), date(2025, 2, 8)),
    (date(2025, 2, 9), date(2025, 2, 23)),
    (date(2025, 2, 24), date(2025, 3, 10)),
]


def test_the_employers_thirty_days_are_used_up_once_also_by_claims_that_were_refused(office: Office) -> None:
    assert paid(office, [(FORTNIGHTS[0][0], FORTNIGHTS[-1][1])]) == 1_866_667
    assert paid(office, FORTNIGHTS) == 1_866_667


def test_a_year_claimed_month_by_month_comes_to_the_second_phase_as_one_claim_does(office: Office) -> None:
    months = [Month.parse("2024-05").plus(n) for n in range(12)]
    monthly = [(m.first_day, m.last_day) for m in months[:-1]] + [(date(2025, 4, 1), date(2025, 4, 20))]
    assert paid(office, [(monthly[0][0], monthly[-1][1])], wage_paid_until="2024-05-30") == 17_550_000
    assert paid(office, monthly, wage_paid_until="2024-05-30") == 17_550_000


def test_a_spell_decided_first_and_begun_later_uses_up_what_it_used(office: Office) -> None:
    """A later illness of the same days is no longer forgotten because its claim came in first."""
    person = office.someone(wage="2500000", months=30, until="2025-04")
    decide(
        office,
        person,
        "sickness",
        sick(date(2025, 4, 1), date(2025, 4, 30), wage_paid_until="2025-04-30"),
        date(2025, 5, 2),
    )
    facts = sick(date(2025, 3, 1), date(2025, 3, 31))
    claim = office.clerk.post(
        "/v1/claims", {"person_id": person, "benefit": "sickness", "facts": facts, "papers": {}}
    ).json
    with office.service.engine.begin() as connection:
        case = claims.case_of(office.act(connection), office.claim(claim["id"]))
    assert [s["from"] for s in case["earlier_spells"]] == ["2025-04-01"]


def test_a_part_decided_after_a_later_part_sends_the_later_one_back_to_be_decided_again(office: Office) -> None:
    """The twelfth month is decided before the others: alone it is the first of its case, with them it is the last."""
    person = office.someone(wage="2500000", months=30, until="2025-04")
    months = [Month.parse("2024-05").plus(n) for n in range(12)]
    spells = [(m.first_day, m.last_day) for m in months[:-1]] + [(date(2025, 4, 1), date(2025, 4, 20))]

    def claimed(number: int) -> dict[str, Any]:
        first, last = spells[number]
        job = {"wage_paid_until": "2024-05-30"} if number == 0 else {}
        return decide(office, person, "sickness", sick(first, last, **job), last)

    last = claimed(11)
    waiting = office.claim(last["claim_id"])
    assert waiting.waits is None
    others = sum(claimed(number)["total"]["minor"] for number in range(11))
    waiting = office.claim(last["claim_id"])
    assert (there(waiting.waits).reason, waiting.state) == ("history_changed", "decided")
    assert "another decision changes what it comes to" in Browser(office, office.officer).open("/desk?part=decide")

    facts, why = waiting.facts, {"why": "the months before are decided"}
    again = office.officer.patch(f"/v1/claims/{waiting.id}", {"facts": facts} | why, etag=waiting.version)
    assert again.status_code == 200, again.json
    answer = office.officer.post(f"/v1/claims/{waiting.id}/decisions", {}, etag=again.json["version"])
    if answer.json["state"] != "final":
        answer = office.supervisor.post(f"/v1/decisions/{answer.json['id']}/confirmation")
    assert (others + answer.json["total"]["minor"]) // 100 == 17_550_000
    assert office.claim(last["claim_id"]).waits is None


@pytest.mark.parametrize(
    ("waits", "then"),
    [
        (Waiting(Whom.WORKER, "account", date(2025, 5, 1)), "account"),
        (Waiting(Whom.OFFICER, "overpayment", date(2025, 5, 1)), "history_changed"),
    ],
)
def test_a_claim_that_waits_for_somebody_outside_goes_on_waiting_and_its_history_says_what_changed(
    office: Office, waits: Waiting, then: str
) -> None:
    person = office.someone(wage="2500000", months=30, until="2025-04")
    last = decide(office, person, "sickness", sick(date(2025, 4, 1), date(2025, 4, 20)), date(2025, 4, 20))
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        before = store.claims.to_change(act, last["claim_id"], None)
        store.claims.save(act, before, replace(before, waits=waits), "payment_returned")
    year = sick(date(2024, 5, 1), date(2025, 3, 31), wage_paid_until="2024-05-30")
    decide(office, person, "sickness", year, date(2025, 4, 1))
    assert there(office.claim(last["claim_id"]).waits).reason == then
    with office.service.engine.connect() as connection:
        told = store.claims.changes(office.act(connection), office.claim(last["claim_id"]).id)
    assert "history_changed" in {change.what for change in told}


def test_a_decision_that_changes_nothing_for_others_leaves_them_alone(office: Office) -> None:
    person = office.someone(wage="2500000", months=30, until="2025-04")
    first = decide(
        office,
        person,
        "sickness",
        sick(date(2024, 6, 1), date(2024, 6, 20), wage_paid_until="2024-06-01"),
        date(2024, 6, 21),
    )
    decide(office, person, "sickness", sick(date(2024, 6, 21), date(2024, 7, 10)), date(2024, 7, 11))
    assert office.claim(first["claim_id"]).waits is None


def test_every_employment_of_the_register_reaches_the_law_and_the_claims_own_comes_last(office: Office) -> None:
    person = office.someone()
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        second = people.register_employer(act, office_id="svk", number="SVK-0002", name="ໂຮງງານ", name_latin="Second")
        people.record_employment(act, PersonId(person), second, date(2024, 1, 1), pay="daily")
    facts = sick(date(2025, 3, 1), date(2025, 3, 31))
    claim = office.clerk.post(
        "/v1/claims", {"person_id": person, "benefit": "sickness", "facts": facts, "papers": {}}
    ).json
    with office.service.engine.begin() as connection:
        case = claims.case_of(office.act(connection), office.claim(claim["id"]))
    assert [(j["employer"], j["from"]) for j in case["employments"]] == [
        ("SVK-0001", "2021-06-01"),
        ("SVK-0002", "2024-01-01"),
    ]
    assert case["employments"][-1]["wage_stopped_word"] == "employer"


MULTI = [f for f in read_case_files(PACKS) if isinstance(f.mapping, Mapping) and f.mapping.get("earlier_spells")]
#: Files whose earlier spell tells what no decision of ours would leave behind, each with what differs.
TOLD_OTHERWISE = {
    "MM-R2": "the file does not say what was paid before; our decision does, so nothing is asked",
    "TH-R17": "the file does not say how long the employer paid; our decision does, so nothing is asked",
    "VN-L1-unpaid": "the file tells that nothing was paid for the first leave; a decision on these facts pays it",
    "VN-K1": "the file tells of 14 days; five of the days off are holidays of the lunar new year, so 12 count",
}
#: Files that end in a question, which an officer must answer before anything is decided.
ASKED = {"LA-R4", "TH-A8"}
#: The event of a first claim for another benefit than the last, which the file has no need to tell.
OTHER_EVENTS: dict[tuple[str, str], Callable[[date], dict[str, Any]]] = {
    ("la", "birth"): lambda day: {"birth_on": str(day), "children": 1, "pregnancy_months": 9, "claimant": "mother"},
    ("mm", "maternity"): lambda day: {
        "birth_on": str(day + 42 * DAY),
        "due_on": str(day + 42 * DAY),
        "children": 1,
        "facility": "public",
    },
    ("vn", "birth"): lambda day: {"birth_on": str(day), "children": 1, "living_children_before": 0},
    ("vn", "miscarriage"): lambda day: {"pregnancy_weeks": 20},
}
#: What the first claims were told beside their days, so that they came to what the file says was paid for them.
TOLD_BEFORE: dict[str, dict[str, Any]] = {
    "MM-R1": {"happenings": [{"from": "2025-08-09", "to": "2025-08-10", "what": "worked"}]},
    "MM-R1-later": {"happenings": [{"from": "2025-08-09", "to": "2025-08-10", "what": "worked"}]},
    "MM-L1": {"judgements": {"rest_after_birth": {"met": True, "why": "The leave goes on"}}},
    "MM-O2": {"judgements": {"rest_after_birth": {"met": True, "why": "The leave goes on"}}},
    "TH-N2": {
        "certificates": [],
        "happenings": [{"from": f"2025-11-0{n}", "to": f"2025-11-0{n}", "what": "outpatient"} for n in (3, 5, 7)],
    },
    "VN-Z4": {"event": {"listed_disease": False, "excluded_cause": "none"}},
    "VN-N3": {
        "happenings": [{"from": "2026-04-09", "to": "2026-04-09", "what": "worked"}],
        "absences": [{"on": "2026-04-10", "hours": "3", "of": "8"}],
    },
}
#: Months contributed before the first claim, which the file had no need to tell.
CONTRIBUTED_BEFORE = {"TH-F6": ("2024-11", "2025-02")}


@pytest.fixture
def institution_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Any]:
    """Makes the institution one of another country."""

    def choose(country: str, options: Mapping[str, str]) -> None:
        chosen = yaml.safe_load(Path(str(practice.__file__)).with_name("institution.yaml").read_text())
        file = tmp_path / "institution.yaml"
        file.write_text(yaml.safe_dump(chosen | {"country": country, "currency": CURRENCY[country]}))
        monkeypatch.setenv("INSTITUTION_FILE", str(file))
        practice.institution.cache_clear()
        if options:
            monkeypatch.setattr(claims, "assess", partial(in_force.assess, options=options))

    yield choose
    practice.institution.cache_clear()


def insured(office: Office, file: CaseFile) -> str:
    """The person of a case file, with the contributions it tells."""
    case = file.case()
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        person = people.register_person(
            act,
            office_id="svk",
            name="ນາງ ບຸນມີ",
            sex=case.insured.sex,
            born_on=case.insured.born_on,
            insured_as=case.insured.insured_as,
            insured_since=case.insured.insured_since,
        )
        for month in case.contributions:
            record(act, person, month, CURRENCY[case.country])
        first, last = CONTRIBUTED_BEFORE.get(file.id, ("2000-02", "2000-01"))
        for before in month_range(Month.parse(first), Month.parse(last)):
            record(act, person, replace(case.contributions[0], month=before), CURRENCY[case.country])
        people.change_payee(act, person, kind="bank", bank="BCEL", number="0101110004471", holder="ນາງ ບຸນມີ")
    return person


def record(act: Any, person: str, month: Contribution, currency: str) -> None:
    wage = Money.rounded(month.wage, currency, Rounding.HALF_UP)
    people.record_contribution(act, PersonId(person), month.month, wage, paid=month.paid, kind=month.kind)


def certified(first: date, last: date) -> list[dict[str, str]]:
    """Papers of at most eight weeks each."""
    papers = []
    while first <= last:
        end = min(last, first + 55 * DAY)
        papers.append({"number": f"N{first:%y%m%d}", "from": str(first), "to": str(end)})
        first = end + DAY
    return papers


def facts_of(file: CaseFile, spell: EarlierSpell) -> dict[str, Any]:
    """The claim that came before: the same worker, the days the file tells, and what it tells of them."""
    case = file.case().json()
    first, last = spell.period.first, spell.period.last
    jobs = [dict(job) for job in case.get("employments", [{}])]
    paid_until = first + ((spell.employer_days or 0) - 1) * DAY
    jobs[-1]["wage_paid_until"] = str(paid_until)
    event = dict(case.get("event", {}))
    if case["country"] == "vn" and spell.benefit == "sickness":
        event["listed_disease"] = spell.kind == "long_term"
    other = OTHER_EVENTS.get((case["country"], spell.benefit))
    if spell.event_on is not None:
        event |= {
            name: str(spell.event_on) for name in ("birth_on", "miscarriage_on", "child_born_on") if name in event
        }
    elif other is not None:
        event = other(first)
    if case["country"] == "la" and spell.benefit == "sickness":
        event.setdefault("employer_days_used", 0)
    if spell.benefit == "section_40":
        event |= {"visits_paid": 0}
    told: dict[str, Any] = {
        "spell": {"first_day": str(first), "last_day": str(last)},
        "certificates": certified(first, last),
    }
    told |= {"employments": jobs, "event": event}
    if spell.illness:
        told["spell"]["illness"] = spell.illness
    if spell.benefit == "sick_child":
        told["spell"]["cause"] = "sick_child"
    return told | TOLD_BEFORE.get(file.id, {})


@pytest.mark.parametrize("file", [pytest.param(f, id=f.id) for f in MULTI])
def test_claims_decided_one_after_the_other_come_to_the_case_files_amount(
    file: CaseFile, office: Office, institution_of: Any
) -> None:
    case = file.case()
    institution_of(case.country, file.options)
    office.on("2036-01-01")
    person = insured(office, file)
    for spell in case.earlier_spells:
        decide(office, person, spell.benefit, facts_of(file, spell), spell.period.last)
    facts = {
        k: v
        for k, v in case.json().items()
        if k in ("spell", "employments", "event", "happenings", "absences", "judgements")
    }
    facts["certificates"] = [{"number": f"L{n}"} | c for n, c in enumerate(case.json().get("certificates", []))]
    received = case.claimed_on or case.spell.last_day or file.today or date(2027, 6, 1)
    if file.id in ASKED:
        with pytest.raises(AssertionError, match="questions_open"):
            decide(office, person, case.benefit, facts, received)
        return
    last = decide(office, person, case.benefit, facts, received)
    expected = Money.parse(str(file.expect["total"]), CURRENCY[case.country]).minor
    assert (last["total"]["minor"] == expected) == (file.id not in TOLD_OTHERWISE), (last["total"], expected)
