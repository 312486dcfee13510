"""Makes a Flask application of a service's doors: sign-in, roles, idempotency, audit, problems, logs, metrics."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import structlog
from flask import Flask, Response, current_app, g, redirect, request
from flask.json.provider import DefaultJSONProvider
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from marshmallow import ValidationError
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import database
from shared.act import Act, Actor
from shared.auth import KEY, NotSignedIn
from shared.logs import log
from shared.process import Service
from shared.web import pages, parked, retaining
from shared.web.doors import PUBLIC, Answer, Door, Doors
from shared.web.openapi import openapi
from shared.web.problems import BY_STATUS, Problem, problem_json, sentences
from shared.web.readiness import ready
from shared.web.schemas import broken, is_broken, pointers

LARGEST_BODY = 10 * 1024 * 1024
MOST_ERRORS = 50
SESSION_COOKIE = "tideover"
#: A fault to the Problem that a door answers; each service hands in its own table.
Translations = Mapping[type[Exception], Callable[[Any], Problem]]

SECONDS = Histogram("tideover_request_seconds", "Time to answer", ["service", "method", "route", "status"])
FAULTS = Counter("tideover_faults_total", "Requests that failed on our side", ["service", "route"])

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class HouseJson(DefaultJSONProvider):
    """orjson; money and days are plain integers and strings by the time they get here."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: Any, **_: Any) -> Any:
        return orjson.loads(s)


def create_app(service: Service, doors: Sequence[Doors], translations: Translations | None = None) -> Flask:
    """The web process of a service."""
    app = Flask(service.name, static_folder=None)
    app.json = HouseJson(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    app.url_map.strict_slashes = False
    app.extensions["tideover"] = service
    everybodys = [*doors, parked.doors_of(service.name), retaining.doors_of(service.name)]
    app.extensions["doors"] = [
        d for group in everybodys for d in group.doors if service.clock.is_sandbox or not d.sandbox_only
    ]
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", default_limits=[])
    pages.prepare(app, service)
    translate = partial(_problem_of, parked.TRANSLATIONS | retaining.TRANSLATIONS | dict(translations or {}))

    app.before_request(partial(_before, service))
    app.after_request(partial(_after, service))
    app.register_error_handler(Exception, lambda fault: _answer_fault(service, translate(fault), fault))
    for door in app.extensions["doors"]:
        view = _named(partial(_enter, service, door), service, door)
        if door.limit:
            view = limiter.limit(door.limit, exempt_when=lambda: bool(app.config.get("NO_LIMITS")))(view)
        app.add_url_rule(door.path, endpoint=door.endpoint, view_func=view, methods=[door.method])
    _open_house_doors(app, service)
    return app


def _named(view: Callable[..., Any], service: Service, door: Door) -> Callable[..., Any]:
    """A view with a name of its own, by which the limiter counts."""

    def named(**parts: Any) -> Any:
        return view(**parts)

    named.__name__ = named.__qualname__ = f"{service.name}:{door.endpoint}"
    return named


def _open_house_doors(app: Flask, service: Service) -> None:
    """Health, metrics and the description of the API; open to all inside the house, no person in them."""

    @cache
    def document() -> bytes:
        """Made when somebody first asks: no start waits for it."""
        return orjson.dumps(openapi(service.name, app.extensions["doors"]), option=orjson.OPT_INDENT_2)

    app.add_url_rule("/healthz", "house:health", lambda: {"status": "alive"})
    app.add_url_rule("/readyz", "house:ready", lambda: ready(service))
    app.add_url_rule("/metrics", "house:metrics", lambda: _metrics(service))
    app.add_url_rule(
        f"/openapi/{service.name}.json",
        "house:openapi",
        lambda: Response(document(), content_type="application/vnd.oai.openapi+json"),
    )
    app.add_url_rule("/.well-known/jwks.json", "house:keys", lambda: service.keys.public_json)


def _metrics(service: Service) -> Response:
    """The counts of all web processes together, where PROMETHEUS_MULTIPROC_DIR names the folder in which they keep
    them, and what has stopped in this service."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    stopped = parked.metrics(service.name, service.engine)
    return Response(generate_latest(registry) + stopped, content_type=CONTENT_TYPE_LATEST)


# --- before and after -------------------------------------------------------------------------


def _before(service: Service) -> None:
    g.started = time.perf_counter()
    g.now = service.clock.now()
    g.actor, g.claims, g.viewed = None, {}, []
    incoming = request.headers.get("traceparent", "")
    parts = incoming.split("-")
    good = len(parts) == 4 and len(parts[1]) == 32 and all(c in "0123456789abcdef" for c in parts[1])
    g.trace_id = parts[1] if good else os.urandom(16).hex()
    g.traceparent = incoming if good else f"00-{g.trace_id}-{g.trace_id[:16]}-01"
    g.request_id = (
        "".join(c for c in request.headers.get("X-Request-ID", "")[:64] if c.isalnum() or c in "-_.") or g.trace_id
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(service=service.name, trace_id=g.trace_id, request_id=g.request_id)


def _after(service: Service, response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if "request_id" not in g:
        return response
    response.headers["X-Request-ID"] = g.request_id
    response.headers["traceparent"] = g.traceparent
    route = request.url_rule.rule if request.url_rule else "none"
    seconds = time.perf_counter() - g.started
    SECONDS.labels(service.name, request.method, route, str(response.status_code)).observe(seconds)
    if route not in ("/healthz", "/readyz", "/metrics"):
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    return response


# --- a door ------------------------------------------------------------------------------------


def _enter(service: Service, door: Door, **parts: Any) -> Any:
    actor = _who(service, door)
    if any(is_broken(word) for word in (*map(str, parts.values()), *request.args, *request.args.values())):
        raise Problem(400, "unreadable")
    if door.kind == "page" and door.method == "POST":
        return _page_post(service, door, actor, parts)
    arguments: dict[str, Any] = dict(parts)
    body_bytes = b""
    if door.takes is not None or door.raw:
        body_bytes = request.get_data(cache=True)
    if door.takes is not None:
        arguments["body"] = _load(door.takes, _json(body_bytes))
    if door.raw:
        arguments["upload"] = body_bytes
    if door.query is not None:
        arguments["query"] = _load(door.query, {k: v for k, v in request.args.items() if k != "lang"}, query=True)
    if door.conditional:
        arguments["if_match"] = _if_match()
    key = _idempotency_key() if door.kind == "api" and door.idempotent else None
    return _transact(service, door, actor, arguments, key, body_bytes)


def _page_post(service: Service, door: Door, actor: Actor, parts: dict[str, Any]) -> Any:
    form = {name: request.form.get(name, "") for name in request.form}
    for name, value in form.items():
        if is_broken(value):
            raise Problem(400, "unreadable", params={"field": name[:80]})
    if not door.tokenless and (not g.claims.get("csrf") or form.get("csrf_token") != g.claims["csrf"]):
        raise Problem(403, "csrf")
    if door.tokenless:
        _same_origin()
    key = (form.get("_key") or None) if door.idempotent else None
    files = {name: file for name, file in request.files.items() if file.filename}
    typed = orjson.dumps({k: v for k, v in sorted(form.items()) if k not in ("csrf_token", "_key")})
    for name, file in sorted(files.items()):
        typed += name.encode() + hashlib.sha256(file.stream.read()).digest()
        file.stream.seek(0)
    arguments = {**parts, "form": {k: v for k, v in form.items() if k not in ("csrf_token", "_key")}}
    if files:
        arguments["files"] = files
    return _transact(service, door, actor, arguments, key, typed)


def _same_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Problem(403, "csrf")


def _transact(
    service: Service, door: Door, actor: Actor, arguments: dict[str, Any], key: str | None, body: bytes
) -> Any:
    if door.method != "GET":
        service.look_back_once()
    with service.engine.begin() as connection:
        act = Act(connection=connection, actor=actor, now=g.now, today=service.clock.today(), traceparent=g.traceparent)
        g.act = act
        scope = digest = None
        if key is not None:
            scope = f"{actor.id} {door.method} {request.path} {key}"[:500]
            digest = hashlib.sha256(body).digest()
            before = _answered_before(service, connection, scope, digest, as_page=door.kind == "page")
            if before is not None:
                _record(service, act, door, before, None, None)
                return before
        result = door.function(act, **arguments)
        response = _response(door, result)
        _record(service, act, door, response, scope, digest)
    return response


#: The lock and the look are one statement: a repeat that slips between them breaks the key's uniqueness and is told
#: to come again, and its effect is rolled back with it.
_LOOK_BEFORE = """
SELECT pg_try_advisory_xact_lock(%s), body_hash, status, headers, answer
FROM (VALUES (1)) AS one LEFT JOIN idempotency ON key = %s"""


def _answered_before(
    service: Service, connection: Connection, scope: str, digest: bytes, *, as_page: bool
) -> Response | None:
    mine, body_hash, status, headers, answer = connection.exec_driver_sql(
        _LOOK_BEFORE, (database.lock_key("idempotency", scope), scope)
    ).one()
    if not mine:
        raise Problem(409, "still_running", retry_after=1)
    if body_hash is None:
        return None
    if bytes(body_hash) != digest:
        raise Problem(409 if as_page else 422, "idempotency_key_reused")
    return Response(service.seals.open(bytes(answer)), status=status, headers=headers)


def _response(door: Door, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if door.kind == "page":
        return Response(result, content_type="text/html; charset=utf-8")
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or door.status
    if answer.content_type is not None:
        return Response(answer.body, status=status, headers=answer.headers, content_type=answer.content_type)
    if answer.body is None:
        return Response(status=204 if door.status == 200 else status, headers=answer.headers)
    as_it_is = door.gives is None or getattr(door.gives, "as_it_is", False)
    body = answer.body if as_it_is or door.gives is None else _schema(door.gives).dump(answer.body)
    return Response(orjson.dumps(body), status=status, headers=answer.headers, content_type="application/json")


_AUDIT = """
INSERT INTO audit (id, at, actor, kind, office, action, subjects, trace_id)
VALUES (%(id)s::uuid, %(at)s, %(actor)s, %(kind)s, %(office)s, %(action)s, %(subjects)s::jsonb, %(trace)s)"""
_KEEP = """
INSERT INTO idempotency (key, body_hash, status, headers, answer, kept_at)
VALUES (%(scope)s, %(digest)s, %(status)s, %(headers)s::jsonb, %(answer)s, %(at)s)"""


def _record(
    service: Service, act: Act, door: Door, response: Response, scope: str | None, digest: bytes | None
) -> None:
    """The audit row of every look and change by somebody who signed in (public pages show nobody), and the answer
    kept for a repeat of the same request: one statement, on the way of every submission."""
    parts: list[str] = []
    values: dict[str, Any] = {"at": act.now}
    if act.actor.kind != "public":
        subjects = sorted({str(v)[:80] for v in (request.view_args or {}).values()} | set(g.viewed))
        parts.append(_AUDIT)
        values |= {
            "id": act.new_id(),
            "actor": act.actor.id,
            "kind": act.actor.kind,
            "office": act.actor.office,
            "action": f"{door.method} {door.path} {response.status_code}",
            "subjects": orjson.dumps(subjects[:500]).decode(),
            "trace": g.trace_id,
        }
    if scope is not None and response.status_code < 400 and not response.is_streamed:
        kept = {k: v for k, v in response.headers.items() if k in ("Location", "ETag", "Content-Type")}
        parts.append(_KEEP)
        values |= {
            "scope": scope,
            "digest": digest,
            "status": response.status_code,
            "headers": orjson.dumps(kept).decode(),
            "answer": service.seals.seal(response.get_data()),
        }
    if parts:
        both = f"WITH audited AS ({parts[0]}) {parts[1]}" if len(parts) == 2 else parts[0]
        act.connection.exec_driver_sql(both, values)


def source() -> str:
    """Where a request came from, as the proxy in front of the house says. Kept as a digest only."""
    return request.remote_addr or ""


def signed_in_as() -> str:
    """The id of the session that the request's token belongs to."""
    return str(g.claims.get("sid") or "")


def viewed(*ids: str) -> None:
    """Handlers name the persons and claims they show, so that looking is audited."""
    g.viewed.extend(ids)


# --- who ---------------------------------------------------------------------------------------

NOBODY = Actor(id="public", kind="public", roles=frozenset({"public"}))


def _who(service: Service, door: Door) -> Actor:
    token, by_cookie = _token()
    if token.startswith(KEY):
        # A key of somebody's software opens the API and no page, and is never kept by a browser.
        opens = service.opens if door.kind == "api" and door.roles != PUBLIC and not by_cookie else None
        g.actor = opens(service, token) if opens is not None else None
    elif token:
        try:
            g.actor, g.claims = service.keys.read(token, g.now)
        except NotSignedIn:
            g.actor = None
    if g.actor is not None and "public" not in door.roles and g.actor.roles.isdisjoint(door.roles):
        raise Problem(403, "not_your_task")
    if g.actor is not None and g.claims.get("sid", "") in service.ended_sessions:
        g.actor, g.claims = None, {}
    if "public" in door.roles:
        return g.actor or NOBODY
    if g.actor is None:
        raise Problem(401, "not_signed_in", headers={"WWW-Authenticate": 'Bearer realm="tideover"'})
    changes = door.method not in ("GET", "HEAD")
    if by_cookie and door.kind == "api" and changes and request.headers.get("X-CSRF-Token") != g.claims.get("csrf"):
        raise Problem(403, "csrf")
    actor: Actor = g.actor
    return actor


def session_cookie() -> str:
    """What the cookie of a session is called in this installation."""
    found: Service = current_app.extensions["tideover"]
    return found.settings.cookie(SESSION_COOKIE)


def _token() -> tuple[str, bool]:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip(), False
    return request.cookies.get(session_cookie(), ""), True


# --- what was sent -----------------------------------------------------------------------------


def _json(data: bytes) -> Any:
    if request.mimetype not in ("application/json", ""):
        raise Problem(415, "unsupported_media_type")
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Problem(400, "unreadable") from None
    if wrong := list(islice(broken(found), MOST_ERRORS)):
        raise Problem(422, "content_invalid", errors=wrong)
    return found


@cache
def _schema(kind: Any) -> Any:
    """A schema is read from its class once; using it keeps nothing."""
    return kind()


def _load(schema: Any, data: Any, *, query: bool = False) -> Any:
    if not isinstance(data, dict):
        raise Problem(422, "content_invalid", errors=[{"pointer": "#", "code": "not_an_object", "params": {}}])
    try:
        return _schema(schema).load(data)
    except ValidationError as wrong:
        raise Problem(422, "content_invalid", errors=pointers(wrong.messages, "?" if query else "#")) from None


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not key:
        raise Problem(400, "idempotency_key_missing")
    if len(key) > 100 or not key.isascii():
        raise Problem(400, "unreadable")
    return key


def version_seen() -> int | None:
    """The version in If-Match of a door that takes one without asking for it."""
    return _if_match() if "If-Match" in request.headers else None


def _if_match() -> int:
    value = request.headers.get("If-Match", "").strip()
    if not value:
        raise Problem(428, "if_match_missing")
    number = value.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Problem(412, "changed_meanwhile")
    return int(number)


# --- faults ------------------------------------------------------------------------------------


def _problem_of(translations: dict[type[Exception], Callable[[Any], Problem]], fault: Exception) -> Problem:
    if isinstance(fault, Problem):
        return fault
    for kind, make in translations.items():
        if isinstance(fault, kind):
            return make(fault)
    if isinstance(fault, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(fault, DBAPIError) and fault.connection_invalidated
    ):
        return Problem(503, "temporarily_away", retry_after=5)
    if isinstance(fault, IntegrityError):
        diagnosis = getattr(fault.orig, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == "idempotency_pkey":
            return Problem(409, "still_running", retry_after=1)
        return Problem(409, "wrong_state", retry_after=1)
    if isinstance(fault, HTTPException):
        status = fault.code or 500
        if status == 429:
            return Problem(429, "too_many_tries", retry_after=60)
        code = BY_STATUS.get(status, "internal")
        allowed = getattr(fault, "valid_methods", None)
        headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
        return Problem(status, code, headers=headers)
    return Problem(500, "internal")


def _answer_fault(service: Service, problem: Problem, fault: Exception) -> Any:
    if isinstance(fault, HTTPException) and (fault.code or 500) < 400:
        return fault
    route = request.url_rule.rule if request.url_rule else "none"
    if problem.status >= 500:
        FAULTS.labels(service.name, route).inc()
        log.error("fault", route=route, code=problem.code, exc_info=fault)
    elif problem.status in (403, 404) and g.get("actor") is not None and g.actor.kind != "public":
        log.warning("refused", route=route, code=problem.code, actor=g.actor.id)
    language = pages.language()
    title, detail = (pages.translate(s, language) for s in sentences(problem))
    wants_page = request.endpoint is None or not request.endpoint.startswith(("api:", "house:"))
    if wants_page and request.path.startswith("/v1"):
        wants_page = False
    if not wants_page:
        body = problem_json(problem, title, problem.said or detail, g.get("trace_id", ""))
        return Response(orjson.dumps(body), problem.status, problem.headers, content_type="application/problem+json")
    if problem.status == 401:
        # 307 keeps method and body: the browser itself takes a form along to the renewal and back, see decision 0080.
        target = quote(request.full_path.rstrip("?"), safe="")
        return redirect(f"/session/renew?next={target}", 307 if request.method == "POST" else 303)
    html = pages.problem_page(problem, title, problem.said or detail)
    return Response(html, problem.status, problem.headers, content_type="text/html; charset=utf-8")
