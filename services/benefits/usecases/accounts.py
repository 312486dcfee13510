"""Local accounts: sign in, second factor, sessions. Everything about signing in stands behind `sign_in`."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.institution import institution
from shared.act import Act, Actor
from shared.auth import APPROVERS, ROLES
from shared.tables import audit

SESSION_HOURS = timedelta(hours=10)
WORKER_SESSION = timedelta(minutes=30)
TRIES = 5
LOCK = timedelta(minutes=5)
_hasher = PasswordHasher(memory_cost=int(os.environ.get("ARGON2_KIB", "19456")), time_cost=2, parallelism=1)
#: Verified when a name is unknown, so that unknown names take as long as wrong passwords.
_NOBODY = _hasher.hash("nobody has this password")


#: Works out the code of a letter; only benefits' key can.
CodeOf = Callable[[str], str]


class SignInRefused(Exception):
    """Name, password or code do not fit; which one is never said."""


class TooManyTries(Exception):
    """The account rests for a few minutes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session: whose, its secret for the renewal cookie, and the word that forms must carry."""

    actor: Actor
    secret: str
    csrf: str
    second_factor: bool


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _actor(row: Any) -> Actor:
    return Actor(
        id=row.id,
        kind="account",
        roles=frozenset(row.roles),
        office=row.office_id,
        employer=row.employer_id,
        name=row.name,
        language=row.language,
    )


def make_account(
    act: Act,
    *,
    username: str,
    password: str,
    name: str,
    roles: Sequence[str],
    office_id: str | None = None,
    employer_id: str | None = None,
    person_id: str | None = None,
    language: str = "en",
    totp_secret: str | None = None,
) -> str:
    """Make an account; approvers get a second factor. Returns its id. Raises `ValueError` for unknown roles."""
    if not set(roles) <= set(ROLES):
        raise ValueError("unknown role")
    if set(roles) & APPROVERS and totp_secret is None:
        raise ValueError("an approver needs a second factor")
    id_ = act.new_id()
    store.add(
        act,
        t.account,
        id=id_,
        username=username,
        name=name,
        password_hash=_hasher.hash(password),
        roles=list(roles),
        office_id=office_id,
        employer_id=employer_id,
        person_id=person_id,
        language=language,
        active=True,
        failures=0,
        totp_secret=totp_secret,
    )
    return id_


def _audit(act: Act, action: str, *, about: str | None, actor: Actor | None = None) -> None:
    """Who came in, who was refused, who left. What was typed is never written down: somebody may type a password into
    the box for the name, so a refusal knows an account or a claim that exists, or nobody."""
    act.connection.execute(
        audit.insert().values(
            id=act.new_id(),
            at=act.now,
            actor=actor.id if actor else "public",
            kind=actor.kind if actor else "public",
            office=actor.office if actor else None,
            action=action,
            subjects=[about] if about else [],
            trace_id=(act.traceparent or "").split("-")[1] if "-" in (act.traceparent or "") else "",
        )
    )


def sign_in(act: Act, username: str, password: str, code: str) -> Opened:
    """Check name, password and, for those who have one, the six digits of the second factor.

    Raises `SignInRefused` and `TooManyTries`; the door commits the count of failures before it answers.
    """
    row = act.connection.execute(select(t.account).where(t.account.c.username == username).with_for_update()).first()
    if row is not None and row.locked_until is not None and row.locked_until > act.now:
        _audit(act, "sign-in throttled", about=row.id)
        raise TooManyTries
    try:
        _hasher.verify(row.password_hash if row is not None else _NOBODY, password)
        right = row is not None and row.active
    except (VerifyMismatchError, InvalidHashError):
        right = False
    step = None
    if right and row is not None and row.totp_secret:
        step = _totp_step(row, code, act)
        right = step is not None
    if row is None or not right:
        if row is not None:
            failures = row.failures + 1
            store.change(
                act,
                t.account,
                row.id,
                failures=failures % TRIES,
                locked_until=act.now + LOCK if failures >= TRIES else None,
            )
        _audit(act, "sign-in refused", about=row.id if row is not None else None)
        raise SignInRefused
    store.change(act, t.account, row.id, failures=0, locked_until=None, totp_last=step or row.totp_last)
    _audit(act, "sign-in", about=row.id, actor=_actor(row))
    return _open(act, row, second_factor=step is not None)


def _totp_step(row: Any, code: str, act: Act) -> int | None:
    """The time step whose code was given: this one or a neighbour, and never one already used."""
    totp, now = pyotp.TOTP(row.totp_secret), int(act.now.timestamp()) // 30
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.at(step * 30), code.strip().replace(" ", "")) and step > (row.totp_last or 0):
            return step
    return None


def _open(act: Act, row: Any, *, second_factor: bool) -> Opened:
    secret, csrf = act.random(32).hex(), act.random(16).hex()
    store.add(
        act,
        t.session,
        id=act.new_id(),
        account_id=row.id,
        secret_hash=_digest(secret),
        csrf=csrf,
        second_factor=second_factor,
        opened_at=act.now,
        ends_at=act.now + SESSION_HOURS,
    )
    return Opened(_actor(row), secret, csrf, second_factor)


def renew(act: Act, secret: str) -> Opened:
    """A fresh short-lived token for a session that still lives. Raises `SignInRefused`."""
    found = (
        act.connection.execute(
            select(t.session, t.account)
            .join(t.account, t.account.c.id == t.session.c.account_id)
            .where(
                t.session.c.secret_hash == _digest(secret),
                t.session.c.ended_at.is_(None),
                t.session.c.ends_at > act.now,
                t.account.c.active,
            )
        )
        .mappings()
        .first()
    )
    if found is None:
        raise SignInRefused
    row = act.connection.execute(select(t.account).where(t.account.c.id == found[t.session.c.account_id])).one()
    return Opened(_actor(row), secret, found[t.session.c.csrf], found[t.session.c.second_factor])


def sign_out(act: Act, secret: str) -> None:
    """End a session at once; its short-lived token runs out by itself."""
    ended = act.connection.scalar(
        t.session.update()
        .where(t.session.c.secret_hash == _digest(secret), t.session.c.ended_at.is_(None))
        .values(ended_at=act.now)
        .returning(t.session.c.account_id)
    )
    if ended is not None:
        row = act.connection.execute(select(t.account).where(t.account.c.id == ended)).one()
        _audit(act, "sign-out", about=row.id, actor=_actor(row))
    elif act.actor.kind != "public":
        _audit(act, "sign-out", about=act.actor.claim or act.actor.id, actor=act.actor)


def worker_signs_in(act: Act, number: str, code: str, code_of: CodeOf) -> Opened:
    """Open the worker's page with the claim number and the code of her letter.

    Raises `SignInRefused`, `TooManyTries` (the code is locked until a new letter).
    """
    row = act.connection.execute(select(t.claim).where(t.claim.c.number == number).with_for_update()).first()
    if row is None or row.state == "draft":
        _audit(act, "sign-in refused", about=row.id if row is not None else None)
        raise SignInRefused
    if row.access_failures >= institution().access_tries:
        _audit(act, "sign-in throttled", about=row.id)
        raise TooManyTries
    if not hmac.compare_digest(code_of(access_purpose(row)).encode(), code.strip().encode()):
        store.change(act, t.claim, row.id, access_failures=row.access_failures + 1)
        _audit(act, "sign-in refused", about=row.id)
        raise SignInRefused
    store.change(act, t.claim, row.id, access_failures=0)
    language = act.connection.scalar(select(t.person.c.language).where(t.person.c.id == row.person_id)) or "en"
    actor = Actor(id=f"worker:{row.id}", kind="worker", roles=frozenset({"worker"}), claim=row.id, language=language)
    _audit(act, "sign-in", about=row.id, actor=actor)
    return Opened(actor, "", act.random(16).hex(), False)


def access_purpose(row: Any) -> str:
    """What the code of a claim's letter is derived from; a new generation makes a new code."""
    return f"access {row.id} {row.access_generation}"
