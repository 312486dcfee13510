"""Facts to tell stories with: a claim of the model country or of Lao PDR, with what the story changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case
from services.benefits.law import in_force
from services.benefits.law.case import read_case

TODAY = date(2026, 1, 15)


def sickness(country: str = "xx", days: str = "2025-03-03..2025-03-12", **facts: Any) -> dict[str, Any]:
    """A claim for a certified spell of a worker with a year of contributions."""
    first, last = days.split("..")
    mapping: dict[str, Any] = {
        "country": country,
        "benefit": "sickness",
        "claimed_on": last,
        "employments": [{"pay": "monthly", "wage_stopped_word": "employer"}],
        "contributions": [{"from": "2024-03", "to": "2025-02", "wage": "2150"}],
        "spell": {"first_day": first, "last_day": last, "illness": "J18"},
        "certificates": [{"from": first, "to": last}],
    }
    if country == "la":
        mapping["contributions"] = [{"from": "2024-03", "to": "2025-02", "wage": "3000000"}]
        mapping["event"] = {"employer_days_used": 30}
    return mapping | facts


def birth(country: str = "xx", on: str = "2025-06-15", **facts: Any) -> dict[str, Any]:
    """A claim of a mother with a year of contributions whose leave begins with the birth."""
    event: dict[str, Any] = {"birth_on": on, "children": 1}
    if country == "la":
        event["pregnancy_months"] = 9
    return {
        "country": country,
        "benefit": "birth",
        "claimed_on": on,
        "insured": {"sex": "female"},
        "contributions": [{"from": "2024-06", "to": "2025-05", "wage": "2700" if country == "xx" else "3000000"}],
        "spell": {"first_day": on},
        "event": event,
    } | facts


def assessed(mapping: dict[str, Any] | Case, **options: str) -> Assessment:
    """What the law in force says to these facts."""
    case = mapping if isinstance(mapping, Case) else read_case(mapping)
    return in_force.assess(case, today=TODAY, options=options or None)


def after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
