"""What is said of an annulled decision, in one place for the desk, her page and the letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from services.benefits import store
from services.benefits.domain.annulment import Annulment, AnnulmentGround
from services.benefits.domain.appeal import ANNULMENT, Appeal
from services.benefits.domain.claim import Claim
from services.benefits.institution import institution
from services.benefits.law.text import day, money
from services.benefits.views import suspension
from services.benefits.views.shown import Words
from shared.act import Act
from shared.web.texts import N_

#: As she reads it in the letter.
GROUNDS: Mapping[str, str] = {
    AnnulmentGround.WRONG_PERSON: N_("it was made for the wrong person"),
    AnnulmentGround.REGISTERED_TWICE: N_("the same claim was registered twice"),
    AnnulmentGround.FALSE_PAPERS: N_("it rests on papers that are false"),
    AnnulmentGround.OUR_MISTAKE: N_("it was made by a mistake of the institution"),
}
#: What an appeal against an annulment is against, among the findings of the decision.
CONTESTED = N_("That the decision was annulled")


def sentence(act: Act, found: Annulment) -> Words:
    """Which decision is annulled, on which ground, and on what that rests."""
    said = {"on": day(_decided_on(act, found)), "ground": {"msg": GROUNDS[found.ground]}}
    said |= {"basis": {"type": "citation", "value": found.basis}}
    return {"msg": N_("The decision of {on} on this claim is annulled: {ground} ({basis})."), "params": said}


def _decided_on(act: Act, found: Annulment) -> Any:
    return store.decisions.get(act, found.decision_id).decided_on


def follows(act: Act, found: Annulment) -> list[Words]:
    """What it granted and grants now, what becomes of what was paid, and what she can do about it."""
    granted, paid = money(found.granted.units, found.granted.currency), money(found.paid.units, found.paid.currency)
    said: list[Words] = []
    if found.granted:
        said.append(
            {
                "msg": N_("It granted {amount}. It counts no more, and nothing more is paid by it."),
                "params": {"amount": granted},
            }
        )
    else:
        said.append({"msg": N_("It counts no more, as if it had never been made."), "params": {}})
    if found.paid:
        said.append(
            {
                "msg": N_(
                    "{amount} was paid by it, which was too much. Nothing of it is asked back before you were heard; "
                    "you get a letter about it."
                ),
                "params": {"amount": paid},
            }
        )
        if found.ground.is_ours:
            msg = N_("The mistake was ours: what you could not know is not asked back.")
            said.append({"msg": msg, "params": {}})
    if found.appeal_until is not None and found.outcome is None:
        until = {"until": day(found.appeal_until)}
        said.append({"msg": N_("You can object until {until}, on your page or at the office."), "params": until})
    return said


def after_objection(act: Act, found: Annulment) -> Words | None:
    """What was decided on an objection; none where there was none."""
    if found.outcome is None or found.outcome_on is None:
        return None
    if found.outcome == "rejected":
        return {"msg": N_("Your objection is rejected: the decision stays annulled."), "params": {}}
    said = {"on": day(_decided_on(act, found))}
    claim = store.claims.present(act, found.claim_id)
    if not found.granted or store.persons.of_claim(act, claim.person_id).deceased_on is not None:
        return {"msg": N_("Your objection is upheld: the decision of {on} counts again."), "params": said}
    said |= {"from": day(institution().pay_days.after(found.outcome_on))}
    msg = N_("Your objection is upheld: the decision of {on} counts again. What was not paid is paid from {from} on.")
    return {"msg": msg, "params": said}


def of_claim(act: Act, claim: Claim) -> list[Words]:
    """What her page says where a decision was annulled and none took its place; nothing otherwise."""
    found = store.annulments.present(act, claim.id)
    if found is None:
        return []
    after = after_objection(act, found)
    # How to object has a place of its own there.
    then = follows(act, replace(found, appeal_until=None))
    return [sentence(act, found), *then, *([after] if after is not None else [])]


def contested(finding: str, known: Any) -> Any:
    """The sentence of a decision that an appeal is against; that it was annulled is none of its findings."""
    return {"msg": CONTESTED, "params": {}} if finding == ANNULMENT else known


class Lodged(NamedTuple):
    """An appeal with the sentence it is against."""

    row: Appeal
    against: Any


def lodged(act: Act, appeal: Appeal) -> Lodged:
    """An appeal with what it is against: a sentence of the decision, that payments are suspended, that it was
    annulled."""
    findings = store.decisions.get(act, appeal.decision_id).kept["findings"]
    known = next((f["text"] for f in findings if f["id"] == appeal.finding), {"msg": appeal.finding})
    return Lodged(appeal, suspension.contested(appeal.finding, contested(appeal.finding, known)))
