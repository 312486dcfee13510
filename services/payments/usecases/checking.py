"""A drafted run is checked: benefits is asked for each payee and the bank for each name."""

from __future__ import annotations

from dataclasses import replace

from services.payments.domain.bank_text import account_in_files
from services.payments.gateways.bank import BankAway, NameCheck
from services.payments.gateways.payees import PayeesAway, PayeeUnknown
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
        for person_id in people[place : place + NOTED_TOGETHER]:
            if silent >= GIVE_UP_AFTER:
                looked[person_id] = runs.Looked(None, "benefits_unreachable")
                continue
            looked[person_id] = _look(out, run_id, person_id)
            silent = silent + 1 if looked[person_id].failure == "benefits_unreachable" else 0
        with job.begin() as act:
            runs.record_check(act, run_id, looked, out)
    with job.begin() as act:
        runs.end_check(act, run_id, out)


def _look(out: Outside, run_id: str, person_id: str) -> runs.Looked:
    """What benefits and the bank say about one payee."""
    try:
        payee = out.payees.payee(person_id)
    except PayeesAway:
        return runs.Looked(None, "benefits_unreachable")
    except PayeeUnknown:
        return runs.Looked(None, "payee_unknown")
    name = NameCheck("RVNA")
    if payee.account is not None and payee.account.number.strip():
        try:
            account = replace(payee.account, number=account_in_files(payee.account.kind, payee.account.number))
            channel = out.reaching(account.kind)
            if channel is not None:
                name = out.gateway(channel.name).check_account(channel.takes.name_of(payee) or payee.name, account)
        except BankAway:
            log.info("account_check_not_available", run_id=run_id)
    return runs.Looked(payee, None, name)
