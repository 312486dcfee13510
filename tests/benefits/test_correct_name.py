"""A name that was written wrongly is corrected with its paper, and what it said before is kept."""

from __future__ import annotations

from typing import Any

from tests.benefits.conftest import Office
from tests.benefits.visitors import Browser

WRONG, RIGHT = "ນາງ ບຸນມີ ສີສະຫວັດ", "ນາງ ບຸນມາ ສີສະຫວັດ"


def test_a_name_is_corrected_with_its_paper(office: Office) -> None:
    her = office.someone()
    page = Browser(office, office.officer)
    page.open(f"/desk/persons/{her}?lang=en")
    form: dict[str, Any] = {
        "name": RIGHT,
        "name_latin": "Bounma Sisavath",
        "name_why": "family book 114",
        "version": "2",
    }
    shown = page.send(f"/desk/persons/{her}/name", **form)
    assert RIGHT in shown
    assert "Bounmy Sisavath → Bounma Sisavath" in shown, "what it said before stands in her history"
    assert "book 114" in shown
    assert RIGHT in page.open("/desk/search?q=Bounma")
    assert RIGHT not in page.open("/desk/search?q=Bounmy")
    page.send(f"/desk/persons/{her}/name", expect=412, **form | {"name": WRONG, "key": "stale"})


def test_a_name_that_cannot_be_is_refused_where_it_was_typed(office: Office) -> None:
    her = office.someone()
    page = Browser(office, office.officer)
    form: dict[str, Any] = {"name": "????", "name_latin": "", "name_why": "a paper", "version": "2"}
    assert "????" in page.send(f"/desk/persons/{her}/name", expect=422, **form)
    page.send(f"/desk/persons/{her}/name", expect=422, **form | {"name": RIGHT, "name_why": "", "key": "why"})


def test_a_clerk_and_another_office_correct_no_name(office: Office) -> None:
    her = office.someone()
    form: dict[str, Any] = {"name": RIGHT, "name_why": "a paper", "version": "2"}
    Browser(office, office.clerk).send(f"/desk/persons/{her}/name", expect=403, **form)
    Browser(office, office.officer_of_vte).send(f"/desk/persons/{her}/name", expect=404, **form)
