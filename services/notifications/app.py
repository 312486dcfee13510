"""Wires the notifications service: `make_service()`, `create_app()`, `python -m services.notifications.app PROCESS`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask

from services.notifications import api, call_backs, composing, consumer, pages, retention, tables
from services.notifications.consumer import Outside
from services.notifications.domain.quiet import QuietHours
from services.notifications.gateways import operators
from services.notifications.gateways.benefits import Benefits
from services.notifications.gateways.line import Line
from services.notifications.gateways.lines import Lines
from services.notifications.usecases import receipts
from shared.clock import Clock
from shared.process import Service, main
from shared.settings import Settings
from shared.web.app import create_app as make_app

FOLDER = Path(__file__).parent


def build(
    settings: Settings,
    clock: Clock,
    line: Line | Lines | None,
    benefits: Benefits | None = None,
    quiet: QuietHours | None = None,
) -> Service:
    """The service with what lies outside it: one operator, or several in the order in which they are wanted."""
    service: Service

    def token() -> str:
        return service.keys.service_token("benefits", clock.now())

    lines = line if line is None or isinstance(line, Lines) else Lines([line])
    facts = benefits or Benefits(settings.urls.get("benefits"), token)
    payments = Benefits(settings.urls.get("payments"), lambda: service.keys.service_token("payments", clock.now()))
    outside = Outside(facts, lines, settings.public_url, payments, quiet)
    service = Service(
        name="notifications",
        folder=FOLDER,
        handlers=consumer.HANDLERS,
        jobs=consumer.make_jobs(outside),
        settings=settings,
        clock=clock,
        daily=consumer.daily,
        slow=consumer.SLOW,
        keep_days=composing.keep_messages_days(),
        keeps=retention.keeps(composing.terms_of_retention()),
        metadata=tables.metadata,
        extra={"outside": outside},
    )
    for one in lines.lines if lines is not None else ():
        one.on_receipt = lambda came: receipts.take_receipt(service.engine, clock, came)
    return service


def quiet_hours(clock: Clock) -> QuietHours | None:
    """SMS_QUIET_HOURS, such as 21:00-07:00 in the institution's zone; none when it is not set."""
    told = os.environ.get("SMS_QUIET_HOURS")
    try:
        return QuietHours.read(told, clock.zone) if told else None
    except ValueError as wrong:
        raise SystemExit(f"notifications: SMS_QUIET_HOURS: {wrong}.") from None


def make_service() -> Service:
    """As the environment says. Without SMS_GATEWAY_URL short messages wait."""
    settings, clock = Settings.from_environment("notifications"), Clock.from_environment()
    return build(settings, clock, operators.from_environment(), quiet=quiet_hours(clock))


def create_app(service: Service | None = None, **config: Any) -> Flask:
    """The web process."""
    app = make_app(service or make_service(), [api.doors, call_backs.doors, pages.doors], api.TRANSLATIONS)
    app.config.update(config)
    return app


if __name__ == "__main__":
    main(make_service)
