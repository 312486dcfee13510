"""An estimate for anybody: which questions the law in force makes of a benefit, and what follows from the answers.

At most six questions beside the benefit, taken from what the pack asks for. What was not asked is taken for granted,
and said: with the ordinary answer, and whether another answer would change the result. Nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.benefits.domain.assessment import QUESTIONS, Assessment
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.figures import FactSpec, is_core
from services.benefits.law.pack import Benefit
from shared.money import Money
from shared.period import Month

#: How many questions stand beside the benefit.
MOST = 6
#: Numbers that are a length of time: nobody takes nothing for granted of them.
LENGTHS = ("pregnancy_weeks", "pregnancy_months")
#: Which open questions come first: who it is, then yes or no, then how many.
KINDS = ("word", "bool", "dates", "int")
#: The kind of insured person nobody has to name.
ORDINARY = "employee"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the estimate: the fact it fills, what kind of answer it takes, and whether it may stay open."""

    name: str
    kind: str
    question: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    normal: Any = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A fact that was not asked, or not answered: reckoned with as `value`; `matters` where another would change what
    follows."""

    spec: FactSpec
    value: Any
    matters: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What follows from the answers, and what it takes for granted."""

    assessment: Assessment
    taken: tuple[Taken, ...]


# --- the questions -----------------------------------------------------------------------------


def questions(benefit: Benefit, insured_as: Sequence[str]) -> list[Asked]:
    """At most six: what the law always needs first, then what it needs sometimes, then what it assumes."""
    return list(_all(benefit, insured_as))[:MOST]


def _all(benefit: Benefit, insured_as: Sequence[str]) -> Iterator[Asked]:
    facts = benefit.facts
    chosen_by = {name.strip() for name in benefit.chosen_by.fact.split("|")}
    for name, short in (("spell.first_day", "first_day"), ("spell.last_day", "last_day")):
        if name in facts and (facts[name].required or name in chosen_by or short == "last_day"):
            yield Asked(short, "date", facts[name].question, facts[name].required)
    own = [spec for name, spec in facts.items() if not is_core(name)]
    needed = [spec for spec in own if spec.required]
    yield from (_asked(spec, required=True) for spec in needed)
    if benefit.code == "sickness":
        yield Asked("wage_paid_until", "date")
    if "contributions" in facts:
        yield Asked("contributions", "wages", required=True)
    if (section := facts.get("insured.insured_as")) is not None:
        yield Asked("insured_as", "word", section.question, True, section.choices)
    if (work := facts.get("employments.hazardous")) is not None:
        yield Asked("hazardous", "bool", work.question, normal=False)
    open_ = [spec for spec in own if not spec.required and spec.type != "date"]
    yield from (_asked(spec) for spec in open_ if spec.guess is not None)
    ordered = sorted(open_, key=lambda spec: KINDS.index(spec.type) if spec.type in KINDS else len(KINDS))
    yield from (_asked(spec) for spec in ordered if spec.assumed is None)
    if section is None and len(insured_as) > 1:
        yield Asked("insured_as", "word", "", True, tuple(insured_as))
    yield from (_asked(spec) for spec in open_ if spec.default is not None)


def _asked(spec: FactSpec, required: bool = False) -> Asked:
    return Asked(spec.name.removeprefix("event."), spec.type, spec.question, required, spec.choices, spec.assumed)


# --- what follows ------------------------------------------------------------------------------


def estimate(country: str, benefit: Benefit, answers: Mapping[str, Any], today: date) -> Estimate:
    """What follows from the answers. Raises `CaseInvalid` for answers that cannot be, `PackNotInForce` for days before
    the first law."""
    case = case_of(country, benefit, answers, today)
    found = in_force.assess(read_case(case), today=today)
    for _ in benefit.facts:
        granted = dict(_ordinary(benefit, found, answers))
        if not granted:
            break
        case["event"] = case.get("event", {}) | granted
        found = in_force.assess(read_case(case), today=today)
    return Estimate(found, tuple(_taken(benefit, answers, case, found, today)))


def _ordinary(benefit: Benefit, found: Assessment, answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The ordinary answers to what the law still asks: nothing, no, or the first of a list."""
    for question in found.questions if found.outcome == QUESTIONS else ():
        name = question.pointer.rsplit("/", 1)[-1]
        spec = benefit.facts.get(name)
        if spec is None or not question.pointer.startswith("#/event/"):
            continue
        if spec.type == "bool":
            yield name, False
        elif spec.type == "int" and name not in LENGTHS:
            yield name, 0
        elif spec.type == "word" and spec.choices:
            yield name, spec.choices[0]
        elif spec.type == "dates" and answers.get("first_day"):
            yield name, [answers["first_day"].isoformat()]


def _taken(
    benefit: Benefit, answers: Mapping[str, Any], case: Mapping[str, Any], found: Assessment, today: date
) -> Iterator[Taken]:
    """Each fact that nobody answered, with what was reckoned with."""
    for name, spec in benefit.facts.items():
        if is_core(name) or name in answers:
            continue
        value = case.get("event", {}).get(name, spec.assumed)
        yield Taken(spec, value, any(_changes(case, name, other, found, today) for other in _others(spec, value)))


def _others(spec: FactSpec, value: Any) -> Iterable[Any]:
    """Other answers to a fact that was taken for granted."""
    match spec.type:
        case "bool":
            return (not value,) if value is not None else ()
        case "int":
            return (value + 1,) if value is not None else ()
        case "word":
            return [choice for choice in spec.choices if choice != value] if value is not None else ()
    return ()


def _changes(case: Mapping[str, Any], name: str, other: Any, found: Assessment, today: date) -> bool:
    if found.outcome == QUESTIONS:
        return False
    changed = dict(case) | {"event": dict(case.get("event", {})) | {name: other}}
    again = in_force.assess(read_case(changed), today=today)
    return (again.outcome, again.total) != (found.outcome, found.total)


# --- the case ----------------------------------------------------------------------------------


def case_of(country: str, benefit: Benefit, answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The case the answers describe: no name, no number, and what the estimate takes for granted."""
    first = _first(benefit, answers, today)
    days = [value for value in answers.values() if isinstance(value, date)]
    case: dict[str, Any] = {
        "country": country,
        "benefit": benefit.code,
        "claimed_on": max([today, *days]).isoformat(),
        "insured": {"insured_as": answers.get("insured_as") or ORDINARY},
        "employments": [_work(benefit, answers, first)],
    }
    spell = {name: answers[name].isoformat() for name in ("first_day", "last_day") if answers.get(name)}
    if spell:
        case["spell"] = spell
    if len(spell) > 1:
        case["certificates"] = [{"from": spell["first_day"], "to": spell["last_day"]}]
    if isinstance(answers.get("wage"), Money):
        before = Month(first.year, first.month).plus(-1)
        case["contributions"] = [
            {"month": str(before.plus(-n)), "wage": answers["wage"].decimal()} for n in range(answers["months"])
        ]
    event = {name: _said(answers[name]) for name in benefit.facts if name in answers and not is_core(name)}
    return case | ({"event": event} if event else {})


def _first(benefit: Benefit, answers: Mapping[str, Any], today: date) -> date:
    """The day that chooses the law: contributions are counted up to the month before."""
    for name in benefit.chosen_by.fact.split("|"):
        found = answers.get(name.strip().removeprefix("spell."))
        if isinstance(found, date):
            return found
    return today


def _work(benefit: Benefit, answers: Mapping[str, Any], first: date) -> dict[str, Any]:
    """Paid by the month, since the first of the months she names."""
    since = Month(first.year, first.month).plus(-answers.get("months", 0))
    work: dict[str, Any] = {"pay": "monthly", "from": since.first_day.isoformat()}
    if benefit.code == "sickness":
        until = answers.get("wage_paid_until") or first - timedelta(days=1)
        work |= {"wage_paid_until": until.isoformat(), "wage_stopped_word": "employer"}
    if answers.get("hazardous") is not None:
        work["hazardous"] = answers["hazardous"]
    return work


def _said(value: Any) -> Any:
    """An answer as a case writes it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return value.decimal()
    return [day.isoformat() for day in value] if isinstance(value, (list, tuple)) else value
