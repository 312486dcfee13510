"""A decision that is looked at afterwards, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from services.benefits.domain.ids import ClaimId, DecisionId, OfficeId

#: Who has decided where no person has.
AUTOMATIC = "rules"
#: What looking may find.
FINDINGS = ("right", "wrong", "unclear")


class SampleCannot(ValueError):
    """Why what was found is not written down, as a code; `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Sample:
    """Drawn on a day; `by_rules` says whether a person decided."""

    decision_id: DecisionId
    claim_id: ClaimId
    office_id: OfficeId
    by_rules: bool
    drawn_on: date
    found: str | None = None
    why: str | None = None
    looked_by: str | None = None
    looked_name: str | None = None
    looked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Numbers of a year: decisions, those of the rules alone, and what looking afterwards found."""

    decided: int
    by_rules: int
    drawn: int
    looked_at: int
    wrong: int
    people_drawn: int
    people_looked_at: int
    people_wrong: int


def looked(sample: Sample, who: str, name: str, on: date, found: str, why: str, hands: set[str | None]) -> Sample:
    """Somebody has looked at the decision. `hands` decided it: none of them looks. Raises `SampleCannot`."""
    if sample.found is not None:
        raise SampleCannot("looked_at_already")
    if who in hands:
        raise SampleCannot("own_decision")
    if found not in FINDINGS:
        raise SampleCannot("required", "found")
    if not why:
        raise SampleCannot("required", "sample_why")
    return replace(sample, found=found, why=why, looked_by=who, looked_name=name, looked_on=on)
