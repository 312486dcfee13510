"""Plain questions for the facts every case has a place for; a pack may word its own."""

from __future__ import annotations

from services.benefits.domain.assessment import Text
from services.benefits.law.text import N_

CORE = {
    "spell.first_day": N_("On which day did the incapacity or the leave begin?"),
    "spell.last_day": N_("What is the last day of the incapacity or the leave?"),
    "spell.illness": N_("Which illness is certified?"),
    "spell.same_illness": N_("Is this the same illness as in the earlier spell?"),
    "contributions": N_("For which months were contributions paid, and on what wage?"),
    "certificates": N_("Which medical certificates cover the spell?"),
    "claimed_on": N_("On which day was the claim made?"),
    "insured.born_on": N_("When was the insured person born?"),
    "insured.sex": N_("Is the insured person a woman or a man?"),
    "insured.insured_since": N_("Since when is the person insured?"),
    "employments": N_("For whom does the insured person work?"),
    "employments.from": N_("On which day did the employment begin?"),
    "employments.to": N_("On which day did the employment end?"),
    "employments.pay": N_("Is the wage paid by the month, the day, the hour or the piece?"),
    "employments.days_worked": N_("How many days has the person worked for this employer?"),
    "employments.hazardous": N_("Is the work on the list of hazardous work?"),
    "employments.weekly_rest": N_("On which days of the week does this employer rest?"),
    "employments.wage_paid_until": N_("Up to which day did the employer pay the wage?"),
    "employments.wage_stopped_word": N_(
        "Who says that the wage stopped: the worker, the employer, or did you see the wage list?"
    ),
}
UNNAMED = N_("A fact is missing here.")


def question(pointer: str) -> Text:
    """The question for a place in the case; list numbers in the pointer do not matter."""
    parts = [part for part in pointer.removeprefix("#/").split("/") if not part.isdigit()]
    return Text(CORE.get(".".join(parts), UNNAMED))
