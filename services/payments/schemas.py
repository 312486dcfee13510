"""What the API of payments takes and gives."""

from __future__ import annotations

from marshmallow import fields, validate

from services.payments.domain.cash import PROOFS
from services.payments.domain.layout import COLUMNS, DECIMAL_SIGNS, MOST_ABOVE, MOST_WORDS
from services.payments.domain.order import OrderState
from services.payments.domain.run import RunState
from shared.reading.days import ORDERS
from shared.reading.sheets import DELIMITERS, ENCODINGS
from shared.web.schemas import Code, Day, House, Id, MoneyField, Text, Whole, Yes

#: The largest example of a table, in base64.
MOST_EXAMPLE = 4_000_000
STATES = tuple(OrderState)
RUN_STATES = tuple(RunState)
RESOLUTIONS = (
    "settled_as_paid",
    "fee",
    "refunded",
    "repayment",
    "employer_repayment",
    "returned_less_charges",
    "confirmed",
    "told_twice",
    "noted",
)


class Page(House):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200, error="out_of_range"))
    cursor = Text(most=100, load_default=None)


class OrderQuery(Page):
    state = Code(*STATES, load_default=None)
    claim_id = Id(load_default=None)
    person_id = Id(load_default=None)
    award_id = Id(load_default=None)
    run_id = Id(load_default=None)
    reference = Text(most=16, load_default=None)


class ExpenditureQuery(House):
    year = fields.Integer(required=True, validate=validate.Range(1990, 2200, error="out_of_range"))
    cursor = Id(load_default=None)
    limit = fields.Integer(load_default=2000, validate=validate.Range(1, 5000, error="out_of_range"))


class AwardsQuery(House):
    cursor = Id(load_default=None)
    limit = fields.Integer(load_default=1000, validate=validate.Range(1, 2000, error="out_of_range"))


class PeriodOut(House):
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")


class OrderOut(House):
    id = fields.String()
    reference = fields.String()
    award_id = fields.String()
    claim_id = fields.String()
    claim_number = fields.String()
    person_id = fields.String()
    employer_id = fields.String(allow_none=True)
    office_id = fields.String()
    component = fields.String()
    no = fields.Integer()
    period = fields.Nested(PeriodOut)
    kind = fields.String()
    amount = MoneyField()
    due_on = fields.Date()
    #: The day of the bank on which it is paid: weekends and holidays move it.
    pays_on = fields.Date()
    channel = fields.String()
    state = fields.String()
    reason = fields.String(allow_none=True)
    reason_about = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    since = fields.Date(allow_none=True)
    run_id = fields.String(allow_none=True)
    run_number = fields.String(allow_none=True)
    replaces = fields.String(allow_none=True)
    sent_on = fields.Date(allow_none=True)
    settled_on = fields.Date(allow_none=True)
    version = fields.Integer()


class MoveOut(House):
    version = fields.Integer()
    before = fields.String(allow_none=True)
    after = fields.String()
    reason = fields.String(allow_none=True)
    by = fields.String()
    at = fields.DateTime()
    on = fields.Date()
    note = fields.String(allow_none=True)


class OrderFullOut(OrderOut):
    history = fields.List(fields.Nested(MoveOut))


class Orders(House):
    items = fields.List(fields.Nested(OrderOut))
    next_cursor = fields.String(allow_none=True)


class NoteIn(House):
    note = Text(most=500, required=True)


class RunsIn(House):
    pay_day = Day(load_default=None)


class RunQuery(Page):
    state = Code(*RUN_STATES, load_default=None)


class ApprovalOut(House):
    by = fields.String()
    name = fields.String()
    at = fields.DateTime()
    counts = fields.Boolean()


class RunOut(House):
    id = fields.String()
    number = fields.String()
    pay_day = fields.Date()
    state = fields.String()
    work = fields.String()
    made_by = fields.String()
    made_by_name = fields.String()
    made_at = fields.DateTime()
    order_count = fields.Integer()
    total = MoneyField()
    digest = fields.String()
    approvals_needed = fields.Integer(allow_none=True)
    approvals = fields.List(fields.Nested(ApprovalOut))
    open_warnings = fields.Integer()
    sent_on = fields.Date(allow_none=True)
    executes_on = fields.Date(allow_none=True)
    file_sha256 = fields.String(allow_none=True)
    version = fields.Integer()


class RunIds(House):
    items = fields.List(fields.Nested(RunOut))


class Runs(House):
    items = fields.List(fields.Nested(RunOut))
    next_cursor = fields.String(allow_none=True)


class WarningOut(House):
    code = fields.String()
    params = fields.Dict()


class ItemOut(House):
    order_id = fields.String()
    reference = fields.String()
    person_id = fields.String()
    claim_number = fields.String()
    component = fields.String()
    amount = MoneyField()
    last = MoneyField(allow_none=True)
    last_run = fields.String(allow_none=True)
    state = fields.String()
    taken_out = fields.String(allow_none=True)
    payee_name = fields.String(allow_none=True)
    name_match = fields.String(allow_none=True)
    warnings = fields.List(fields.Nested(WarningOut))
    judged_by = fields.String(allow_none=True)


class Items(House):
    items = fields.List(fields.Nested(ItemOut))


class JudgementIn(House):
    order_id = Id(required=True)
    verdict = Code("pay", "skip", "reject", required=True)
    note = Text(most=500, load_default=None)


class ApprovalIn(House):
    total = MoneyField(required=True)
    digest = Text(most=64, load_default=None)


class FaultOut(House):
    pointer = fields.String()
    code = fields.String()
    params = fields.Dict()


class StatementFileOut(House):
    id = fields.String()
    sha256 = fields.String()
    source = fields.String()
    taken_by = fields.String()
    taken_by_name = fields.String()
    taken_at = fields.DateTime()
    state = fields.String()
    faults = fields.List(fields.Nested(FaultOut))


class StatementFiles(House):
    items = fields.List(fields.Nested(StatementFileOut))


class StatementOut(House):
    id = fields.String()
    channel = fields.String()
    statement_id = fields.String()
    account = fields.String()
    currency = fields.String()
    day = fields.Date()
    is_final = fields.Boolean()
    opening = MoneyField(allow_none=True)
    closing = MoneyField(allow_none=True)
    adds_up = fields.Boolean(allow_none=True)
    missing = MoneyField(allow_none=True)
    source = fields.String()
    handed_in_by = fields.String(allow_none=True)
    doubts = fields.List(fields.String())
    line_count = fields.Integer()
    unreadable = fields.Integer()
    done = fields.Boolean()


class Statements(House):
    items = fields.List(fields.Nested(StatementOut))


class LineOut(House):
    id = fields.String()
    entry = fields.Integer()
    part = fields.Integer()
    bank_reference = fields.String()
    amount = MoneyField()
    booked_on = fields.Date()
    reference = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    match = fields.String()
    order_id = fields.String(allow_none=True)
    text = fields.String()
    resolution = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    repaid = MoneyField()


class StatementFullOut(StatementOut):
    lines = fields.List(fields.Nested(LineOut))


class ResolutionIn(House):
    how = Code(*RESOLUTIONS, required=True)
    note = Text(most=500, required=True)
    #: Whose money came back; only for a repayment.
    claim_number = Text(most=12, load_default=None, allow_none=True)
    #: The part of the line that is the repayment; all that is left of it where it is not said.
    amount = MoneyField(load_default=None, allow_none=True)


class TakingBackIn(House):
    why = Text(most=500, required=True)


class RepaymentOut(House):
    id = fields.String()
    line_id = fields.String(allow_none=True)
    claim_number = fields.String()
    amount = MoneyField()
    received_on = fields.Date()
    taken_by_name = fields.String()
    back = fields.String(allow_none=True)
    why = fields.String(allow_none=True)


class Repayments(House):
    items = fields.List(fields.Nested(RepaymentOut))


class DayOut(House):
    day = fields.Date()
    currency = fields.String()
    confirmed = MoneyField()
    confirmed_count = fields.Integer()
    came_back = MoneyField()
    came_back_count = fields.Integer()
    no_answer = MoneyField()
    no_answer_count = fields.Integer()
    sent = MoneyField()
    sent_count = fields.Integer()
    adds_up = fields.Boolean()
    without_statement = fields.List(fields.Date())
    unexplained = fields.Integer()
    missing_there = fields.Integer()


class Days(House):
    items = fields.List(fields.Nested(DayOut))


class LedgerQuery(House):
    first = Day(data_key="from", load_default=None)
    last = Day(data_key="to", load_default=None)


class BalanceOut(House):
    account = fields.String()
    component = fields.String(allow_none=True)
    currency = fields.String()
    debit = fields.Integer()
    credit = fields.Integer()
    balance = fields.Integer()


class Balances(House):
    items = fields.List(fields.Nested(BalanceOut))


class EntryQuery(Page):
    order_id = Id(load_default=None)
    on = Day(load_default=None)


class PostingOut(House):
    account = fields.String()
    component = fields.String(allow_none=True)
    minor = fields.Integer()
    currency = fields.String()


class EntryOut(House):
    id = fields.String()
    kind = fields.String()
    order_id = fields.String(allow_none=True)
    happened_on = fields.Date()
    recorded_at = fields.DateTime()
    postings = fields.List(fields.Nested(PostingOut))


class Entries(House):
    items = fields.List(fields.Nested(EntryOut))
    next_cursor = fields.String(allow_none=True)


class ReasonOut(House):
    code = fields.String()
    source = fields.String()
    about = fields.String()
    owner = fields.String()
    holds_successor = fields.String(allow_none=True)


class Reasons(House):
    items = fields.List(fields.Nested(ReasonOut))


class ProofIn(House):
    code = Text(most=20, required=True)
    proof_kind = Code(*PROOFS, required=True)
    proof_number = Text(most=40, required=True)


class VoucherOut(House):
    order_id = fields.String()
    number = fields.String()
    office_id = fields.String()
    amount = MoneyField()
    payee_name = fields.String()
    state = fields.String()
    issued_on = fields.Date()
    valid_until = fields.Date()
    proof_kind = fields.String(allow_none=True)
    proved_by = fields.String(allow_none=True)
    handed_by = fields.String(allow_none=True)
    version = fields.Integer()


class Vouchers(House):
    items = fields.List(fields.Nested(VoucherOut))


class CountIn(House):
    counted = MoneyField(required=True)
    note = Text(most=500, load_default=None)


class CarryIn(House):
    amount = MoneyField(required=True)
    note = Text(most=500, required=True)


class CashBoxOut(House):
    id = fields.String()
    office_id = fields.String()
    day = fields.Date()
    state = fields.String()
    opening = MoneyField()
    counted = MoneyField(allow_none=True)
    difference = MoneyField(allow_none=True)
    opened_by = fields.String()
    closed_by = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class CashBoxes(House):
    items = fields.List(fields.Nested(CashBoxOut))


# --- layouts of banks' tables ------------------------------------------------------------------

_Words = fields.List(Text(most=60), validate=validate.Length(max=MOST_WORDS, error="too_many"), load_default=list)


class LayoutIn(House):
    """How a bank's table is written; columns by the letters of a spreadsheet: `{"day": "A", "amount": "D"}`."""

    account = Text(most=40, required=True)
    columns = fields.Dict(
        keys=Code(*COLUMNS),
        values=Text(most=3, pattern="[A-Z]{1,3}"),
        required=True,
        error_messages={"invalid": "invalid"},
    )
    day_order = Code(*ORDERS, load_default="dmy")
    buddhist = Yes(load_default=False)
    decimal_sign = Code(*DECIMAL_SIGNS, load_default=".")
    encoding = Code("", *ENCODINGS, load_default="")
    delimiter = Code("", *DELIMITERS, load_default="")
    head_rows = Whole(least=0, most=MOST_ABOVE, load_default=0)
    out_words = _Words
    in_words = _Words
    debits_negative = Yes(load_default=False)
    total_words = _Words
    still_words = _Words
    fee_words = _Words


class LayoutProposalIn(House):
    """A layout with the example on which it was tried."""

    name = Text(most=60, required=True)
    layout = fields.Nested(LayoutIn, required=True)
    #: The row of the example in which the names of the columns stand; 0 where it has none.
    heading_row = Whole(least=0, most=MOST_ABOVE, required=True)
    #: The file, in base64.
    example = Text(most=MOST_EXAMPLE, required=True)


class LayoutOut(House):
    id = fields.String()
    account = fields.String()
    name = fields.String()
    version = fields.Integer()
    state = fields.String()
    layout = fields.Dict()
    example_sha256 = fields.String()
    made_by_name = fields.String()
    made_at = fields.DateTime()
    decided_by_name = fields.String(allow_none=True)
    decided_at = fields.DateTime(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)


class Layouts(House):
    items = fields.List(fields.Nested(LayoutOut))


class HandInQuery(House):
    #: The layout by which a table is to be read; without it, the one whose heading it has.
    layout = Id(load_default=None)
