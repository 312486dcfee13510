"""The documents at the edges, made from what runs: OpenAPI and AsyncAPI of each service, and who may do what.

python -m deploy.documents write|check
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, fields

from services.benefits.domain.practice import means
from shared.act import ROLES
from shared.auth import make_keys
from shared.broker import DEAD, DELIVERY_LIMIT, EVENTS, queue_of
from shared.clock import Clock
from shared.events import TOPICS
from shared.process import Service
from shared.settings import Settings
from shared.web.openapi import openapi

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "api"
SERVICES = ("benefits", "payments", "notifications")

ENVELOPE = {
    "type": "object",
    "required": [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "recordedtime",
        "datacontenttype",
        "dataschema",
        "partitionkey",
        "sequence",
        "correlationid",
        "data",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "subject": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "recordedtime": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "partitionkey": {"type": "string", "description": "The person's opaque id; order is kept per person."},
        "sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "Counted per source and person."},
        "correlationid": {"type": "string", "description": "The claim's story."},
        "causationid": {"type": "string"},
        "traceparent": {"type": "string"},
        "data": {"type": "object"},
    },
}


def asyncapi(service: str) -> dict[str, Any]:
    """AsyncAPI 3.1 of what a service sends and what it reads."""
    sent = {type_: topic for type_, topic in TOPICS.items() if type_.startswith(f"{service}.")}
    read = {type_: topic for type_, topic in TOPICS.items() if service in topic.readers}
    channels = {
        type_: {
            "address": type_,
            "description": topic.about,
            "messages": {"event": {"$ref": f"#/components/messages/{type_}"}},
            "bindings": {
                "amqp": {"is": "routingKey", "exchange": {"name": EVENTS.name, "type": "topic", "durable": True}}
            },
        }
        for type_, topic in sorted((sent | read).items())
    }
    operations = {f"send.{t}": {"action": "send", "channel": {"$ref": f"#/channels/{t}"}} for t in sorted(sent)}
    operations |= {f"receive.{t}": {"action": "receive", "channel": {"$ref": f"#/channels/{t}"}} for t in sorted(read)}
    messages = {
        type_: {
            "name": type_,
            "contentType": "application/cloudevents+json",
            "summary": topic.about,
            "payload": {
                "allOf": [
                    ENVELOPE,
                    {
                        "properties": {
                            "type": {"const": type_},
                            "dataschema": {"const": topic.dataschema},
                            "data": topic.data,
                        }
                    },
                ]
            },
            "x-readers": list(topic.readers),
        }
        for type_, topic in sorted((sent | read).items())
    }
    queues = sorted({queue.name for queue in queue_of(service)})
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": f"Tideover {service}",
            "version": "1.0.0",
            "description": f"CloudEvents 1.0, structured. Quorum queues {', '.join(queues)}: "
            f"delivery limit {DELIVERY_LIMIT}, then {DEAD.name}.",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def doors_of(service: str) -> list[Any]:
    """The doors a service opens outside the sandbox."""
    module = importlib.import_module(f"services.{service}.app")
    with tempfile.TemporaryDirectory() as folder:
        make_keys(Path(folder))
        wired = Service(
            service,
            Path(str(module.__file__)).parent,
            {},
            {},
            Settings(service, "postgresql+psycopg://nowhere/none", Path(folder)),
            Clock(),
        )
        app = module.create_app(wired)
    found: list[Any] = app.extensions["doors"]
    return found


def fields_of(schema: type[Schema] | Schema, seen: frozenset[type] = frozenset()) -> set[str]:
    """The names of all fields an answer can have, at any depth."""
    kind = schema if isinstance(schema, type) else type(schema)
    if kind in seen:
        return set()
    found: set[str] = set()
    for name, field in kind._declared_fields.items():
        found.add(field.data_key or name)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            found |= fields_of(inner.schema, seen | {kind})
    return found


def readable() -> dict[str, set[str]]:
    """Which roles the API answers each field to. Answers whose shape is a document of its own stand under its name."""
    found: dict[str, set[str]] = {}
    for service in SERVICES:
        for door in doors_of(service):
            if door.kind != "api" or door.gives is None:
                continue
            free = getattr(door.gives, "as_it_is", False)
            for name in {f"{door.method} {door.path}"} if free else fields_of(door.gives):
                found.setdefault(name, set()).update(door.roles)
    return found


def _grid(rows: dict[str, set[str]], first: str) -> list[str]:
    columns = ["public", *ROLES, *(f"service:{name}" for name in SERVICES)]
    lines = [
        f"| {first} | " + " | ".join(c.replace("_", " ") for c in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, roles in sorted(rows.items()):
        lines.append(f"| `{name}` | " + " | ".join("●" if c in roles else "" for c in columns) + " |")
    return lines


def who_may() -> str:
    """Who may use which door, and to whom the API answers which field."""
    doors = {f"{d.method} {d.path}": set(d.roles) for name in SERVICES for d in doors_of(name)}
    lines = [
        "<!-- Made by `make docs`; do not edit. -->",
        "# Who may do what, and who is answered what",
        "",
        "Within a door everybody sees her own office and those below it (head office sees all), an employer her own "
        "workers, a worker her own claim.",
        "",
        "## Doors",
        "",
        *_grid(doors, "Door"),
        "",
        "## Fields of the API's answers",
        "",
        *_grid(readable(), "Field"),
    ]
    return "\n".join(lines) + "\n"


def practice() -> str:
    """The terms of the daily work, as benefits' institution.yaml says them, with what each decides."""
    said = yaml.safe_load((ROOT / "services" / "benefits" / "institution.yaml").read_text("utf-8"))["practice"]
    rows = [f"| `{name}` | {said[name]} | {decides} |" for name, decides in means().items()]
    return "\n".join(
        [
            "<!-- Made by `make docs`; do not edit. -->",
            "# Terms of the daily work",
            "",
            "No law of the schemes names any of these figures: each is the institution's choice, `practice` in",
            "`services/benefits/institution.yaml` (or the file that `INSTITUTION_FILE` names).",
            "",
            "| Term | Figure | What it decides |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def documents() -> dict[Path, str]:
    """Every document with its path."""
    operations = ROOT / "docs" / "operations"
    found = {operations / "who-may.md": who_may(), operations / "practice.md": practice()}
    for service in SERVICES:
        for name, body in (("openapi", openapi(service, doors_of(service))), ("asyncapi", asyncapi(service))):
            found[FOLDER / f"{service}.{name}.json"] = (
                json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            )
    return found


def main(arguments: list[str]) -> int:
    stale = []
    for path, text in documents().items():
        if arguments == ["write"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
    if stale:
        sys.stderr.write("Stale, run `make docs`: " + ", ".join(stale) + "\n")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
