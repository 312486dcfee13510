"""Wires the tiny payments service."""

from __future__ import annotations

from flask import Flask

from shared import process
from shared.process import Service
from shared.web.app import create_app as make_app
from tests.journeys.tiny import parts


def make_service() -> Service:
    return parts.make("payments")


def create_app() -> Flask:
    return make_app(make_service(), [])


if __name__ == "__main__":
    process.main(make_service)
