"""Accounts, sessions, and the record of who came in."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from services.benefits.domain.account import Account, Session
from services.benefits.domain.ids import AccountId, PersonId
from services.benefits.domain.tries import FORGOTTEN_AFTER, Tries
from services.benefits.store.rows import Shape, kind
from shared.act import Act, Actor
from shared.tables import audit as audit_table

ACCOUNT = Shape(Account, t.account, roles=kind("roles", tuple, list))
SESSION = Shape(Session, t.session)
TRIES = Shape(Tries, t.sign_in_tries)


def named(act: Act, username: str) -> Account | None:
    """The account with this name, locked."""
    return ACCOUNT.maybe(act, t.account.c.username == username, lock=True)


def every(act: Act) -> list[Account]:
    return ACCOUNT.all(act, ACCOUNT.select().order_by(t.account.c.office_id, t.account.c.username))


def person_of(act: Act, account_id: str) -> PersonId | None:
    """Who acts, where she is insured herself."""
    found = act.connection.scalar(select(t.account.c.person_id).where(t.account.c.id == account_id))
    return PersonId(found) if found is not None else None


def add(act: Act, account: Account) -> None:
    ACCOUNT.add(act, account)


def save(act: Act, before: Account, after: Account) -> None:
    ACCOUNT.save(act, before, after)


def tries(act: Act, key: str) -> Tries:
    """The failures under a key, locked until this try is answered: tries at once are answered one after the other."""
    fresh = upsert(t.sign_in_tries).values(key=key, failures=0, last_at=act.now)
    act.connection.execute(fresh.on_conflict_do_nothing())
    found = TRIES.maybe(act, t.sign_in_tries.c.key == key, lock=True)
    return found or Tries(key, 0, act.now)


def save_tries(act: Act, tries: Tries) -> None:
    values = TRIES.columns(tries)
    act.connection.execute(update(t.sign_in_tries).where(t.sign_in_tries.c.key == tries.key).values(**values))


def forget_tries(act: Act, key: str) -> None:
    """Who came in has failed at nothing; what is long forgotten goes with it."""
    c = t.sign_in_tries.c
    long_ago = (c.last_at < act.now - FORGOTTEN_AFTER) & (c.rests_until.is_(None) | (c.rests_until < act.now))
    old = select(c.key).where(long_ago).limit(100).with_for_update(skip_locked=True)
    act.connection.execute(delete(t.sign_in_tries).where((c.key == key) | c.key.in_(old)))


def add_session(act: Act, session: Session) -> None:
    SESSION.add(act, session)


def living_session(act: Act, secret_hash: str) -> tuple[Session, Account] | None:
    """A session that lives, and whose it is."""
    s = t.session.c
    session = SESSION.maybe(act, s.secret_hash == secret_hash, s.ended_at.is_(None), s.ends_at > act.now)
    account = ACCOUNT.maybe(act, t.account.c.id == session.account_id, t.account.c.active) if session else None
    return (session, account) if session is not None and account is not None else None


def end_session(act: Act, secret_hash: str) -> Account | None:
    """End a session at once; whose it was, if it lived."""
    s = t.session.c
    there = update(t.session).where(s.secret_hash == secret_hash, s.ended_at.is_(None))
    ended = act.connection.scalar(there.values(ended_at=act.now).returning(s.account_id))
    return ACCOUNT.one(act, t.account.c.id == AccountId(ended)) if ended is not None else None


def audit(act: Act, action: str, *, about: str | None, actor: Actor | None = None) -> None:
    """Who came in, who was refused, who left. What was typed is never written down: somebody may type a password into
    the box for the name, so a refusal knows an account or a claim that exists, or nobody."""
    trace = act.traceparent or ""
    act.connection.execute(
        audit_table.insert().values(
            id=act.new_id(),
            at=act.now,
            actor=actor.id if actor else "public",
            kind=actor.kind if actor else "public",
            office=actor.office if actor else None,
            action=action,
            subjects=[about] if about else [],
            trace_id=trace.split("-")[1] if "-" in trace else "",
        )
    )
