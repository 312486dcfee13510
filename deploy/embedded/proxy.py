"""One address for the whole house: hands each request to the service that owns its path.

Built on werkzeug's ProxyMiddleware, whose table of prefixes knows only paths below a prefix and whose
paths lose their encoding; so the routes are chosen here and only the forwarding is the library's.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable
from html import escape
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from werkzeug.middleware.http_proxy import ProxyMiddleware

#: The largest body that any service takes (shared.web.app), with room for its envelope.
LARGEST_BODY = 10 * 1024 * 1024 + 64 * 1024
#: As much of a too large body is read and thrown away, so that its sender hears the answer.
LARGEST_LISTENED_TO = 128 * 1024 * 1024

#: First part of the path, or first two below /v1 and /openapi, to the part of the house that owns it.
OWNERS = {
    "/payments": "payments",
    "/v1/orders": "payments",
    "/v1/runs": "payments",
    "/v1/statements": "payments",
    "/v1/statement-lines": "payments",
    "/v1/statement-layouts": "payments",
    "/v1/repayments": "payments",
    "/v1/ledger": "payments",
    "/v1/reasons": "payments",
    "/v1/days": "payments",
    "/v1/call-backs": "payments",
    "/v1/vouchers": "payments",
    "/v1/cash-boxes": "payments",
    "/openapi/payments.json": "payments",
    "/parked/payments": "payments",
    "/parked/notifications": "notifications",
    "/messages": "notifications",
    "/letters": "notifications",
    "/v1/messages": "notifications",
    "/v1/letters": "notifications",
    "/openapi/notifications.json": "notifications",
    "/bank": "pretend_bank",
    "/wallet": "pretend_wallet",
    "/phone": "pretend_phone",
}
#: These are for the machines inside the house; the jwks of benefits is for everybody.
INSIDE = ("/metrics", "/readyz", "/.well-known")
OPEN = "/.well-known/jwks.json"
PLAIN = {
    "benefits": "The desk",
    "payments": "Payments",
    "notifications": "Messages and letters",
    "pretend_bank": "The pretend bank",
    "pretend_wallet": "The pretend wallet",
    "pretend_phone": "The pretend phone",
}


def owner_of(path: str) -> str | None:
    """Who answers a path; None for what stays inside."""
    parts = [part for part in path.split("/") if part]
    flat = "/" + "/".join(parts)
    if flat != OPEN and any(flat == inner or flat.startswith(inner + "/") for inner in INSIDE):
        return None
    for length in (2, 1):
        owner = OWNERS.get("/" + "/".join(parts[:length]))
        if owner is not None:
            return owner
    return "benefits"


class HouseProxy(ProxyMiddleware):
    """The WSGI application of the proxy process."""

    def __init__(self, targets: dict[str, str]) -> None:
        super().__init__(self._nobody, {}, timeout=60)
        self.addresses = targets

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/healthz":
            return _say(environ, start_response, "200 OK", "The house is open", "")
        owner = owner_of(path)
        if owner is None or owner not in self.addresses:
            return self._nobody(environ, start_response)
        if owner.startswith("pretend_") and path.count("/") == 1:
            # Their pages link to one another relatively.
            start_response("308 Permanent Redirect", [("Location", path + "/"), ("Content-Length", "0")])
            return [b""]
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            # The library would forward such a body without its end; it is small enough to be counted first.
            body = environ["wsgi.input"].read(LARGEST_BODY + 1)
            environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
            environ.pop("HTTP_TRANSFER_ENCODING")
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > LARGEST_BODY:
            _drain(environ, min(int(length), LARGEST_LISTENED_TO))
            return _say(
                environ,
                start_response,
                "413 Content Too Large",
                "This is too large",
                "Send a smaller file, or cut it into parts.",
                "too_large",
            )
        return self._forward(environ, start_response, owner)

    def _forward(self, environ: dict[str, Any], start_response: Any, owner: str) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        prefix = f"/{owner.removeprefix('pretend_')}" if owner.startswith("pretend_") else ""
        options: dict[str, Any] = {
            "target": self.addresses[owner] + "/",
            "remove_prefix": bool(prefix),
            "host": host,
            "ssl_context": None,
            "headers": {
                "X-Forwarded-For": environ.get("REMOTE_ADDR", ""),
                "X-Forwarded-Host": host,
                "X-Forwarded-Proto": environ.get("wsgi.url_scheme", "http"),
                **({"X-Forwarded-Prefix": prefix} if prefix else {}),
            },
        }
        # What a client says about itself in these headers is not believed.
        asked = {k: v for k, v in environ.items() if not k.startswith("HTTP_X_FORWARDED") and k != "HTTP_FORWARDED"}
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def remember(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            # Server and Date are this process's own; telling them twice would break the header.
            told.append((status, [(k, v) for k, v in headers if k.lower() not in ("server", "date")]))
            return lambda data: None

        try:
            body = self.proxy_to(options, _raw_path(environ), prefix)(asked, remember)
        except HTTPException:
            return _away(environ, start_response, owner)
        status, headers = told[0]
        if status.startswith("502") and not any(k.lower() == "x-request-id" for k, _ in headers):
            return _away(environ, start_response, owner)
        start_response(status, headers)
        return body

    @staticmethod
    def _nobody(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return _say(
            environ,
            start_response,
            "404 Not Found",
            "Not found here",
            "There is no such page at this address.",
            "not_found",
        )


def _raw_path(environ: dict[str, Any]) -> str:
    """The path as it was sent, still encoded; a Lao name in it stays what it is."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if not raw:
        return str(environ["PATH_INFO"])
    path = urlsplit(raw).path if "://" in raw[:10] else raw.partition("?")[0].partition("#")[0]
    return path or "/"


def _drain(environ: dict[str, Any], length: int) -> None:
    while length > 0:
        chunk = environ["wsgi.input"].read(min(length, 1 << 16))
        if not chunk:
            return
        length -= len(chunk)


def _away(environ: dict[str, Any], start_response: Any, owner: str) -> Iterable[bytes]:
    return _say(
        environ,
        start_response,
        "502 Bad Gateway",
        f"{PLAIN[owner]} cannot be reached at the moment",
        "Everything else works. What was saved is safe. Try again in a few seconds.",
        "neighbour_away",
        [("Retry-After", "5")],
    )


def _say(
    environ: dict[str, Any],
    start_response: Any,
    status: str,
    title: str,
    advice: str,
    code: str = "",
    headers: list[tuple[str, str]] | None = None,
) -> Iterable[bytes]:
    if environ["PATH_INFO"].startswith("/v1") or "json" in environ.get("HTTP_ACCEPT", ""):
        kind = "application/problem+json" if code else "application/json"
        body = json.dumps(
            {"type": "about:blank", "title": title, "status": int(status[:3]), "detail": advice, "code": code}
            if code
            else {"status": "alive"}
        ).encode()
    else:
        kind = "text/html; charset=utf-8"
        body = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(advice)}</p>"
        ).encode()
    start_response(
        status,
        [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
            *(headers or []),
        ],
    )
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def create_proxy() -> HouseProxy:
    """What gunicorn serves; the supervisor says where each part answers in PROXY_TARGETS."""
    return HouseProxy(json.loads(os.environ["PROXY_TARGETS"]))
