"""What the API of annulments takes and gives."""

from __future__ import annotations

from marshmallow import fields

from services.benefits.domain.annulment import OUTCOMES, AnnulmentGround
from shared.web.schemas import Code, House, Id, MoneyField, Text


class AnnulmentIn(House):
    ground = Code(*AnnulmentGround, required=True)
    #: The provision by which a decision can be annulled.
    basis = Text(required=True, most=300)
    words = Text(required=True, most=2000)


class AnnulmentWordsIn(House):
    words = Text(required=True, most=2000)


class AnnulmentObjectionIn(House):
    outcome = Code(*OUTCOMES, required=True)
    reasons = Text(required=True, most=2000)


class AnnulmentOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    decision_id = Id(required=True)
    ground = fields.String(required=True)
    basis = fields.String(required=True)
    words = fields.String(required=True)
    #: What the decision granted, and what had left by then.
    granted = MoneyField(required=True)
    paid = MoneyField(required=True)
    state = fields.String(required=True)
    proposed_on = fields.Date(required=True)
    decided_on = fields.Date(required=True, allow_none=True)
    appeal_until = fields.Date(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    outcome_on = fields.Date(required=True, allow_none=True)


class AnnulmentsOut(House):
    items = fields.List(fields.Nested(AnnulmentOut), required=True)
