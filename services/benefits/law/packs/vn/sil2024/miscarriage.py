"""Benefit after miscarriage, abortion or death of the fetus: the steps of the law of 2014 with the figures of 2024; an
ectopic pregnancy belongs here, and from 22 weeks it is a birth where the woman qualifies for one."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.law.packs.vn.sil2014.miscarriage import OF_THE_WHOLE, Shared, carry_out
from services.benefits.law.sheet import Sheet


class Law(Shared):
    """The figures of the benefit."""


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the law."""
    carry_out(case, law, sheet)


__all__ = ["OF_THE_WHOLE", "Law", "assess"]
