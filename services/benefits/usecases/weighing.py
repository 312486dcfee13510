"""That a claim is weighed for the queue once something about it has changed."""

from __future__ import annotations

from services.benefits.domain.claim import Claim, Whom
from shared.act import Act
from shared.jobs import post_job


def weigh_later(act: Act, claim: Claim) -> Claim:
    """The claim, which is weighed by a job (`automation.weigh_one`) where it waits for an officer."""
    if claim.waits is not None and claim.waits.whom is Whom.OFFICER:
        key = f"{claim.id}:{claim.version}:{act.now.timestamp():.0f}"
        post_job(act, "weigh_claim", key, {"claim_id": claim.id})
    return claim
