"""Months of contributions as the desk's programs declare them and take them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.domain.ids import EmployerId
from services.benefits.usecases import people
from services.benefits.views import answers
from shared.act import Act
from shared.period import Month
from shared.web.doors import Answer, Doors

doors = Doors()


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/contributions",
    roles=("officer", "supervisor", "administrator"),
    takes=s.ContributionsIn,
    gives=s.Answers,
    status=201,
)
def record_contributions(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Record or correct declared wages by month."""
    person, told = store.persons.get(act, str(person_id)), []
    for n, item in enumerate(body["months"], start=1):
        outcome = people.record_contribution(
            act,
            person.id,
            Month.parse(item["month"]),
            item["wage"],
            paid=item["paid"],
            kind=item["kind"],
            employer_id=body["employer_id"],
        )
        told.append({"row": n, "outcome": outcome, "code": None, "id": None})
    return {"items": told}


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/contributions/withdrawal",
    roles=("officer", "supervisor"),
    takes=s.WithdrawnMonthIn,
    gives=s.PersonOut,
    status=201,
    conditional=True,
)
def withdraw_contribution(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Take back a month that cannot have been, with a reason; what it said is kept."""
    month, employer = Month.parse(body["month"]), EmployerId(body["employer_id"]) if body["employer_id"] else None
    person = people.withdraw_contribution(act, str(person_id), if_match, month, employer, why=body["why"])
    return Answer(answers.persons(act, [person])[0], headers={"ETag": f'"{person.version}"'})
