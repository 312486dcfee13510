"""Commands of the institution's operators: files taken in at the door of the machine room."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyotp
import yaml

from services.benefits import store
from services.benefits.app import make_service
from services.benefits.domain.account import AccountCannotBe, ChangeState
from services.benefits.domain.claim import Origin
from services.benefits.evidence import command as evidence_of_files
from services.benefits.evidence.laws import in_force_now, reformed
from services.benefits.evidence.register import COLUMNS as REGISTER_COLUMNS
from services.benefits.evidence.register import row as register_row
from services.benefits.evidence.replay import Replayed, replay
from services.benefits.evidence.replay import text as replayed_text
from services.benefits.evidence.settled import Money, by_award
from services.benefits.gateways.neighbours import NeighbourAway, Neighbours
from services.benefits.institution import institution
from services.benefits.law.case_files import CaseFile, as_typed, read_case_files
from services.benefits.law.in_force import UnknownCountry
from services.benefits.law.vocabulary import PACKS
from services.benefits.law.yaml_file import YamlFault
from services.benefits.store import evidence as reports
from services.benefits.usecases import accounts, claims, evidence_runs, files_in, staff, table_files
from shared.act import HEAD_OFFICE, Act, Actor
from shared.auth import Keys
from shared.process import Service

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


def evidence(options: argparse.Namespace) -> int:
    """What a reform costs: of invented or surveyed persons, or of the claims that this house has decided."""
    if options.what not in evidence_of_files.OF_THE_HOUSE:
        return evidence_of_files.evidence(options)
    service = make_service()
    with service.engine.begin() as connection:
        act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
        doors: dict[str, Callable[[Act], int]] = {
            "replay": lambda act: _replay(act, options, asked_by(service)),
            "register": lambda act: _register(act, options),
            "post": lambda act: _post(act, options),
        }
        status = doors[options.what](act)
    service.engine.dispose()
    return status


def _post(act: Act, options: argparse.Namespace) -> int:
    """Have the workers carry out the parts of a run."""
    left = evidence_runs.post(act, options.name)
    sys.stdout.write(f"{options.name}: {left} parts are left\n")
    return 0


def asked_by(service: Service) -> Neighbours:
    """The other services, asked in the name of this one."""
    return Neighbours(service.settings.urls, lambda other: service.keys.service_token(other, service.clock.now()))


def replayed(act: Act, options: argparse.Namespace, neighbours: Neighbours) -> Replayed:
    """The decisions of a period under the law in force and a reform, each beside what payments say of its money. Raises
    `YamlFault`, `UnknownCountry`, `NeighbourAway`."""

    def money(wanted: set[str]) -> Mapping[str, Money]:
        return by_award(neighbours.money_of_awards(), wanted)

    reform = reformed(options.reform) if options.reform else None
    decided = reports.decided(act, options.since, options.until)
    return replay(decided, in_force_now(options.country), reform, None if options.without_ledger else money)


def _replay(act: Act, options: argparse.Namespace, neighbours: Neighbours) -> int:
    """Replay decided claims and say it, beside the ledger of payments; the exit status is 1 where the law in force
    gives another amount, or other money has moved, and nobody knows why."""
    try:
        found = replayed(act, options, neighbours)
    except (YamlFault, UnknownCountry) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    except NeighbourAway as away:
        sys.stderr.write(f"{away}: the ledger cannot be asked; --without-ledger replays the decisions alone\n")
        return 2
    sys.stdout.write(replayed_text(found, options.reform is not None) + "\n")
    unexplained = any(one.reason == "unexplained" for one in found.differences)
    return int(unexplained or (found.ledger is not None and found.ledger.unexplained))


def _register(act: Act, options: argparse.Namespace) -> int:
    """Write the insured as a population file: nothing in it says who a person is."""
    written = 0
    with options.to.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(REGISTER_COLUMNS)
        for person in reports.insured(act, options.before):
            rows.writerow(register_row(person))
            written += 1
    sys.stdout.write(f"{options.to}: {written:,} persons\n")
    return 0


def import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(table_files.COLUMNS))
    parser.add_argument("path", type=Path)


def import_file(options: argparse.Namespace) -> int:
    """Take a CSV file in; the exit status is 1 where a row was refused."""
    return int(_take(options.kind, options.path) > 0)


def sample_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, required=True, help="with offices, people, claims and practice.csv")


def import_sample(options: argparse.Namespace) -> int:
    """Load an invented institution through the same door; a second time changes nothing."""
    files = sorted(options.folder.glob("[0-9]-*.csv"))
    refused = sum(_take(path.stem.split("-", 1)[1], path) for path in files)
    service = make_service()
    with service.engine.begin() as connection:
        act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
        opened = sum(1 for claim in _open_claims(options.folder / "house.yaml") if _open(act, *claim))
    sys.stdout.write(f"case files: {opened} claims opened\n")
    if service.clock.is_sandbox:
        with service.engine.begin() as connection:
            act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
            practise(act, service.keys, options.folder / "practice.csv")
    service.engine.dispose()
    _who_may_be_played(options.folder / "practice.csv")
    return int(refused > 0)


def _open_claims(path: Path) -> Iterator[tuple[CaseFile, str, date]]:
    """The case files of the law that wait at the desk of an invented institution, each with its person and day."""
    told = yaml.safe_load(path.read_text(encoding="utf-8")).get("open") or {}
    files = {file.id: file for file in read_case_files(PACKS / institution().country)} if told else {}
    for case, claim in told.items():
        yield files[case], claim["person"], claim["day"]


def _open(act: Act, file: CaseFile, number: str, received: date) -> bool:
    """Claim what a case file tells; whether it is new."""
    person = store.persons.with_number(act, number)
    if person is None:
        raise SystemExit(f"{file.id}: nobody has the number {number}")
    benefit, facts = str(file.mapping["benefit"]), as_typed(file)
    if any(known.benefit == benefit for known in store.claims.every(act, person)):
        return False
    papers = {"verified": [paper["number"] for paper in facts.get("certificates", [])]}
    claim = claims.open_claim(
        act, person, benefit=benefit, received_on=received, facts=facts, papers=papers, origin=Origin.IMPORT
    )
    claims.submit(act, claim, None)
    return True


def _who_may_be_played(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    played = ", ".join(f"{row['username']} ({row['part'].replace('_', ' ')})" for row in rows)
    sys.stdout.write(f"Sign in as {played};\n")
    sys.stdout.write(f"the password is {rows[0]['password']}. Second factors and the clock: the page /sandbox.\n")


def practise(act: Act, keys: Keys, path: Path) -> None:
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


def erasures(options: argparse.Namespace) -> int:
    """Which erasures of names are asked for, since when and from which day on; nobody is named."""
    service = make_service()
    with service.engine.connect() as connection:
        act = Act(connection=connection, actor=OPERATOR, now=service.clock.now(), today=service.clock.today())
        for one in store.erasures.open_ones(act):
            sys.stdout.write(f"{one.id} person {one.person_id} asked {one.on} not before {one.not_before}\n")
    service.engine.dispose()
    return 0


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
