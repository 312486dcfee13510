"""Wires the notifications service: `make_service()`, `create_app()`, `python -m services.notifications.app PROCESS`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from services.notifications import api, consumer, pages
from services.notifications.consumer import Outside
from services.notifications.gateways.benefits import Benefits
from services.notifications.gateways.sms import Line, SmppLine, SmsSettings
from services.notifications.usecases import sending
from shared.clock import Clock
from shared.process import Service, main
from shared.settings import Settings
from shared.web.app import create_app as make_app

FOLDER = Path(__file__).parent


def build(settings: Settings, clock: Clock, line: Line | None, benefits: Benefits | None = None) -> Service:
    """The service with what lies outside it."""
    service: Service

    def token() -> str:
        return service.keys.service_token("benefits", clock.now())

    facts = benefits or Benefits(settings.urls.get("benefits"), token)
    payments = Benefits(settings.urls.get("payments"), lambda: service.keys.service_token("payments", clock.now()))
    outside = Outside(facts, line, settings.public_url, payments)
    service = Service(
        name="notifications",
        folder=FOLDER,
        handlers=consumer.HANDLERS,
        jobs=consumer.make_jobs(outside),
        settings=settings,
        clock=clock,
        daily=consumer.daily,
        slow=consumer.SLOW,
        extra={"outside": outside},
    )
    if line is not None:
        line.on_receipt = lambda came: sending.take_receipt(service.engine, clock, came)
    return service


def make_service() -> Service:
    """As the environment says. Without SMS_GATEWAY_URL short messages wait."""
    sms = SmsSettings.from_environment()
    return build(Settings.from_environment("notifications"), Clock.from_environment(), SmppLine(sms) if sms else None)


def create_app(service: Service | None = None, **config: Any) -> Flask:
    """The web process."""
    app = make_app(service or make_service(), [api.doors, pages.doors], api.TRANSLATIONS)
    app.config.update(config)
    return app


if __name__ == "__main__":
    main(make_service)
