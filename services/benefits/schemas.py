"""What the API of benefits takes and gives."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.benefits.domain.appeal import OUTCOMES
from services.benefits.usecases.recoveries import RETURN_REASONS, WAIVE_REASONS
from shared.web.schemas import Code, Day, House, Id, MoneyField, MonthText, Text, Yes
from shared.web.texts import LANGUAGES


def many(schema: type[House], most: int = 500, **kwargs: Any) -> fields.List[Any]:
    """A list of at most `most` things."""
    return fields.List(fields.Nested(schema), validate=validate.Length(max=most, error="too_many"), **kwargs)


class SessionIn(House):
    username = Text(required=True, most=80)
    password = Text(required=True, most=200)
    code = Text(most=10, load_default="", least=0)


class SessionOut(House):
    token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    roles = fields.List(fields.String(), required=True)


class IdentifierShape(House):
    scheme = Text(required=True, most=40, pattern=r"^[a-z0-9-]+$")
    value = Text(required=True, most=60)
    verified = Yes(load_default=False)


class NameShape(House):
    full = Text(required=True, most=200)
    latin = Text(most=200, allow_none=True, load_default=None)


class PersonIn(House):
    name = fields.Nested(NameShape, required=True)
    sex = Code("female", "male", "other", allow_none=True, load_default=None)
    born_on = Day(allow_none=True, load_default=None)
    phone = Text(most=30, allow_none=True, load_default=None)
    language = Code(*LANGUAGES, load_default=None)
    identifiers = many(IdentifierShape, most=10, load_default=list)
    address = fields.List(Text(most=200), load_default=list, validate=validate.Length(max=6, error="too_many"))
    insured_as = Text(most=40, pattern=r"^[a-z0-9_]+$", load_default="employee")
    insured_since = Day(allow_none=True, load_default=None)


class PersonChangeIn(House):
    """Only what is named is changed."""

    address = fields.List(Text(most=200), validate=validate.Length(max=6, error="too_many"))
    phone = Text(most=30, allow_none=True)
    language = Code(*LANGUAGES)
    why = Text(required=True, most=500)


class DeathIn(House):
    """The last word on a reported death; `died_on` goes with `confirmed`."""

    outcome = Code("confirmed", "mistaken", required=True)
    died_on = Day(allow_none=True, load_default=None)
    why = Text(required=True, most=500)


class TransferIn(House):
    """A person of another office, and why she is asked over."""

    person_id = Id(required=True)
    why = Text(required=True, most=500)


class TransferAnswerIn(House):
    given = fields.Boolean(required=True)
    why = Text(required=True, most=500)


class TransferOut(House):
    id = Id(required=True)
    person_id = Id(required=True)
    from_office = fields.String(required=True)
    to_office = fields.String(required=True)
    asked_on = fields.Date(required=True)
    state = fields.String(required=True)
    answer = fields.String(allow_none=True)


class PersonOut(House):
    id = Id(required=True)
    office_id = fields.String(required=True)
    name = fields.Nested(NameShape, required=True)
    sex = fields.String(allow_none=True)
    born_on = fields.Date(allow_none=True)
    phone = fields.String(allow_none=True)
    language = fields.String(required=True)
    address = fields.List(fields.String(), required=True)
    identifiers = fields.List(fields.Nested(IdentifierShape), required=True)
    insured_as = fields.String(required=True)
    insured_since = fields.Date(allow_none=True)
    death_reported_on = fields.Date(allow_none=True)
    deceased_on = fields.Date(allow_none=True)
    address_doubted_on = fields.Date(allow_none=True)
    version = fields.Integer(required=True)


class Search(House):
    q = Text(required=True, most=120)
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 50, error="out_of_range"))


class Hits(House):
    items = fields.List(fields.Nested(PersonOut), required=True)
    next_cursor = fields.String(allow_none=True)


class EmployerIn(House):
    number = Text(required=True, most=40)
    name = Text(required=True, most=200)
    name_latin = Text(most=200, allow_none=True, load_default=None)
    phone = Text(most=30, allow_none=True, load_default=None)


class EmployerOut(House):
    id = Id(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)


class EmploymentIn(House):
    employer_id = Id(required=True)
    first_day = Day(required=True)
    last_day = Day(allow_none=True, load_default=None)
    pay = Code("monthly", "daily", "hourly", "piece", allow_none=True, load_default=None)


class ContributionIn(House):
    month = MonthText(required=True)
    wage = MoneyField(required=True)
    paid = Yes(load_default=True)
    kind = Code("compulsory", "voluntary", load_default="compulsory")


class ContributionsIn(House):
    employer_id = Id(allow_none=True, load_default=None)
    months = many(ContributionIn, most=600, required=True)


class WithdrawnMonthIn(House):
    """A month that was declared and cannot have been: any at all, because an impossible one is what is taken back."""

    month = Text(required=True, pattern=r"^(?!0000)\d{4}-(0[1-9]|1[0-2])$", most=7)
    employer_id = Id(allow_none=True, load_default=None)
    why = Text(required=True, most=500)


class RowAnswer(House):
    row = fields.Integer(required=True)
    outcome = fields.String(required=True)
    code = fields.String(allow_none=True)
    id = fields.String(allow_none=True)


class Answers(House):
    items = fields.List(fields.Nested(RowAnswer), required=True)


class PayeeIn(House):
    kind = Code("bank", "wallet", "cash", required=True)
    #: Empty where she is paid at the counter, and only there.
    bank = Text(required=True, most=20, least=0)
    number = Text(required=True, most=40, least=0)
    holder = Text(required=True, most=200)
    why = Text(most=500, allow_none=True, load_default=None)

    @validates_schema
    def _has_an_account(self, data: dict[str, Any], **_: Any) -> None:
        missing = [name for name in ("bank", "number") if data["kind"] != "cash" and not data[name]]
        if missing:
            raise ValidationError({name: ["required"] for name in missing})


class AccountShape(House):
    kind = fields.String(required=True)
    bank = fields.String(required=True)
    number = fields.String(required=True)
    holder = fields.String(required=True)


class PayeeOut(House):
    person_id = Id()
    employer_id = Id()
    office_id = fields.String(required=True)
    name = fields.Nested(NameShape, required=True)
    account = fields.Nested(AccountShape, allow_none=True)
    changed_on = fields.Date(allow_none=True)


class PersonsIn(House):
    persons = fields.List(Id(), required=True, validate=validate.Length(min=1, max=500))


class PayeesOut(House):
    payees = fields.List(fields.Nested(PayeeOut), required=True)


class ContactOut(House):
    person_id = Id(required=True)
    office_id = fields.String(required=True)
    name = fields.Nested(NameShape, required=True)
    language = fields.String(required=True)
    phone = fields.String(allow_none=True)
    address = fields.List(fields.String(), required=True)


class ClaimIn(House):
    person_id = Id(required=True)
    benefit = Text(required=True, most=60, pattern=r"^[a-z0-9_]+$")
    received_on = Day(allow_none=True, load_default=None)
    employer_id = Id(allow_none=True, load_default=None)
    facts = fields.Dict(keys=fields.String(), load_default=dict)
    papers = fields.Dict(keys=fields.String(), load_default=dict)


class ClaimChangeIn(House):
    received_on = Day(allow_none=True, load_default=None)
    facts = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)
    papers = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)
    why = Text(most=500, allow_none=True, load_default=None)


class ProblemItem(House):
    pointer = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict()


class WarningOut(ProblemItem):
    #: By this it is judged (`POST …/judgements`), where it must be.
    id = fields.String(required=True)
    judge = fields.Boolean(required=True)


class WaitsShape(House):
    whom = fields.String(required=True)
    reason = fields.String(allow_none=True)
    since = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)


class ClaimOut(House):
    id = Id(required=True)
    number = fields.String(required=True)
    person_id = Id(required=True)
    employer_id = fields.String(allow_none=True)
    office_id = fields.String(required=True)
    country = fields.String(required=True)
    benefit = fields.String(required=True)
    state = fields.String(required=True)
    waits_for = fields.Nested(WaitsShape, allow_none=True)
    received_on = fields.Date(required=True)
    facts = fields.Dict(required=True)
    papers = fields.Dict(required=True)
    version = fields.Integer(required=True)
    warnings = fields.List(fields.Nested(WarningOut))


class ClaimList(House):
    items = fields.List(fields.Nested(ClaimOut), required=True)
    next_cursor = fields.String(allow_none=True)


class ReturnIn(House):
    whom = Code("doctor", "worker", "employer", "registry", required=True)
    reason = Text(required=True, most=60, pattern=r"^[a-z0-9_]+$")
    words = Text(most=500, allow_none=True, load_default=None)
    until = fields.Date(allow_none=True, load_default=None)


class WhyIn(House):
    why = Text(required=True, most=500)


class ErasureOut(House):
    id = Id(required=True)
    person_id = Id(required=True)
    state = Code("asked", "erased", "withdrawn", required=True)
    on = Day(required=True)
    not_before = Day(required=True)
    ended_on = Day(required=True, allow_none=True)


class ErasuresOut(House):
    items = fields.List(fields.Nested(ErasureOut), required=True)


class PhoneCodeIn(House):
    code = Text(required=True, most=8)


class PhoneCodeOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    asked_at = fields.AwareDateTime(required=True)
    tries = fields.Integer(required=True)
    confirmed = fields.Boolean(required=True)


class JudgeIn(House):
    warning = Text(required=True, most=200)
    why = Text(required=True, most=300)


class OverrideIn(House):
    finding = Text(required=True, most=100)
    met = fields.Boolean(required=True)
    basis = Text(required=True, most=300)
    why = Text(required=True, most=1000)


class DecideIn(House):
    reasons = Text(most=2000, allow_none=True, load_default=None)


class DecisionOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    no = fields.Integer(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    outcome = fields.String(required=True)
    total = MoneyField(required=True)
    difference = MoneyField(required=True)
    needs_second = fields.Boolean(required=True)
    second_reason = fields.String(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    appeal_until = fields.Date(allow_none=True)
    returned_reason = fields.String(allow_none=True)
    schedule = fields.List(fields.Dict(), required=True)
    conformance = fields.Dict(allow_none=True)
    assessment = fields.Dict(required=True)


class GiveBackIn(House):
    reason = Code(
        "facts_wrong",
        "finding_wrong",
        "certificate_doubtful",
        "wages_doubtful",
        "explain_more",
        required=True,
    )
    words = Text(most=500, allow_none=True, load_default=None)


class AppealIn(House):
    decision_id = Id(required=True)
    finding = Text(required=True, most=80, pattern=r"^[a-z0-9_]+$")
    grounds = Text(required=True, most=5000)
    lodged_on = Day(allow_none=True, load_default=None)


class AppealOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    decision_id = Id(required=True)
    finding = fields.String(required=True)
    state = fields.String(required=True)
    lodged_on = fields.Date(required=True)
    in_time = fields.Boolean(required=True)
    outcome = fields.String(allow_none=True, validate=validate.OneOf([*OUTCOMES, None]))


class AgreedIn(House):
    due_on = Day(required=True)
    amount = MoneyField(required=True)


class AgreedOut(House):
    due_on = fields.Date(required=True)
    amount = MoneyField(required=True)


class RecoveryIn(House):
    way = Code("repay", "set_off", "waive", required=True)
    #: Why it is waived; only then.
    reason = Code(*WAIVE_REASONS, allow_none=True, load_default=None)
    words = Text(most=2000, allow_none=True, load_default=None)
    #: What the person said when she was asked.
    heard = Text(most=2000, allow_none=True, load_default=None)
    #: Agreed days and amounts of a repayment; one alone that is smaller is repeated each month.
    parts = fields.List(fields.Nested(AgreedIn), load_default=[], validate=validate.Length(max=60))
    #: Another claim of the person, from whose instalments it is withheld.
    from_claim_id = Id(allow_none=True, load_default=None)


class RecoveryBackIn(House):
    reason = Code(*RETURN_REASONS, required=True)
    words = Text(most=2000, allow_none=True, load_default=None)


class RecoveryOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    way = fields.String(required=True)
    amount = MoneyField(required=True)
    reason = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    decided_on = fields.Date(required=True, allow_none=True)
    repay_by = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    ended_reason = fields.String(required=True, allow_none=True)
    returned_reason = fields.String(required=True, allow_none=True)
    parts = fields.List(fields.Nested(AgreedOut), required=True)
    from_claim_id = Id(required=True, allow_none=True)


class ObjectionIn(House):
    grounds = Text(most=5000, required=True)


class ObjectionDecidedIn(House):
    outcome = Code("upheld", "rejected", required=True)
    reasons = Text(most=5000, required=True)


class ObjectionOut(House):
    id = Id(required=True)
    recovery_id = Id(required=True)
    lodged_on = fields.Date(required=True)
    outcome = fields.String(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)


class PeriodOut(House):
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")


class ComparedOut(House):
    component = fields.String(required=True)
    period = fields.Nested(PeriodOut, required=True)
    correct = MoneyField(required=True)
    paid = MoneyField(required=True)
    difference = MoneyField(required=True)


class OverpaymentOut(House):
    id = Id(required=True)
    claim_id = Id(required=True)
    state = fields.String(required=True)
    found_on = fields.Date(required=True)
    amount = MoneyField(required=True)
    repaid = MoneyField(required=True)
    waived = MoneyField(required=True)
    outstanding = MoneyField(required=True)
    compared = fields.List(fields.Nested(ComparedOut), required=True)
    recoveries = fields.List(fields.Nested(RecoveryOut), required=True)


class StatementIn(House):
    pay = Code("monthly", "daily", "hourly", "piece", load_default="monthly")
    last_day_worked_on = Day(allow_none=True, load_default=None)
    wage_paid_until = Day(required=True)
    wages = many(ContributionIn, most=60, load_default=list)


class AssessmentIn(House):
    case = fields.Dict(keys=fields.String(), required=True)
    options = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class StatisticsQuery(House):
    year = fields.Integer(required=True, validate=validate.Range(2000, 2200, error="out_of_range"))


class Anything(House):
    """A document whose shape is described in docs/schemas; given as it is."""

    as_it_is = True

    class Meta:
        unknown = "include"
