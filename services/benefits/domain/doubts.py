"""Warnings with a life: raised by the facts, judged by a person in a few words, gone when their cause goes.

A warning never blocks a draft. Those with `judge` must be judged before the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from statistics import median_low
from typing import Any

from services.benefits.domain.assessment import MET, Finding
from services.benefits.domain.claim import Judged, Papers, day_of
from services.benefits.domain.person import Identifier
from shared.period import Month
from shared.reading.identifiers import key_of
from shared.reading.national import told_by

#: Days of an event that is paid for once.
PAID_ONCE = ("birth_on", "miscarriage_on", "received_on")

#: How many times the wages around it a wage must be to raise a doubt; ten is a slip of one place.
ODD = 8


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about the facts: `id` is stable while the cause is, `pointer` is the field beside which it stands."""

    id: str
    code: str
    pointer: str
    params: Mapping[str, Any] = field(default_factory=dict)
    judge: bool = True

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "code": self.code,
            "pointer": self.pointer,
            "params": dict(self.params),
            "judge": self.judge,
        }


@dataclass(frozen=True, slots=True)
class OddWage:
    """A wage that stands out, with what is usual around it (currency units)."""

    month: Month
    wage: Fraction
    usual: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Another account that took the place of one: the day, and both as a history shows them."""

    version: int
    on: str
    before: str
    now: str


def _money(units: Fraction, currency: str) -> dict[str, str]:
    return {"type": "money", "value": str(units), "currency": currency}


def raised(
    *,
    facts: Mapping[str, Any],
    papers: Papers,
    received_on: date,
    today: date,
    look_alikes: int,
    holder_matches: bool | None,
    errors: Sequence[Mapping[str, Any]],
    payee_id: str = "",
    in_time: Finding | None = None,
    odd: Sequence[OddWage] = (),
    named: tuple[str, str] = ("", ""),
    accounts_changed: Sequence[AccountChanged] = (),
) -> list[Doubt]:
    """All warnings that today's facts give cause for. `in_time` is what the law in force says of the claim's day: its
    own time limit decides, and where a late claim may be excused an officer judges that finding. `named` is who the
    account belongs to and who the person is; `accounts_changed` what became of it since the claim came in."""
    found = [
        Doubt(f"error:{e['pointer']}:{e['code']}", e["code"], e["pointer"], e.get("params", {}), judge=False)
        for e in errors
    ]
    verified = papers.verified
    for n, certificate in enumerate(facts.get("certificates") or []):
        number = str(certificate.get("number") or n + 1)
        if not certificate.get("cancelled") and number not in verified:
            found.append(
                Doubt(
                    f"certificate_not_verified:{number}",
                    "certificate_not_verified",
                    f"#/certificates/{n}/number",
                    {"number": number},
                )
            )
        issued, first = certificate.get("issued_on"), certificate.get("from")
        if issued and first and issued > first and _gap(first, issued) > 7:
            found.append(
                Doubt(
                    f"certificate_late:{number}",
                    "certificate_late",
                    f"#/certificates/{n}/issued_on",
                    {"days": _gap(first, issued)},
                )
            )
    last = day_of(facts, "spell", "last_day")
    if last and last > today:
        days = (last - today).days
        found.append(Doubt("days_ahead", "days_ahead", "#/spell/last_day", {"days": days}, judge=False))
    first_day = day_of(facts, "spell", "first_day") or day_of(facts, "event", "delivered_on")
    if first_day and in_time is not None and in_time.verdict != MET:
        late = {"days": (received_on - first_day).days}
        found.append(Doubt("claim_late", "claim_late", "#/claimed_on", late, judge=False))
    found += [
        Doubt(
            f"wage_odd:{o.month}:{o.wage}",
            "wage_odd",
            "#/contributions",
            {"month": str(o.month), "wage": _money(o.wage, o.currency), "usual": _money(o.usual, o.currency)},
        )
        for o in odd
    ]
    if look_alikes:
        found.append(Doubt("look_alikes", "look_alikes", "#/person", {"count": look_alikes}))
    if holder_matches is False:
        names = dict(zip(("holder", "name"), named, strict=True))
        found.append(Doubt(f"holder_differs:{payee_id}", "holder_differs", "#/payee", names))
    for change in accounts_changed:
        told = {"on": {"type": "date", "value": change.on}, "before": change.before, "now": change.now}
        found.append(Doubt(f"account_changed:{change.version}", "account_changed", "#/payee", told))
    return found


def odd_wages(wages: Mapping[Month, Fraction], currency: str) -> list[OddWage]:
    """Months with their wage (units of `currency`), where it is
    about ten times those around it, or a tenth: a separator or a zero slipped.
    Compared is the (lower) median of up to three months before and three after."""
    found, listed = [], sorted(wages)
    for place, month in enumerate(listed):
        around = [wages[m] for m in listed[max(place - 3, 0) : place + 4] if m != month]
        usual = median_low(around) if len(around) > 1 else Fraction(0)
        if usual and not usual / ODD < wages[month] < usual * ODD:
            found.append(OddWage(month, wages[month], usual, currency))
    return found


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _gap(first: str, last: str) -> int:
    if not (_is_day(first) and _is_day(last)):
        return 0
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def told_by_numbers(numbers: Sequence[Identifier], sex: str | None, born_on: date | None) -> list[Doubt]:
    """What a person's numbers say of her against what is registered: another sex, another year of birth, another
    insurance number within the number of a card. Letters that name two townships are said, and not judged."""
    found = []
    for one in numbers:
        told = told_by(one.scheme, one.value)
        if sex in ("female", "male") and told.sex not in (None, sex):
            found.append(Doubt(f"number_sex:{one.scheme}:{sex}", "number_sex", "#/person"))
        if born_on is not None and told.born_in not in (None, born_on.year):
            said = {"year": str(told.born_in), "registered": str(born_on.year)}
            found.append(Doubt(f"number_year:{one.scheme}:{born_on.year}", "number_year", "#/person", said))
        if told.township_unclear:
            found.append(Doubt(f"number_township:{one.scheme}", "number_township", "#/person", judge=False))
        if told.holds is not None:
            scheme, held = told.holds
            if any(key_of(other.value) != held for other in numbers if other.scheme == scheme):
                found.append(Doubt(f"number_held:{one.scheme}", "number_held", "#/person"))
    return found


def open_ones(warnings: Sequence[Doubt], judged: Mapping[str, Judged]) -> list[Doubt]:
    """Warnings that still need a person's word."""
    return [w for w in warnings if w.judge and w.id not in judged]
