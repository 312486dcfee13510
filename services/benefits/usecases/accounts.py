"""Local accounts: sign in, second factor, sessions. Everything about signing in stands behind `sign_in`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NoReturn

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from services.benefits import store
from services.benefits.domain.account import INVITATION_LIFE, Account, Invitation, Session
from services.benefits.domain.claim import Claim, ClaimState, Origin
from services.benefits.domain.ids import AccountId, ClaimId
from services.benefits.domain.tries import Tries
from services.benefits.institution import institution
from shared import messaging
from shared.act import Act, Actor
from shared.auth import SESSION_LIFE
from shared.events import moment
from shared.sessions import keep_ended

SESSION_HOURS = timedelta(hours=10)
#: The name under which histories keep what the person of a claim did by herself; theirs say it in words.
HERSELF = "worker"
#: Who has given her password may choose her missing second factor for so long.
ENROLMENT = timedelta(minutes=15)
#: Failures of one source at one name before it must wait, and at all names together (an office shares an address).
TRIES, TRIES_OF_SOURCE = 5, 60
_hasher = PasswordHasher(memory_cost=int(os.environ.get("ARGON2_KIB", "19456")), time_cost=2, parallelism=1)
#: Verified when a name is unknown, so that unknown names take as long as wrong passwords.
_NOBODY = _hasher.hash("nobody has this password")


#: Works out the code of a letter; only benefits' key can.
CodeOf = Callable[[str], str]
#: Whether digits are those of a purpose.
Fits = Callable[[str, str], bool]


class SignInRefused(Exception):
    """Name, password or code do not fit; which one is never said."""


class SecondFactorMissing(Exception):
    """The password is right, but the roles ask for a second factor and there is none yet: `secret` opens the page where
    it is chosen."""

    def __init__(self, secret: str) -> None:
        super().__init__("second factor missing")
        self.secret = secret


class TooManyTries(Exception):
    """Whoever tries must wait; the account or the claim is as open to others as before."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many tries")
        self.seconds = max(1, int(wait.total_seconds()))


@dataclass(frozen=True, slots=True)
class Opened:
    """A session: whose, its id, its secret for the renewal cookie, and the word that forms must carry."""

    actor: Actor
    id: str
    secret: str
    csrf: str
    second_factor: bool


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def _fits(account: Account | None, password: str) -> bool:
    """Whether the password of an account was typed; takes as long where there is none."""
    try:
        return _hasher.verify(account.password_hash or _NOBODY if account is not None else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def may_try(act: Act, source: str, at: str, about: str | None) -> tuple[Tries, Tries]:
    """The failures of a source, and those at this name. Raises `TooManyTries` alike for what exists and what does not:
    they are counted by what was typed."""
    every = store.accounts.tries(act, digest(f"source {source}"))
    here = store.accounts.tries(act, digest(f"source {source} at {at}"))
    for tries in (every, here):
        if tries.rests(act.now) and tries.rests_until is not None:
            store.accounts.audit(act, "sign-in throttled", about=about)
            raise TooManyTries(tries.rests_until - act.now)
    return every, here


def _came_in(act: Act, every: Tries, here: Tries) -> None:
    store.accounts.save_tries(act, every.eased())
    store.accounts.forget_tries(act, here.key)


def count_try(act: Act, source: str, at: str, free: int) -> None:
    """Count an asking of which nobody says whether it is right. Raises `TooManyTries`."""
    every, here = may_try(act, source, at, None)
    store.accounts.save_tries(act, every.failed(act.now, TRIES_OF_SOURCE))
    store.accounts.save_tries(act, here.failed(act.now, free))


def refuse(act: Act, every: Tries, here: Tries, free: int, about: str | None) -> NoReturn:
    """Count a failure and write it down. Raises `SignInRefused`."""
    store.accounts.save_tries(act, every.failed(act.now, TRIES_OF_SOURCE))
    store.accounts.save_tries(act, here.failed(act.now, free))
    store.accounts.audit(act, "sign-in refused", about=about)
    raise SignInRefused


def sign_in(act: Act, username: str, password: str, code: str, source: str) -> Opened:
    """Check name, password and, for those who have one, the six digits of the second factor. `source` is where the
    request came from.

    Raises `SignInRefused`, `SecondFactorMissing`, `TooManyTries`; the door commits the count of failures before it
    answers.
    """
    account = store.accounts.named(act, username)
    every, here = may_try(act, source, f"account {username}", account.id if account is not None else None)
    right = _fits(account, password) and account is not None and account.may_come_in
    step = totp_step(account, code, act) if right and account is not None and account.totp_secret else None
    if account is None or not right or (account.totp_secret and step is None):
        refuse(act, every, here, TRIES, account.id if account is not None else None)
    _came_in(act, every, here)
    if account.needs_second_factor and not account.totp_secret:
        invitation, secret = new_invitation(act, account, None)
        store.accounts.add_invitation(act, replace(invitation, ends_at=act.now + ENROLMENT))
        raise SecondFactorMissing(secret)
    store.accounts.save(act, account, replace(account, totp_last=step or account.totp_last))
    store.accounts.audit(act, "sign-in", about=account.id, actor=account.actor)
    return open_session(act, account, second_factor=step is not None)


def prove(act: Act, account: Account, password: str, source: str) -> Account:
    """Somebody who is in proves once more who she is. Raises `SignInRefused`, `TooManyTries`."""
    every, here = may_try(act, source, f"account {account.username}", account.id)
    if not _fits(account, password):
        refuse(act, every, here, TRIES, account.id)
    _came_in(act, every, here)
    return account


def new_invitation(act: Act, account: Account, change_id: str | None) -> tuple[Invitation, str]:
    """A one-time way into an account, and the secret of its link."""
    secret = act.random(32).hex()
    totp = base64.b32encode(act.random(20)).decode() if account.needs_second_factor else None
    ends = act.now + INVITATION_LIFE
    return Invitation(act.new_id(), account.id, digest(secret), ends, change_id, totp), secret


def totp_step(account: Account, code: str, act: Act) -> int | None:
    """The time step whose code was given: this one or a neighbour, and never one already used."""
    totp, now = pyotp.TOTP(account.totp_secret or ""), int(act.now.timestamp()) // 30
    typed = "".join(str(int(c)) for c in code[:40] if c.isdecimal())
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.at(step * 30), typed) and step > (account.totp_last or 0):
            return step
    return None


def open_session(act: Act, account: Account, *, second_factor: bool) -> Opened:
    """A session of an account."""
    secret, csrf = act.random(32).hex(), act.random(16).hex()
    ends = act.now + SESSION_HOURS
    session = Session(act.new_id(), account.id, digest(secret), csrf, second_factor, act.now, ends)
    store.accounts.add_session(act, session)
    return Opened(_placed(act, account), session.id, secret, csrf, second_factor)


def renew(act: Act, secret: str) -> Opened:
    """A fresh short-lived token for a session that still lives. Raises `SignInRefused`."""
    found = store.accounts.living_session(act, digest(secret))
    if found is None:
        raise SignInRefused
    session, account = found
    return Opened(_placed(act, account), session.id, secret, session.csrf, session.second_factor)


def _placed(act: Act, account: Account) -> Actor:
    """Who signed in, with her office as it calls itself: every page says at whose desk she sits."""
    office = store.places.known_office(act, account.office_id) if account.office_id else None
    return replace(account.actor, place=office.name if office is not None else "")


def sign_out(act: Act, secret: str, session: str) -> None:
    """End a session at once: its secret and, in every service, its token (`session` is what that says)."""
    found = store.accounts.end_session(act, digest(secret))
    whose = found[1].actor if found is not None else act.actor
    ended = {id_ for id_ in (session, found[0].id if found is not None else "") if id_}
    if whose.kind != "public":
        store.accounts.audit(act, "sign-out", about=whose.claim or whose.id, actor=whose)
        _tokens_die(act, sorted(ended), whose.claim or whose.id)


def end_all_sessions(act: Act, account_id: AccountId) -> None:
    """Nobody is in with this account any more."""
    _tokens_die(act, store.accounts.end_sessions(act, account_id), account_id)


def _tokens_die(act: Act, sessions: list[str], about: str) -> None:
    """Tell every service which tokens let nobody in, although their time is not over."""
    until = act.now + SESSION_LIFE
    keep_ended(act.connection, sessions, until, act.now)
    if sessions:
        data = {"sessions": sessions, "until": moment(until)}
        messaging.post(act, "benefits.session.ended", subject=about, person=about, data=data)


def worker_signs_in(act: Act, number: str, code: str, fits: Fits, source: str) -> Opened:
    """Open the worker's page with the claim number and the code of her letter.

    Raises `SignInRefused`, `TooManyTries`: whoever guesses must wait, her letter goes on opening her page.
    """
    claim = store.claims.by_number(act, number)
    every, here = may_try(act, source, f"claim {number}", claim.id if claim is not None else None)
    right = fits(access_purpose(claim), code.strip())
    # Who started a claim herself read its code; any other draft has told nobody of one.
    unheard = claim is None or (claim.state is ClaimState.DRAFT and claim.origin is not Origin.PHONE)
    if claim is None or unheard or not right:
        refuse(act, every, here, institution().access_tries, claim.id if claim is not None else None)
    _came_in(act, every, here)
    actor = worker_of(claim, store.persons.of_claim(act, claim.person_id).language)
    store.accounts.audit(act, "sign-in", about=claim.id, actor=actor)
    return Opened(actor, act.new_id(), "", act.random(16).hex(), False)


def worker_of(claim: Claim, language: str = "en") -> Actor:
    """The person of a claim, who acts by herself; histories say so by her name here (`shared.web.formatting.who`)."""
    return worker(claim.id, language)


def worker(claim_id: ClaimId, language: str = "en") -> Actor:
    """The same by the id of her claim, which need not be opened yet (`usecases/own_starts.py`)."""
    return Actor(
        id=f"worker:{claim_id}",
        kind="worker",
        roles=frozenset({"worker"}),
        claim=claim_id,
        language=language,
        name=HERSELF,
    )


def access_purpose(claim: Claim | None) -> str:
    """What the code of a claim's letter is derived from; a new generation makes a new code. A claim that is not there
    has one too, which no letter holds, so that looking for it takes as long."""
    return f"access {claim.id} {claim.access_generation}" if claim is not None else "access nobody"
