"""What a claim waits for, as whoever must bring it is told: which, where, and until when.

Page, message, acknowledgement, desk and the employer's page say it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.claim import OTHERS, Claim, Whom
from services.benefits.domain.person import Office
from services.benefits.views import words
from services.benefits.views.shown import Json

#: Who of those outside the office brings it there herself.
BRINGS = (Whom.WORKER, Whom.DOCTOR)


@dataclass(frozen=True, slots=True)
class Asked:
    """`what` are sentences; `where` the office it is brought to, none where who is asked answers elsewhere."""

    what: list[Json]
    where: Office | None
    until: date | None


def asked(claim: Claim, office: Office, assessment: Assessment | None) -> Asked | None:
    """What a claim waits for from outside the office; none where it waits for nobody outside."""
    waits = claim.waits
    if waits is None or waits.whom not in OTHERS:
        return None
    return Asked(missing(claim, assessment), office if waits.whom in BRINGS else None, waits.until)


def missing(claim: Claim, assessment: Assessment | None) -> list[Json]:
    """Each thing that is missing: what the officer asked for, in her words where she used any, then the facts that
    the law still asks for."""
    waits, found = claim.waits, []
    if waits is not None and waits.whom in OTHERS:
        if waits.reason in words.ASKED:
            found.append(words.text(words.ASKED, waits.reason))
        if waits.words:
            found.append({"msg": "{words}", "params": {"words": {"type": "text", "value": waits.words}}})
    if waits is not None and waits.whom is Whom.EMPLOYER:
        return found  # what she is asked stands on her own form; the rest is not hers
    return found + [question.text.json() for question in (assessment.questions if assessment is not None else ())]
