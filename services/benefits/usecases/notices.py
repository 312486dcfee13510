"""A maternity leave that an employer notifies: facts, not results; a second one soon after another needs her word."""

from __future__ import annotations

from datetime import date

from services.benefits import store
from services.benefits.domain.claim import ClaimState, Origin
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.import_file import Row
from services.benefits.institution import institution
from services.benefits.usecases import cells, claim_doubts, claims
from services.benefits.usecases.cells import RowRefused, Taken
from services.benefits.usecases.claim_doubts import WORD
from shared.act import Act
from shared.money import Money

LONGEST_WORD = 300


def take_notice(act: Act, row: Row) -> Taken:
    """A row of a file: one notice."""
    person = cells.person_id(act, row)
    expected, leave = cells.needed_day(row, "expected_on"), cells.needed_day(row, "leave_from")
    try:
        outcome, id_ = notify_maternity(
            act,
            person,
            expected_on=expected,
            leave_from=leave,
            leave_to=cells.day(row, "leave_to"),
            advance_paid=cells.amount(row, "advance_paid"),
            remarks=cells.text(row, "remarks", 500, free=True),
            pregnancy_no=cells.number(row, "pregnancy_no"),
            word=cells.text(row, WORD, LONGEST_WORD),
        )
    except WordNeeded:
        return Taken("parked", None, "second_notice", WORD)
    return Taken(outcome, id_)


def wrong(act: Act, row: Row) -> list[RowRefused]:
    """All that is wrong with the cells of a row; what depends on two cells is said once both can be read."""

    def expected() -> date:
        return cells.needed_day(row, "expected_on")

    def leave() -> date:
        return cells.needed_day(row, "leave_from")

    found = cells.wrong_in(
        lambda: cells.person_id(act, row),
        expected,
        leave,
        lambda: cells.day(row, "leave_to"),
        lambda: cells.number(row, "pregnancy_no"),
        lambda: cells.amount(row, "advance_paid"),
        lambda: cells.text(row, "remarks", 500, free=True),
        lambda: cells.text(row, WORD, LONGEST_WORD),
    )
    unread = {one.column for one in found}
    between = []
    if not unread & {"expected_on", "leave_from"}:
        between.append(lambda: check_far(expected(), leave()))
    if not unread & {"leave_from", "leave_to"}:
        between.append(lambda: check_end(leave(), cells.day(row, "leave_to")))
    if not unread & {"sso_no", "leave_from"}:
        between.append(lambda: check_employed(act, cells.person_id(act, row), leave()))
    return found + cells.wrong_in(*between)


def check_far(expected_on: date, leave_from: date) -> None:
    """Raises `RowRefused`."""
    practice = institution().practice
    if not -practice.leave_after_birth_days <= (expected_on - leave_from).days <= practice.leave_before_birth_days:
        raise RowRefused("leave_far_from_birth", "leave_from")


def check_end(leave_from: date, leave_to: date | None) -> None:
    """Raises `RowRefused`."""
    if leave_to is not None and leave_to < leave_from:
        raise RowRefused("before_start", "leave_to")


def check_employed(act: Act, person_id: PersonId, leave_from: date) -> None:
    """An employer speaks of those who work for her when the leave begins. Raises `RowRefused`."""
    if act.actor.employer is not None and not any(
        job.employer_id == act.actor.employer and (job.last_day is None or job.last_day >= leave_from)
        for job in store.persons.jobs(act, person_id)
    ):
        raise RowRefused("not_employed_then", "leave_from")


class WordNeeded(ValueError):
    """A second notice soon after a birth or another notice, and no word why; `on` is the day of the earlier one."""

    def __init__(self, on: date) -> None:
        super().__init__(on.isoformat())
        self.on = on


def notify_maternity(
    act: Act,
    person_id: PersonId,
    *,
    expected_on: date,
    leave_from: date,
    leave_to: date | None = None,
    advance_paid: Money | None = None,
    remarks: str = "",
    pregnancy_no: int | None = None,
    word: str = "",
) -> tuple[str, str]:
    """Open a draft for a birth that is expected; the same notification again changes nothing. Answers outcome and
    claim id.

    Raises `RowRefused` when the days cannot be, or when the employer who says so did not employ her when the leave
    begins; `WordNeeded` when this employer knows of a birth, or has sent a notice, too short a time before or after.
    """
    check_far(expected_on, leave_from)
    check_end(leave_from, leave_to)
    check_employed(act, person_id, leave_from)
    known = [c for c in store.claims.every(act, person_id) if c.benefit == "birth"]
    for one in known:
        if one.papers.text("expected_on") == expected_on.isoformat() and one.state is not ClaimState.WITHDRAWN:
            return "duplicate", one.id
    hers = [c for c in known if act.actor.employer is None or c.employer_id == act.actor.employer]
    before = next((on for c in hers if (on := claim_doubts.near(c, expected_on)) is not None), None)
    if before is not None and not word.strip():
        raise WordNeeded(before)
    papers = {
        "expected_on": expected_on.isoformat(),
        "leave_to": leave_to.isoformat() if leave_to else None,
        "advance_paid": advance_paid.decimal() if advance_paid else None,
        "remarks": remarks or None,
        "pregnancy_no": pregnancy_no,
        "notified_on": act.today.isoformat(),
        WORD: word.strip() or None,
    }
    id_ = claims.open_claim(
        act,
        person_id,
        benefit="birth",
        facts={"spell": {"first_day": leave_from.isoformat()}},
        employer_id=EmployerId(act.actor.employer) if act.actor.employer else None,
        papers={name: value for name, value in papers.items() if value is not None},
        origin=Origin.EMPLOYER,
    )
    return "accepted", id_
