"""Signing in and out, and the renewal of short-lived tokens."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, redirect, request

from services.benefits import store
from services.benefits.usecases import accounts
from shared.act import Act
from shared.auth import SESSION_LIFE
from shared.web import pages
from shared.web.app import session_cookie, signed_in_as, source
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import Problem
from shared.web.texts import N_

doors = Doors()
RENEWAL_COOKIE = "tideover_renewal"
HOMES = (
    ("employer", "/employer"),
    ("payment_officer", "/payments"),
    ("administrator", "/accounts"),
    ("auditor", "/desk/claims"),
    ("policy_maker", "/evidence"),
)


def home_of(roles: frozenset[str]) -> str:
    """Where somebody's work begins."""
    if roles & {"clerk", "officer", "supervisor"}:
        return "/desk"
    return next((url for role, url in HOMES if role in roles), "/sign-in")


def _safe(target: str) -> str:
    """An address inside this house; anything else becomes the start."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    # A browser drops line ends and tabs before it reads an address: "/\n//x" would lead to the host x.
    odd = "\\" in target or not target.isprintable() or target.startswith("//")
    return target if target.startswith("/") and not odd and not parts.netloc else "/"


def _renewal_cookie() -> str:
    return pages.service().settings.cookie(RENEWAL_COOKIE)


def let_in(act: Act, opened: accounts.Opened, target: str, code: int = 303) -> Response:
    """Send the browser on with its session."""
    service = pages.service()
    token = service.keys.session_token(
        opened.actor, csrf=opened.csrf, now=act.now, session=opened.id, second_factor=opened.second_factor
    )
    response: Any = redirect(target, code)
    secure = service.settings.secure_cookies
    response.set_cookie(
        session_cookie(),
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        secure=secure,
        samesite="Lax",
    )
    if opened.secret:
        life = int(accounts.SESSION_HOURS.total_seconds())
        response.set_cookie(
            _renewal_cookie(),
            opened.secret,
            max_age=life,
            httponly=True,
            secure=secure,
            samesite="Lax",
            path="/session",
        )
    return response  # type: ignore[no-any-return]


@doors.page("/", roles=PUBLIC)
def start(act: Act) -> Any:
    """The front door: what this is and who goes where; whoever has signed in goes to her own work."""
    if act.actor.kind == "account":
        return redirect(home_of(act.actor.roles), 303)
    if act.actor.kind == "worker":
        return redirect("/worker", 303)
    return pages.render("start.html", offices=store.places.offices(act))


@doors.page("/sign-in", roles=PUBLIC)
def sign_in_page(act: Act) -> Any:
    """The form to sign in."""
    target, why = _safe(request.args.get("next", "/")), WHY.get(request.args.get("why", ""))
    return pages.render("sign_in.html", target=target, username="", error="", why=why and pages.translate(why))


#: Why somebody is asked to sign in.
WHY = {
    "ended": N_("Your session has ended. Sign in again and you are back where you were; what you typed is kept here."),
    "first": N_("Sign in to open the page you asked for."),
}


def _to_sign_in(target: str) -> Any:
    """To the form that lets her in: with why, and with the way back to the page she was on. A form leads back to the
    page on which it stood."""
    if target.startswith("/worker"):
        return redirect("/worker?why=ended", 303)
    if target.startswith("/start/"):
        return redirect("/start", 303)
    had = session_cookie() in request.cookies or _renewal_cookie() in request.cookies
    came = urlsplit(request.headers.get("Referer", ""))
    if request.method == "POST" and came.netloc == request.host and not came.path.startswith(("/session", "/sign-in")):
        target = _safe(came.path + (f"?{came.query}" if came.query else ""))
    why = "ended" if had or request.method == "POST" else "first"
    asked = f"?next={quote(target, safe='/')}&why={why}" if target != "/" or why == "ended" else ""
    return redirect(f"/sign-in{asked}", 303)


@doors.page("/session/sign-in", roles=PUBLIC, method="POST", tokenless=True, limit="30 per minute")
def sign_in(act: Act, form: dict[str, str]) -> Any:
    """Sign in with name, password and the second factor."""
    wait = 0
    try:
        name, password = form.get("username", "").strip()[:80], form.get("password", "")[:200]
        opened = accounts.sign_in(act, name, password, form.get("code", ""), source())
    except accounts.SignInRefused:
        error = N_("Name, password or code do not fit.")
    except accounts.SecondFactorMissing as missing:
        return pages.go(f"/invitation/{missing.secret}")
    except accounts.TooManyTries as too_many:
        error, wait = N_("Too many tries from here. Wait a little, then try again."), too_many.seconds
    else:
        target = _safe(form.get("next", "/"))
        return let_in(act, opened, home_of(opened.actor.roles) if target == "/" else target)
    page = pages.render(
        "sign_in.html",
        target=_safe(form.get("next", "/")),
        username=form.get("username", ""),
        error=pages.translate(error),
        why="",
    )
    headers = {"Retry-After": str(wait)} if wait else {}
    return Response(page, 429 if wait else 401, headers, content_type="text/html; charset=utf-8")


@doors.page("/session/renew", roles=PUBLIC)
def renew(act: Act) -> Any:
    """A fresh token while the session lives; the sign-in form afterwards."""
    target = _safe(request.args.get("next", "/"))
    try:
        return let_in(act, accounts.renew(act, request.cookies.get(_renewal_cookie(), "")), target)
    except accounts.SignInRefused:
        return _to_sign_in(target)


@doors.page("/session/renew", roles=PUBLIC, method="POST", tokenless=True)
def renew_and_carry_on(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """A form whose token ran out while it was being filled in: a fresh token, and the browser sends it again."""
    target = _safe(request.args.get("next", "/"))
    try:
        opened = accounts.renew(act, request.cookies.get(_renewal_cookie(), ""))
    except accounts.SignInRefused:
        return _to_sign_in(target)
    if not hmac.compare_digest(request.form.get("csrf_token", "").encode(), opened.csrf.encode()):
        raise Problem(403, "csrf")
    if target.startswith("/session"):
        target = "/"
    return let_in(act, opened, target, 307 if target != "/" else 303)


@doors.page("/session/sign-out", roles=PUBLIC, method="POST", tokenless=True)
def sign_out(act: Act, form: dict[str, str]) -> Any:
    """End the session."""
    accounts.sign_out(act, request.cookies.get(_renewal_cookie(), ""), signed_in_as())
    response: Any = redirect("/sign-in", 303)
    response.delete_cookie(session_cookie())
    response.delete_cookie(_renewal_cookie(), path="/session")
    return response


@doors.page("/sign-out", roles=PUBLIC)
def sign_out_page(act: Act) -> Any:
    """Asks before signing out, so that a link cannot do it."""
    return pages.render("sign_out.html")
