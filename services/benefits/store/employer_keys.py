"""Keys of employers' software as they lie in the database."""

from __future__ import annotations

from sqlalchemy import select

from services.benefits import tables as t
from services.benefits.domain.account import Account
from services.benefits.domain.employer_key import EmployerKey
from services.benefits.domain.ids import AccountId
from services.benefits.store.accounts import ACCOUNT
from services.benefits.store.rows import Shape
from shared.act import Act

KEY = Shape(EmployerKey, t.employer_key)
k = t.employer_key.c


def add(act: Act, key: EmployerKey) -> None:
    KEY.add(act, key)


def save(act: Act, before: EmployerKey, after: EmployerKey) -> None:
    KEY.save(act, before, after)


def of_account(act: Act, account_id: AccountId) -> list[EmployerKey]:
    """Every key of an account that is still kept, the latest first."""
    return KEY.all(act, KEY.select(k.account_id == account_id).order_by(k.made_on.desc(), k.id.desc()))


def one(act: Act, account_id: AccountId, key_id: str) -> EmployerKey:
    """A key of an account, locked. Raises `NotHere`."""
    return KEY.one(act, k.id == key_id, k.account_id == account_id, lock=True)


def living(act: Act, digest: str) -> tuple[EmployerKey, Account] | None:
    """The key with this digest and its account, while both let somebody in."""
    key = KEY.maybe(act, k.digest == digest, k.ends_on >= act.today, k.ended_by.is_(None))
    account = ACCOUNT.maybe(act, t.account.c.id == key.account_id) if key is not None else None
    return (key, account) if key is not None and account is not None and account.may_come_in else None


def hold(act: Act, account_id: AccountId) -> None:
    """Wait until nobody else makes a key of this account."""
    act.connection.execute(select(t.account.c.id).where(t.account.c.id == account_id).with_for_update())
