"""What our door is measured against: a bare Flask view that commits the same rows with psycopg, and one bare row."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from flask import Flask, request

MADE = """
CREATE TABLE IF NOT EXISTS claim (id text PRIMARY KEY, person text NOT NULL, name text NOT NULL);
CREATE TABLE IF NOT EXISTS one (id text PRIMARY KEY)"""
_own = threading.local()


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(os.environ["BARE_DATABASE"])
    return _own.connection  # type: ignore[no-any-return]


def create_app() -> Flask:
    app = Flask("bare", static_folder=None)

    @app.post("/v1/claims")
    def submit() -> Any:
        raw = request.get_data()
        body = orjson.loads(raw)
        now = datetime.now(UTC)
        answer = orjson.dumps({"id": body["id"]})
        connection = _connection()
        with connection.transaction():
            run = connection.execute
            run("INSERT INTO claim VALUES (%s, %s, %s)", (body["id"], body["person"], body["name"]))
            run(
                "INSERT INTO outbox (event_id, type, person, sequence, body, written_at) "
                "VALUES (%s, %s, %s, 1, %s, %s)",
                (uuid.uuid4(), "benefits.award.granted", body["person"], raw.decode(), now),
            )
            run(
                "INSERT INTO idempotency VALUES (%s, %s, 201, '{}', %s, %s)",
                (request.headers["Idempotency-Key"], hashlib.sha256(raw).digest(), answer, now),
            )
            run(
                "INSERT INTO audit VALUES (%s, %s, 'a', 'account', 'svk', 'POST', '[]', 't')",
                (uuid.uuid4(), now),
            )
        return answer, 201, {"Content-Type": "application/json"}

    @app.post("/one")
    def one() -> Any:
        connection = _connection()
        with connection.transaction():
            connection.execute("INSERT INTO one VALUES (%s)", (uuid.uuid4().hex,))
        return b"{}", 201, {"Content-Type": "application/json"}

    return app
