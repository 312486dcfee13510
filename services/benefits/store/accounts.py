"""Accounts, sessions, and the record of who came in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import any_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from services.benefits.domain.account import (
    Account,
    AccountChange,
    AccountState,
    ChangeKind,
    ChangeState,
    Invitation,
    Session,
)
from services.benefits.domain.ids import AccountId, PersonId
from services.benefits.domain.tries import FORGOTTEN_AFTER, Tries
from services.benefits.store.rows import Shape, kind, of_office
from shared.act import Act, Actor
from shared.tables import audit as audit_table

ACCOUNT = Shape(Account, t.account, roles=kind("roles", tuple, list), state=kind("state", AccountState))
CHANGE = Shape(
    AccountChange,
    t.account_change,
    roles=kind("roles", tuple, list),
    kind=kind("kind", ChangeKind),
    state=kind("state", ChangeState),
)
INVITATION = Shape(Invitation, t.invitation)
SESSION = Shape(Session, t.session)
TRIES = Shape(Tries, t.sign_in_tries)


def named(act: Act, username: str) -> Account | None:
    """The account with this name, locked."""
    return ACCOUNT.maybe(act, t.account.c.username == username, lock=True)


def every(act: Act) -> list[Account]:
    """All accounts, for the sandbox's page."""
    return ACCOUNT.all(act, ACCOUNT.select().order_by(t.account.c.office_id, t.account.c.username))


def seen(act: Act) -> list[Account]:
    """The accounts that the asker's office may see; employers' have no office and are seen by head office."""
    mine = of_office(act, t.account)
    return ACCOUNT.all(act, ACCOUNT.select(mine).order_by(t.account.c.office_id, t.account.c.username))


def invited(act: Act, account_id: AccountId) -> Account:
    """An account by a secret that names it: its invitation or its session; locked."""
    return ACCOUNT.one(act, t.account.c.id == account_id, lock=True)


def get(act: Act, account_id: str, *, lock: bool = False) -> Account:
    """An account, also one's own. Raises `NotHere`."""
    mine = of_office(act, t.account) | (t.account.c.id == act.actor.id)
    return ACCOUNT.one(act, t.account.c.id == account_id, mine, lock=lock)


def count_with_role(act: Act, role: str) -> int:
    """How many accounts with a role may come in, or are invited."""
    there = (literal(role) == any_(t.account.c.roles)) & (t.account.c.state != AccountState.DISABLED)
    return act.connection.scalar(select(func.count()).select_from(t.account).where(there)) or 0


def add_change(act: Act, change: AccountChange) -> None:
    CHANGE.add(act, change)


def save_change(act: Act, before: AccountChange, after: AccountChange) -> None:
    CHANGE.save(act, before, after)


def change(act: Act, change_id: str) -> AccountChange:
    """A change, locked. Raises `NotHere`."""
    return CHANGE.one(act, t.account_change.c.id == change_id, of_office(act, t.account_change), lock=True)


def changes(act: Act, account_id: str | None = None) -> list[AccountChange]:
    """The changes of an account, newest first; of all accounts, those that wait for a second person."""
    c = t.account_change.c
    which = c.account_id == account_id if account_id else c.state == ChangeState.PROPOSED
    query = CHANGE.select(of_office(act, t.account_change), which)
    return CHANGE.all(act, query.order_by(c.proposed_at.desc(), c.id.desc()))


def add_invitation(act: Act, invitation: Invitation) -> None:
    """The new way in; earlier ones end."""
    end_invitations(act, invitation.account_id)
    INVITATION.add(act, invitation)


def invitation(act: Act, digest: str) -> Invitation | None:
    """The invitation of a link, locked."""
    return INVITATION.maybe(act, t.invitation.c.digest == digest, lock=True)


def open_invitations(act: Act, account_ids: Sequence[str]) -> list[Invitation]:
    i = t.invitation.c
    return INVITATION.all(act, INVITATION.select(i.account_id.in_(account_ids), i.ended_at.is_(None)))


def save_invitation(act: Act, before: Invitation, after: Invitation) -> None:
    INVITATION.save(act, before, after)


def end_invitations(act: Act, account_id: AccountId) -> None:
    i = t.invitation.c
    act.connection.execute(
        update(t.invitation).where(i.account_id == account_id, i.ended_at.is_(None)).values(ended_at=act.now)
    )


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
    account = ACCOUNT.maybe(act, t.account.c.id == session.account_id) if session else None
    return (session, account) if session is not None and account is not None and account.may_come_in else None


def end_session(act: Act, secret_hash: str) -> tuple[Session, Account] | None:
    """End a session at once; which it was and whose, if it lived."""
    s = t.session.c
    found = SESSION.maybe(act, s.secret_hash == secret_hash, s.ended_at.is_(None), lock=True)
    if found is None:
        return None
    act.connection.execute(update(t.session).where(s.id == found.id).values(ended_at=act.now))
    return found, invited(act, found.account_id)


def sessions(act: Act, account_id: AccountId) -> list[Session]:
    """The sessions of an account that live."""
    s = t.session.c
    living = SESSION.select(s.account_id == account_id, s.ended_at.is_(None), s.ends_at > act.now)
    return SESSION.all(act, living.order_by(s.opened_at))


def end_sessions(act: Act, account_id: AccountId) -> list[str]:
    """End all sessions of an account; their ids."""
    s = t.session.c
    living = update(t.session).where(s.account_id == account_id, s.ended_at.is_(None))
    return list(act.connection.scalars(living.values(ended_at=act.now).returning(s.id)))


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
