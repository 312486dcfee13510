"""A leave that an employer claims for a worker on the list 01B-HSB: a draft for the desk, never a claim by itself.

What she writes of an illness is kept as her word, apart from the facts of the law: the hospital's paper says it better,
and she is never shown it back. The account she writes changes nothing; the desk asks the person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState, Origin
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.import_file import Row
from services.benefits.domain.kinds import MAX_DAYS
from services.benefits.gateways.hsb_01b import Listed, ListRow
from services.benefits.institution import institution
from services.benefits.usecases import cells, claims
from services.benefits.usecases.cells import RowRefused, Taken
from services.benefits.usecases.wage_files import whose
from shared.act import Act
from shared.jobs import post_job
from shared.period import Period, add_months
from shared.reading import NotRead, names
from shared.reading.days import read_day, read_leave_length
from shared.reading.identifiers import read_account, read_identifier
from shared.reading.names import fold

Json = dict[str, Any]
#: Of which day the employer writes for each group: one, or two with a dash between them.
CHILD = {
    "sick_child": ("child_born_on",),
    "birth": ("birth_on",),
    "paternity": ("birth_on",),
    "father_grant": ("birth_on",),
    "adoption": ("child_born_on", "received_on"),
    "intended_mother": ("child_born_on", "received_on"),
    "surrogate_mother": ("birth_on", "handed_over_on"),
}
#: Groups that have a number of children.
WITH_CHILDREN = ("birth", "paternity", "father_grant", "adoption", "intended_mother", "surrogate_mother")


def take_claim(act: Act, row: Row) -> Taken:
    """Open a draft, or fill in the one that this employer has notified. Raises `RowRefused`, `claims.FactsInvalid`."""
    listed = row.listed if isinstance(row, ListRow) else Listed()
    employer = whose(act, row)
    cells.read(row, "name", names.read_name)
    person = cells.person_id(act, row)
    if not listed.benefit:
        raise RowRefused("group_unclear", "group")
    days = _days(act, row)
    _employed(act, row, person, employer, days.first)
    hint = _look_at(act, row, listed, person, days)
    facts, papers = _facts(act, row, listed, person, days), _papers(act, row, listed, days)
    known = _known(act, person, employer, listed.benefit, days)
    if known is not None and not _is_hers(known, employer):
        return Taken("duplicate", known.id)
    if known is None:
        id_ = claims.open_claim(
            act,
            person,
            benefit=listed.benefit,
            facts=facts,
            papers=papers,
            employer_id=employer,
            origin=Origin.EMPLOYER,
        )
        _look_for_papers(act, person, id_, 1)
        return Taken("accepted", id_, *hint)
    merged = _merged(known, facts)
    if merged is None:
        raise RowRefused("leave_claimed", "from")
    kept = {name: value for name, value in known.papers.given.items() if name in ("notified_on", "listed_group")}
    after = claims.save_facts(act, known.id, None, facts=merged, papers=known.papers.json() | papers | kept)
    if after.version == known.version:
        return Taken("duplicate", known.id)
    _look_for_papers(act, person, known.id, after.version)
    return Taken("corrected", known.id, *hint)


def _look_for_papers(act: Act, person: PersonId, claim_id: str, version: int) -> None:
    """A hospital's paper that waits finds this leave: by the number of the certificate, else by its days."""
    if store.papers.waiting(act, person):
        post_job(act, "look_for_papers", f"{claim_id}:{version}", {"claim_id": claim_id})


# --- what a row says ---------------------------------------------------------------------------


def _days(act: Act, row: Row) -> Period:
    first, last = cells.needed_day(row, "from"), cells.needed_day(row, "to")
    if last < first:
        raise RowRefused("before_start", "to")
    if first > act.today:
        raise RowRefused("in_the_future", "from")
    if (last - first).days >= MAX_DAYS:
        raise RowRefused("date_out_of_range", "to")
    return Period(first, last)


def _facts(act: Act, row: Row, listed: Listed, person: PersonId, days: Period) -> Json:
    """The facts of the law, as the list says them; the days of a certificate as the hospital says them, where its paper
    is here."""
    spell: Json = {"first_day": days.first.isoformat(), "last_day": days.last.isoformat()}
    if listed.benefit == "sick_child":
        spell["cause"] = "sick_child"
    facts: Json = {"spell": spell}
    if number := cells.read(row, "certificate", read_identifier):
        paper = next((p.content for p in store.papers.waiting(act, person) if p.content.number == number), None)
        first, last = (paper.first, paper.last) if paper is not None else (days.first, days.last)
        covers = {"from": (first or days.first).isoformat(), "to": (last or days.last).isoformat()}
        facts["certificates"] = [{"number": number, **covers}]
    if listed.rests:
        facts["employments"] = [{"weekly_rest": list(listed.rests)}]
    event = _event(listed)
    if listed.children and listed.benefit in WITH_CHILDREN:
        event["children"] = listed.children
    return facts | ({"event": event} if event else {})


def _event(listed: Listed) -> Json:
    """Days about a child, by the group of the row and never by their shape alone."""
    members = CHILD.get(listed.benefit, ())
    if not members:
        return {}
    if listed.child_born_on:
        return {members[0]: _day(listed.child_born_on)}
    told = _parts(listed.condition)
    if len(told) == 2 and listed.benefit == "birth":
        group = fold(listed.group)
        if "con chet" in group:
            return {"birth_on": _day(told[0]), "child_died_on": _day(told[1])}
        if "me" not in group.split():
            raise RowRefused("condition_unclear", "condition")
        return {"birth_on": _day(told[0])}  # what befell the mother, an officer reads in the employer's words
    if len(told) > len(members):
        raise RowRefused("condition_unclear", "condition")
    return {member: _day(text) for member, text in zip(members, told, strict=False)}


def _parts(text: str) -> list[str]:
    """The days of a cell; a day as a spreadsheet shows it holds dashes of its own."""
    if not text or re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return [text] if text else []
    return [part for part in re.split(r"\s*[-–;]\s*", text) if part]


def _day(text: str) -> str:
    try:
        return read_day(text).isoformat()
    except NotRead as wrong:
        raise RowRefused(wrong.code, "condition") from None


def _papers(act: Act, row: Row, listed: Listed, days: Period) -> Json:
    """What stands beside the facts: the employer's own words, for who decides."""
    account = " · ".join(part for part in (row.get("account"), row.get("holder"), row.get("bank")) if part)
    told = {
        "listed_group": listed.group,
        "listed_days": row.get("days"),
        "listed_condition": listed.condition,
        "listed_account": account,
        "listed_note": listed.note,
        "leave_to": days.last.isoformat(),
        "notified_on": act.today.isoformat(),
    }
    return {name: value[:500] for name, value in told.items() if value}


# --- what is known -----------------------------------------------------------------------------


def _employed(act: Act, row: Row, person: PersonId, employer: EmployerId, first: date) -> None:
    """An employer claims for who works for her when the leave begins."""
    for job in store.persons.jobs(act, person):
        if job.employer_id == employer and job.first_day <= first and (job.last_day is None or job.last_day >= first):
            return
    raise RowRefused("not_employed_then", "from")


def _known(act: Act, person: PersonId, employer: EmployerId, benefit: str, days: Period) -> Claim | None:
    """The draft of hers that this row is about, or her worker's claim for the very same days; none where it is a new
    one. Another claim about some of these days stays as it is. Raises `RowRefused`."""
    for claim in store.claims.every(act, person, lock=True):
        if claim.benefit != benefit or claim.state in (ClaimState.WITHDRAWN, ClaimState.LAPSED):
            continue
        first = claim.first_day
        last = _told(claim.facts, "last_day") or first
        if first is None or last is None or last < first:
            continue
        overlaps = Period(first, last).overlap(days) is not None
        mine = _is_hers(claim, employer)
        same = Period(first, last) == days and claim.employer_id == employer
        planned = (
            mine and _is_planned(claim) and abs((first - days.first).days) <= institution().practice.leave_moved_days
        )
        if same or (mine and (overlaps or planned)):
            return claim
        if overlaps:
            raise RowRefused("leave_claimed", "from")
    return None


def _is_hers(claim: Claim, employer: EmployerId) -> bool:
    """Whether a claim is still a draft that this employer has notified."""
    return claim.state is ClaimState.DRAFT and claim.origin == Origin.EMPLOYER and claim.employer_id == employer


def _told(facts: Mapping[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(str((facts.get("spell") or {}).get(name)))
    except ValueError:
        return None


def _is_planned(claim: Claim) -> bool:
    """Whether a leave was only notified ahead of a birth."""
    return bool(claim.papers.text("expected_on")) and not claim.papers.text("listed_group")


def _merged(known: Claim, told: Json) -> Json | None:
    """The facts of a draft with what a list adds; none where they say otherwise. Planned days give way to those really
    taken."""
    facts = dict(known.facts)
    if _is_planned(known):
        facts["spell"] = {}
    for part in ("spell", "event"):
        before, new = dict(facts.get(part) or {}), told.get(part) or {}
        if any(before.get(name) not in (None, value) for name, value in new.items()):
            return None
        facts[part] = before | new
    numbers = {c.get("number") for c in facts.get("certificates") or []}
    more = [c for c in told.get("certificates") or [] if c["number"] not in numbers]
    if more:
        facts["certificates"] = [*(facts.get("certificates") or []), *more]
    if not facts.get("employments") and "employments" in told:
        facts["employments"] = told["employments"]
    return facts


def _look_at(act: Act, row: Row, listed: Listed, id_: PersonId, days: Period) -> tuple[str | None, str | None]:
    """What somebody should look at in a row that is taken, and its column."""
    known = store.persons.by_ids(act, [id_])[id_]
    if row.get("name") and not known.is_called(row["name"]):
        return "name_differs", "name"
    length = cells.read(row, "days", read_leave_length)
    if length is not None and not _lasts(length, days):
        return "list_days_differ", "days"
    if row.get("account") and _account_differs(act, row, id_):
        return "account_differs", "account"
    return ("zeros_added", "sso_no") if row.get("zeros_added") else (None, None)


def _lasts(told: tuple[int, int], days: Period) -> bool:
    """Whether first and last day can come to what is told. Days of rest are not counted by every group, so a number of
    days may be less than the calendar has; months are those of the calendar."""
    months, more = told
    if not months:
        return 0 < more <= days.length
    return add_months(days.first, months) + timedelta(days=more - 1) == days.last


def _account_differs(act: Act, row: Row, id_: PersonId) -> bool:
    """Whether the account is not the one we know. A number cell may have lost zeros in front of it."""
    said = re.split(r"[,;–]| - |\n", row["account"], maxsplit=1)[0]
    number = cells.read(_with_cell(row, "account", said.partition(":")[2] or said), "account", read_account)
    payee = store.persons.payee(act, id_)
    return payee is None or payee.number.lstrip("0") != str(number).lstrip("0")


def _with_cell(row: Row, column: str, text: str) -> Row:
    """A row that says something else in one cell."""
    return Row({**row, column: text.strip()}, row.number, row.places, row.faults)
