"""An employer's cases one by one, and her people found by name or number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits.pages.employer import EMPLOYER, own, render
from services.benefits.views import employer_cases as view
from shared.act import Act
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()


@doors.page("/employer/cases/<uuid:claim_id>", roles=EMPLOYER)
def case_page(act: Act, claim_id: UUID) -> Any:
    """One case: what it waits for, or what was decided as far as it is hers to know."""
    page = view.case(act, own(act), str(claim_id))
    viewed(page.case.person_id)
    return render(act, "employer_case.html", page)


# By POST, so that no name or number stands in an address; nothing is changed, hence nothing kept for a repeat.
@doors.page("/employer/people", roles=EMPLOYER, method="POST", records=False)
def search(act: Act, form: dict[str, str]) -> Any:
    """Find her people and cases by name or number."""
    page = view.search(act, own(act), form.get("who", ""))
    viewed(*(line.id for line in page.found))
    return render(act, "employer_people.html", page)


@doors.page("/employer/people", roles=EMPLOYER)
def people_page(act: Act) -> Any:
    """The box in which she types a name or a number."""
    own(act)
    return render(act, "employer_people.html", view.FoundPage("", []))
