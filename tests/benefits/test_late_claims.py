"""A claim is late when the law in force says so, not after the same days in every country."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.benefits.law.case_files import read_case_files
from services.benefits.law.vocabulary import PACKS
from tests.benefits.conftest import Office
from tests.benefits.test_history import institution_of, insured

__all__ = ["institution_of"]


def warned(office: Office, country: str, case_id: str, received: date) -> list[str]:
    """The codes of the doubts about the claim of a case file that comes in on a day."""
    (file,) = [f for f in read_case_files(PACKS / country) if f.id == case_id]
    case = file.case().json()
    facts: dict[str, Any] = {k: case[k] for k in ("spell", "employments", "event", "certificates") if k in case}
    body = {
        "person_id": insured(office, file),
        "benefit": case["benefit"],
        "received_on": str(received),
        "facts": facts,
        "papers": {},
    }
    answer = office.clerk.post("/v1/claims", body)
    assert answer.status_code == 201, answer.json
    return [w["code"] for w in answer.json["warnings"]]


@pytest.mark.parametrize(
    ("country", "case_id", "received", "late"),
    [
        pytest.param(
            "la", "LA-S1", date(2026, 3, 20), False, id="Lao PDR: within twelve months of the first payable day"
        ),
        pytest.param("la", "LA-S1", date(2026, 5, 20), True, id="Lao PDR: after them"),
        pytest.param("th", "TH-S1", date(2027, 1, 20), False, id="Thailand: the second year is still in time"),
        pytest.param("th", "TH-S1", date(2028, 1, 20), True, id="Thailand: after two years"),
    ],
)
def test_the_laws_own_time_limit_decides_whether_a_claim_is_late(
    office: Office, institution_of: Any, country: str, case_id: str, received: date, late: bool
) -> None:
    institution_of(country, {})
    office.on("2036-01-01")
    assert ("claim_late" in warned(office, country, case_id, received)) == late
