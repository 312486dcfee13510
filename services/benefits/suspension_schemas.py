"""What the API of suspensions takes and gives."""

from __future__ import annotations

from marshmallow import fields

from shared.web.schemas import Code, Day, House, Id, PeriodField, Text


class GroundOut(House):
    #: What a request names; the words are the law's, in English.
    code = fields.String(required=True)
    text = fields.String(required=True)
    #: The letter of C102 art. 69; 14: that article, which only says that no earnings are suspended.
    letter = fields.String(required=True)
    citation = fields.String(required=True)
    evidence = fields.String(required=True)


class GroundsOut(House):
    items = fields.List(fields.Nested(GroundOut), required=True)


class SuspensionIn(House):
    ground = Text(required=True, most=64, pattern=r"^[a-z0-9_]+$")
    first_day = Day(required=True)
    words = Text(required=True, most=2000)
    #: None: after the institution's days.
    look_again_on = Day(allow_none=True, load_default=None)


class SuspensionWordsIn(House):
    words = Text(required=True, most=2000)


class SuspensionLaterIn(House):
    words = Text(required=True, most=2000)
    look_again_on = Day(required=True)


class SuspensionLiftIn(House):
    ended = Code("groundless", "held", required=True)
    #: The days on which the ground held; only then.
    held = PeriodField(allow_none=True, load_default=None)
    words = Text(required=True, most=2000)


class SuspensionOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    ground = fields.Nested(GroundOut, required=True)
    first_day = fields.Date(required=True)
    words = fields.String(required=True)
    look_again_on = fields.Date(required=True)
    state = fields.String(required=True)
    proposed_on = fields.Date(required=True)
    decided_on = fields.Date(required=True, allow_none=True)
    appeal_until = fields.Date(required=True, allow_none=True)
    ended = fields.String(required=True, allow_none=True)
    held = PeriodField(required=True, allow_none=True)
    lifted_on = fields.Date(required=True, allow_none=True)


class SuspensionsOut(House):
    items = fields.List(fields.Nested(SuspensionOut), required=True)
