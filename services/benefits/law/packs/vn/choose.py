"""Which law governs a leave that lies across the first day of a new one, and the words that say why."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.assessment import Text
from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.pack import Pack
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY

_MATERNITY = ("birth", "surrogate_mother", "miscarriage")


def choose(case: Case, packs: tuple[Pack, ...]) -> tuple[Pack, date, Text] | None:
    """Law 41/2024 art. 141(5): a person who on its first day is on leave for a listed disease or on maternity leave
    finishes under the older law. An ordinary leave across that day is reckoned by one daily formula in both."""
    first, last = case.spell.first_day, case.spell.last_day
    if first is None:
        return None
    older = next((pack for pack in packs if pack.covers(first) and case.benefit in pack.benefits), None)
    if older is None or older.until is None:
        return None
    new_law = older.until + ONE_DAY
    born = case.event.get("birth_on")
    ends = [day for day in (last, born) if isinstance(day, date)]
    if not ends or max(ends) < new_law:
        return None
    if case.benefit in _MATERNITY:
        sentence = N_("the older law: a maternity leave begun on {date}, before {new}, is finished under it")
    elif case.benefit == "sickness" and case.event.get("listed_disease"):
        sentence = N_("the older law: a long leave begun on {date}, before {new}, is finished under it")
    elif case.benefit in ("sickness", "sick_child"):
        sentence = N_("the law in force on {date}, the first day of leave; days from {new} follow the new one")
    else:
        return None
    return older, first, say(sentence, date=t.day(first), new=t.day(new_law))
