"""A worker with two jobs: both wages of a month are known, and sickness pays on what she earned in all."""

from __future__ import annotations

from datetime import date

import pytest

from services.benefits import store
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.person import Contribution, together
from services.benefits.usecases import claims, people
from services.benefits.usecases.people import DeclaredByAnother
from shared.act import Act, Actor
from shared.money import Money
from shared.period import Month
from tests.benefits.conftest import SICK, Office
from tests.there import there

FEBRUARY = Month.parse("2025-02")


def kip(units: str) -> Money:
    return Money.parse(units, "LAK")


def second_job(act: Act, worker: PersonId) -> EmployerId:
    garments = people.register_employer(act, office_id="svk", number="SVK-0002", name="ອື່ນ", name_latin="Garments")
    people.record_employment(act, worker, garments, date(2024, 1, 1), pay="monthly")
    return garments


def wages(act: Act, worker: PersonId, month: Month) -> list[Money]:
    return sorted(c.wage for c in store.persons.declared(act, worker, month))


def test_both_wages_of_a_month_count(office: Office) -> None:
    worker = PersonId(office.someone(wage="1600000"))
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        garments = second_job(act, worker)
        for n in range(14):
            told = people.record_contribution(act, worker, FEBRUARY.plus(-n), kip("1000000"), employer_id=garments)
            assert told == "accepted"
        claim = claims.open_claim(act, worker, benefit="sickness", received_on=date(2025, 5, 20), facts=SICK)
        two_jobs = claims.picture(act, store.claims.get(act, claim)).assessment
        one = PersonId(office.someone(wage="2600000", number="1004182299"))
        claim = claims.open_claim(act, one, benefit="sickness", received_on=date(2025, 5, 20), facts=SICK)
        one_job = claims.picture(act, store.claims.get(act, claim)).assessment
    assert there(two_jobs).total == there(one_job).total
    assert there(one_job).total.minor > 0


def test_an_employer_corrects_its_own_word_only(office: Office) -> None:
    worker = PersonId(office.someone(wage="1600000"))
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        garments = second_job(act, worker)
        people.record_contribution(act, worker, FEBRUARY, kip("1000000"), employer_id=garments)
        assert people.record_contribution(act, worker, FEBRUARY, kip("1000000"), employer_id=garments) == "duplicate"
        assert people.record_contribution(act, worker, FEBRUARY, kip("1200000"), employer_id=garments) == "corrected"
        assert wages(act, worker, FEBRUARY) == [kip("1200000"), kip("1600000")]


def test_a_word_without_an_employer_is_the_only_one_there_is(office: Office) -> None:
    """What the institution took over without naming the employer is not counted a second time."""
    worker = PersonId(office.someone(months=1))
    earlier = Month.parse("2024-11")
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        garments = second_job(act, worker)
        people.record_contribution(act, worker, earlier, kip("900000"))
        assert people.record_contribution(act, worker, earlier, kip("900000"), employer_id=garments) == "duplicate"
        assert people.record_contribution(act, worker, earlier, kip("950000"), employer_id=garments) == "corrected"
        assert wages(act, worker, earlier) == [kip("950000")]
        assert people.record_contribution(act, worker, earlier, kip("900000")) == "corrected"
        assert wages(act, worker, earlier) == [kip("900000")]


def test_an_employer_does_not_correct_the_institution(office: Office) -> None:
    worker = PersonId(office.someone(months=1))
    earlier = Month.parse("2024-11")
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        garments = second_job(act, worker)
        people.record_contribution(act, worker, earlier, kip("900000"))
        theirs = Act(
            connection=act.connection,
            actor=Actor("g", "account", frozenset({"employer"}), employer=garments),
            now=act.now,
            today=act.today,
        )
        with pytest.raises(DeclaredByAnother):
            people.record_contribution(theirs, worker, earlier, kip("9000000"), employer_id=garments)


def test_only_wages_of_one_kind_that_were_paid_add_up() -> None:
    worker, month = PersonId("w"), Month.parse("2025-01")
    told = [
        Contribution(worker, month, kip("500000"), False, "compulsory", EmployerId("a")),
        Contribution(worker, month, kip("900000"), True, "compulsory", EmployerId("b")),
        Contribution(worker, month, kip("700000"), True, "voluntary", None),
        Contribution(worker, month, kip("300000"), True, "compulsory", EmployerId("c")),
    ]
    assert [(c.month, c.wage, c.paid, c.kind) for c in together(told)] == [(month, kip("1200000"), True, "compulsory")]
