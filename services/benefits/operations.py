"""Commands of the institution's operators: files taken in at the door of the machine room."""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import replace
from pathlib import Path

import pyotp

from services.benefits import store
from services.benefits.app import make_service
from services.benefits.domain.account import AccountCannotBe, ChangeState
from services.benefits.usecases import accounts, files_in, staff, table_files
from shared.act import HEAD_OFFICE, Act, Actor
from shared.auth import Keys

SAMPLE = Path(__file__).parents[2] / "deploy" / "embedded" / "sample"
OPERATOR = Actor(
    id="operator",
    kind="account",
    roles=frozenset({"administrator"}),
    office=HEAD_OFFICE,
    name="operator",
)


def _take(kind: str, path: Path) -> int:
    """Take one file in; says what was refused and why. Returns the number of refused rows."""
    service = make_service()
    with service.engine.begin() as connection:
        act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
        file = files_in.take_file(act, kind, path.name, path.read_bytes())
        answers = files_in.answers(act, file)
    service.engine.dispose()
    counts = {outcome: file.count(outcome) for outcome in ("accepted", "corrected", "duplicate", "refused")}
    sys.stdout.write(f"{path.name}: " + ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n) + "\n")
    for answer in answers:
        if answer.outcome == "refused":
            sys.stdout.write(f"  row {answer.row}: {answer.code} {answer.column or ''}\n")
    return counts["refused"]


def import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(table_files.COLUMNS))
    parser.add_argument("path", type=Path)


def import_file(options: argparse.Namespace) -> int:
    """Take a CSV file in; the exit status is 1 where a row was refused."""
    return int(_take(options.kind, options.path) > 0)


def sample_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=SAMPLE)


def import_sample(options: argparse.Namespace) -> int:
    """Load an invented province through the same door; a second time changes nothing."""
    files = sorted(options.folder.glob("[0-9]-*.csv"))
    refused = sum(_take(path.stem.split("-", 1)[1], path) for path in files)
    service = make_service()
    if service.clock.is_sandbox:
        with service.engine.begin() as connection:
            act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
            practise(act, service.keys, options.folder / "practice.csv")
    service.engine.dispose()
    sys.stdout.write(
        "Sign in as khamla (officer), manivanh (supervisor), daovone and sisouk (payments), nok (employer), "
        "phet (auditor)\n"
    )
    sys.stdout.write("or admin; the password is practice-2025. Second factors and the clock: the page /sandbox.\n")
    return int(refused > 0)


def practise(act: Act, keys: Keys, path: Path = SAMPLE / "practice.csv") -> None:
    """Everybody of the practice system accepts her invitation, with a password and a second factor that all may know.

    Somebody else than the operator confirms what the operator's file asked for; only the sandbox has such a file.
    """
    with path.open(encoding="utf-8") as file:
        rows = {row["username"]: row for row in csv.DictReader(file)}
    second = Actor(id="practice", kind="account", roles=OPERATOR.roles, office=HEAD_OFFICE, name="practice")
    act = replace(act, actor=second)
    for change in store.accounts.changes(act):
        if change.username in rows and (secret := staff.confirm(act, change.id)) is not None:
            row = rows[change.username]
            accept_for(act, keys, secret, row["password"], row["totp_secret"])


def accept_for(act: Act, keys: Keys, secret: str, password: str, totp_secret: str) -> None:
    """Accept an invitation in the sandbox, with a second factor that is known."""
    invited = store.accounts.invitation(act, accounts.digest(secret))
    if invited is None:
        raise staff.InvitationVoid
    store.accounts.save_invitation(act, invited, replace(invited, totp_secret=totp_secret or None))
    # The code before the present one, so that the present one is left for signing in.
    code = pyotp.TOTP(totp_secret).at(int(act.now.timestamp()) - 30) if totp_secret else ""
    staff.accept(act, secret, keys.digits(staff.purpose(invited)), password, password, code, keys.fits)


# --- accounts, before anybody can sign in --------------------------------------------------------


def administrator_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("name")
    parser.add_argument("--office", default=HEAD_OFFICE)


def first_administrator(options: argparse.Namespace) -> int:
    """Invite one of the first two administrators; the link and its digits are printed once."""
    service = make_service()
    try:
        with service.engine.begin() as connection:
            act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
            secret, invitation = staff.first_administrator(act, options.username, options.name)
            digits = service.keys.digits(staff.purpose(invitation))
    except AccountCannotBe as wrong:
        sys.stderr.write(f"Not made: {wrong.code} {wrong.field}\n")
        return 2
    finally:
        service.engine.dispose()
    sys.stdout.write(f"{service.settings.public_url}/invitation/{secret}\ndigits {digits}\n")
    return 0


def no_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def invitation_digits(options: argparse.Namespace) -> int:
    """The digits that go with the open invitations of accounts that an operator's file asked for."""
    service = make_service()
    with service.engine.connect() as connection:
        act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
        for account in store.accounts.seen(act):
            for change in store.accounts.changes(act, account.id):
                digits = staff.digits_for(act, change, service.keys.digits)
                if change.state is ChangeState.CONFIRMED and digits:
                    sys.stdout.write(f"{change.username} {digits}\n")
    service.engine.dispose()
    return 0
