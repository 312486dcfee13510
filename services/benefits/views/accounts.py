"""What the pages of accounts show: who may sign in, what waits for a second person, one's own account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.benefits import store
from services.benefits.domain.account import Account, AccountChange, AccountState, ChangeState
from services.benefits.usecases import staff
from services.benefits.usecases.accounts import CodeOf
from services.benefits.views import account_words, employer_keys, words
from services.benefits.views.employer_keys import KeyLine
from services.benefits.views.shown import Said, Words, options
from shared.act import ROLES, Act
from shared.web import pages

#: Roles that an account may hold; a worker comes in with the code of her letter.
HELD = tuple(role for role in ROLES if role != "worker")


def roles_in_words(roles: Sequence[str]) -> str:
    return ", ".join(pages.translate(words.ROLES[role]) for role in roles)


@dataclass(frozen=True, slots=True)
class AccountLine:
    href: str
    username: str
    name: str
    roles: str
    office: str
    state: Words
    kind: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of an account: what it shall be, by whom; `digits` only for who asked for it."""

    id: str
    username: str
    name: str
    what: Words
    roles: str
    place: str
    proposed_name: str
    proposed_at: datetime
    judged_name: str | None
    state: Words
    mine: bool
    digits: str | None


@dataclass(frozen=True, slots=True)
class AccountsPage:
    accounts: Sequence[AccountLine]
    waiting: Sequence[ChangeLine]
    roles: Sequence[Mapping[str, str]]
    speaks: Sequence[Mapping[str, str]]
    may_change: bool
    typed: Mapping[str, str]
    errors: Said


@dataclass(frozen=True, slots=True)
class AccountPage:
    account: Account
    place: str
    roles_now: str
    state: Words
    kind: str
    roles: Sequence[Mapping[str, str]]
    changes: Sequence[ChangeLine]
    sessions: Sequence[datetime]
    keys: Sequence[KeyLine]
    may_change: bool
    disabled: bool
    error: Words | None


@dataclass(frozen=True, slots=True)
class OwnPage:
    account: Account
    roles_now: str
    sessions: Sequence[datetime]
    errors: Said
    saved: bool


def _place(act: Act, office_id: str | None) -> str:
    """An office by its name; the code of one that is not there, as it was written."""
    office = store.places.known_office(act, office_id) if office_id else None
    return office.name if office is not None else office_id or ""


def _change(act: Act, change: AccountChange, code_of: CodeOf) -> ChangeLine:
    return ChangeLine(
        id=change.id,
        username=change.username,
        name=change.name,
        what=words.text(account_words.ACCOUNT_CHANGES, change.kind),
        roles=roles_in_words(change.roles),
        place=_place(act, change.office_id),
        proposed_name=change.proposed_name,
        proposed_at=change.proposed_at,
        judged_name=change.judged_name,
        state=words.text(account_words.CHANGE_STATES, change.state),
        mine=change.proposed_by == act.actor.id,
        digits=staff.digits_for(act, change, code_of) if change.state is ChangeState.CONFIRMED else None,
    )


def wrong(code: str, field: str) -> Said:
    return Said({field or "do": words.text(account_words.ACCOUNT_ERRORS, code)})


def accounts(
    act: Act, code_of: CodeOf, typed: Mapping[str, str] | None = None, errors: Said | None = None
) -> AccountsPage:
    found = [
        AccountLine(
            f"/accounts/{a.id}",
            a.username,
            a.name,
            roles_in_words(a.roles),
            _place(act, a.office_id),
            words.text(account_words.ACCOUNT_STATES, a.state),
            account_words.ACCOUNT_KINDS[a.state],
        )
        for a in store.accounts.seen(act)
    ]
    return AccountsPage(
        accounts=found,
        waiting=[_change(act, c, code_of) for c in store.accounts.changes(act)],
        roles=options(words.ROLES, HELD),
        speaks=[{"value": code, "label": name} for code, name in pages.LANGUAGES.items()],
        may_change=act.actor.has("administrator"),
        typed=Said(typed or {}),
        errors=errors or Said(),
    )


def account(act: Act, account_id: str, code_of: CodeOf, error: Words | None = None) -> AccountPage:
    """Raises `NotHere`."""
    found = store.accounts.get(act, account_id)
    return AccountPage(
        account=found,
        place=_place(act, found.office_id),
        roles_now=roles_in_words(found.roles),
        state=words.text(account_words.ACCOUNT_STATES, found.state),
        kind=account_words.ACCOUNT_KINDS[found.state],
        roles=options(words.ROLES, HELD),
        changes=[_change(act, c, code_of) for c in store.accounts.changes(act, found.id)],
        sessions=[s.opened_at for s in store.accounts.sessions(act, found.id)],
        keys=employer_keys.lines(act, found.id),
        may_change=act.actor.has("administrator") and found.id != act.actor.id,
        disabled=found.state is AccountState.DISABLED,
        error=error,
    )


def own(act: Act, errors: Said | None = None, *, saved: bool = False) -> OwnPage:
    found = store.accounts.get(act, act.actor.id)
    sessions = [s.opened_at for s in store.accounts.sessions(act, found.id)]
    return OwnPage(found, roles_in_words(found.roles), sessions, errors or Said(), saved)
