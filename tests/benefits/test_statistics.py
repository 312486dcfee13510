"""The numbers of a year: persons, spells and payments are three numbers, and money is the ledger's."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits import store
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.statistics import Spent, age_group, offices_above, part_of
from services.benefits.usecases import statistics
from tests.benefits.conftest import PAPERS, SICK, Office
from tests.benefits.visitors import Browser


def decided(office: Office, person: str, officer: str = "officer") -> dict[str, Any]:
    """A sickness of spring that was received on the day and decided ten days later."""
    office.on("2025-05-20")
    body = {"person_id": person, "benefit": "sickness", "received_on": "2025-05-20", "facts": SICK, "papers": PAPERS}
    claim = getattr(office, officer.replace("officer", "clerk")).post("/v1/claims", body).json
    path = f"/v1/claims/{claim['id']}"
    submitted = getattr(office, officer).post(f"{path}/submission", etag=claim["version"]).json
    office.on("2025-05-30")
    for warning in getattr(office, officer).get(path).json["warnings"]:
        if warning["judge"]:
            said = {"warning": warning["id"], "why": "looked at"}
            submitted = getattr(office, officer).post(f"{path}/judgements", said, etag=submitted["version"]).json
    made = getattr(office, officer).post(f"{path}/decisions", {}, etag=submitted["version"])
    assert made.status_code == 201, made.json
    answer: dict[str, Any] = {"claim": claim["id"]} | made.json
    return answer


def counted(office: Office, spent: dict[str, Spent], year: int = 2025) -> dict[str, Any]:
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        body = statistics.count_year(act, year, {ClaimId(id_): row for id_, row in spent.items()})
        store.statistics.keep(act, year, act.now, body)
    return body


def test_a_year_is_counted_from_the_register_the_decisions_and_the_ledger(office: Office) -> None:
    her = office.someone(until="2025-02", months=14)
    made = decided(office, her)
    office.someone("ນາງ ດາວ", "Dao Keo", months=0)
    elsewhere = "00000000-0000-7000-8000-000000000001"
    body = counted(
        office,
        {
            made["claim"]: Spent(date(2025, 6, 5), {6: 100_000_00, 7: 50_000_00}),
            elsewhere: Spent(None, {6: 7}),
        },
    )
    whole = body["offices"]["hq"]["all"][""]
    assert (whole["protected"], whole["received"], whole["pending"]) == (1, 1, 0)
    assert whole["granted"] + whole["granted_in_part"] + whole["refused"] == 1
    assert (whole["recipients"], whole["spells"], whole["expenditure"]) == (1, 1, 150_000_00)
    assert whole["to_decision"] == {"median": 10, "p90": 10}
    assert whole["to_payment"] == {"median": 16, "p90": 16}
    assert (body["ledger"], body["elsewhere"]) == (150_000_07, 7), "the whole of the ledger stands beside"
    assert body["offices"]["svk"] == body["offices"]["hq"]
    months = body["offices"]["hq"]["month"]
    assert months["2025-06"]["expenditure"] == 100_000_00
    assert months["2025-02"]["protected"] == 1
    assert "2025-03" not in months or months["2025-03"]["protected"] == 0
    assert list(body["offices"]["hq"]["sex"]) == ["female"]
    assert list(body["offices"]["hq"]["age"]) == ["35-39"]


def test_days_are_counted_in_the_month_in_which_they_lie(office: Office) -> None:
    made = decided(office, office.someone())
    numbers = counted(office, {})["offices"]["svk"]
    paid = {
        run["from"]: run for run in made["assessment"]["timeline"] if run["code"] == "P"
    }  # the days that the decision itself tells
    days = sum((date.fromisoformat(r["to"]) - date.fromisoformat(r["from"])).days + 1 for r in paid.values())
    assert numbers["all"][""]["days"] == days > 0
    assert sum(n["days"] for n in numbers["month"].values()) == days


def test_a_branch_reads_its_own_numbers_and_the_head_office_all(office: Office) -> None:
    decided(office, office.someone())
    decided(office, office.someone("ນາງ ຄຳ", "Kham Vongsa", office="vte"), "officer_of_vte")
    counted(office, {})
    received = {
        who: getattr(office, who).get("/v1/statistics?year=2025").json["groups"]["all"][""]["received"]
        for who in ("supervisor", "supervisor_of_vte", "auditor_of_hq")
    }
    assert received == {"supervisor": 1, "supervisor_of_vte": 1, "auditor_of_hq": 2}
    assert office.officer.get("/v1/statistics?year=2025").status_code == 403
    assert office.payment_officer.get("/v1/statistics?year=2025").status_code == 403


def test_a_year_that_was_never_counted_is_being_counted_and_says_so(office: Office) -> None:
    answer = office.supervisor.get("/v1/statistics?year=2025")
    assert (answer.status_code, answer.json["code"]) == (202, "being_counted")
    assert "Retry-After" in answer.headers
    with office.service.engine.connect() as connection:
        jobs = connection.exec_driver_sql("SELECT count(*) FROM job WHERE kind = 'count_statistics'").scalar_one()
    assert jobs == 1
    supervisor = Browser(office, office.supervisor)
    assert "being counted" in supervisor.open("/statistics?year=2025")
    assert supervisor.client.get("/statistics?year=1900").status_code == 404
    assert supervisor.client.get("/statistics?year=2026").status_code == 404, "nobody counts a year to come"


def test_the_page_and_the_workbook_tell_the_same(office: Office) -> None:
    made = decided(office, office.someone())
    counted(office, {made["claim"]: Spent(date(2025, 6, 5), {6: 1_866_667_00})})
    supervisor = Browser(office, office.auditor_of_hq)
    page = supervisor.open("/statistics?year=2025")
    assert "1,866,667" in page
    assert "Expenditure in the ledger of payments" in page
    book = openpyxl.load_workbook(io.BytesIO(supervisor.client.get("/statistics/2025.xlsx").data))
    assert book.sheetnames == ["all", "sex", "age", "month", "benefit", "SSI sickness and maternity"]
    rows = {row[0]: row[1] for row in book["SSI sickness and maternity"].values}
    assert rows["Expenditure on benefits"] == "1866667.00", "an amount is text: no program makes a float of it"
    assert rows["Benefits paid (spells)"] == 1
    assert book["month"]["A2"].value.startswith("2024") or book["month"]["A2"].value.startswith("2025")


@pytest.mark.parametrize(
    ("born", "group"),
    [(None, "unknown"), ("2010-01-01", "-19"), ("2005-12-31", "20-24"), ("1966-01-01", "55-59"), ("1965-12-31", "60-")],
)
def test_an_age_is_the_one_at_the_end_of_the_year(born: str | None, group: str) -> None:
    assert age_group(date.fromisoformat(born) if born else None, 2025) == group


def test_an_office_counts_for_those_above_it() -> None:
    assert list(offices_above("a.b.c")) == ["a.b.c", "a.b", "a", "hq"]
    assert list(offices_above("hq")) == ["hq"]


@given(st.lists(st.integers(0, 400), min_size=1), st.sampled_from([Fraction(1, 2), Fraction(9, 10)]))
def test_within_the_told_days_at_least_the_share_was_done_and_within_fewer_it_was_not(
    days: list[int], share: Fraction
) -> None:
    told = part_of(days, share)
    assert told is not None
    assert Fraction(sum(d <= told for d in days), len(days)) >= share
    assert Fraction(sum(d < told for d in days), len(days)) < share


def test_a_report_to_the_ilo_is_offered_what_the_institution_counts_itself(office: Office) -> None:
    """Beside the number of the country, which no institution has, with its source; for who reads statistics alone."""
    office.someone(until="2025-02", months=14)
    office.someone("ນາງ ດາວ", "Dao Keo", months=2, until="2025-02")
    counted(office, {})
    for code, article in (("c102", "Persons insured with this institution"), ("c183", "Women insured")):
        there = f"/standards/la/{code}?on=2026-06-01"
        page = Browser(office, office.auditor_of_hq).client.get(there).text
        assert "Counted by this institution in 2025" in page
        assert article in page
        assert "its own statistics, /statistics" in page
        assert "To be filled in by the ministry: Women protected" in page  # it closes no gap
        assert "Counted by this institution" not in office.app.test_client().get(there).text
        for other in (office.clerk, office.auditor):  # the number of one branch is no number of the institution
            assert "Counted by this institution" not in Browser(office, other).client.get(there).text
    assert (
        "Counted by this"
        not in Browser(office, office.auditor_of_hq).client.get("/standards/vn/c102?on=2026-06-01").text
    )
