"""All letters an office has not printed yet come out as one paper, with a cover sheet that names nobody."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select, text

from services.notifications.tables import letter_batch, letter_in_batch, letter_print
from services.notifications.usecases import batches
from shared.tables import audit
from tests.notifications.conftest import OFFICE, OTHER_OFFICE, Person, Town
from tests.notifications.test_letters import read, written


def someone(town: Town, number: str, office: str = OFFICE) -> Person:
    return town.benefits.knows(
        Person(full=f"ນາງ {number}", latin=f"Person {number}", claim_number=number, office=office)
    )


@pytest.fixture
def three(town: Town) -> list[Person]:
    """Two people of her office and one of another, each with a letter to be printed."""
    people = [
        someone(town, "250000000018"),
        someone(town, "250000000026"),
        someone(town, "250000000034", office=OTHER_OFFICE),
    ]
    for person in people:
        written(town, person)
    return people


def prints(clerk: Any, key: str = "one") -> str:
    answer = clerk.post("/letters/batches", data={"csrf_token": "c5rf", "_key": key})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def rows(town: Town, table: Any) -> list[Any]:
    with town.service.engine.connect() as connection:
        return list(connection.execute(select(table)).all())


@pytest.mark.poppler
def test_her_offices_letters_are_one_paper_with_a_cover_that_counts_them(
    town: Town, three: list[Person], tmp_path: Path
) -> None:
    clerk = town.signed_in("clerk")
    assert "Print all 2 letters that are not printed yet" in clerk.get("/letters?lang=en").text
    answer = clerk.get(prints(clerk))
    assert answer.content_type == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        alone = pikepdf.Pdf.new()
        alone.pages.append(pdf.pages[0])
        out = io.BytesIO()
        alone.save(out)
        pages = len(pdf.pages)
    cover, whole = read(out.getvalue(), tmp_path), read(answer.data, tmp_path)
    assert "250000000018" in cover
    assert "250000000026" in cover
    assert "250000000034" not in whole
    assert "Letters to post" in cover
    assert "Noy" in cover
    assert not any(person.full in cover or person.latin in cover for person in three)
    assert three[0].full in whole
    assert pages > 4


def test_each_letter_is_marked_as_printed_by_whom_and_when(town: Town, three: list[Person]) -> None:
    clerk = town.signed_in("clerk")
    prints(clerk)
    assert [town.letter(person).state for person in three] == ["printed", "printed", "rendered"]
    assert {row.by for row in rows(town, letter_print)} == {"clerk-1"}
    (batch,) = rows(town, letter_batch)
    assert (batch.office_id, batch.by, batch.letters) == (OFFICE, "clerk-1", 2)
    assert [row.no for row in rows(town, letter_in_batch)] == [1, 2]
    listing = clerk.get("/letters?lang=en").text
    assert "Print all" not in listing
    assert f"/letters/batches/{batch.id}" in listing


@pytest.mark.parametrize("key", ["one", "another"])
def test_sent_twice_it_is_the_same_batch(town: Town, three: list[Person], key: str) -> None:
    clerk = town.signed_in("clerk")
    first = prints(clerk)
    assert prints(clerk, key) == first
    assert len(rows(town, letter_batch)) == 1
    assert len(rows(town, letter_print)) == 2


def test_a_letter_that_comes_later_is_a_batch_of_its_own(town: Town, three: list[Person]) -> None:
    clerk = town.signed_in("clerk")
    first = prints(clerk)
    written(town, someone(town, "250000000042"))
    assert prints(clerk, "two") != first
    assert sorted(batch.letters for batch in rows(town, letter_batch)) == [1, 2]


def test_with_nothing_to_print_there_is_no_batch(town: Town) -> None:
    clerk = town.signed_in("clerk")
    assert prints(clerk) == "/letters?state=rendered"
    assert rows(town, letter_batch) == []


@pytest.mark.poppler
def test_once_out_of_the_printer_the_letters_are_copies_without_the_code(
    town: Town, three: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = town.signed_in("clerk")
    place = prints(clerk)
    assert "40718256" in read(clerk.get(place).data, tmp_path)
    monkeypatch.setattr(batches, "HANDLING", timedelta(0))
    later = read(clerk.get(place).data, tmp_path)
    assert "40718256" not in later
    assert "ສຳເນົາ" in later


def test_nobody_sees_the_batch_of_another_office_and_who_looks_is_noted(town: Town, three: list[Person]) -> None:
    place = prints(town.signed_in("clerk"))
    assert town.signed_in("clerk", office=OTHER_OFFICE).get(place).status_code == 404
    assert town.signed_in("auditor").get(place).status_code == 403
    town.signed_in("officer").get(place)
    looked = [row for row in rows(town, audit) if "batches" in str(row._asdict())]
    assert looked


def test_a_batch_is_kept_as_it_was_printed(town: Town, three: list[Person]) -> None:
    prints(town.signed_in("clerk"))
    for change in ("UPDATE letter_batch SET letters = 1", "DELETE FROM letter_in_batch"):
        with pytest.raises(Exception, match="append-only"), town.service.engine.begin() as connection:
            connection.execute(text(change))
