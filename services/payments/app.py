"""Wires payments together. `python -m services.payments.app PROCESS`; web:
`gunicorn 'services.payments.app:create_app()'`."""

from __future__ import annotations

import os
from functools import cache, cached_property
from pathlib import Path

from flask import Flask

from services.payments import (
    api,
    book_pages,
    call_backs,
    consumer,
    counter_api,
    counter_pages,
    layout_doors,
    pages,
    repayment_doors,
    statement_api,
    statement_pages,
)
from services.payments.domain.cash import CounterRefused
from services.payments.domain.order import MoveNotAllowed
from services.payments.domain.run import ReleaseRefused, RunMoveNotAllowed
from services.payments.gateways.bank import Bank
from services.payments.gateways.carried import CarriedFile
from services.payments.gateways.iso_bank import IsoBank
from services.payments.gateways.payees import PayeesOfBenefits
from services.payments.gateways.wallet import WalletOperator
from services.payments.institution import PaymentSettings, institution
from services.payments.store import retention
from services.payments.usecases import regaining
from services.payments.usecases.cash_desk import CashDesk
from services.payments.usecases.counter import BoxGone, VoucherGone
from services.payments.usecases.explaining import LineGone
from services.payments.usecases.handing_in import FileGone
from services.payments.usecases.held import OrderGone
from services.payments.usecases.layouts import LayoutGone, LayoutRefused
from services.payments.usecases.outside import Outside
from services.payments.usecases.repayments import RepaymentGone, ResolutionNotPossible
from services.payments.usecases.runs import OrderNotInRun, RunGone, Stale
from shared import database, logs
from shared.auth import Keys
from shared.clock import Clock
from shared.process import Service, main
from shared.settings import Settings
from shared.web import app as web
from shared.web.problems import Problem, not_found, stale, wrong_state

#: Refusals of a release that are about the person; the others are about the run.
_NOT_YOURS = {"own_run", "already_released", "second_person_needed"}

TRANSLATIONS: web.Translations = {
    MoveNotAllowed: lambda fault: wrong_state(fault.current),
    RunMoveNotAllowed: lambda fault: wrong_state(fault.current),
    ReleaseRefused: lambda fault: Problem(403 if fault.code in _NOT_YOURS else 409, fault.code),
    RunGone: lambda fault: not_found(),
    OrderGone: lambda fault: not_found(),
    OrderNotInRun: lambda fault: not_found(),
    LineGone: lambda fault: not_found(),
    RepaymentGone: lambda fault: not_found(),
    LayoutGone: lambda fault: not_found(),
    LayoutRefused: lambda fault: Problem(403 if fault.code == "made_by_you" else 409, fault.code),
    FileGone: lambda fault: not_found(),
    Stale: lambda fault: stale(),
    VoucherGone: lambda fault: not_found(),
    BoxGone: lambda fault: not_found(),
    CounterRefused: lambda fault: Problem(403 if fault.code in _NOT_YOURS else 409, fault.code),
    ResolutionNotPossible: lambda fault: Problem(409, fault.code),
}


class _Keyring:
    """This service's keys, read when somebody is first asked something."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.settings.keys_dir, self.settings.service)


def outside(settings: Settings, clock: Clock) -> Outside:
    """The channels and benefits, as the environment names them: BANK_URL, WALLET_URL, BENEFITS_URL."""
    url = os.environ.get("BANK_URL", "http://127.0.0.1:8480")
    figures = institution()
    bank = IsoBank(url, answer_seconds=figures.answer_seconds, token=os.environ.get("BANK_TOKEN") or None)
    ring = _Keyring(settings)
    payees = PayeesOfBenefits(
        settings.urls.get("benefits", "http://127.0.0.1:8481"),
        lambda now: ring.keys.service_token("benefits", now),
        clock.now,
    )
    return Outside(bank, payees, figures, _others(settings, clock, figures))


def _others(settings: Settings, clock: Clock, figures: PaymentSettings) -> tuple[Bank, ...]:
    """The channels that this installation has beside the bank: the counters, files that people carry to their bank, and
    an operator of wallets."""
    counters = CashDesk(cache(lambda: database.connect(settings.database_url)), clock, figures)
    carried = tuple(CarriedFile(channel) for channel in figures.channels if channel.layout)
    url = os.environ.get("WALLET_URL")
    if not url:
        return counters, *carried
    token = os.environ.get("WALLET_TOKEN") or None
    return counters, *carried, WalletOperator(url, answer_seconds=figures.answer_seconds, token=token)


def make_service() -> Service:
    """The service as its environment describes it."""
    settings, clock = Settings.from_environment("payments"), Clock.from_environment()
    return Service(
        name="payments",
        folder=Path(__file__).parent,
        handlers=consumer.HANDLERS,
        jobs=consumer.jobs_for(outside(settings, clock)),
        settings=settings,
        clock=clock,
        daily=consumer.daily,
        regained=regaining.put_back,
        keep_days=institution().keep_messages_days,
        keeps=retention.keeps(institution()),
    )


def create_app(service: Service | None = None) -> Flask:
    """The web process."""
    if service is None:
        service = make_service()
        logs.configure(service.name)
    machines = (api, statement_api, counter_api, call_backs)
    people = (pages, statement_pages, counter_pages, book_pages, repayment_doors, layout_doors)
    return web.create_app(service, [module.doors for module in (*machines, *people)], TRANSLATIONS)


if __name__ == "__main__":
    main(make_service)
