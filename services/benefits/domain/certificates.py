"""When the last certificate of a spell ends, as the papers say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.benefits.domain.claim import Claim, day_of

#: Leaves of somebody who is ill herself.
OWN_ILLNESS = frozenset({"sickness", "long_term_sickness"})


def last_end(claim: Claim) -> date | None:
    """The last day that a certificate covers; none where the papers say that she is fit by then, or it is not her own
    illness."""
    if claim.benefit not in OWN_ILLNESS:
        return None
    told = claim.facts.get("certificates")
    ends = [_end(one) for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    end = max((day for day in ends if day is not None), default=None)
    last = day_of(claim.facts, "spell", "last_day")
    if end is None or day_of(claim.facts, "spell", "fit_on") is not None or (last is not None and last < end):
        return None
    return end


def _end(certificate: Mapping[str, Any]) -> date | None:
    return None if certificate.get("cancelled") else day_of({"it": certificate}, "it", "to")
