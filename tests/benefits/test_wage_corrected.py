"""A wage is corrected at the desk with a reason, and the employer whose word it was is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.benefits import tables as t
from tests.benefits.conftest import Office
from tests.benefits.test_employer_pages import another_employer, employer_of
from tests.benefits.visitors import Browser

WHY = "pay slip of March, seen at the counter"


@pytest.fixture
def person(office: Office) -> str:
    return office.someone()


def month_of(office: Office, person: str, month: str = "2025-02") -> str:
    """A month as the form offers it: with whose word it is."""
    c = t.contribution.c
    with office.service.engine.connect() as connection:
        employer = connection.scalar(select(c.employer_id).where(c.person_id == person, c.month == month))
    return f"{month} {employer}"


def corrects(office: Office, person: str, expect: int = 200, **typed: str) -> str:
    version = str(office.officer.get(f"/v1/persons/{person}").json["version"])
    form = {"wage_month": month_of(office, person), "wage": "3,450,000", "wage_why": WHY, "version": version} | typed
    desk = Browser(office, office.officer)
    return desk.send(f"/desk/persons/{person}/contributions/correction", expect, **form)


def test_the_desk_corrects_a_wage_and_keeps_what_it_said(office: Office, person: str) -> None:
    page = corrects(office, person)
    assert "2025-02: 3,200,000 → 3,450,000" in page
    assert WHY in page
    with office.service.engine.connect() as connection:
        c, h = t.contribution.c, t.contribution_history.c
        assert connection.scalar(select(c.wage_minor).where(c.person_id == person, c.month == "2025-02")) == 345000000
        assert connection.scalar(select(h.wage_minor).where(h.person_id == person)) == 320000000


def test_the_employer_reads_what_was_corrected_and_why(office: Office, person: str) -> None:
    another_employer(office)
    corrects(office, person)
    hers = Browser(office, employer_of(office)).open("/employer?lang=en")
    assert "Wages that the institution corrected" in hers
    assert "3,200,000" in hers
    assert "3,450,000" in hers
    assert WHY in hers
    assert WHY not in Browser(office, employer_of(office, "SVK-0002")).open("/employer?lang=en")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"wage_why": ""}, "This is needed."),
        ({"wage": "850.000.5"}, "Write an amount such as"),
        ({"wage_month": "soon"}, "This is needed."),
    ],
)
def test_nothing_changes_without_a_reason_an_amount_and_a_month(
    office: Office, person: str, typed: dict[str, str], said: str
) -> None:
    assert said in corrects(office, person, 422, **typed)
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(t.contribution_history.c.id)) is None


def test_the_same_wage_tells_nobody_anything(office: Office, person: str) -> None:
    corrects(office, person, wage="3200000")
    assert "corrected" not in Browser(office, employer_of(office)).open("/employer?lang=en")


def test_a_clerk_corrects_no_wage(office: Office, person: str) -> None:
    form = {"wage_month": month_of(office, person), "wage": "1", "wage_why": WHY}
    Browser(office, office.clerk).send(f"/desk/persons/{person}/contributions/correction", 403, **form)


def test_who_corrected_a_wage_does_not_grant_the_money_alone(office: Office, person: str) -> None:
    corrects(office, person)
    with office.service.engine.connect() as connection:
        by = select(t.contribution.c.recorded_by).where(
            t.contribution.c.person_id == person, t.contribution.c.month == "2025-02"
        )
        assert connection.scalar(by) == office.officer.actor.id
