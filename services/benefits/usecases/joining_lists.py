"""A change of an employer's list D02-LT: somebody joins, leaves, is paid otherwise or is on leave.

The list names changes only, so a wage that has no end is carried on until the next change that is known, and no month
that has not come is ever written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from services.benefits import store
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.import_file import Row
from services.benefits.domain.person import Job, LeaveTold, Person
from services.benefits.institution import institution
from services.benefits.usecases import cells, people
from services.benefits.usecases.cells import RowRefused, Taken
from services.benefits.usecases.wage_files import month_come, whose
from shared.act import Act
from shared.money import Money
from shared.period import Month
from shared.reading import names
from shared.reading.names import fold


def take_change(act: Act, row: Row) -> Taken:
    """Do what a row says. Raises `RowRefused`, `people.CannotBe`, `people.DeclaredByAnother`."""
    employer, effect = whose(act, row), row["effect"]
    if effect == "dies":
        raise RowRefused("death_on_paper", "change")
    cells.read(row, "name", names.read_name)
    month = month_come(act, row, "from")
    person = _whom(act, row, employer, joins=effect == "joins")
    if effect == "absent":
        return _absent(act, row, person, employer, month)
    if effect == "ends":
        return _ends(act, row, person, employer, month)
    wage, last = _wage(row), _until(act, row, month)
    begun = effect == "joins" and _begin(act, row, person, employer, month)
    outcome = _paid(act, person, employer, month, last, wage)
    if effect == "returns":
        _absent(act, row, person, employer, month)
    if outcome == "duplicate" and begun:
        outcome = "accepted"
    hint = _look_at(act, person, employer, row) if outcome != "duplicate" else (None, None)
    return Taken(outcome, person, *hint)


# --- who ---------------------------------------------------------------------------------------


def _whom(act: Act, row: Row, employer: EmployerId, *, joins: bool) -> PersonId:
    """The person a row is about, by her numbers alone. An employer names somebody who is not hers yet only as a
    joiner, and only as we know her: number, name and day of birth."""
    told = [value for name in ("sso_no", "national_no") if (value := cells.text(row, name, 60))]
    if not told:
        raise RowRefused("joiner_unknown" if joins else "required", "sso_no")
    found = {id_ for value in told if (id_ := store.persons.with_number(act, value)) is not None}
    if not found and joins and act.actor.employer is not None:
        found = {id_ for id_ in _anybody(act, row) if _is_as_told(act, id_, row)}
    if len(found) > 1:
        raise RowRefused("numbers_differ", "sso_no")
    if not found:
        raise RowRefused("joiner_unknown" if joins else "unknown_person", "sso_no")
    return found.pop()


def _anybody(act: Act, row: Row) -> list[PersonId]:
    """Who has the insured number of a row, whoever asks."""
    number = row["sso_no"]
    found = store.persons.with_identifier(act, institution().schemes["insured"], number) if number else None
    return [found] if found is not None else []


def _is_as_told(act: Act, id_: PersonId, row: Row) -> bool:
    known = store.persons.by_ids(act, [id_])[id_]
    if _is_year(row.get("born_on", "")):
        return False
    return bool(row.get("born_on")) and _is_called(known, row["name"]) and not _born_differs(known, row)


def _is_called(known: Person, name: str) -> bool:
    return fold(name) in (fold(known.name), fold(known.name_latin or ""))


def _is_year(told: str) -> bool:
    return re.fullmatch(r"\d{4}", told, re.ASCII) is not None


def _born_differs(known: Person, row: Row) -> bool:
    """Whether a row says another birth; a year alone is compared as a year."""
    told = row.get("born_on", "")
    if not told or known.born_on is None:
        return bool(told)
    if _is_year(told):
        return int(told) != known.born_on.year
    return cells.day(row, "born_on") != known.born_on


def _look_at(act: Act, id_: PersonId, employer: EmployerId, row: Row) -> tuple[str | None, str | None]:
    """What somebody should look at in a row that was taken, and its column."""
    known = store.persons.by_ids(act, [id_])[id_]
    if row["name"] and not _is_called(known, row["name"]):
        return "name_differs", "name"
    if known.born_on is not None and _born_differs(known, row):
        return "born_differs", "born_on"
    if row.get("sex") and known.sex and row["sex"] != known.sex:
        return "sex_differs", "sex"
    if row.get("zeros_added"):
        return "zeros_added", "sso_no"
    if not _jobs(act, id_, employer):
        return "not_known_there", "sso_no"
    return None, None


def _jobs(act: Act, person: PersonId, employer: EmployerId) -> list[Job]:
    return [job for job in store.persons.jobs(act, person) if job.employer_id == employer]


# --- work --------------------------------------------------------------------------------------


def _begin(act: Act, row: Row, person: PersonId, employer: EmployerId, month: Month) -> bool:
    """Write that work begins with the contract, where it is not known yet. Without a day of the contract nothing is
    written; an employer to whom she is new has to say it."""
    jobs = _jobs(act, person, employer)
    if any(job.last_day is None or Month.of(job.last_day) >= month for job in jobs):
        return False
    first = cells.day(row, "contract_from")
    if first is None:
        if act.actor.employer is not None and not jobs:
            raise RowRefused("required", "contract_from")
        return False
    if not 0 <= month.index - Month.of(first).index <= 1:
        raise RowRefused("contract_far", "contract_from")
    people.record_employment(act, person, employer, first)
    return True


def _ends(act: Act, row: Row, person: PersonId, employer: EmployerId, month: Month) -> Taken:
    """Write on which day work ended: the list itself says only the month."""
    last = cells.day(row, "contract_to")
    if last is None:
        raise RowRefused("last_day_needed", "contract_to" if "contract_to" in row else "change")
    if not 0 <= month.index - Month.of(last).index <= 1 or last > act.today:
        raise RowRefused("contract_far", "contract_to")
    job = next((job for job in reversed(_jobs(act, person, employer)) if job.first_day <= last), None)
    if job is None:
        raise RowRefused("not_employed_then", "contract_to")
    if job.last_day == last:
        return Taken("duplicate", person)
    if job.last_day is not None and job.last_day < last and act.actor.employer is not None:
        raise RowRefused("not_employed_then", "contract_to")
    store.persons.put_job(act, person, employer, job.first_day, last, job.pay, job.weekly_rest)
    after = Month.of(last).plus(1)
    told = store.persons.contributions(act, person)
    beyond = any(c.employer_id == employer and c.month >= after for c in told)
    return Taken(
        "accepted" if job.last_day is None else "corrected", person, "wages_after_end" if beyond else None, "from"
    )


def _absent(act: Act, row: Row, person: PersonId, employer: EmployerId, month: Month) -> Taken:
    """Keep which leave a list names, or that somebody is back: an officer sees it beside her claims."""
    last = cells.month(row, "to") if row.get("to") else None
    if last is not None and last < month:
        raise RowRefused("months_turned", "to")
    new = LeaveTold(act.new_id(), person, employer, row["change"] or "ON", month, last, act.today)
    known = store.leaves.told(act, new)
    if known is not None:
        if known.last == last:
            return Taken("duplicate", person)
        store.leaves.save(act, known, replace(known, last=last, told_on=act.today))
        return Taken("corrected", person, "leave_noted")
    store.leaves.add(act, new)
    return Taken("accepted", person, "leave_noted")


# --- wages -------------------------------------------------------------------------------------


def _wage(row: Row) -> Money:
    """What is paid in a month: wage, allowance and supplements, in whole dong. A coefficient is a wage that somebody
    would have to work out."""
    parts = [cells.amount(row, name) for name in ("wage", "allowance", "supplements")]
    wage = parts[0]
    if wage is None or wage.minor == 0:
        paid_by_scale = row.get("coefficient", "").strip("0., ")
        raise RowRefused(*(("coefficient", "coefficient") if paid_by_scale else ("required", "wage")))
    for part in parts[1:]:
        wage = wage + part if part is not None else wage
    return wage


def _until(act: Act, row: Row, month: Month) -> Month | None:
    """The last month a row names; none where it has no end."""
    if not row.get("to"):
        return None
    last = month_come(act, row, "to")
    if last < month:
        raise RowRefused("months_turned", "to")
    return last


def _paid(act: Act, person: PersonId, employer: EmployerId, first: Month, last: Month | None, wage: Money) -> str:
    """Declare the months a row names. Without an end the wage goes on to this month, over what it replaces, until
    another change that is known or the end of work: so lists come to the same in whatever order they are sent."""
    known = store.persons.contributions(act, person)
    told = {c.month: c.wage for c in known if c.employer_id == employer}
    institution_said = {c.month for c in known if c.employer_id is None}
    carried = (None, wage, told.get(first))
    until = last or _end_of_work(act, person, employer, first)
    outcomes = set()
    for month in (first.plus(n) for n in range(until.index - first.index + 1)):
        if last is None and month != first and (told.get(month) not in carried or month in institution_said):
            break
        outcomes.add(people.record_contribution(act, person, month, wage, employer_id=employer))
    return next((o for o in ("corrected", "accepted") if o in outcomes), "duplicate")


def _end_of_work(act: Act, person: PersonId, employer: EmployerId, first: Month) -> Month:
    """This month, or the month in which the work ends that is known for the first one."""
    ends: list[date] = []
    for job in _jobs(act, person, employer):
        if job.last_day is not None and Month.of(job.first_day) <= first <= Month.of(job.last_day):
            ends.append(job.last_day)
        elif job.last_day is None:
            return Month.of(act.today)
    return max(first, Month.of(max(ends))) if ends else Month.of(act.today)
