"""OpenAPI 3.1 from the doors, so that the document cannot differ from what runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.web.doors import Door

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "trace_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "trace_id": {"type": "string"},
        "params": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code"],
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}, "params": {"type": "object"}},
            },
        },
    },
}
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def openapi(service: str, doors: Sequence[Door]) -> dict[str, Any]:
    """The document of one service's API."""
    spec = APISpec(
        title=f"Tideover {service}",
        version="1.0.0",
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        info={
            "description": "Sickness and maternity cash benefits. Money is whole minor units; errors are RFC 9457.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": "/"}],
        security=[{"bearer": []}],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.schema("Problem", PROBLEM)
    for door in doors:
        if door.kind == "api":
            spec.path(path=_PART.sub(r"{\2}", door.path), operations={door.method.lower(): _operation(door)})
    return spec.to_dict()


def _problem(about: str) -> dict[str, Any]:
    return {
        "description": about,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _operation(door: Door) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    for kind, name in _PART.findall(door.path):
        schema = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}.get(
            kind, {"type": "string"}
        )
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    if door.query is not None:
        parameters.append({"in": "query", "schema": door.query})
    if door.idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
            }
        )
    if door.conditional:
        parameters.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
            }
        )
    success: dict[str, Any] = {"description": door.summary or "Done"}
    if door.gives is not None:
        success["content"] = {"application/json": {"schema": door.gives}}
    elif door.status not in (204, 303):
        success["content"] = {"application/json": {}}
    responses: dict[str, Any] = {
        str(door.status): success,
        "404": _problem("Not here"),
        "400": _problem("Unreadable"),
        "503": _problem("Away"),
    }
    if "public" not in door.roles:
        responses |= {"401": _problem("Not signed in"), "403": _problem("Not your task")}
    if door.takes is not None or door.query is not None:
        responses |= {
            "422": _problem("Content invalid"),
            "415": _problem("Unsupported content"),
            "413": _problem("Too large"),
        }
    if door.raw:
        responses |= {
            "422": _problem("Content invalid"),
            "413": _problem("Too large"),
            "415": _problem("Unsupported content"),
        }
    if door.method != "GET":
        responses |= {"409": _problem("Wrong state"), "422": _problem("Content invalid")}
    if door.conditional:
        responses |= {"412": _problem("Stale"), "428": _problem("If-Match missing")}
    if door.limit:
        responses["429"] = _problem("Too many tries")
    for status in door.problems:
        responses.setdefault(str(status), _problem("See code"))
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{door.method.lower()}_{door.path.strip('/')}").strip("_"),
        "summary": door.summary,
        "parameters": parameters,
        "responses": responses,
        "x-roles": list(door.roles),
    }
    if "public" in door.roles:
        operation["security"] = []
    if door.takes is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": door.takes}}}
    elif door.raw:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    return operation
