"""A condition decided otherwise than the rules find it: by an officer who names the provision and says why, and never
without a second person. What the rules found stays beside it."""

from __future__ import annotations

from services.benefits import store
from services.benefits.domain.assessment import MET
from services.benefits.domain.claim import Claim
from services.benefits.law import in_force
from services.benefits.usecases import claims
from shared.act import Act


class NotToOverride(ValueError):
    """The rules do not ask this condition of the claim as a whole, or leave it to judgement anyway; or it is decided
    already as they find it."""


def override(act: Act, claim_id: str, version: int | None, finding: str, *, met: bool, basis: str, why: str) -> Claim:
    """Decide a condition otherwise. Raises `NotToOverride`, and what saving facts raises."""
    claim = store.claims.to_change(act, claim_id, version)
    without = {name: value for name, value in (claim.facts.get("overrides") or {}).items() if name != finding}
    picture = claims.picture(act, claim, {**claim.facts, "overrides": without})
    known = picture.assessment
    whole = in_force.conditions(known) if known is not None else ()
    found = next((f for f in known.findings if f.id == finding and f.id in whole), None) if known is not None else None
    if found is None or not found.by_rules or (found.verdict == MET) is met:
        raise NotToOverride(finding)
    said = {"met": met, "basis": basis, "why": why}
    return _save(act, claim, {**without, finding: said}, f"{basis}: {why}")


def take_back(act: Act, claim_id: str, version: int | None, finding: str, why: str) -> Claim:
    """The condition is again what the rules find. Raises `NotToOverride` where nothing was decided otherwise."""
    claim = store.claims.to_change(act, claim_id, version)
    known = dict(claim.facts.get("overrides") or {})
    if known.pop(finding, None) is None:
        raise NotToOverride(finding)
    return _save(act, claim, known, why)


def _save(act: Act, claim: Claim, overrides: dict[str, dict[str, object]], why: str) -> Claim:
    facts = {**claim.facts, "overrides": overrides}
    return claims.save_facts(act, claim.id, claim.version, facts=facts, why=why[:300])
