"""Whether a service could do its work now, and what it lacks: for whoever sends requests to it."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import database, restored, sealing
from shared.auth import KeyMissing
from shared.process import Service


def ready(service: Service) -> Any:
    """200 with what else is to be known, or 503 with the reason: the name of what is missing."""
    try:
        service.keys, service.seals  # noqa: B018 - reads the files
        if not database.at_head(service.engine, service.folder):
            return _not_ready("migrations")
        with service.engine.connect() as connection:
            held = restored.phase(connection)
            if gone := sealing.missing_key(connection, service.seals):
                return _not_ready(gone)
    except KeyMissing as missing:
        return _not_ready(str(missing))
    except (OperationalError, PoolTimeout):
        return _not_ready("database")
    unmarked = {} if service.settings.marks_dir is not None else {"missing": "MARKS_DIR"}
    return {"status": "ready"} | ({"restored": held} if held else {}) | unmarked


def _not_ready(reason: str) -> Response:
    return Response(orjson.dumps({"status": "not_ready", "reason": reason}), 503, content_type="application/json")
