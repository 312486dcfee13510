"""What is said of files that come in: what they hold, why one is not taken, and what became of each row."""

from __future__ import annotations

from services.benefits.views import account_words, words
from shared.web.texts import N_

#: What a file holds.
KINDS = {
    "offices": N_("Offices"),
    "employers": N_("Employers"),
    "persons": N_("Insured persons"),
    "contributions": N_("Wages and contributions"),
    "claims": N_("Claims"),
    "maternity_notifications": N_("Maternity leaves"),
    "births": N_("Births of the civil registry"),
    "accounts": N_("Accounts of staff"),
    "th_sso_1_10": N_("Wages of a month, form SSO 1-10 part 2 (text or spreadsheet)"),
    "la_monthly_list": N_("Wages of a month, list of an employer"),
    "mm_monthly_list": N_("Wages of a month, list of an employer"),
    "vn_hospital_xml": N_("Papers of a hospital, tables 7 to 11 (XML)"),
    "vn_d02_lt": N_("Who joins, leaves or is paid otherwise, form D02-LT (spreadsheet)"),
    "vn_01b_hsb": N_("Leaves claimed for workers, form 01B-HSB (spreadsheet)"),
}
#: Columns that a person may name in a list of her own.
COLUMN_NAMES = {
    "sso_no": N_("Insured number"),
    "name": N_("Name"),
    "wage": N_("Wage of the month"),
    "month": N_("Month"),
    "from": N_("From month"),
    "to": N_("To month"),
    "paid": N_("Whether the contribution was paid"),
    "kind": N_("Kind of insurance"),
    "contribution": N_("Contribution"),
    "employer_no": N_("Number of the employer"),
}
ANSWERS = {
    "accepted": N_("Accepted"),
    "parked": N_("Set aside"),
    "duplicate": N_("Duplicate"),
    "refused": N_("Refused"),
    "corrected": N_("Corrected"),
}
ANSWER_KINDS = {"accepted": "go", "parked": "wait", "duplicate": "", "refused": "no", "corrected": "go"}
ROW_REASONS = (
    words.ERRORS
    | account_words.ACCOUNT_ERRORS
    | {
        "unknown_person": N_("Nobody of yours has this number. Copy it from the card, all digits."),
        "required": N_("This cell is empty, and it is needed."),
        "not_a_day": N_("This is not a day. Write it as 2025-07-14."),
        "merged_cells": N_("This cell is merged with the one above. Write the value in each row."),
        "hidden_row": N_("This row is hidden in the sheet. Show it, or delete it."),
        "leave_far_from_birth": N_("The leave lies too far from the expected day. One of the two is wrong."),
        "second_notice": N_(
            "Set aside: for this worker a birth less than seven months away is known. Say why there is a second one."
        ),
        "before_start": N_("The leave ends before it begins."),
        "not_employed_then": N_("She no longer worked for you on this day."),
        "duplicate": N_("Sent before. There is nothing to do."),
        "accepted": N_("Taken in. There is nothing to do."),
        "name_differs": N_("Taken in by the number. The name is not the one we know: please look which one is right."),
        "zeros_added": N_("Taken in. The spreadsheet had lost zeros in front of the number; they were put back."),
        "not_known_there": N_("Taken in. We did not know that this person works for this employer."),
        "paper_alone": N_("Set aside: table 1 of this treatment says whose paper it is. Send it too."),
        "case_opened": N_("Taken in. A case was opened, and she is asked whether it is hers."),
        "paper_waits": N_("Taken in. No open claim is about these days; the paper waits for one."),
        "paper_taken": N_("Taken in. It lies with the open claim, checked with the hospital."),
        "paper_differs": N_("Taken in. The claim says other days for this paper: please look which ones are right."),
        "paper_changed_after": N_(
            "Taken in. The hospital has changed a paper of a claim that is decided: please look."
        ),
        "nothing_needed": N_("Taken in. Nothing in it is needed for a claim."),
        "numbers_differ": N_("The numbers on this paper belong to different people."),
        "sex_differs": N_("Taken in by the number. The sex is not the one we know: please look which one is right."),
        "born_differs": N_("Taken in by the number. The date of birth is not the one we know: please look."),
        "days_off_by_one": N_("Taken in. The number of days is one less than the first and last day make."),
        "days_differ": N_("The number of days is not what the first and last day make."),
        "rest_incomplete": N_("Rest after the discharge needs its days, its first day and its last day."),
        "twice_in_file": N_("This number stands in the file more than once. Leave one row for each worker."),
        "other_employer": N_("This is the number of another employer."),
        "declared_by_another": N_("Somebody else has declared this month. The institution must change it."),
        "month_far": N_("This month has not come yet, or lies more than 24 months back."),
        "months_turned": N_("The last month lies before the first."),
        "sex_code": N_("Which sex this code means differs between forms. Write Nam or Nữ."),
        "change_unknown": N_("What this code of a change means is not known. Ask the office."),
        "change_unclear": N_("Say what has changed: the code of the change, or the kind of the list."),
        "codes_differ": N_("The kind of the list and the code of the change do not go together."),
        "joiner_unknown": N_(
            "Nobody is known with this number, name and day of birth. The office registers her; then send it again."
        ),
        "death_on_paper": N_("A death is told to the office with its paper, not on a list."),
        "contract_far": N_(
            "The contract lies in another month than the change, or has not come yet. One of them is wrong."
        ),
        "last_day_needed": N_("Say the last day of the contract; the month alone does not tell it."),
        "wages_after_end": N_("Taken in. Wages are declared for months after the last day: please look."),
        "leave_noted": N_("Taken in. The office sees this leave beside her claims."),
        "coefficient": N_("This is a coefficient. Write the wage in dong."),
        "group_unclear": N_("Which benefit is claimed is not clear. Write the group in the words of the form."),
        "condition_unclear": N_("These days do not fit the group. Write them as the form says for it."),
        "date_for_days": N_(
            "The spreadsheet made a date of the number of days. Write it as text: 1-10 is a month and ten days."
        ),
        "not_days": N_("Write a number of days, or months and days as 1-10."),
        "leave_claimed": N_("A claim about some of these days says something else. Ask the office."),
        "list_days_differ": N_("Taken in. The number of days is not what the first and last day make: please look."),
        "account_differs": N_(
            "Taken in. The account is not the one we know, and was not changed; the office asks the person."
        ),
        "correction_by_office": N_("What was decided is corrected at the office, on paper. Nothing was changed."),
    }
)
FILE_FAULTS = {
    "not_utf8": N_("The letters of this file cannot be read. Save it as CSV with UTF-8."),
    "not_text": N_("This is not a text file. Save the table as CSV."),
    "columns": N_("The columns are not those of the form. Missing: {missing}. Not known: {unknown}."),
    "column_twice": N_("Two columns cannot be the same: {columns}."),
    "columns_missing": N_("Say which column is: {columns}."),
    "too_many_columns": N_("Row {row} has more than {most} columns. Only the columns of the form belong in the file."),
    "cell_too_long": N_("A cell of row {row} holds more than {most} letters."),
    "not_a_table": N_("This file is not a table. Save the table as CSV or .xlsx."),
    "old_workbook": N_(
        "This is a file of an old Excel (.xls). Open it in Excel or LibreOffice, choose “Save as”, take .xlsx, and send"
        " that file."
    ),
    "locked_workbook": N_("This spreadsheet is locked with a password. Save it without one, and send it again."),
    "too_many_rows": N_("The file has more than {most} rows. Cut it into parts."),
    "not_csv": N_("Row {row} cannot be read as CSV: a quotation mark is not closed."),
    "empty": N_("The file has a heading and no rows."),
    "not_a_workbook": N_("This spreadsheet cannot be read. Save it as .xlsx or as CSV."),
    "workbook_too_large": N_("This spreadsheet is too large. Cut it into parts."),
    "other_letters": N_("The letters of this file cannot be read. Save it in the encoding of the form."),
    "line_length": N_("Line {row} has {found} letters; the form has {wanted} in each line."),
    "field_unreadable": N_("Line {row}, place {place}: this is not what the form has there."),
    "count_differs": N_("The file says {said} people, and it holds {found}. Nothing was taken in."),
    "wages_differ": N_("The file says wages of {said}, and its rows come to {found}. Nothing was taken in."),
    "contributions_differ": N_(
        "The file says contributions of {said}, and its rows come to {found}. Nothing was taken in."
    ),
    "several_sheets": N_("This spreadsheet has more than one sheet. Send each branch in a file of its own."),
    "sheet_not_a_branch": N_("The sheet must be named with the six digits of the branch; it is named {sheet}."),
    "said_beside": N_("This file does not say everything itself. Fill in the month, and the number of the employer."),
    "said_employer": N_("This list does not say whose it is. Fill in the number of the employer."),
    "heading_twice": N_("Two columns are called the same: {headings}."),
    "corrections_apart": N_(
        "The sheet {sheet} asks to correct what was decided. The office does that on paper; send the file without it."
    ),
    "not_hospital_data": N_("This file is not the data of a hospital."),
    "cases_differ": N_("The file says {said} treatments, and it holds {found}. Nothing was taken in."),
    "not_xml": N_("This file cannot be read as XML, line {row}."),
    "document_type": N_("This XML brings definitions of its own, which are never read."),
    "too_large": N_("This file is too large. Cut it into parts."),
    "unknown_kind": N_("Choose what the file holds."),
}
