"""Codes in plain words, for every page; a code without words is a fault that a test finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.payments.reasons import ALL
from shared.web.texts import N_

ORDER_STATES = {
    "planned": N_("Planned"),
    "held": N_("Held"),
    "approved": N_("Released"),
    "sent": N_("Sent"),
    "accepted": N_("With the bank"),
    "unknown": N_("Bank is being asked"),
    "settled": N_("Paid"),
    "rejected": N_("Refused by the bank"),
    "returned": N_("Came back"),
    "cancelled": N_("Cancelled"),
}
ORDER_KINDS = {
    "planned": "",
    "held": "wait",
    "approved": "go",
    "sent": "",
    "accepted": "",
    "unknown": "wait",
    "settled": "go",
    "rejected": "no",
    "returned": "no",
    "cancelled": "",
}
RUN_STATES = {
    "draft": N_("Being checked"),
    "checked": N_("Prepared"),
    "approved": N_("Released"),
    "sent": N_("Sent"),
    "part_settled": N_("Partly answered"),
    "closed": N_("Closed"),
    "cancelled": N_("Taken back"),
}
RUN_KINDS = {
    "draft": "wait",
    "checked": "wait",
    "approved": "go",
    "sent": "go",
    "part_settled": "wait",
    "closed": "go",
    "cancelled": "no",
}
WORK = {
    "none": "",
    "checking": N_("Payees and accounts are being asked for."),
    "check_failed": N_("The check did not end."),
    "sending": N_("It is being handed to the bank."),
    "bank_away": N_("The bank does not answer; it is tried again by itself. Nothing has left."),
    "no_funds": N_("Our account does not cover the total; it is tried again by itself. Nothing has left."),
}
TAKEN_OUT = {
    "skipped": N_("Skipped this time"),
    "rejected": N_("Rejected, now held"),
    "held": N_("Held"),
    "cancelled": N_("Cancelled, the award changed"),
}
OWNERS = {
    "office": N_("the office of the claim"),
    "payments": N_("the payment office"),
    "bank": N_("the bank"),
    "benefits": N_("the officers who decide"),
}
#: What to know about an order before it leaves: (in bold, then).
WARNINGS: dict[str, tuple[str, str]] = {
    "account_changed": (N_("Account changed"), N_("on {on}")),
    "account_other_than_last_time": (N_("Another account"), N_("than last time")),
    "bank_name_differs": (N_("Bank has another name:"), N_("{name}")),
    "bank_name_close": (N_("Bank spells the name differently:"), N_("{name}")),
    "first_order_above": (N_("First order above {limit}:"), N_("this person was never paid before")),
    "paid_again_after_return": (N_("Paid again"), N_("after it came back or was refused")),
}
KINDS = {
    "instalment": N_("instalment {no}"),
    "arrears": N_("difference for instalment {no}"),
    "reissue": N_("instalment {no}, paid again"),
}
COMPONENTS = {
    "allowance": N_("Allowances"),
    "lump_sum": N_("Lump sums"),
    "sickness": N_("Sickness"),
    "maternity_allowance": N_("Maternity allowance"),
    "birth_lump_sum": N_("Birth lump sums"),
    "maternity": N_("Maternity"),
}
MATCHES = {
    "matched": N_("Paid as ordered"),
    "amount_differs": N_("Another amount"),
    "duplicate": N_("Booked twice"),
    "fee": N_("Fee of the bank"),
    "return": N_("Came back"),
    "unmatched": N_("Nobody knows it"),
    "contested": N_("The bank does not confirm it"),
}
RESOLUTIONS = {
    "settled_as_paid": N_("Counts as paid; the difference stays open with the bank"),
    "fee": N_("It is a fee of the bank"),
    "refunded": N_("The bank took its mistake back"),
    "repayment": N_("Somebody pays back what was too much"),
    "employer_repayment": N_("An employer gives back what was too much of her advance"),
    "returned_less_charges": N_("The order came back; the bank kept the rest"),
    "confirmed": N_("What was handed in is so; released by a second person"),
    "told_twice": N_("The bank told one movement twice"),
    "split": N_("A part was paid back; the rest is not explained"),
    "noted": N_("Seen, not yet explained"),
}
#: Why a line cannot be explained so.
NOT_EXPLAINED = {
    "claim_not_known": N_("No payment was ever made on a claim with this number."),
    "not_a_repayment": N_("This is not money that came in, or not in the currency of that claim."),
    "more_than_owed": N_(
        "More came in than was paid too much on this claim. Leave the line and ask the officer of the claim."
    ),
    "several_employers": N_("Several employers got too much on this claim; enter what each of them owes by itself."),
    "more_than_the_line": N_("That is more than is left of this line."),
    "partly_paid_back": N_("A part of this line is a repayment; take that back first, or leave the rest."),
    "asked_already": N_("Somebody has asked for this already."),
    "asked_by_you": N_("You asked for it; another person decides."),
    "amount_unclear": N_("Type the amount without points or commas between thousands."),
    "not_an_order_in_flight": N_("This order is not on its way."),
    "not_a_return": N_("This is no order that came back with less."),
    "not_contested": N_("The bank itself told this line; nothing is to be released."),
    "second_person_needed": N_("You handed this statement in; another person releases what it says."),
}
#: Why a statement, or a line of one, was not taken.
FAULTS = {
    "not_our_account": N_("The account is not one of ours"),
    "currency_differs": N_("The account is kept in another currency"),
    "currency_not_ours": N_("It is in a currency that is not kept here"),
    "day_has_not_come": N_("Its day has not come"),
    "no_account": N_("It does not say which account it is about"),
    "no_currency": N_("It does not say in which currency it is"),
    "no_day": N_("It does not say about which day it is"),
    "no_statement": N_("There is no statement in it that can be read here"),
    "no_opening_balance": N_("It has no opening balance: its beginning is missing"),
    "no_closing_balance": N_("It has no closing balance: its end is missing"),
    "balance_unreadable": N_("Its opening or closing balance cannot be read"),
    "lines_failed": N_("Some lines had no effect; it is tried again by itself"),
    "no_layout": N_("Nobody has said how this table is to be read, or its heading is another one"),
    "layout_unclear": N_("Several layouts have this heading; say by which it is to be read"),
    "column_moved": N_("This column is not where it was when the layout was confirmed"),
    "other_account": N_("It names another account of ours"),
    "account_not_told": N_("It does not name the account, as it did when the layout was confirmed"),
    "row_behind_totals": N_("A movement stands below the totals"),
    "no_lines": N_("There is no movement in it"),
    "required": N_("Nothing stands here"),
    "not_a_day": N_("This is not a day"),
    "buddhist_year": N_("This year is of the Buddhist era"),
    "date_out_of_range": N_("This day cannot be right"),
    "not_an_amount": N_("This is not an amount"),
    "amount_unclear": N_("Three decimals: the decimal sign is another one, or these are thousands"),
    "too_large": N_("This amount is too large"),
    "other_currency": N_("This is another currency"),
    "negative": N_("A minus stands where none belongs"),
    "not_negative": N_("A minus is missing"),
    "no_amount": N_("No amount stands here, and no word says that the row moves nothing"),
    "two_amounts": N_("Money came in and went out in one row"),
    "unknown_sign": N_("This word does not say whether money came in or went out"),
    "balance_differs": N_("The balance does not follow from the row before: a row is missing or told twice"),
    "spreadsheet_error": N_("The spreadsheet shows an error here"),
    "formula_not_worked_out": N_("A formula that was never worked out"),
    "number_too_long": N_("A number of more than fifteen digits, which a spreadsheet does not keep"),
    "not_a_table": N_("This file is not a table"),
    "old_workbook": N_("This is a file of an old Excel (.xls): open it and save it as .xlsx"),
    "locked_workbook": N_("This spreadsheet is locked with a password"),
    "row_length": N_("This row has more cells than the heading"),
    "merged_cells": N_("This cell is merged with the one above: each row needs its own value"),
    "hidden_row": N_("This row is hidden in the sheet. Show it, or delete it."),
    "day_of_greenwich": N_("This time is that of UTC, whose day is another one here"),
    "not_utf8": N_("The letters cannot be read: the table is in an older encoding"),
    "other_letters": N_("The letters cannot be read in the encoding of the layout"),
    "not_text": N_("This file is not text"),
    "not_csv": N_("The table is broken: a quotation mark is missing"),
    "not_a_workbook": N_("This spreadsheet cannot be opened"),
    "workbook_too_large": N_("This spreadsheet is too large"),
    "too_many_rows": N_("The table has more than 20,000 rows"),
    "too_many_columns": N_("A row has more than 200 columns"),
    "cell_too_long": N_("A cell holds more than 5,000 letters"),
}
#: What a column of a bank's table may be.
COLUMNS = {
    "day": N_("Day of booking"),
    "value_day": N_("Value day"),
    "amount": N_("Amount"),
    "debit": N_("Money that went out (debit)"),
    "credit": N_("Money that came in (credit)"),
    "sign": N_("Sign beside the amount (D or C)"),
    "balance": N_("Balance after the row"),
    "reference": N_("Reference"),
    "text": N_("Text"),
    "party": N_("Name of the other side"),
    "party_account": N_("Account of the other side"),
    "account": N_("Our account"),
    "currency": N_("Currency"),
}
DAY_ORDERS = {
    "dmy": N_("day, month, year"),
    "mdy": N_("month, day, year"),
    "ymd": N_("year, month, day"),
}
DECIMAL_SIGNS = {".": N_("point: 1,234.50"), ",": N_("comma: 1.234,50")}
ENCODINGS = {
    "": N_("as the file says (UTF-8, UTF-16, spreadsheet)"),
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp874": N_("Thai (TIS-620, Windows 874)"),
    "cp1258": N_("Vietnamese (Windows 1258)"),
    "cp1252": N_("Western (Windows 1252)"),
}
DELIMITERS = {
    "": N_("found by itself"),
    ",": N_("comma"),
    ";": N_("semicolon"),
    "\t": N_("tab"),
    "|": N_("upright line"),
}
LAYOUT_STATES = {
    "draft": N_("Being made"),
    "proposed": N_("To be confirmed"),
    "confirmed": N_("In use"),
    "refused": N_("Refused"),
    "replaced": N_("Replaced"),
    "withdrawn": N_("No longer used"),
}
LAYOUT_KINDS = {"draft": "", "proposed": "wait", "confirmed": "go", "refused": "no", "replaced": "", "withdrawn": "no"}
#: Why a layout cannot be, or cannot be used now.
LAYOUT_ERRORS = {
    "required": N_("This is missing."),
    "used_twice": N_("Two columns cannot be the same thing."),
    "one_way_of_amounts": N_("Amounts stand in one column, or in two: one for debit and one for credit."),
    "no_such_column": N_("The heading has no such column."),
    "no_such_row": N_("The example has no such row."),
    "out_of_range": N_("This number cannot be right."),
    "unknown_word": N_("This is none of the choices."),
    "not_our_account": N_("This is none of our accounts for which the bank gives statements."),
    "not_a_table": N_("This file is no table; camt and MT940 need no layout."),
    "old_workbook": N_("This is a file of an old Excel (.xls): open it and save it as .xlsx"),
    "locked_workbook": N_("This spreadsheet is locked with a password"),
    "not_a_draft": N_("This layout is not being made any more."),
    "not_proposed": N_("This layout does not wait to be confirmed."),
    "not_in_use": N_("This layout is not in use."),
    "example_not_read": N_("The example is not read whole; nothing can be proposed yet."),
    "made_by_you": N_("You made this layout; another person confirms it."),
    "unreadable": N_("The example cannot be read."),
}
FILE_STATES = {
    "waiting": N_("Being read"),
    "read": N_("Read"),
    "partly": N_("Read in part"),
    "refused": N_("Refused"),
}
FILE_KINDS = {"waiting": "wait", "read": "go", "partly": "wait", "refused": "no"}
#: What speaks against a statement that a person handed in.
DOUBTS = {
    "sender_differs": N_("another bank than the one that sends its statements itself"),
    "sequence_used": N_("its number belongs to another day"),
    "opening_differs": N_("it does not begin where the last statement of the bank ended"),
    "account_not_told": N_("the file does not say which account it is about"),
}
REFUSALS = {
    "own_run": N_("You prepared this run; two others release it."),
    "already_released": N_("You have released it; another person must follow."),
    "total_differs": N_("That is not the total of this run. Nothing was released."),
    "warnings_open": N_("Some warnings have not been judged."),
    "run_changed": N_("The run has changed since this page was opened. Look at it again."),
    "run_empty": N_("There is no order in this run."),
    "second_factor_needed": N_("Releasing money needs the code from your phone. Sign in again with it."),
    "central_office": N_("Runs are released by the central office."),
}
ACCOUNTS = {
    "expense": N_("Benefits paid"),
    "payable": N_("Released, to be sent"),
    "clearing": N_("On the way through the bank"),
    "bank": N_("Our bank account"),
    "wallet": N_("Our account with the operator of wallets"),
    "cash": N_("The cash boxes"),
    "returned": N_("Came back, belongs to somebody"),
    "suspense": N_("Not explained yet"),
    "fees": N_("Fees of the bank"),
}
ENTRIES = {
    "released": N_("Released"),
    "release_undone": N_("Release taken back"),
    "sent": N_("Sent"),
    "settled": N_("Paid"),
    "refused": N_("Refused by the bank"),
    "returned": N_("Came back"),
    "return_cleared": N_("What came back is settled"),
    "repaid": N_("Paid back"),
    "set_off": N_("Kept back from another claim"),
    "set_off_reversed": N_("Kept back from another claim, taken back"),
    "repaid_reversed": N_("Paid back on another claim, taken back"),
    "unexplained": N_("Not explained"),
    "unexplained_reversed": N_("Explained, taken back"),
    "explained": N_("Explained"),
    "fee": N_("Fee"),
}
REASONS = {code: about for code, _, about, _, _ in ALL}


#: Of whom only the account is known here.
SOMEBODY = N_("Payment officer")


def words(code: str | None, table: Mapping[str, str]) -> dict[str, Any]:
    """A code as a text for the page; one without words is shown as it is."""
    return {"msg": table.get(code or "", (code or "–").replace("_", " ")), "params": {}}


def warning_words(code: str, params: Mapping[str, str], currency: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A warning in two parts, with its values typed for the reader's language."""
    typed: dict[str, Any] = {}
    for name, value in params.items():
        if name == "on":
            typed[name] = {"type": "date", "value": value}
        elif name == "limit":
            typed[name] = {"type": "money", "value": value, "currency": currency}
        else:
            typed[name] = {"type": "text", "value": value}
    strong, rest = WARNINGS.get(code, (code.replace("_", " "), ""))
    return {"msg": strong, "params": typed}, {"msg": rest, "params": typed}


PROOFS = {
    "identity_card": N_("Identity card"),
    "passport": N_("Passport"),
    "family_book": N_("Family book"),
    "social_security_card": N_("Social security card"),
}
COUNTER_REFUSALS = {
    "code_wrong": N_("The code is not right. It was counted; after five a new one must be sent."),
    "too_many_tries": N_("Too many wrong codes. Send a new one."),
    "voucher_ended": N_("This voucher was collected already, or has ended."),
    "not_proved": N_("Nobody has looked at code and proof yet."),
    "second_person_needed": N_("You looked at the proof; somebody else hands the money over."),
    "box_not_open": N_("The cash box of this office is not open."),
    "box_of_another_day": N_("The box of an earlier day is still open. Count and close it first."),
    "box_too_small": N_("There is not enough in the box."),
    "box_open_already": N_("A box of this office is open already. Count and close it first."),
    "box_of_today_closed": N_("The box of today was closed. It opens again tomorrow."),
    "opening_differs": N_("The box must open with what the last one was closed with."),
    "box_closed": N_("This box was closed."),
    "proof_missing": N_("Say which proof she showed, and its number."),
    "difference_without_word": N_("It is not what the box should hold. Count again; if it stays so, say why."),
    "amount_unclear": N_("Type the amount without points or commas between thousands."),
}
#: What the house itself says of a line; nobody chooses it.
BY_ITSELF = {"told_in_detail": N_("The bank told it in detail; the details stand in its place")}
CHANNELS = {
    "iso20022": N_("Bank"),
    "wallet": N_("Mobile wallet"),
    "cash": N_("Cash at the counter"),
    "ktb": N_("Krungthai Bank, file carried there"),
    "bbl": N_("Bangkok Bank, file carried there"),
    "kbank": N_("Kasikornbank, file carried there"),
    "scb": N_("Siam Commercial Bank, file carried there"),
    "other_banks": N_("Other banks, file carried to ours"),
}
PARTS = {
    "settled": N_("Settled"),
    "returned": N_("Came back"),
    "rejected": N_("Refused"),
    "open": N_("Open"),
    "unknown": N_("Bank is being asked"),
}
