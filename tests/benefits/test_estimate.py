"""What am I entitled to? Anybody asks, of every benefit of every country; nothing is stored, nothing is made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from services.benefits import tables as t
from services.benefits.domain.assessment import QUESTIONS
from services.benefits.law import in_force
from services.benefits.law.pack import Benefit
from services.benefits.law.vocabulary import countries
from services.benefits.usecases import estimating
from services.benefits.views import estimate as view
from shared.money import Money
from shared.tables import audit
from shared.web import pages
from tests.benefits.conftest import Office
from tests.benefits.visitors import Phone

TODAY = date(2026, 11, 1)
EVERY = [(country, code) for country in countries() for code in in_force.pack(country, TODAY).benefits]
#: An ordinary case, whatever the benefit asks of it: a stay of five days in October.
DAYS = {
    "first_day": date(2026, 10, 5),
    "last_day": date(2026, 10, 9),
    "birth_on": date(2026, 10, 5),
    "child_born_on": date(2026, 9, 1),
    "leave_ended_on": date(2026, 10, 2),
    "mother_died_on": date(2026, 10, 6),
    "handed_over_on": date(2026, 10, 20),
}
COUNTS = {"pregnancy_weeks": 12, "pregnancy_months": 9, "children": 1, "sick_days_in_year": 35}
WAGES = {"la": "3200000", "vn": "12000000", "mm": "300000"}


@pytest.fixture
def speaking(pages_of_benefits: Flask) -> Iterator[None]:
    with pages_of_benefits.test_request_context("/?lang=en"):
        pages.speak("en")
        yield


def body_of(country: str, code: str) -> Benefit:
    return in_force.pack(country, TODAY).benefits[code]


def ordinary(country: str, code: str) -> dict[str, Any]:
    """Answers to the six questions, as somebody with an ordinary case would give them."""
    answers: dict[str, Any] = {}
    for one in estimating.questions(body_of(country, code), ("employee", "voluntary")):
        if one.kind == "wages":
            currency = in_force.pack(country, TODAY).currency
            answers |= {"wage": Money.parse(WAGES.get(country, "9000"), currency), "months": 24}
        elif one.kind == "date" and (one.required or one.name == "first_day"):
            answers[one.name] = DAYS.get(one.name, date(2026, 10, 5))
        elif one.kind == "bool" and one.required:
            answers[one.name] = True
        elif one.kind == "int" and one.required:
            answers[one.name] = COUNTS.get(one.name, 1)
        elif one.kind == "word" and one.required:
            answers[one.name] = one.choices[0]
    return answers


@pytest.mark.parametrize(("country", "code"), EVERY)
def test_every_benefit_of_every_country_is_estimated_or_says_why_not(country: str, code: str) -> None:
    body = body_of(country, code)
    asked = estimating.questions(body, ("employee", "voluntary"))
    assert 2 <= len(asked) <= 6
    found = estimating.estimate(country, body, ordinary(country, code), TODAY)
    assessment = found.assessment
    if assessment.outcome == QUESTIONS:
        assert all(question.text.msg for question in assessment.questions)
        assert assessment.questions
    else:
        assert assessment.findings
        assert all(finding.citation.text for finding in assessment.findings)
        assert assessment.reason is not None
    unasked = {name for name in body.facts if "." not in name} - {one.name for one in asked}
    assert unasked - {"contributions", "certificates"} <= {one.spec.name.removeprefix("event.") for one in found.taken}


def test_most_benefits_can_be_estimated() -> None:
    """Which cannot be is a list that somebody looks at when it grows."""
    open_ = [
        f"{country} {code}"
        for country, code in EVERY
        if estimating.estimate(country, body_of(country, code), ordinary(country, code), TODAY).assessment.outcome
        == QUESTIONS
    ]
    assert open_ == ["vn death_of_mother"]  # whose wages count is not settled by whose are named


def test_the_amount_is_the_one_the_desk_would_come_to() -> None:
    """No second arithmetic: the answers become a case, and the engine that decides claims carries it out."""
    body = body_of("vn", "paternity")
    answers = ordinary("vn", "paternity")
    found = estimating.estimate("vn", body, answers, TODAY)
    assert found.assessment.total.decimal() != "0"
    more = estimating.estimate("vn", body, answers | {"wage": Money.parse("24000000", "VND")}, TODAY)
    assert more.assessment.total.minor == 2 * found.assessment.total.minor


def test_what_was_taken_for_granted_says_whether_it_matters() -> None:
    found = estimating.estimate("vn", body_of("vn", "voluntary_grant"), ordinary("vn", "voluntary_grant"), TODAY)
    assert found.assessment.outcome == "refused"  # an employee has the other scheme
    answers = ordinary("vn", "voluntary_grant") | {"insured_as": "voluntary"}
    found = estimating.estimate("vn", body_of("vn", "voluntary_grant"), answers, TODAY)
    taken = {one.spec.name: one for one in found.taken}
    assert taken["compulsory_benefit"].value is False
    assert taken["compulsory_benefit"].matters


SICKNESS: dict[str, Any] = {
    "benefit": "sickness",
    "first_day": "3/3/2025",
    "last_day": "16/5/2025",
    "wage_paid_until": "1/4/2025",
    "wage": "3,200,000",
    "months": "12",
}


def test_an_estimate_needs_no_name_and_stores_nothing(office: Office, phone: Phone) -> None:
    phone.open("/estimate?lang=en")
    page = phone.send("/estimate", **SICKNESS)
    assert "Probably yes, about" in page
    assert "3,360,000" in page
    assert "An estimate, not a decision." in page
    assert "LSSO page" in page
    assert "What is not known" in page
    with office.service.engine.connect() as connection:
        assert connection.execute(select(t.claim)).first() is None
        assert connection.execute(select(audit)).first() is None


def test_an_estimate_says_no_where_the_law_does(office: Office, phone: Phone) -> None:
    phone.open("/estimate?lang=en")
    assert "Probably no" in phone.send("/estimate", **(SICKNESS | {"months": "2"}))


@pytest.mark.parametrize("benefit", ["birth", "miscarriage"])
def test_an_estimate_for_a_birth_and_a_miscarriage(office: Office, phone: Phone, benefit: str) -> None:
    phone.open("/estimate?lang=en")
    page = phone.send(
        "/estimate",
        benefit=benefit,
        first_day="1/4/2025",
        last_day="20/4/2025",
        birth_on="10/4/2025",
        miscarriage_on="1/4/2025",
        children="1",
        pregnancy_months="9" if benefit == "birth" else "4",
        wage="3200000",
        months="14",
    )
    assert "Probably yes, about" in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_day": "31/31"}, "first_day"),
        ({"wage": ""}, "wage"),
        ({"months": "many"}, "months"),
        ({"months": "9999"}, "months"),
        ({"insured_as": "king"}, "insured_as"),
        ({"last_day": "1/1/2025"}, "last_day"),
        ({"first_day": "1/1/1950", "last_day": "2/1/1950"}, "first_day"),
    ],
)
def test_an_answer_that_cannot_be_is_marked_and_the_rest_is_kept(
    office: Office, phone: Phone, change: dict[str, str], field: str
) -> None:
    phone.open("/estimate?lang=en")
    page = phone.send("/estimate", expect=422, **(SICKNESS | change))
    assert f'href="#f-{field}"' in page
    assert 'value="sickness"' in page


def test_the_first_page_leads_to_the_estimate_and_the_estimate_to_the_leaflet(phone: Phone) -> None:
    assert 'href="/estimate"' in phone.open("/?lang=en")
    assert 'href="/leaflets/birth"' in phone.open("/estimate?lang=en&benefit=birth")


@pytest.mark.parametrize(("country", "code"), EVERY)
def test_each_form_has_words_for_what_it_asks(speaking: None, country: str, code: str) -> None:
    page = view.page(country, code, {}, TODAY)
    assert page.benefit == code
    numbers = [question.number for question in page.questions if question.number]
    assert numbers == [f"{n}. " for n in range(1, len(numbers) + 1)]
    assert all(question.label and not re.fullmatch(r"[a-z_]+", question.label) for question in page.questions)


@pytest.mark.parametrize(("country", "code"), EVERY)
def test_a_form_sent_as_it_stands_is_answered_or_says_what_is_needed(speaking: None, country: str, code: str) -> None:
    form = {question.name: question.value for question in view.page(country, code, {}, TODAY).questions}
    assert view.page(country, code, form | {"benefit": code}, TODAY).errors
