"""What is asked: facts that are missing, and facts that were guessed where the guess would decide what is paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from services.benefits.domain import assessment as a
from services.benefits.domain.assessment import Assessment, Text
from services.benefits.domain.case import Case, Employment, FactMissing
from services.benefits.law.figures import FactSpec, is_core
from services.benefits.law.questions import question
from services.benefits.law.sheet import Sheet

if TYPE_CHECKING:
    from services.benefits.law.pack import Benefit

_OF_WORK = "employments."


def question_at(body: Benefit, pointer: str) -> Text:
    name = pointer.removeprefix("#/").replace("/", ".").removeprefix("event.")
    if name in body.facts:
        return Text(body.facts[name].question)
    return question(pointer)


def pointer_of(name: str) -> str:
    return "#/" + name.replace(".", "/") if is_core(name) else f"#/event/{name}"


def given(case: Case, name: str) -> bool:
    if name == "contributions":
        return bool(case.contributions)
    if name in ("certificates", "claimed_on"):
        return getattr(case, name) is not None
    if name == "employments":
        return bool(case.employments)
    if "." in name:
        part, _, attribute = name.partition(".")
        return getattr(getattr(case, part), attribute) is not None
    return case.has(name)


def carried_out(body: Benefit, law: Any, sheet: Sheet) -> Sheet:
    """The sheet after the steps of a benefit. What is missing is asked at once, unless the claim is refused whatever
    the answers are: a condition of the claim as a whole (`OF_THE_WHOLE` of the steps) is not met without them."""
    missing = [name for name, fact in body.facts.items() if fact.required and not given(sheet.case, name)]
    asked = sheet.blank() if missing else sheet
    if "contributions" not in missing:
        try:
            body.steps(sheet.case, law, sheet)
        except FactMissing as fact:
            sheet.ask(fact.pointer, "fact_missing", question_at(body, fact.pointer))
        else:
            if not missing:
                sheet.close()
            sheet.set_off()
        if (missing or sheet.questions) and sheet.refuse_whole(body.of_the_whole):
            return sheet
    for name in missing:
        asked.ask(pointer_of(name), "fact_missing", Text(body.facts[name].question))
    return asked


def ask_guesses(body: Benefit, sheet: Sheet, first: Assessment, again: Callable[[Case], Assessment]) -> bool:
    """Ask for each fact that was guessed and whose other answers would change what is paid, or what else is asked;
    whether there was one."""
    guessed = [fact for name, fact in body.facts.items() if fact.guess is not None and not _known(sheet.case, name)]
    if not guessed:
        return False
    result, asked = _result(first), len(sheet.questions)
    for fact in guessed:
        if any(_result(again(_answered(sheet.case, fact, other))) != result for other in fact.others):
            pointer = _pointer_in(sheet.case, fact.name)
            sheet.ask(pointer, "fact_missing", Text(fact.question))
    return len(sheet.questions) > asked


def _result(found: Assessment) -> Any:
    """What an assessment comes to: whether, how much, when, and for which days. One refusal is like another."""
    if found.outcome in (a.REFUSED, a.QUESTIONS):
        return found.outcome, [question.pointer for question in found.questions]
    days = [(span.period, span.status, span.rate, span.amount) for span in found.timeline]
    return found.outcome, found.total, found.instalments, [paid.amount for paid in found.lump_sums], days


def _known(case: Case, name: str) -> bool:
    """Whether a fact that may be guessed is given; one of the work, for each employment."""
    if not name.startswith(_OF_WORK):
        return name in case.event
    return bool(case.employments) and all(getattr(job, name[len(_OF_WORK) :]) is not None for job in case.employments)


def _answered(case: Case, fact: FactSpec, answer: Any) -> Case:
    """The case with another answer to a fact that is not given."""
    if not fact.name.startswith(_OF_WORK):
        name = fact.name.removeprefix("event.")
        return replace(case, assumed=MappingProxyType({**case.assumed, name: answer}))
    attribute = fact.name[len(_OF_WORK) :]
    jobs = case.employments or (Employment(),)
    changed = (job if getattr(job, attribute) is not None else replace(job, **{attribute: answer}) for job in jobs)
    return replace(case, employments=tuple(changed))


def _pointer_in(case: Case, name: str) -> str:
    if not name.startswith(_OF_WORK):
        return pointer_of(name)
    attribute = name[len(_OF_WORK) :]
    unknown = (n for n, job in enumerate(case.employments) if getattr(job, attribute) is None)
    return f"#/employments/{next(unknown, 0)}/{attribute}"
