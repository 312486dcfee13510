"""The conditions of a claim as a whole, as the rules find them, and those that are decided otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.benefits import store
from services.benefits.domain.assessment import Finding
from services.benefits.domain.claim import Claim
from services.benefits.law import in_force
from services.benefits.law import text as t
from services.benefits.usecases import claims
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Json, Said, errors
from shared.act import Act
from shared.web.texts import N_


@dataclass(frozen=True, slots=True)
class OtherwisePage:
    claim: Claim
    head: Head
    #: Conditions as the rules find them, which can be turned.
    open: list[Json]
    #: Those that are decided otherwise, in the sentence of letter and page.
    turned: list[Json]
    #: The provisions of the statute that the claim rests on, to choose from.
    provisions: list[str]
    typed: Said
    errors: Said


def page(act: Act, claim: Claim, *, typed: Mapping[str, str], wrong: Mapping[str, str]) -> OtherwisePage:
    """After words that could not be taken: with what was typed and what is wrong with it."""
    found = claims.picture(act, claim).assessment
    whole = in_force.conditions(found) if found is not None else ()
    findings = [f for f in found.findings if f.id in whole] if found is not None else []
    effective = {f.id: f.text.json() for f in (found.decided_otherwise if found is not None else [])}
    turned = [(id, effective.get(id) or _idle(said)) for id, said in (claim.facts.get("overrides") or {}).items()]
    known = sorted({f.citation.text for f in findings})
    return OtherwisePage(
        claim=claim,
        head=head(act, store.persons.get(act, claim.person_id)),
        open=[_json(f) for f in findings if f.by_rules],
        turned=[{"id": id, "text": text} for id, text in turned],
        provisions=known,
        typed=Said(typed),
        errors=errors(wrong),
    )


def _idle(said: Json) -> Json:
    """What was decided otherwise and makes no difference as the facts are now."""
    params = {"basis": t.word(said["basis"]), "why": t.word(said["why"])}
    return t.say(N_("Under {basis}: {why}. As the facts are now, it makes no difference."), **params).json()


def _json(finding: Finding) -> Json:
    return {"id": finding.id, "text": finding.text.json(), "verdict": finding.verdict}
