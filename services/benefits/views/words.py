"""Codes in plain words, for every page; a code without words is a fault that a test finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.reading import NotRead
from shared.web import formatting, pages
from shared.web.texts import N_

STATES = {
    "draft": N_("Draft"),
    "submitted": N_("To decide"),
    "returned": N_("Waits for something"),
    "in_assessment": N_("To decide"),
    "decided": N_("Decided"),
    "closed": N_("Paid in full"),
    "withdrawn": N_("Withdrawn"),
    "lapsed": N_("Lapsed"),
    "annulled": N_("Annulled"),
}
STATE_KINDS = {
    "draft": "",
    "submitted": "wait",
    "returned": "wait",
    "in_assessment": "wait",
    "decided": "go",
    "closed": "go",
    "withdrawn": "no",
    "lapsed": "no",
    "annulled": "no",
}
WAITS = {
    "doctor": N_("the doctor"),
    "worker": N_("the worker"),
    "employer": N_("the employer"),
    "registry": N_("the registry"),
    "officer": N_("an officer"),
    "supervisor": N_("a supervisor"),
}
REASONS = {
    "to_decide": N_("to be decided"),
    "revision": N_("facts changed, to be decided again"),
    "history_changed": N_("another decision changes what it comes to; to be decided again"),
    "appeal": N_("an appeal is to be decided"),
    "deciding": N_("is being decided"),
    "confirm_amount": N_("a second person confirms the amount"),
    "confirm_one_hand": N_("a second person confirms, because the facts are of one hand"),
    "confirm_appeal": N_("a second person confirms the decision on the appeal"),
    "confirm_burdensome_revision": N_("a second person confirms a decision to the worse"),
    "confirm_override": N_("a second person confirms what is decided otherwise than the rules find it"),
    "employer_answered": N_("the employer has answered"),
    "employer_silent": N_("the employer did not answer in time"),
    "account": N_("the account must be checked"),
    "account_changed": N_("a new account is here; the money goes out again"),
    "employer_account": N_("the employer’s account is missing or wrong"),
    "paper_added": N_("a paper was added"),
    "address": N_("the address must be checked"),
    "death_to_confirm": N_("the bank reports a death; to be confirmed"),
    "death_confirmed": N_("the death is confirmed; what is due until that day is to be decided"),
    "recalculated": N_("the facts changed while it was being confirmed"),
    "facts_wrong": N_("a fact looks wrong"),
    "finding_wrong": N_("a condition looks wrongly judged"),
    "certificate_doubtful": N_("a certificate is doubtful"),
    "wages_doubtful": N_("the wages are doubtful"),
    "explain_more": N_("the reason must be explained better"),
    "missing_certificate": N_("a certificate is missing"),
    "missing_wages": N_("the wages are missing"),
    "missing_account": N_("the account is missing"),
    "missing_papers": N_("papers are missing"),
    "confirm_case": N_("she says whether a case that a paper opened is hers"),
    "overpayment": N_("too much was paid"),
    "repayment": N_("pays back what was too much"),
    "repayment_late": N_("a part was not paid back in time"),
    "confirm_recovery": N_("a second person confirms it"),
    "recovery_contested": N_("the person objects to paying back"),
    "confirm_suspension": N_("a second person confirms that payments are suspended"),
    "suspended": N_("payments are suspended; somebody looks again"),
    "confirm_annulment": N_("a second person confirms that the decision is annulled"),
    "annulment_contested": N_("the person objects to the annulment"),
}
CHANGES = {
    "opened": N_("Claim opened"),
    "submitted": N_("Claim submitted"),
    "facts_changed": N_("Facts changed"),
    "returned": N_("Asked for something missing"),
    "withdrawn": N_("Withdrawn"),
    "warning_judged": N_("Warning judged"),
    "proposed": N_("Decision proposed"),
    "given_back": N_("Given back"),
    "decided": N_("Decided"),
    "revision": N_("Opened again"),
    "appeal": N_("Appeal lodged"),
    "appeal_withdrawn": N_("Appeal withdrawn"),
    "employer_answered": N_("The employer answered"),
    "case_opened": N_("A paper opened the case"),
    "case_asked": N_("She was asked whether it is hers"),
    "case_confirmed": N_("She said that it is her claim"),
    "employer_silent": N_("The employer did not answer"),
    "account_changed": N_("A new account is here"),
    "paper_added": N_("A paper was added"),
    "paper_looked_at": N_("The papers that were added are looked at"),
    "start_ending_told": N_("The worker was told that the claim she started ends"),
    "start_ended": N_("Nobody completed the claim that she started; it ended"),
    "certificate_told": N_("The worker was told that her certificate ends"),
    "promise_moved": N_("The worker was told another day of payment"),
    "promise_late": N_("The worker was told that a payment is late"),
    "office": N_("Given over to another office"),
    "payment_planned": N_("A payment is planned again"),
    "payment_held": N_("A payment waits for an account"),
    "payment_rejected": N_("A payment was rejected"),
    "payment_returned": N_("A payment came back"),
    "payment_sent": N_("A payment was sent"),
    "payment_settled": N_("A payment arrived"),
    "paid_in_full": N_("Everything is paid"),
    "letter_returned": N_("A letter came back"),
    "message_failed": N_("A message could not be delivered"),
    "payee_reported_deceased": N_("The bank reports that the payee has died"),
    "access_renewed": N_("A new code for the worker's page"),
    "death_confirmed": N_("The death is confirmed"),
    "death_mistaken": N_("The report of the death was mistaken"),
    "address_checked": N_("The address is checked"),
    "overpayment_found": N_("Too much was paid"),
    "recovery_proposed": N_("Proposed what becomes of an overpayment"),
    "recovery_decided": N_("Decided what becomes of an overpayment"),
    "recovery_moved": N_("The overpayment moved on"),
    "recovery_contested": N_("The person objects to paying back"),
    "objection_decided": N_("Decided on the objection to paying back"),
    "objection_withdrawn": N_("The objection to paying back was taken back"),
    "repayment_received": N_("Something was paid back"),
    "repayment_taken_back": N_("A repayment belonged to another claim"),
    "history_changed": N_("Another decision changes what it comes to"),
    "advance_stated": N_("An employer says what she paid in advance"),
    "advance_agreed": N_("The worker says that the advance is true"),
    "advance_contested": N_("The worker says that the advance is not true"),
    "advance_confirmed": N_("The advance is confirmed"),
    "advance_refused": N_("The advance is refused"),
    "suspension_proposed": N_("Asked that payments be suspended"),
    "suspension_given_back": N_("Payments are not suspended: given back"),
    "suspended": N_("Payments suspended"),
    "suspension_looked_at": N_("Looked at the suspension: it goes on"),
    "suspension_lifted": N_("Payments go on"),
    "suspension_settled": N_("The ground held: the claim is decided again"),
    "still_suspended": N_("Payments are still suspended"),
    "annulment_proposed": N_("Asked that the decision be annulled"),
    "annulment_given_back": N_("The decision is not annulled: given back"),
    "annulled": N_("Decision annulled"),
    "annulment_lifted": N_("Objection upheld: the decision counts again"),
    "annulment_stays": N_("Objection rejected: the decision stays annulled"),
    "employer_payment_stopped": N_("A payment to the employer did not go through"),
}
#: What was corrected of a person, and which of her details.
PERSON_CHANGES = {
    "details": N_("Details corrected"),
    "name": N_("Name corrected"),
    "payee": N_("Another account"),
    "death_confirmed": N_("The death is confirmed"),
    "death_mistaken": N_("The report of the death was mistaken"),
    "address_checked": N_("The address is checked"),
    "contribution_withdrawn": N_("A month was taken back"),
    "wage_corrected": N_("A wage was corrected"),
    "office": N_("Given over to another office"),
    "phone_confirmed": N_("The phone is confirmed by a code"),
}
DETAILS = {
    "name": N_("Name"),
    "name_latin": N_("Name in Latin letters"),
    "month": N_("Month"),
    "address": N_("Address"),
    "phone": N_("Phone"),
    "language": N_("Language"),
    "bank": N_("Bank"),
    "number": N_("Account number"),
    "holder": N_("Holder"),
    "deceased_on": N_("Day of death"),
    "office": N_("Office"),
}
BENEFITS = {
    "sickness": N_("Sick leave"),
    "birth": N_("Birth"),
    "miscarriage": N_("Miscarriage"),
    "adoption": N_("Adoption"),
    "paternity": N_("Paternity"),
    "sick_child": N_("Sick child"),
    "long_term_sickness": N_("Long-term disease"),
    "maternity": N_("Maternity"),
    "antenatal": N_("Antenatal visits"),
    "contraception": N_("Contraception"),
    "death_of_mother": N_("After the mother's death"),
    "father_grant": N_("Grant for the father"),
    "intended_mother": N_("Intended mother"),
    "maternity_convalescence": N_("Convalescence after maternity"),
    "section_40": N_("Section 40"),
    "sickness_convalescence": N_("Convalescence after sickness"),
    "surrogate_mother": N_("Surrogate mother"),
    "voluntary_grant": N_("Grant of the voluntary scheme"),
}
HINDRANCES = {
    "own_case": N_("this is your own claim"),
    "questions_open": N_("{count} questions are open"),
    "judgement_open": N_("a condition must be judged first"),
    "suspension_facts": N_("say in the facts, or by a condition decided otherwise, what follows from the suspension"),
    "warning_open": N_("a warning must be judged first"),
    "no_account": N_("no account is known for the money"),
    "facts_invalid": N_("some facts cannot be right"),
    "not_submitted": N_("it has not been submitted"),
    "already_decided": N_("it is decided"),
    "death_to_confirm": N_("a reported death must be confirmed first"),
    "already_proposed": N_("it waits for a second person"),
    "new_eyes": N_("someone who has not decided before must decide the appeal"),
    "nothing_open": N_("nothing is still to come back"),
    "rests": N_("it rests while the claim is being decided"),
    "reason_needed": N_("a reason belongs to letting money go, and only to that"),
    "way_needed": N_("choose what becomes of it"),
    "not_heard": N_("she can still object: ask her first, and write down what she said"),
    "parts_unclear": N_("each part is a day and an amount, as 15/7/2025: 200,000"),
    "parts_do_not_add_up": N_("the parts do not come to what is still to come back"),
    "parts_not_in_order": N_("the days of the parts follow one another and lie ahead"),
    "parts_too_many": N_("there are more than sixty parts"),
    "parts_of_a_repayment": N_("parts belong to paying back, and only to that"),
    "nothing_to_object_to": N_("nothing is asked back now, or the objection was decided"),
    "grounds_needed": N_("write in a few words why"),
    "reasons_needed": N_("say how it is decided, and why"),
    "nothing_to_withhold": N_("no instalment is still to come"),
    "other_claim_is_for_set_off": N_("another claim belongs to withholding, and only to that"),
    "drawn_on_already": N_("something else is withheld from that claim already"),
    "two_people": N_("another person must confirm what you proposed"),
    "supervisor_confirms": N_("a supervisor confirms"),
    "case_unconfirmed": N_("a paper opened this case, and she has not said that it is hers"),
    "could_know": N_("the mistake was the institution's: write why she could know, or let it go"),
    "annulment_contested": N_("the objection to the annulment is decided first"),
    "head_office_confirms": N_("a supervisor of the head office confirms this amount"),
}
WARNINGS = {
    "certificate_not_verified": N_("Certificate {number} is not verified."),
    "certificate_late": N_("The certificate was issued {days} days after the first day it covers."),
    "days_ahead": N_("{days} of these days lie ahead. Each is paid only once it has passed."),
    "claim_late": N_("The claim came {days} days after the first day."),
    "wage_odd": N_(
        "The wage of {month}, {wage}, is about ten times those around it, or a tenth; usual is {usual}. Is it right?"
    ),
    "declared_late": N_("The employer declared or changed wages of {first} to {last} after this claim was opened."),
    "declared_before_hire": N_(
        "The employer declared wages of {first} to {last}, before the person worked there or was insured."
    ),
    "look_alikes": N_("People who could be mistaken for this person: {count}."),
    "days_paid": N_("Claim {number} has paid some of these days, or this birth, already."),
    "holder_differs": N_("The account is in the name of {holder}; the person is {name}."),
    "account_changed": N_("The account was changed on {on}, after the claim came in. Before: {before}. Now: {now}."),
    "number_sex": N_("The number on the card belongs to a person of the other sex."),
    "number_year": N_("The number on the card is of someone born in {year}; registered is {registered}."),
    "number_township": N_("The letters of the card's number are those of more than one township."),
    "number_held": N_("The number of the health card holds another insurance number."),
    "alone_entered_facts": N_("You entered these facts yourself: a second person confirms the decision."),
    "alone_registered_person": N_("You registered this person: a second person confirms the decision."),
    "alone_declared_wages": N_("You entered wages of this person: a second person confirms the decision."),
    "alone_set_account": N_("You entered the account: a second person confirms the decision."),
    "alone_recent_account": N_("The account was changed a short while ago: a second person confirms the decision."),
}
ERRORS = {
    "required": N_("This is needed."),
    "not_a_day": N_("Write a date such as 3/11/2025, today or +14."),
    "not_a_date": N_("Write a date such as 3/11/2025, today or +14."),
    "date_out_of_range": N_("This date is out of range."),
    "before_start": N_("The last day lies before the first."),
    "reversed": N_("The last day lies before the first."),
    "ends_before_it_begins": N_("The last day lies before the first."),
    "not_a_number": N_("Write a whole number."),
    "not_a_whole_number": N_("Write a whole number."),
    "not_a_figure": N_("Write a number such as 126, 70 % or 6500000."),
    "negative": N_("This cannot be less than nothing."),
    "not_an_amount": N_("Write an amount such as 3200000."),
    "too_long": N_("This is too long."),
    "not_to_override": N_("This condition cannot be decided otherwise."),
    "not_a_phone_number": N_("This is not a phone number."),
    "unknown_word": N_("Choose one of the list."),
    "month_twice": N_("This month stands twice."),
    "unknown_employer": N_("No employer has this number or name."),
    "employers_alike": N_("More than one employer is called so. Write the number: {employers}."),
    "overlap": N_("These days overlap others."),
    "no_law_in_force": N_("No law of this system was in force on that day."),
    "unknown_benefit": N_("The law does not know this benefit."),
    "already_known": N_("Somebody has this number already."),
    "in_the_future": N_("This day lies ahead."),
    "in_the_past": N_("This day has passed."),
    "declared_too_late": N_("The time to declare this month is over. Ask the office; it declares it on its papers."),
    "more_than_open": N_("More than is still open."),
    "before_birth": N_("This lies before the day of birth."),
    "before_decision": N_("This lies before the day of the decision."),
    "amount_unclear": N_("This could be {first} or {second}. Write it without separators."),
    "too_large": N_("This is too large."),
    "other_currency": N_("This is another currency."),
    "buddhist_year": N_("This is a year of the Buddhist era. Write the year of the common era."),
    "not_a_month": N_("Write a month such as 2025-03."),
    "spreadsheet_error": N_("The spreadsheet shows an error here, such as #N/A. Write the value."),
    "formula_not_worked_out": N_("The formula in this cell was never worked out. Write its value."),
    "not_a_name": N_("This is no name of a person."),
    "scientific": N_("The spreadsheet has shortened this number. Write all its digits as text."),
    "number_too_long": N_("The spreadsheet keeps only 15 digits of this number. Write it as text."),
    "not_an_identifier": N_("This is no number of a person or an account."),
    "account_unclear": N_("This could be one account or two. Write one account, without blanks."),
    "check_digit": N_("A digit of this number is wrong."),
    "not_a_qr": N_("This is not the text of a QR code for payments."),
    "qr_check_sum": N_("A letter of this text was lost or changed. Scan the code again."),
    "qr_without_account": N_("This code names no bank account."),
    "qr_differs": N_("The code names another number than the one typed."),
    "not_a_cccd": N_("A citizen's number has 12 digits, and the first three name a province."),
    "not_a_cmnd": N_("The number of an old identity card has 9 digits."),
    "not_a_bhxh": N_("A social insurance number has 10 digits, and not only zeros."),
    "not_a_bhyt": N_("The number of a health card has two letters and 13 digits."),
    "not_an_nrc": N_("Write the number as 12/OUKAMA(N)123456, or in Burmese letters."),
    "not_allowed": N_("This word is not one of those that are understood here."),
    "broken_text": N_("These letters cannot be read. Save the file as UTF-8."),
    "zawgyi": N_("This is written in Zawgyi. Write it in Unicode."),
    "old_encoding": N_("This is written in an old encoding (TCVN3, VNI). Write it in Unicode."),
    "no_font": N_("Our letters cannot carry these characters. Write them in Lao or Latin letters."),
    "row_length": N_("This row has more cells than the heading."),
}
PAYMENTS = {
    "planned": (N_("Planned"), ""),
    "held": (N_("Delayed"), "wait"),
    "sent": (N_("On its way"), ""),
    "unknown": (N_("Being checked"), "wait"),
    "settled": (N_("Paid"), "go"),
    "rejected": (N_("Not paid: check the account"), "no"),
    "returned": (N_("Came back: check the account"), "no"),
    "cancelled": (N_("Cancelled"), ""),
}
#: Why an order ended before it was sent; the codes of banks are shown as they are.
PAYMENT_REASONS = {"schedule_changed": N_("the award changed"), "award_ended": N_("the award ended")}
SECOND = {
    "amount": N_("The amount is above {limit}."),
    "appeal": N_("Appeals are decided by two people who have not decided before."),
    "burdensome_revision": N_("A change to the worse is confirmed by a second person."),
    "one_hand": N_("Who made what the decision rests on does not grant the money alone."),
    "override": N_("A condition is decided otherwise than the rules find it."),
}
OUTCOMES = {
    "upheld": N_("upheld"),
    "partly_upheld": N_("partly upheld"),
    "rejected": N_("rejected"),
    "withdrawn": N_("withdrawn"),
    "redirected": N_("passed on"),
    "referred": N_("referred"),
}
OVERPAYMENTS = {
    "found": N_("to be decided"),
    "suspended": N_("rests while it is contested"),
    "recovering": N_("comes back"),
    "waived": N_("let go"),
    "settled": N_("settled"),
}
OVERPAYMENT_KINDS = {"found": "no", "suspended": "wait", "recovering": "wait", "waived": "go", "settled": "go"}
WAYS = {"repay": N_("Paid back"), "set_off": N_("Withheld from instalments"), "waive": N_("Let go")}
WAIVED_FOR = {
    "hardship": N_("paying back would be too hard"),
    "our_mistake": N_("it was our mistake, and she could not know"),
    "too_small": N_("it costs more to ask than it is"),
}
RECOVERY_RETURNS = {
    "amount_wrong": N_("the amount looks wrong"),
    "too_hard": N_("this is too hard on the person"),
    "explain_more": N_("the reason must be explained better"),
    "recalculated": N_("the amount changed meanwhile"),
}
RECOVERY_ENDS = {
    "more_was_found": N_("more was found; it is decided anew"),
    "nothing_left_to_withhold": N_("no instalment is left to withhold from"),
    "decided_anew": N_("another decision took its place"),
    "objection_upheld": N_("the objection was upheld"),
}

OBJECTIONS = {
    "upheld": N_("Upheld: it is not asked back so"),
    "rejected": N_("Rejected: it goes on"),
    "withdrawn": N_("Taken back"),
    "fell_away": N_("Fell away: the recovery had ended"),
}

LETTERS = {
    "objection_letter": N_("Decided on the objection to paying back"),
    "decision_letter": N_("Decision letter"),
    "acknowledgement_letter": N_("Acknowledgement"),
    "overpayment_letter": N_("Paid too much"),
    "recovery_letter": N_("What becomes of money paid too much"),
    "suspension_letter": N_("Payments are suspended"),
    "suspension_end_letter": N_("Payments go on"),
    "annulment_letter": N_("The decision is annulled"),
    "annulment_end_letter": N_("Decided on the objection to the annulment"),
}

#: Said at the desk by their own words.
DESK = (
    N_("Insured number"),
    N_("Insured since"),
    N_("Born"),
    N_("Phone"),
    N_("Certificate"),
    N_("Accepted"),
    N_("another person must confirm what you proposed"),
    N_("a supervisor confirms"),
)
#: The worker's page says whom her claim waits for as she would.
WORKER_WAITS = {
    "doctor": N_("your doctor"),
    "worker": N_("you"),
    "employer": N_("your employer"),
    "registry": N_("the registry"),
    "officer": N_("us"),
    "supervisor": N_("us"),
}
WORKER_TASKS = {
    "to_decide": N_("We check what you have sent and decide."),
    "deciding": N_("We check what you have sent and decide."),
    "revision": N_("Something has changed. We decide again."),
    "history_changed": N_("Something has changed. We decide again."),
    "appeal": N_("Somebody new looks at your objection."),
    "confirm_amount": N_("A second person looks at it."),
    "confirm_one_hand": N_("A second person looks at it."),
    "confirm_appeal": N_("A second person looks at it."),
    "confirm_burdensome_revision": N_("A second person looks at it."),
    "confirm_override": N_("A second person looks at it."),
    "recalculated": N_("Something has changed. We decide again."),
    "employer_answered": N_("Your employer has answered. We go on."),
    "employer_silent": N_("Your employer has not answered. We go on without."),
    "account": N_("The money could not be paid into your account. Please bring us the right number."),
    "account_changed": N_("We have your new account. The money goes out again with the next payment."),
    "address": N_("A letter came back. We look for your address."),
    "paper_added": N_("We have your paper and look at it."),
    "missing_certificate": N_("A medical certificate is missing."),
    "missing_wages": N_("The wages are missing."),
    "missing_account": N_("We do not know your account yet. Please bring us its number."),
    "missing_papers": N_("Papers are missing."),
    "confirm_case": N_("A hospital or the registry has sent us a paper about you. Is this claim yours?"),
    "overpayment": N_("Too much was paid. We look at what becomes of it and ask you first."),
    "confirm_recovery": N_("A second person looks at it."),
    "recovery_contested": N_("Somebody who has not decided before looks at your objection."),
    "annulment_contested": N_("Somebody who has not decided before looks at your objection."),
    "repayment": N_("Please pay back what was too much, as the letter says."),
    "repayment_late": N_("A part has not come yet. If you cannot pay it, come to the office."),
}
#: What is asked for, as whoever is asked reads it; the officer's own words stand beside it.
ASKED = {
    "missing_certificate": N_("The medical certificate for all days, with stamp and signature"),
    "missing_wages": N_("The wages of the months before"),
    "missing_account": N_("The number of your bank account or wallet, in your name"),
    "account": N_("The right number of your bank account or wallet, in your name"),
    "employer_account": N_("The account into which your advance is paid back"),
    "confirm_case": N_("Your word, on your page or by the code on your phone, that this claim is yours"),
}
#: The employer sees what a case waits for, never what was found.
EMPLOYER_WAITS = {
    "doctor": N_("The doctor"),
    "worker": N_("The worker"),
    "employer": N_("You"),
    "registry": N_("The registry"),
    "officer": N_("The institution"),
    "supervisor": N_("The institution"),
}
LEAVES = {"sick": N_("Sick leave"), "maternity": N_("Maternity leave")}
ROLES = {
    "clerk": N_("Clerk, registers"),
    "officer": N_("Officer, decides"),
    "supervisor": N_("Supervisor, decides as second person"),
    "payment_officer": N_("Payment officer"),
    "auditor": N_("Auditor, looks"),
    "policy_maker": N_("Policy maker, has evidence made"),
    "administrator": N_("Administrator of accounts"),
    "employer": N_("Employer's clerk"),
}
ADVANCE_SOURCES = {"fund": N_("the fund"), "worker": N_("the worker"), "other": N_("somebody else")}


def not_read(wrong: NotRead) -> dict[str, Any]:
    """Why something typed was not taken; an amount that could be two, with both."""
    readings = [
        formatting.number(r, pages.language(), 0 if "." not in r else 2) for r in wrong.params.get("readings", ())
    ]
    return text(ERRORS, wrong.code, dict(zip(("first", "second"), readings, strict=False)))


def text(table: Mapping[str, str], code: str | None, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A code as a Text; one that is not in the table shows itself, readable."""
    message = table.get(code or "")
    if message is None:
        return {"msg": (code or "").replace("_", " "), "params": {}}
    shaped = {
        name: value
        if isinstance(value, Mapping)
        else {
            "type": "int" if isinstance(value, int) else "text",
            "value": value if isinstance(value, int) else str(value),
        }
        for name, value in (params or {}).items()
    }
    return {"msg": message, "params": shaped}
