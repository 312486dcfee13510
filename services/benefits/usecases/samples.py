"""Some decisions are drawn and looked at afterwards."""

from __future__ import annotations

from services.benefits import store
from services.benefits.domain import automation, sample
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import Decision
from services.benefits.domain.sample import AUTOMATIC, Sample
from services.benefits.institution import institution
from services.benefits.usecases import claims
from shared.act import Act

#: As many bytes as make each decision as likely as the other.
BYTES = 8


def draw(act: Act, claim: Claim, decision: Decision) -> None:
    """A decision has become final: by chance it is one that is looked at."""
    practice, by_rules = institution().automatic, decision.proposed_by == AUTOMATIC
    share = practice.looked_at if by_rules else practice.people_looked_at
    chance = int.from_bytes(act.random(BYTES))
    if automation.drawn(share, chance, 256**BYTES):
        store.samples.add(act, Sample(decision.id, claim.id, claim.office_id, by_rules, act.today))


def look(act: Act, decision_id: str, found: str, why: str) -> Sample:
    """Somebody who had no hand in it says what she found. Raises `SampleCannot`."""
    drawn = store.samples.get(act, decision_id, lock=True)
    decided = store.decisions.get(act, decision_id, drawn.claim_id)
    claim = store.claims.get(act, drawn.claim_id)
    hands = {decided.proposed_by, decided.confirmed_by, *store.samples.hands(act, claim)}
    if claims.is_own_case(act, claim):
        hands.add(act.actor.id)
    after = sample.looked(drawn, act.actor.id, act.actor.name, act.today, found, why, hands)
    store.samples.save(act, after)
    return after
