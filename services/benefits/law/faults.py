"""Plain sentences for what `read_case` refuses, one for each code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.benefits.domain.assessment import Text
from services.benefits.law import text as t
from services.benefits.law.text import N_

SENTENCES = {
    "amount_not_text": N_("An amount is written in quotes, as a decimal number in currency units."),
    "before_the_first_day": N_("The last day lies before the first."),
    "before_the_first_month": N_("The last month lies before the first."),
    "birth_before_insured": N_("The birth lies before the day on which the insurance began."),
    "birth_before_own_birth": N_("The birth lies before the insured person's own."),
    "contradicts_last_day": N_("The day of fitness is not the day after the last day of incapacity."),
    "date_out_of_range": N_("Only days from {first} to {last} can be right here."),
    "day_twice": N_("This day is there twice."),
    "days_by_year_needed": N_("The days are needed for each calendar year, because the spell lies in two."),
    "empty": N_("There are no facts here."),
    "impossible_hours": N_("The hours off are more than the hours of the day, or none."),
    "insured_before_birth": N_("The insurance began before the insured person was born."),
    "missing": N_("Something is missing here."),
    "month_or_range": N_("Give either one month, or the first and the last."),
    "month_twice": N_("The month {month} is contributed twice."),
    "negative": N_("A number here cannot be below zero."),
    "not_a_date": N_("This is not a day of the calendar, such as 2025-03-31."),
    "not_a_list": N_("A list belongs here."),
    "not_a_mapping": N_("Named facts belong here."),
    "not_a_month": N_("This is not a month, such as 2025-03."),
    "not_a_whole_number": N_("A whole number belongs here."),
    "not_a_year": N_("This is not a year, such as 2025."),
    "not_an_amount": N_("This is not a plain decimal number, such as 1250.00."),
    "not_text": N_("Plain text belongs here."),
    "not_true_or_false": N_("Yes or no belongs here."),
    "spells_overlap": N_("Two spells for the same benefit share a day."),
    "too_large": N_("At most {max} can be right here."),
    "too_long": N_("At most {max} characters fit here."),
    "too_many": N_("At most {max} entries fit here."),
    "too_many_days": N_("At most {max} days fit here."),
    "unknown_benefit": N_("The country has no such benefit."),
    "unknown_field": N_("There is no such fact."),
    "unknown_word": N_("This is not one of the words that can stand here."),
}


def sentence(error: Mapping[str, Any]) -> Text:
    """What an error of `CaseInvalid` means, for people; its pointer says where."""
    params = {
        name: t.count(value) if type(value) is int else t.word(str(value))
        for name, value in error["params"].items()
        if not isinstance(value, list)
    }
    return Text(SENTENCES[error["code"]], params)
