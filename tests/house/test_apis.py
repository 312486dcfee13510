"""The documents of the APIs are what really runs: schemathesis tries each operation of each service."""

from __future__ import annotations

import importlib
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy import documents
from services.benefits import tables as t
from shared.act import ROLES, Actor
from shared.clock import Clock
from shared.process import Service
from shared.settings import Settings
from tests.there import there

SERVICES = documents.SERVICES
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.mark.parametrize("service", SERVICES)
def test_the_documents_are_fresh_and_valid(service: str) -> None:
    for path, text in documents.documents().items():
        if path.name.startswith(service):
            assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: make docs"
    validate(json.loads((documents.FOLDER / f"{service}.openapi.json").read_text(encoding="utf-8")))


@pytest.fixture(params=SERVICES)
def running(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path
) -> Iterator[tuple[Service, Flask]]:
    """A service with an empty database, and everybody's role in one hand."""
    (tmp_path / "clock").write_text("2025-05-20")
    module = importlib.import_module(f"services.{request.param}.app")
    service = Service(
        request.param,
        Path(there(module.__file__)).parent,
        {},
        {},
        Settings(request.param, new_database(request.param), keys_folder, secure_cookies=False),
        Clock(sandbox_file=tmp_path / "clock"),
    )
    app = module.create_app(service)
    app.config["NO_LIMITS"] = True
    if request.param == "benefits":
        with service.engine.begin() as connection:
            connection.execute(t.office.insert().values(id="hq", name="x", name_latin="x", address=[], phone=""))
    yield service, app
    service.engine.dispose()


def test_every_operation_keeps_its_document(running: tuple[Service, Flask]) -> None:
    service, app = running
    benefits = service.keys.__class__(service.settings.keys_dir, "benefits")
    actor = Actor(
        id=str(uuid.uuid4()),
        kind="account",
        roles=frozenset(ROLES),
        office="hq",
        employer=str(uuid.uuid4()),
        claim=str(uuid.uuid4()),
        name="x",
    )
    token = benefits.session_token(actor, csrf="c", now=service.clock.now(), second_factor=True)
    schema = schemathesis.openapi.from_wsgi(f"/openapi/{service.name}.json", app)
    count = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        count += 1

        @settings(
            max_examples=4,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(case=operation.as_strategy())
        def try_it(case: schemathesis.Case[Any]) -> None:
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=CHECKS)

        try_it()
    assert count >= 7
