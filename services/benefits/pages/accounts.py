"""Who may sign in: proposed by one person, confirmed by another; the invitation; one's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import Response

from services.benefits import store
from services.benefits.domain.account import AccountCannotBe, ChangeKind
from services.benefits.pages.session import home_of, let_in
from services.benefits.usecases import accounts, staff
from services.benefits.views import accounts as view
from services.benefits.views.account_words import ACCOUNT_ERRORS
from services.benefits.views.shown import Said, show
from services.benefits.views.words import text
from shared.act import Act
from shared.web import pages
from shared.web.app import source
from shared.web.doors import PUBLIC, STAFF, Doors
from shared.web.problems import Problem
from shared.web.texts import N_

doors = Doors()
ADMINISTER = ("administrator",)
LOOK = ("administrator", "auditor")
ANYBODY = (*STAFF, "employer")


def _code_of(purpose: str) -> str:
    return pages.service().keys.digits(purpose)


def _fits(purpose: str, typed: str) -> bool:
    return pages.service().keys.fits(purpose, typed)


def _roles(form: dict[str, str]) -> list[str]:
    return [role for role in view.HELD if form.get(f"role_{role}")]


@doors.page("/accounts", roles=LOOK)
def all_accounts(act: Act) -> Any:
    """Who may sign in, and which changes wait for a second person."""
    return show("accounts.html", view.accounts(act, _code_of))


@doors.page("/accounts", method="POST", roles=ADMINISTER)
def propose(act: Act, form: dict[str, str]) -> Any:
    """Ask for an account."""
    number = form.get("employer_no", "").strip()
    try:
        employer = store.places.employer_with(act, number) if number else None
        if number and employer is None:
            raise AccountCannotBe("unknown_employer", "employer_no")
        staff.propose_account(
            act,
            username=form.get("username", ""),
            name=form.get("name", ""),
            roles=_roles(form),
            office_id=form.get("office", "").strip() or None,
            employer_id=employer,
            language=language if (language := form.get("language", "")) in pages.LANGUAGES else "en",
        )
    except AccountCannotBe as wrong:
        page = view.accounts(act, _code_of, form, view.wrong(wrong.code, wrong.field))
        return Response(show("accounts.html", page), 422, content_type=pages.HTML)
    return pages.go("/accounts")


@doors.page("/accounts/<uuid:account_id>", roles=LOOK)
def one_account(act: Act, account_id: UUID) -> Any:
    """One account: what it may do, since when, by whose word."""
    return show("account.html", view.account(act, str(account_id), _code_of))


@doors.page("/accounts/<uuid:account_id>", method="POST", roles=ADMINISTER)
def change(act: Act, account_id: UUID, form: dict[str, str]) -> Any:
    """Ask for a change, disable at once, or end all sessions."""
    id_, do = str(account_id), form.get("do", "")
    try:
        if do == ChangeKind.DISABLED:
            staff.disable(act, id_)
        elif do == "sign_out":
            accounts.end_all_sessions(act, store.accounts.get(act, id_).id)
        elif do in set(ChangeKind):
            staff.propose_change(act, id_, ChangeKind(do), _roles(form) if do == ChangeKind.ROLES else ())
        else:
            raise Problem(400, "unreadable")
    except AccountCannotBe as wrong:
        page = view.account(act, id_, _code_of, text(ACCOUNT_ERRORS, wrong.code))
        return Response(show("account.html", page), 422, content_type=pages.HTML)
    return pages.go(f"/accounts/{account_id}")


# Not kept for a repeat: the link is a secret that is shown once and stored nowhere.
@doors.page("/accounts/changes/<uuid:change_id>", method="POST", roles=ADMINISTER, records=False)
def judge(act: Act, change_id: UUID, form: dict[str, str]) -> Any:
    """The second person agrees or does not; the link of an invitation is shown this once."""
    try:
        if form.get("do") == "reject":
            staff.reject(act, str(change_id))
            return pages.go("/accounts")
        secret = staff.confirm(act, str(change_id))
    except AccountCannotBe as wrong:
        page = view.accounts(act, _code_of, None, view.wrong(wrong.code, "do"))
        return Response(show("accounts.html", page), 422, content_type=pages.HTML)
    if secret is None:
        return pages.go("/accounts")
    about = store.accounts.change(act, str(change_id))
    return pages.render("invitation_link.html", about=about, path=f"/invitation/{secret}")


# --- the invitation ----------------------------------------------------------------------------


def _void() -> Response:
    sentence = N_("This invitation is used up or too old. Ask your administrator for a new one.")
    page = pages.render("invitation.html", void=pages.translate(sentence), error=None)
    return Response(page, 410, content_type=pages.HTML)


def _choose(invited: staff.Invited, digits: str, error: AccountCannotBe | None = None) -> Response:
    """The form in which password and second factor are chosen."""
    picture = segno.make(invited.otpauth, error="m").svg_data_uri(scale=4) if invited.otpauth else None
    page = pages.render(
        "invitation_choose.html",
        account=invited.account,
        digits=digits,
        picture=picture,
        totp_secret=invited.totp_secret,
        errors=view.wrong(error.code, error.field) if error else Said(),
    )
    return Response(page, 422 if error else 200, content_type=pages.HTML)


def _digits_wrong() -> Response:
    error = pages.translate(N_("These digits do not belong to this invitation."))
    return Response(pages.render("invitation.html", void=None, error=error), 401, content_type=pages.HTML)


@doors.page("/invitation/<secret>", roles=PUBLIC, limit="30 per minute")
def invitation(act: Act, secret: str) -> Any:
    """The link of an invitation asks for the digits that go with it."""
    try:
        if staff.needs_digits(act, secret):
            return pages.render("invitation.html", void=None, error=None)
        invited = staff.open_invitation(act, secret, "", _fits)
    except staff.InvitationVoid:
        return _void()
    return _choose(invited, "") if invited is not None else _digits_wrong()


@doors.page("/invitation/<secret>", method="POST", roles=PUBLIC, tokenless=True, limit="20 per minute")
def open_invitation(act: Act, secret: str, form: dict[str, str]) -> Any:
    """With link and digits: choose a password and a second factor."""
    digits = form.get("digits", "")[:20]
    try:
        invited = staff.open_invitation(act, secret, digits, _fits)
    except staff.InvitationVoid:
        return _void()
    return _choose(invited, digits) if invited is not None else _digits_wrong()


@doors.page("/invitation/<secret>/acceptance", method="POST", roles=PUBLIC, tokenless=True, limit="20 per minute")
def accept(act: Act, secret: str, form: dict[str, str]) -> Any:
    """The account begins."""
    digits, password, again = form.get("digits", "")[:20], form.get("password", "")[:200], form.get("again", "")[:200]
    try:
        opened = staff.accept(act, secret, digits, password, again, form.get("code", ""), _fits)
    except staff.InvitationVoid:
        return _void()
    except AccountCannotBe as wrong:
        invited = staff.open_invitation(act, secret, digits, _fits)
        return _choose(invited, digits, wrong) if invited is not None else _digits_wrong()
    if opened is None:
        return _digits_wrong()
    return let_in(act, opened, home_of(opened.actor.roles))


# --- one's own ---------------------------------------------------------------------------------


@doors.page("/account", roles=ANYBODY)
def own_account(act: Act) -> Any:
    """One's own account: what one may do, where one is signed in, another password."""
    return show("own_account.html", view.own(act))


@doors.page("/account", method="POST", roles=ANYBODY, records=False)
def change_own(act: Act, form: dict[str, str]) -> Any:
    """Choose another password, or sign out everywhere."""
    if form.get("do") == "sign_out":
        accounts.end_all_sessions(act, store.accounts.get(act, act.actor.id).id)
        return pages.go("/sign-in")
    present, password, again = (form.get(name, "")[:200] for name in ("present", "password", "again"))
    try:
        opened = staff.change_password(act, present, password, again, source())
    except AccountCannotBe as wrong:
        errors = view.wrong(wrong.code, wrong.field)
    except accounts.SignInRefused:
        errors = view.wrong("password_wrong", "present")
    except accounts.TooManyTries:
        errors = view.wrong("too_many_tries", "present")
    else:
        return let_in(act, opened, "/account")
    return Response(show("own_account.html", view.own(act, errors)), 422, content_type=pages.HTML)
