"""Accounts in plain words: how they stand, what is done to them, what cannot be."""

from __future__ import annotations

from shared.web.texts import N_

ACCOUNT_STATES = {"invited": N_("invited"), "active": N_("may sign in"), "disabled": N_("disabled")}
ACCOUNT_KINDS = {"invited": "wait", "active": "go", "disabled": "no"}
ACCOUNT_CHANGES = {
    "made": N_("new account"),
    "roles": N_("other roles"),
    "reset": N_("new invitation"),
    "enabled": N_("opened again"),
    "disabled": N_("disabled"),
}
CHANGE_STATES = {
    "proposed": N_("waits for a second person"),
    "confirmed": N_("confirmed"),
    "rejected": N_("rejected"),
}
ACCOUNT_ERRORS = {
    "not_allowed": N_("This is not possible."),
    "required": N_("This is needed."),
    "unknown_role": N_("Choose at least one role."),
    "roles_apart": N_(
        "These roles are never held together: registering, deciding, paying and administering are apart."
    ),
    "employer_needed": N_("The role of an employer's clerk goes with an employer's number, and no other role does."),
    "unknown_employer": N_("No employer has this number."),
    "unknown_office": N_("There is no such office."),
    "other_office": N_("This office is neither yours nor below it."),
    "username_taken": N_("Somebody has this user name, or it has been asked for."),
    "own_account": N_("Somebody else must do that: this is your own account."),
    "already_proposed": N_("A change of this account waits for a second person already."),
    "not_now": N_("As the account stands, this is not possible."),
    "last_administrator": N_("This is the last account that administers. Make another one first."),
    "enough_administrators": N_("There are administrators already; they make accounts on the page."),
    "passwords_differ": N_("The two passwords are not the same."),
    "password_short": N_("The password is too short: at least 12 letters or digits."),
    "too_long": N_("The password is too long: at most 72 letters or digits."),
    "password_common": N_("This password is easily guessed. Put a few words together that only you would."),
    "password_wrong": N_("This is not your present password."),
    "second_factor_wrong": N_("These are not the six digits that the app shows now."),
    "too_many_tries": N_("Too many tries from here. Wait a little, then try again."),
}
