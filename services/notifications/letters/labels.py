"""The fixed words of a letter, as English message ids; the caller's translation function turns them.

Everything else in a letter, amounts and dates included, arrives formatted and translated.
"""


def N_(message: str) -> str:  # noqa: N802 - the marker's name is the extractor's custom
    """Mark a message for the catalogue; answers it unchanged."""
    return message


CLAIM = N_("Claim")
DECISION = N_("Decision")
CLAIM_AND_DECISION = N_("Claim {claim}, decision {decision}")
CLAIM_ONLY = N_("Claim {claim}")

PAID = N_("What you will be paid and when")
PAY_DATE = N_("Paid on")
PERIOD = N_("For")
AMOUNT_IN = N_("Amount, {unit}")
TOTAL = N_("Total")
COMPARED = N_("What was right and what was paid")
CORRECT = N_("Right")
WAS_PAID = N_("Paid")
DIFFERENCE = N_("Difference")
NOT_PAID = N_("Days that are not paid, and why")
DAYS = N_("Days")
REASON = N_("Reason")

OBJECTION = N_("If you do not agree")
HOW = N_("How")
WHERE = N_("Where")
UNTIL = N_("Until")

RECEIVED = N_("What we have received")
MISSING = N_("What is still missing")
NEXT = N_("What happens next")

QUESTIONS = N_("If you have questions")
YOUR_PAGE = N_("Your page")
CODE = N_("Code: {code}")

WORKSHEET = N_("How it was computed")
LINE = N_("Line")
STEP = N_("Step")
PAYABLE = N_("Payable")
ARTICLE = N_("Article")
AMOUNTS_IN = N_("Amounts in {unit}.")
EVIDENCE_READ = N_("text of the law read")
EVIDENCE_CONFIRM = N_("to be confirmed at the source")
EVIDENCE_SET = N_("set by the institution")
CONDITIONS = N_("Conditions examined")
CONDITION_MET = N_("met")
CONDITION_NOT_MET = N_("not met")
CONDITION_OPEN = N_("left open")

PAGE = N_("Page {n} of {m}")

BATCH = N_("Letters to post")
BATCH_DAY = N_("Printed on")
BATCH_OFFICE = N_("Office")
BATCH_BY = N_("By")
BATCH_COUNT = N_("Letters")
BATCH_SHEETS = N_("Pages")
BATCH_ID = N_("Batch")
BATCH_KIND = N_("Kind of letter")
BATCH_LANGUAGE = N_("Language")
BATCH_GONE = N_("removed: her name was erased")
BATCH_NOTE = N_("Count the letters before they are posted. This sheet stays at the office; it names nobody.")
