"""Keys of an employer's software: made and ended by her, ended by who administers accounts, used at the API only."""

from __future__ import annotations

import base64
from dataclasses import replace

from services.benefits import store
from services.benefits.domain.account import Account
from services.benefits.domain.employer_key import LIFE, LONGEST_NAME, MOST_KEYS, EmployerKey, KeyCannotBe
from services.benefits.domain.ids import AccountId
from services.benefits.usecases import accounts
from shared.act import Act, Actor
from shared.auth import KEY
from shared.reading.letters import one_line


def make(act: Act, name: str) -> tuple[EmployerKey, str]:
    """A new key of the asker's account, and its secret, to be seen this once. Raises `KeyCannotBe`."""
    name = one_line(name)
    if not name:
        raise KeyCannotBe("required")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise KeyCannotBe("too_long")
    account = store.accounts.get(act, act.actor.id)
    store.employer_keys.hold(act, account.id)
    if sum(key.lives(act.today) for key in store.employer_keys.of_account(act, account.id)) >= MOST_KEYS:
        raise KeyCannotBe("enough_keys")
    secret = KEY + base64.urlsafe_b64encode(act.random(32)).decode().rstrip("=")
    key = EmployerKey(act.new_id(), account.id, name, accounts.digest(secret), act.today, act.today + LIFE)
    store.employer_keys.add(act, key)
    return key, secret


def end(act: Act, account_id: AccountId, key_id: str) -> None:
    """A key opens nothing any more, from now. Raises `store.NotHere`."""
    key = store.employer_keys.one(act, account_id, key_id)
    if key.lives(act.today):
        name = act.actor.name or act.actor.id
        store.employer_keys.save(act, key, replace(key, ends_on=act.today, ended_by=act.actor.id, ended_name=name))


def enter(act: Act, secret: str, source: str) -> Actor:
    """Who comes in with a key: the rights of an employer's account and nothing else, under the key's own id and name.

    A right key always opens; whoever tries wrong ones must wait as at the sign-in. Raises `accounts.SignInRefused`,
    `accounts.TooManyTries`; the door commits the count of failures before it answers.
    """
    found = store.employer_keys.living(act, accounts.digest(secret))
    if found is None or found[1].employer_id is None or "employer" not in found[1].roles:
        every, here = accounts.may_try(act, source, "a key", None)
        accounts.refuse(act, every, here, accounts.TRIES, None)
    key, account = found
    if key.last_used_on != act.today:
        store.employer_keys.save(act, key, replace(key, last_used_on=act.today))
    return _actor(key, account)


def _actor(key: EmployerKey, account: Account) -> Actor:
    return Actor(
        id=key.id,
        kind="key",
        roles=frozenset({"employer"}),
        employer=account.employer_id,
        name=key.name,
        language=account.language,
    )
