"""Doors: how a route or a page says who may use it, what it takes and what it gives.

A door reads the clock, knows the actor, opens the one transaction, keeps the promise of idempotency,
writes the audit row and translates faults. Behind it stands a plain function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

PUBLIC = ("public",)

#: Staff of an office, in the order of what they may do.
STAFF = ("clerk", "officer", "supervisor", "payment_officer", "auditor", "policy_maker", "administrator")


@dataclass(frozen=True)
class Door:
    """One route as it was declared; house tests and OpenAPI read this."""

    kind: str  # "api" | "page"
    method: str
    path: str
    roles: tuple[str, ...]
    summary: str
    function: Callable[..., Any]
    takes: type[Schema] | None = None
    gives: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    idempotent: bool = False
    conditional: bool = False
    limit: str | None = None
    sandbox_only: bool = False
    raw: bool = False  # takes the body as it is (an upload)
    tokenless: bool = False  # a public form: no session, hence no CSRF token of one
    problems: tuple[int, ...] = ()

    @property
    def endpoint(self) -> str:
        return f"{self.kind}:{self.method}:{self.path}"


@dataclass
class Doors:
    """A list of doors that a module opens; `create_app` hangs them in."""

    doors: list[Door] = field(default_factory=list)

    def api(
        self,
        method: str,
        path: str,
        *,
        roles: Sequence[str],
        takes: type[Schema] | None = None,
        gives: type[Schema] | None = None,
        query: type[Schema] | None = None,
        status: int = 200,
        records: bool | None = None,
        conditional: bool = False,
        limit: str | None = None,
        sandbox_only: bool = False,
        raw: bool = False,
        problems: Sequence[int] = (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare an API route. The function gets `act`, path parts, `body`, `query`, `if_match` as it needs.

        `records` (default for POST) asks for an Idempotency-Key; `conditional` for If-Match.
        """

        def put(function: Callable[..., Any]) -> Callable[..., Any]:
            self.doors.append(
                Door(
                    kind="api",
                    method=method,
                    path=path,
                    roles=tuple(roles),
                    summary=(function.__doc__ or "").split("\n")[0],
                    function=function,
                    takes=takes,
                    gives=gives,
                    query=query,
                    status=status,
                    idempotent=(method == "POST") if records is None else records,
                    conditional=conditional,
                    limit=limit,
                    sandbox_only=sandbox_only,
                    raw=raw,
                    problems=tuple(problems),
                )
            )
            return function

        return put

    def page(
        self,
        path: str,
        *,
        roles: Sequence[str],
        method: str = "GET",
        limit: str | None = None,
        sandbox_only: bool = False,
        tokenless: bool = False,
        records: bool = True,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a page. A POST gets `form` (a flat dict) and is idempotent by the form's hidden `_key`."""

        def put(function: Callable[..., Any]) -> Callable[..., Any]:
            self.doors.append(
                Door(
                    kind="page",
                    method=method,
                    path=path,
                    roles=tuple(roles),
                    summary=(function.__doc__ or "").split("\n")[0],
                    function=function,
                    idempotent=method == "POST" and records and not tokenless,
                    limit=limit,
                    sandbox_only=sandbox_only,
                    tokenless=tokenless,
                )
            )
            return function

        return put


@dataclass(frozen=True)
class Answer:
    """What an API function gives when a plain object is not enough."""

    body: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = None
