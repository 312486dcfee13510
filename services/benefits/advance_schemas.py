"""What the API of advances takes and gives."""

from __future__ import annotations

from marshmallow import fields

from shared.web.schemas import Day, House, Id, MoneyField, PeriodField, Text, Yes


class AdvanceIn(House):
    #: Named by the desk; an employer acts for herself.
    employer_id = Id(allow_none=True, load_default=None)
    amount = MoneyField(required=True)
    period = PeriodField(required=True)
    paid_on = Day(required=True)
    #: The paper that shows it: a receipt, a line of the payroll.
    paper = Text(required=True, most=200)


class AdvanceOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    employer_id = Id(required=True)
    amount = MoneyField(required=True)
    period = PeriodField(required=True)
    paid_on = fields.Date(required=True)
    paper = fields.String(required=True)
    state = fields.String(required=True)
    stated_on = fields.Date(required=True)
    answer_by = fields.Date(required=True)
    answered_on = fields.Date(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    why = fields.String(allow_none=True)


class AdvancesOut(House):
    items = fields.List(fields.Nested(AdvanceOut), required=True)


class AdvanceAnswerIn(House):
    true = Yes(required=True)
    words = Text(most=2000, allow_none=True, load_default=None)


class AdvanceDecisionIn(House):
    confirmed = Yes(required=True)
    why = Text(most=2000, allow_none=True, load_default=None)


class EmployerAccountIn(House):
    bank = Text(required=True, most=20)
    number = Text(required=True, most=40)
    holder = Text(required=True, most=200)
    paper = Text(required=True, most=200)


class EmployerAccountOut(House):
    id = Id(required=True)
    employer_id = Id(required=True)
    bank = fields.String(required=True)
    #: Its last digits.
    number = fields.String(required=True)
    state = fields.String(required=True)
    asked_on = fields.Date(required=True)
    decided_on = fields.Date(allow_none=True)


class EmployerAccountDecisionIn(House):
    confirmed = Yes(required=True)
