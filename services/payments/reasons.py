"""The reason codes a fresh database knows: why money is held, refused or comes back, and whose move it is.

ISO 20022 external reason codes (status and return reason sets, revised quarterly) and the house's own.
The first migration writes this list into the table `reason_code`; it is never changed, a later code is a
migration of its own.
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the usual name of a marker for the catalogue
    """Marks a sentence for the catalogue."""
    return text


#: code, source, what it means, whose move it is, which hold the next order for the same money begins
#: with (none: it may go with the next run).
SEED: list[tuple[str, str, str, str, str | None]] = [
    ("AC01", "iso", N_("The account number does not exist"), "office", "account_refused"),
    ("AC04", "iso", N_("The account is closed"), "office", "account_refused"),
    ("AC06", "iso", N_("The account is blocked"), "office", "account_refused"),
    ("AC13", "iso", N_("The account is of the wrong kind"), "office", "account_refused"),
    ("AG01", "iso", N_("The account does not take such payments"), "office", "account_refused"),
    ("BE01", "iso", N_("Name and account do not belong together"), "office", "account_refused"),
    ("BE04", "iso", N_("The address of the payee is missing"), "office", "account_refused"),
    ("RC01", "iso", N_("The bank code is wrong"), "office", "account_refused"),
    ("MD07", "iso", N_("The bank says that the payee has died"), "benefits", "payee_deceased"),
    ("AM02", "iso", N_("The amount is above the bank's limit"), "payments", "refused_for_a_look"),
    ("AM04", "iso", N_("Our account had not enough money"), "payments", None),
    ("AM05", "iso", N_("The bank takes this for a payment made twice"), "payments", "refused_for_a_look"),
    ("DT01", "iso", N_("The pay day was over when the file arrived"), "payments", None),
    ("TM01", "iso", N_("The file arrived after the bank's closing time"), "payments", None),
    ("FF01", "iso", N_("The bank could not read the file"), "payments", "refused_for_a_look"),
    ("MS02", "iso", N_("The payee refused the money"), "office", "refused_for_a_look"),
    ("MS03", "iso", N_("The bank gives no reason"), "payments", "refused_for_a_look"),
    ("NARR", "iso", N_("The bank gives its reason in words"), "payments", "refused_for_a_look"),
    ("NRCV", "house", N_("The bank never received it"), "payments", None),
    ("no_account", "house", N_("No account is known"), "office", None),
    ("no_channel", "house", N_("Money cannot be sent there: no bank account or wallet"), "office", None),
    ("account_unreadable", "house", N_("The account number cannot be right"), "office", None),
    ("account_refused", "house", N_("The bank refused this account; a new one is needed"), "office", None),
    ("payee_deceased", "house", N_("The payee was reported to have died"), "benefits", None),
    (
        "refused_for_a_look",
        "house",
        N_("Refused or sent back by the bank; somebody must look"),
        "payments",
        None,
    ),
    (
        "benefits_unreachable",
        "house",
        N_("The account could not be asked for; it is tried again"),
        "payments",
        None,
    ),
    ("payee_unknown", "house", N_("Benefits knows no such person"), "benefits", None),
    ("by_officer", "house", N_("Held by an officer"), "payments", None),
    ("rejected_in_run", "house", N_("Rejected in a run by an officer"), "payments", None),
    ("schedule_changed", "house", N_("The award was revised"), "benefits", None),
    ("award_ended", "house", N_("The award has ended"), "benefits", None),
    ("cancelled_by_bank", "house", N_("The bank cancelled it"), "bank", "refused_for_a_look"),
]

#: Codes that came later, each list with the migration that writes it.
SEED_0005: list[tuple[str, str, str, str, str | None]] = [
    (
        "name_not_latin",
        "house",
        N_("The bank takes Latin letters only, and the name is not known in them"),
        "office",
        None,
    ),
]
SEED_0007: list[tuple[str, str, str, str, str | None]] = [
    ("voucher_expired", "house", N_("Nobody collected it at the counter in time"), "office", "not_collected"),
    ("not_collected", "house", N_("Waits until somebody knows how she wants to be paid"), "office", None),
]
ALL = [*SEED, *SEED_0005, *SEED_0007]

#: Holds that end when the payee's account changes.
ACCOUNT_HOLDS = ("no_account", "no_channel", "account_unreadable", "account_refused", "name_not_latin")
#: Holds that a job looks at again by itself.
TRIED_AGAIN = (*ACCOUNT_HOLDS, "benefits_unreachable", "payee_unknown")
