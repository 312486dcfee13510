"""A drafted run is checked: benefits is asked for each payee and the bank for each name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.payments.domain.bank_text import account_in_files
from services.payments.domain.check import Account
from services.payments.gateways.bank import Bank, BankAway, NameCheck
from services.payments.gateways.payees import AT_ONCE, PayeesAway, PayeeUnknown
from services.payments.usecases import runs
from services.payments.usecases.outside import Outside
from shared.jobs import JobRun
from shared.logs import log

#: After so many payees in a row without an answer the rest are not asked.
GIVE_UP_AFTER = 3
#: What was found about so many payees is written down together.
NOTED_TOGETHER = 1000


def check_run(job: JobRun, out: Outside, run_id: str) -> None:
    """Ask about the payees of a draft and note what is found, so many at a time: killed, it goes on where it was."""
    with job.begin() as act:
        people = runs.people_to_look_at(act, run_id)
    silent = 0
    for place in range(0, len(people), NOTED_TOGETHER):
        looked: dict[str, runs.Looked] = {}
        some = people[place : place + NOTED_TOGETHER]
        for first in range(0, len(some), AT_ONCE):
            together = some[first : first + AT_ONCE]
            found, silent = _payees(out, together, silent)
            looked |= found
        looked |= _names(out, run_id, looked)
        with job.begin() as act:
            runs.record_check(act, run_id, looked, out)
    with job.begin() as act:
        runs.end_check(act, run_id, out)


def _payees(out: Outside, person_ids: Sequence[str], silent: int) -> tuple[dict[str, runs.Looked], int]:
    """What benefits says about some persons, and how many in a row had no answer by then.

    Where one call about all of them has no answer they are asked about one by one: one record that nobody can read
    holds up no other.
    """
    looked: dict[str, runs.Looked] = {}
    if silent < GIVE_UP_AFTER:
        try:
            known = out.payees.payees(person_ids)
        except PayeesAway:
            log.info("payees_asked_one_by_one", payees=len(person_ids))
        else:
            unknown = runs.Looked(None, "payee_unknown")
            return {id_: runs.Looked(known[id_], None) if id_ in known else unknown for id_ in person_ids}, 0
    for person_id in person_ids:
        if silent >= GIVE_UP_AFTER:
            looked[person_id] = runs.Looked(None, "benefits_unreachable")
            continue
        looked[person_id] = _payee(out, person_id)
        silent = silent + 1 if looked[person_id].failure == "benefits_unreachable" else 0
    return looked, silent


def _payee(out: Outside, person_id: str) -> runs.Looked:
    try:
        return runs.Looked(out.payees.payee(person_id), None)
    except PayeesAway:
        return runs.Looked(None, "benefits_unreachable")
    except PayeeUnknown:
        return runs.Looked(None, "payee_unknown")


def _names(out: Outside, run_id: str, looked: Mapping[str, runs.Looked]) -> dict[str, runs.Looked]:
    """The same with what the channels say about the payees' names."""
    asked: dict[str, list[tuple[str, str, Account]]] = {}
    for person_id, seen in looked.items():
        payee = seen.payee
        if payee is None or payee.account is None or not payee.account.number.strip():
            continue
        account = replace(payee.account, number=account_in_files(payee.account.kind, payee.account.number))
        channel = out.reaching(account)
        if channel is not None:
            asked.setdefault(channel.name, []).append((person_id, channel.takes.name_of(payee) or payee.name, account))
    found: dict[str, runs.Looked] = {}
    for name, people in asked.items():
        gateway = out.gateway(name)
        for first in range(0, len(people), AT_ONCE):
            some = people[first : first + AT_ONCE]
            checks = _checked(gateway, run_id, [(payee_name, account) for _, payee_name, account in some])
            for (person_id, _, _), check in zip(some, checks, strict=True):
                found[person_id] = replace(looked[person_id], name=check)
    return found


def _checked(gateway: Bank, run_id: str, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
    """What a channel says about some names, "not available" where it says nothing; one by one where it takes no
    more at once."""
    try:
        return gateway.check_accounts(asked)
    except BankAway:
        log.info("account_checks_asked_one_by_one", run_id=run_id)
    found, silent = [], 0
    for name, account in asked:
        check = NameCheck("RVNA")
        if silent < GIVE_UP_AFTER:
            try:
                check, silent = gateway.check_account(name, account), 0
            except BankAway:
                silent += 1
                log.info("account_check_not_available", run_id=run_id)
        found.append(check)
    return found
