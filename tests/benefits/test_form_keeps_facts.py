"""Whoever opens a claim and presses Save changes nothing: the form keeps what it does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.vocabulary import PACKS
from services.benefits.usecases.claims import FACTS
from services.benefits.views import forms
from tests.benefits.conftest import Office
from tests.benefits.test_history import institution_of, insured

__all__ = ["institution_of"]

FILES = [f for f in read_case_files(PACKS) if isinstance(f.mapping, Mapping)]


class Form(HTMLParser):
    """What a browser would send of the form of the facts, untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._inside = False
        self._select: str | None = None
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = told.get("id") == "facts"
        if not self._inside:
            return
        if tag == "input" and told.get("name") and told.get("type") != "submit":
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.sent[told["name"]] = told.get("value", "")
        elif tag == "select":
            self._select = told["name"]
            self.sent.setdefault(told["name"], "")
        elif tag == "option" and self._select and "selected" in told:
            self.sent[self._select] = told.get("value", "")
        elif tag == "textarea":
            self._area = told["name"]
            self.sent[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] += data


def opened(office: Office, claim: Mapping[str, Any]) -> dict[str, str]:
    """What the page of a claim would send back, untouched."""
    page = office.client.get(f"/desk/claims/{claim['id']}", headers=office.clerk.headers())
    assert page.status_code == 200, page.text[:500]
    return Form(page.text).sent


def saved(office: Office, claim: Mapping[str, Any]) -> Any:
    """The facts of a claim after its page was opened and saved as it stood."""
    sent = opened(office, claim) | {"do": "save"}
    answer = office.client.post(f"/desk/claims/{claim['id']}", data=sent, headers=office.clerk.headers())
    assert answer.status_code in (200, 302, 303), answer.text[:500]
    return office.clerk.get(f"/v1/claims/{claim['id']}").json["facts"]


def drafts(office: Office, files: list[CaseFile]) -> Iterator[tuple[CaseFile, dict[str, Any], dict[str, Any]]]:
    """A draft for each case file, with the facts of the file as a claim holds them."""
    person = insured(office, files[0])
    for file in files:
        facts = {name: value for name, value in file.case().json().items() if name in FACTS}
        body = {"person_id": person, "benefit": file.case().benefit, "facts": facts, "papers": {}}
        by = office.officer if "judgements" in facts else office.clerk  # judgements are an officer's
        answer = by.post("/v1/claims", body)
        assert answer.status_code == 201, (file.id, answer.json)
        yield file, facts, answer.json


@pytest.mark.parametrize("country", sorted({f.mapping["country"] for f in FILES}))
def test_every_case_file_is_the_same_after_opening_and_saving(
    country: str, office: Office, institution_of: Any
) -> None:
    institution_of(country, {})
    office.on("2036-01-01")
    with_facts = [f for f in FILES if f.mapping["country"] == country]
    today = office.service.clock.today()
    for file, facts, claim in drafts(office, with_facts):
        specs = forms.event_facts(country, file.case().benefit, today)
        form = opened(office, claim)
        typed = forms.read_form(form, known=facts, specs=specs, today=today, language="en", by="clerk")
        assert (typed.facts, typed.errors) == (facts, {}), file.id


def test_nine_certificates_stay_nine_each_with_its_illness(office: Office) -> None:
    papers = [
        {"number": f"N{n}", "from": f"2025-03-{n:02d}", "to": f"2025-03-{n:02d}", "illness": "J18"}
        for n in range(1, 10)
    ]
    facts = {"spell": {"first_day": "2025-03-01", "fit_on": "2025-03-10"}, "certificates": papers}
    body = {"person_id": office.someone(), "benefit": "sickness", "facts": facts, "papers": {}}
    claim = office.clerk.post("/v1/claims", body).json
    assert saved(office, claim) == facts
