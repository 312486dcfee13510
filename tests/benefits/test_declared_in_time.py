"""An employer declares wages within the institution's months; what lies before that the institution declares itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.benefits import store
from services.benefits.domain.ids import PersonId
from services.benefits.usecases import people
from services.benefits.usecases.people import CannotBe
from shared.act import Actor
from shared.money import Money
from shared.period import Month
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import submitted
from tests.benefits.test_one_hand import asks


def declares(office: Office, person: str, month: str, wage: str = "9900000", *, by_employer: bool = True) -> str:
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        job = store.persons.jobs(act, PersonId(person))[0]
        if by_employer:
            actor = Actor("nok", "account", frozenset({"employer"}), employer=job.employer_id, name="Nok")
            act = replace(act, actor=actor)
        money, of = Money.parse(wage, "LAK"), Month.parse(month)
        return people.record_contribution(act, PersonId(person), of, money, employer_id=job.employer_id)


def test_an_employer_declares_two_years_back_and_no_further(office: Office) -> None:
    person = office.someone()
    assert declares(office, person, "2023-05") == "accepted"
    with pytest.raises(CannotBe, match="declared_too_late"):
        declares(office, person, "2023-04")
    assert declares(office, person, "2023-04", by_employer=False) == "accepted", "the institution has papers"


def test_what_he_has_declared_in_time_he_may_send_again_but_not_change(office: Office) -> None:
    person = office.someone()
    office.on("2027-05-20")
    assert declares(office, person, "2025-02", "3200000") == "duplicate"
    with pytest.raises(CannotBe, match="declared_too_late"):
        declares(office, person, "2025-02")


def test_what_he_is_asked_about_an_open_claim_he_answers_for_any_month(office: Office) -> None:
    """And an officer judges it: `test_an_employers_word_makes_no_entitlement`."""
    person = office.someone()
    claim = submitted(office, person)
    with pytest.raises(CannotBe, match="declared_too_late"):
        declares(office, person, "2022-01")
    asks(office, claim)
    assert declares(office, person, "2022-01") == "accepted"
