"""Accounts: proposed by one person, confirmed by another, and begun by an invitation that neither can use alone.

The link of an invitation is seen by who confirmed, its digits by who proposed; whoever is invited gets both, and
chooses password and second factor herself. Nobody sets them for somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyotp
from zxcvbn import zxcvbn

from services.benefits import store
from services.benefits.domain.account import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Account,
    AccountCannotBe,
    AccountChange,
    AccountState,
    ChangeKind,
    ChangeState,
    Invitation,
    check_roles,
)
from services.benefits.domain.decision import check_two_people
from services.benefits.domain.ids import AccountId, EmployerId, OfficeId, PersonId
from services.benefits.institution import institution
from services.benefits.usecases import accounts
from services.benefits.usecases.accounts import CodeOf, Fits, Opened, digest
from services.benefits.usecases.decisions import AlreadyDecided
from shared.act import Act, sees

#: The score of zxcvbn from which a password withstands guessing (3 of 4).
GOOD_PASSWORD = 3
#: So many accounts that administer are made in the machine room, where nobody could confirm them.
FIRST_ADMINISTRATORS = 2


class InvitationVoid(LookupError):
    """The link was used, is too old, was guessed at, or never was."""


# --- proposed and confirmed --------------------------------------------------------------------


def propose_account(
    act: Act,
    *,
    username: str,
    name: str,
    roles: Sequence[str],
    office_id: str | None = None,
    employer_id: str | None = None,
    person_id: str | None = None,
    language: str = "en",
) -> AccountChange:
    """Ask for an account; there is none until somebody else confirms. Raises `AccountCannotBe`."""
    account = Account(
        id=AccountId(act.new_id()),
        username=username.strip(),
        name=name.strip(),
        password_hash=None,
        roles=tuple(roles),
        language=language,
        state=AccountState.INVITED,
        office_id=OfficeId(office_id) if office_id else None,
        employer_id=EmployerId(employer_id) if employer_id else None,
        person_id=PersonId(person_id) if person_id else None,
    )
    change = _change(act, account, ChangeKind.MADE, ChangeState.PROPOSED)
    _check_new(act, change)
    store.accounts.add_change(act, change)
    return change


def _check_new(act: Act, change: AccountChange) -> None:
    if not 2 <= len(change.username) <= 80 or not change.username.isprintable():
        raise AccountCannotBe("not_allowed", "username")
    if not change.name or len(change.name) > 200:
        raise AccountCannotBe("required", "name")
    check_roles(change.roles, institution().roles_apart)
    if ("employer" in change.roles) != (change.employer_id is not None):
        raise AccountCannotBe("employer_needed", "employer_no")
    if "employer" not in change.roles and change.office_id is None:
        raise AccountCannotBe("required", "office")
    if change.office_id is not None and store.places.known_office(act, change.office_id) is None:
        raise AccountCannotBe("unknown_office", "office")
    if change.office_id is not None and not sees(act.actor.office or "", change.office_id):
        raise AccountCannotBe("other_office", "office")
    waiting = (known.username for known in store.accounts.changes(act) if known.id != change.id)
    if store.accounts.named(act, change.username) is not None or change.username in waiting:
        raise AccountCannotBe("username_taken", "username")


def propose_change(act: Act, account_id: str, kind: ChangeKind, roles: Sequence[str] = ()) -> AccountChange:
    """Ask for other roles, a way back in for who lost password or second factor, or an account to be opened again.

    Raises `AccountCannotBe`: nobody asks for her own account.
    """
    account = _somebody_elses(act, account_id)
    if kind not in (ChangeKind.ROLES, ChangeKind.RESET, ChangeKind.ENABLED):
        raise AccountCannotBe("not_allowed", "do")
    if (kind is ChangeKind.ENABLED) != (account.state is AccountState.DISABLED):
        raise AccountCannotBe("not_now", "do")
    if any(change.state is ChangeState.PROPOSED for change in store.accounts.changes(act, account.id)):
        raise AccountCannotBe("already_proposed", "do")
    if kind is ChangeKind.ROLES:
        check_roles(roles, institution().roles_apart)
        if ("employer" in roles) != (account.employer_id is not None):
            raise AccountCannotBe("employer_needed", "roles")
    change = _change(act, account, kind, ChangeState.PROPOSED, tuple(roles) or account.roles)
    store.accounts.add_change(act, change)
    return change


def _somebody_elses(act: Act, account_id: str) -> Account:
    account = store.accounts.get(act, account_id, lock=True)
    if account.id == act.actor.id:
        raise AccountCannotBe("own_account", "do")
    return account


def _change(
    act: Act, account: Account, kind: ChangeKind, state: ChangeState, roles: tuple[str, ...] = ()
) -> AccountChange:
    return AccountChange(
        id=act.new_id(),
        account_id=account.id,
        kind=kind,
        username=account.username,
        name=account.name,
        roles=roles or account.roles,
        language=account.language,
        state=state,
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        proposed_at=act.now,
        office_id=account.office_id,
        employer_id=account.employer_id,
        person_id=account.person_id,
    )


def confirm(act: Act, change_id: str) -> str | None:
    """The second person agrees. Returns the secret of the invitation's link, to be seen this once, where the change
    needs one. Raises `SamePerson`, `AlreadyDecided`, `AccountCannotBe`.
    """
    change = _judge(act, change_id, ChangeState.CONFIRMED)
    if change.kind is ChangeKind.MADE:
        _check_new(act, change)
        return _begin(act, change)
    account = _somebody_elses(act, change.account_id)
    after = replace(account, roles=change.roles)
    accounts.end_all_sessions(act, account.id)
    if change.kind is ChangeKind.ROLES and (not after.needs_second_factor or account.totp_secret):
        store.accounts.save(act, account, after)
        return None
    store.accounts.save(act, account, replace(after, state=AccountState.INVITED))
    return _invite(act, after, change.id)


def reject(act: Act, change_id: str) -> None:
    """The second person does not agree, or who asked takes it back. Raises `AlreadyDecided`."""
    _judge(act, change_id, ChangeState.REJECTED)


def _judge(act: Act, change_id: str, state: ChangeState) -> AccountChange:
    change = store.accounts.change(act, change_id)
    if change.state is not ChangeState.PROPOSED:
        raise AlreadyDecided(change.state)
    mine = change.proposed_by == act.actor.id
    if state is ChangeState.CONFIRMED:
        check_two_people(change.proposed_by, act.actor.id)
    judged = replace(change, state=state, judged_at=act.now)
    if not mine:
        judged = replace(judged, judged_by=act.actor.id, judged_name=act.actor.name)
    store.accounts.save_change(act, change, judged)
    return judged


def _begin(act: Act, change: AccountChange) -> str:
    account = Account(
        id=change.account_id,
        username=change.username,
        name=change.name,
        password_hash=None,
        roles=change.roles,
        language=change.language,
        state=AccountState.INVITED,
        office_id=change.office_id,
        employer_id=change.employer_id,
        person_id=change.person_id,
    )
    store.accounts.add(act, account)
    return _invite(act, account, change.id)


def _invite(act: Act, account: Account, change_id: str | None) -> str:
    invitation, secret = accounts.new_invitation(act, account, change_id)
    store.accounts.add_invitation(act, invitation)
    return secret


def first_administrator(act: Act, username: str, name: str) -> tuple[str, Invitation]:
    """An account that administers, made in the machine room while nobody is there to confirm it. Returns the secret of
    its link and the invitation. Raises `AccountCannotBe`."""
    if store.accounts.count_with_role(act, "administrator") >= FIRST_ADMINISTRATORS:
        raise AccountCannotBe("enough_administrators")
    change = propose_account(act, username=username, name=name, roles=["administrator"], office_id=act.actor.office)
    store.accounts.save_change(act, change, replace(change, state=ChangeState.CONFIRMED, judged_at=act.now))
    secret = _begin(act, change)
    return secret, _living(act, secret)


def disable(act: Act, account_id: str) -> None:
    """Nobody comes in with this account any more, from now: one person may do that. Raises `AccountCannotBe`."""
    account = _somebody_elses(act, account_id)
    if "administrator" in account.roles and store.accounts.count_with_role(act, "administrator") <= 1:
        raise AccountCannotBe("last_administrator", "do")
    if account.state is AccountState.DISABLED:
        return
    store.accounts.save(act, account, replace(account, state=AccountState.DISABLED))
    store.accounts.end_invitations(act, account.id)
    accounts.end_all_sessions(act, account.id)
    store.tasks.release(act, account.id)
    store.accounts.add_change(act, _change(act, account, ChangeKind.DISABLED, ChangeState.CONFIRMED))


# --- coming in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who opened her invitation: what she still has to choose."""

    account: Account
    #: What the device of the second factor reads; none where the roles need none.
    otpauth: str | None
    totp_secret: str | None


def purpose(invitation: Invitation) -> str:
    """What the digits of an invitation are derived from."""
    return f"invitation {invitation.id}"


def digits_for(act: Act, change: AccountChange, code_of: CodeOf) -> str | None:
    """The digits that go with an open invitation, for who proposed the change and nobody else."""
    if change.proposed_by != act.actor.id:
        return None
    waiting = store.accounts.open_invitations(act, [change.account_id])
    return next((code_of(purpose(i)) for i in waiting if i.change_id == change.id and i.lives(act.now)), None)


def _living(act: Act, secret: str) -> Invitation:
    found = store.accounts.invitation(act, digest(secret))
    if found is None or not found.lives(act.now):
        raise InvitationVoid
    return found


def needs_digits(act: Act, secret: str) -> bool:
    """Whether a link asks for digits: not where its owner gave her password for it. Raises `InvitationVoid`."""
    return _living(act, secret).change_id is not None


def open_invitation(act: Act, secret: str, digits: str, fits: Fits) -> Invited | None:
    """Whom a link and its digits invite; none where the digits are wrong, which is counted: after a few the link is
    void. Raises `InvitationVoid`."""
    found = _living(act, secret)
    if found.change_id is not None and not fits(purpose(found), digits.strip()):
        store.accounts.save_invitation(act, found, replace(found, failures=found.failures + 1))
        store.accounts.audit(act, "invitation refused", about=found.account_id)
        return None
    account = store.accounts.invited(act, found.account_id)
    otpauth = None
    if found.totp_secret is not None:
        otpauth = pyotp.TOTP(found.totp_secret).provisioning_uri(name=account.username, issuer_name="Tideover")
    return Invited(account, otpauth, found.totp_secret)


def accept(act: Act, secret: str, digits: str, password: str, again: str, code: str, fits: Fits) -> Opened | None:
    """Choose password and second factor, and come in; none where the digits of the invitation are wrong.

    Raises `InvitationVoid`, `AccountCannotBe`.
    """
    invited = open_invitation(act, secret, digits, fits)
    if invited is None:
        return None
    account = invited.account
    check_password(password, again, account)
    step = None
    if invited.totp_secret is not None:
        step = accounts.totp_step(replace(account, totp_secret=invited.totp_secret, totp_last=None), code, act)
        if step is None:
            raise AccountCannotBe("second_factor_wrong", "code")
    begun = replace(
        account,
        state=AccountState.ACTIVE,
        password_hash=accounts.hash_password(password),
        totp_secret=invited.totp_secret,
        totp_last=step,
    )
    store.accounts.save(act, account, begun)
    store.accounts.end_invitations(act, account.id)
    accounts.end_all_sessions(act, account.id)
    store.accounts.audit(act, "invitation accepted", about=account.id, actor=begun.actor)
    return accounts.open_session(act, begun, second_factor=step is not None)


def check_password(password: str, again: str, account: Account) -> None:
    """A password is long, and none that is easily guessed (NIST SP 800-63B, section 3.1.1.2). Raises
    `AccountCannotBe`."""
    if password != again:
        raise AccountCannotBe("passwords_differ", "again")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountCannotBe("password_short", "password")
    if len(password) > LONGEST_PASSWORD:
        raise AccountCannotBe("too_long", "password")
    named = account.username.casefold() in password.casefold()
    words = [account.username, *account.name.split(), "tideover"]
    if named or zxcvbn(password, user_inputs=words)["score"] < GOOD_PASSWORD:
        raise AccountCannotBe("password_common", "password")


def change_password(act: Act, present: str, password: str, again: str, source: str) -> Opened:
    """Choose another password; all other sessions end. Raises `AccountCannotBe`, `SignInRefused`, `TooManyTries`."""
    account = accounts.prove(act, store.accounts.get(act, act.actor.id, lock=True), present, source)
    check_password(password, again, account)
    after = replace(account, password_hash=accounts.hash_password(password))
    store.accounts.save(act, account, after)
    factor = any(s.second_factor for s in store.accounts.sessions(act, account.id))
    accounts.end_all_sessions(act, account.id)
    store.accounts.audit(act, "password changed", about=account.id, actor=act.actor)
    return accounts.open_session(act, after, second_factor=factor)
