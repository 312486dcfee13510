"""A month's wage of one worker, as lists of other makers say it: the worker is found by her number and nothing else."""

from __future__ import annotations

from services.benefits import store
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.import_file import Row
from services.benefits.institution import institution
from services.benefits.usecases import cells, people
from services.benefits.usecases.cells import RowRefused, Taken
from shared.act import Act
from shared.period import Month
from shared.reading.names import fold

#: The kinds of files whose rows are wages of one worker.
KINDS = frozenset({"th_sso_1_10", "la_monthly_list", "mm_monthly_list", "vn_d02_lt"})


def take_wage(act: Act, row: Row) -> Taken:
    """Record the wage of a month under the employer whose list it is.

    A name other than ours is said beside the row and changes nobody. Raises `RowRefused`, `people.CannotBe`,
    `people.DeclaredByAnother`.
    """
    person, employer = cells.person_id(act, row), whose(act, row)
    month = month_come(act, row, "month")
    wage = cells.amount(row, "wage")
    if wage is None:
        raise RowRefused("required", "wage")
    outcome = people.record_contribution(act, person, month, wage, employer_id=employer)
    return Taken(outcome, person, *(_look_at(act, person, employer, row) if outcome != "duplicate" else (None, None)))


def wrong(act: Act, row: Row) -> list[RowRefused]:
    """All that is wrong with the cells of a row, each by itself."""

    def wage() -> None:
        if cells.amount(row, "wage") is None:
            raise RowRefused("required", "wage")

    return cells.wrong_in(
        lambda: cells.person_id(act, row), lambda: whose(act, row), lambda: month_come(act, row, "month"), wage
    )


def whose(act: Act, row: Row) -> EmployerId:
    """The employer of a list; one who sends it sends her own. Raises `RowRefused`."""
    found = cells.employer_id(act, row)
    if found is None:
        raise RowRefused("required", "employer_no")
    if act.actor.employer is not None and found != act.actor.employer:
        raise RowRefused("other_employer", "employer_no")
    return found


def month_come(act: Act, row: Row, column: str) -> Month:
    """A month that has come and is not too long ago. Raises `RowRefused`."""
    month = cells.month(row, column)
    if not 0 <= Month.of(act.today).index - month.index <= institution().practice.month_back_months:
        raise RowRefused("month_far", column)
    return month


def _look_at(act: Act, person: PersonId, employer: EmployerId, row: Row) -> tuple[str | None, str | None]:
    """What somebody should look at in a row that was taken, and its column: a name that is not ours, zeros that a
    spreadsheet had taken away, a worker of whom we did not know that she works there."""
    told = fold(row.get("name") or f"{row.get('first_name', '')} {row.get('last_name', '')}")
    known = store.persons.get(act, person)
    names = [fold(known.name), fold(known.name_latin or "")]
    # A title is written before a name without a blank (นายกิตติ).
    if told and not any(name.endswith(told) for name in names):
        return "name_differs", "last_name" if "last_name" in row else "name"
    if row.get("zeros_added"):
        return "zeros_added", "sso_no"
    if not any(job.employer_id == employer for job in store.persons.jobs(act, person)):
        return "not_known_there", "sso_no"
    return None, None
