"""Whose matter it is that money did not arrive, by the bank's code (ISO 20022 external codes and the house's own).

Payments keep the whole table (`services/payments/reasons.py`); this is the part that benefits and notifications need
so that nobody is asked for another account where hers is right. A test keeps the two together.
"""

from __future__ import annotations

#: The bank, the fund or the house must act; the payee's account is not in question.
NOT_THE_PAYEES = frozenset(
    {
        "AM02",
        "AM04",
        "AM05",
        "DT01",
        "TM01",
        "FF01",
        "MS03",
        "NARR",
        "NRCV",
        "MD07",
        "payee_deceased",
        "refused_for_a_look",
        "benefits_unreachable",
        "payee_unknown",
        "by_officer",
        "rejected_in_run",
        "schedule_changed",
        "award_ended",
        "cancelled_by_bank",
    }
)


def is_payees(code: str | None) -> bool:
    """Whether the payee must bring another account, or say how she wants to be paid. A code nobody knows is looked
    into with her."""
    return code not in NOT_THE_PAYEES
