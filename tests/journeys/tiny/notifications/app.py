"""Wires the tiny notifications service."""

from __future__ import annotations

from flask import Flask

from shared import logs, process
from shared.process import Service
from shared.web.app import create_app as make_app
from tests.journeys.tiny import parts


def make_service() -> Service:
    return parts.make("notifications")


def create_app() -> Flask:
    service = make_service()
    logs.configure(service.name)
    return make_app(service, [])


if __name__ == "__main__":
    process.main(make_service)
