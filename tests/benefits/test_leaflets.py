"""A leaflet of each benefit, made from the pack in force: what it says is what the law says, in every language."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from flask import Flask

from services.benefits.law import in_force
from services.benefits.law.leaflet import Entry, leaflet
from services.benefits.law.pack import Pack
from services.benefits.law.vocabulary import countries
from services.benefits.views import leaflet as view
from shared.web import pages, texts
from shared.web.texts import LANGUAGES
from tests.benefits.visitors import Phone

TODAY = date(2026, 11, 1)
EVERY = [(country, code) for country in countries() for code in in_force.pack(country, TODAY).benefits]
#: Countries whose law has been written for real; the others are a model and a trial.
REAL = ("la", "mm", "th", "vn")


def entries_of(pack: Pack, code: str) -> list[Entry]:
    found = leaflet(pack, code, TODAY)
    return [*found.conditions, *found.amounts, *found.deadline, *found.rules]


@pytest.mark.parametrize(("country", "code"), EVERY)
def test_a_leaflet_says_all_the_benefit_rests_on_each_thing_once(country: str, code: str) -> None:
    pack = in_force.pack(country, TODAY)
    said = [entry.name for entry in entries_of(pack, code)]
    assert sorted(said) == sorted(pack.benefits[code].book.names())
    found = leaflet(pack, code, TODAY)
    assert found.conditions
    assert found.amounts


@pytest.mark.parametrize(("country", "code"), [(country, code) for country, code in EVERY if country in REAL])
def test_every_real_leaflet_names_the_time_to_claim(country: str, code: str) -> None:
    assert leaflet(in_force.pack(country, TODAY), code, TODAY).deadline


@pytest.mark.parametrize(("country", "code"), EVERY)
def test_a_leaflet_has_words_in_each_language(pages_of_benefits: Flask, country: str, code: str) -> None:
    pack = in_force.pack(country, TODAY)
    for language in LANGUAGES:
        with pages_of_benefits.test_request_context("/"):
            pages.speak(language)
            page = view.page(pack, code, TODAY, [])
            for point in (*page.conditions, *page.amounts, *page.deadline, *page.rules):
                assert point.text
                assert point.citation.text
                assert "{" not in point.value
            words = [*page.papers, *page.asked, page.title]
            assert all(words)
    if country not in REAL:
        return
    known = texts.catalogue("lo")
    body = pack.benefits[code]
    for msg in [entry.description for entry in entries_of(pack, code)] + [f.question for f in body.facts.values()]:
        assert msg in known, msg


@pytest.mark.parametrize(("country", "code"), [(country, code) for country, code in EVERY if country == "la"])
def test_a_figure_raised_by_one_changes_the_leaflet(pages_of_benefits: Flask, country: str, code: str) -> None:
    """The paper says the pack's figures and no other: move any of them, and one line of the paper moves."""
    pack = in_force.pack(country, TODAY)
    with pages_of_benefits.test_request_context("/"):
        pages.speak("en")
        before = _values(pack, code)
        for name, figure in pack.benefits[code].book.figures.items():
            value = figure.on(TODAY).value
            if not isinstance(value, Fraction):
                continue
            moved = _values(pack.with_figure(name, TODAY, value + 1, code), code)
            assert {key for key in before if before[key] != moved[key]} == {name}, name


def _values(pack: Pack, code: str) -> dict[str, str]:
    return {entry.name: view.value(entry, pack.currency) for entry in entries_of(pack, code) if entry.unit}


def test_the_first_page_leads_to_the_leaflets_and_each_to_its_paper(phone: Phone) -> None:
    assert 'href="/leaflets"' in phone.open("/?lang=en")
    shelf = phone.open("/leaflets?lang=en")
    ways = re.findall(r'href="(/leaflets/\w+)"', shelf)
    assert ways == ["/leaflets/sickness", "/leaflets/birth", "/leaflets/miscarriage"]
    for way in ways:
        assert "For whom, and under which conditions" in phone.open(f"{way}?lang=en")


def test_the_leaflet_of_a_birth_says_how_much_until_when_and_how_to_object(phone: Phone) -> None:
    page = phone.open("/leaflets/birth?lang=en") and phone.words
    assert "Monthly allowance, as a part of the average insured salary: 80 %" in page
    assert "Days of paid leave for one child: 105 days" in page
    assert "Months in which a claim is to be made: 12 months" in page
    assert "You can object within 60 days of the decision." in page
    assert "The birth certificate of the child, or the paper of the hospital" in page
    assert "+85641212000" in page
    assert "still to be confirmed" in page
    assert "◐" in page


@pytest.mark.parametrize("language", ["lo", "th", "vi", "my"])
def test_a_leaflet_is_read_in_the_language_asked_for(phone: Phone, language: str) -> None:
    page = phone.open(f"/leaflets/sickness?lang={language}")
    assert f'<html lang="{language}">' in page
    assert "For whom" not in phone.words
    assert "You can object" not in phone.words


@pytest.mark.parametrize("path", ["/leaflets/king", "/leaflets/adoption"])
def test_there_is_no_leaflet_of_what_the_law_does_not_know(phone: Phone, path: str) -> None:
    phone.open(path, expect=404)


def test_the_paper_has_its_own_look(phone: Phone) -> None:
    answer = phone.client.get("/leaflets?as=sheet")
    assert answer.content_type.startswith("text/css")
    assert "@media print" in answer.text
