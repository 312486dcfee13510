"""Odd shapes for every door of a service: each member of what a door takes is replaced by things nobody should send.

The bodies come from the schema that the door declares, the fields of a page from what the pages' code reads, so that a
new door is tried without a word here. Nothing odd may be a fault on our side: the answer is below 500, always.
"""

from __future__ import annotations

import copy
import itertools
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson
from flask import Flask
from marshmallow import fields, validate

from shared.web.doors import Door
from shared.web.schemas import Day, Id, MoneyField, PeriodField, Text

ODD_TEXTS = (
    "",
    " ",
    "a\x00b",
    "\x00",
    "a\x1b\x7f\u0085b",
    "\u202e\ufffe",
    "໑໒໓໔໕໖",
    "٣",
    "²",
    "1e400",
    "NaN",
    "-1",
    "9" * 40,
    "x" * 5001,
    "/\n//x",
    "0000-00-00",
    "0001-01-01",
    "0001-01",
    "9999-12-31",
    "9999-12",
    "2025-02-30",
    "2025-W09-1",
    "%s%(x)s{0}",
    "00000000-0000-0000-0000-000000000000",
)
ODD_THINGS: tuple[Any, ...] = (
    None,
    True,
    5,
    -1,
    10**18,
    2**63,
    -(2**63),
    1.5,
    1e300,
    [],
    [{}],
    [[]],
    [None],
    [5],
    {},
    {"": {}},
    {"a": [1]},
)
ODD_BODIES = (b"", b"null", b"5", b'"x"', b"[{}]", b"{", b'{"a": "\\ud800"}', b"[" * 5000, b"\xff", b'{"": 10e999}')
ODD_KEYS = ("\x00", "a\x00b", "", "x" * 5000, "\u202e", "../..", "__class__")
ODD_ADDRESSES = (
    "%00",
    "a%00b",
    "%0a%2f%2fx",
    "9" * 40,
    "-1",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "%E0%BB%91",
    "%FF",
    "x" * 3000,
)
HEADERS = ("If-Match", "Idempotency-Key", "Accept-Language", "X-CSRF-Token", "traceparent", "Cookie", "Accept")
ODD_HEADERS = ('"' + "9" * 30 + '"', "\u00b2", "*", "tideover=\u00ff; lang=\u00e9", ";q=x", "")

_READS = re.compile(r"""(?:form|args|typed|answers)(?:\.get\(|\[)["'](\w+)["']""")
_FIELDS = re.compile(r"""name="(\w+)["{]""")


def example(schema: Any, samples: Mapping[str, Any]) -> dict[str, Any]:
    """A body that keeps the schema, with `samples` where a member is free."""
    return {
        name: samples[name] if name in samples else _example(member, samples)
        for name, member in ((f.data_key or n, f) for n, f in schema().fields.items())
    }


def _example(member: Any, samples: Mapping[str, Any]) -> Any:
    if isinstance(member, MoneyField):
        return {"minor": 100000, "currency": "LAK"}
    if isinstance(member, PeriodField):
        return {"from": "2025-03-01", "to": "2025-03-31"}
    if isinstance(member, fields.Nested):
        return example(member.nested, samples)
    if isinstance(member, fields.List):
        return [_example(member.inner, samples)]
    if isinstance(member, Id):
        return str(uuid.uuid4())
    if isinstance(member, Day):
        return "2025-03-03"
    if isinstance(member, fields.Boolean):
        return True
    if isinstance(member, fields.Integer):
        return 1
    if isinstance(member, fields.Dict):
        return {}
    for check in member.validators:
        if isinstance(check, validate.OneOf):
            return next(c for c in check.choices if c is not None)
    if isinstance(member, Text) and any(
        isinstance(c, validate.Regexp) and "d{4}" in c.regex.pattern for c in member.validators
    ):
        return "2025-03"
    return "words"


def nodes(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every member of a value, the value itself left out."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*at, key)
        yield from nodes(inner, (*at, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A copy of a value with another thing at a path."""
    found = copy.deepcopy(value)
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = by
    return found


def odd_ones(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body with one odd thing at each of its places in turn, and with odd members added."""
    yield body
    for path in list(nodes(body)):
        for odd in (*ODD_TEXTS, *ODD_THINGS):
            yield replaced(body, path, odd)
    for key in ODD_KEYS:
        yield body | {key: 1}
        for name, inner in body.items():
            if isinstance(inner, dict):
                yield body | {name: inner | {key: [1]}}


@dataclass
class Knocker:
    """Knocks at every door of a service with odd shapes; what broke is in `faults`."""

    app: Flask
    headers: Callable[[], dict[str, str]]
    #: For the name of a part of an address: ids of things that are there.
    ids: Mapping[str, list[str]]
    #: For the name of a free member: something that could stand there.
    samples: Mapping[str, Any]
    folder: Path
    #: How many odd requests each door gets of one sort.
    most: int = 30
    faults: list[str] = field(default_factory=list)
    knocks: int = 0
    _keys: Iterator[int] = field(default_factory=itertools.count)

    def some(self, things: Iterable[Any]) -> list[Any]:
        """At most `most` of all that could be tried, the same each time the test is run."""
        every = list(things)
        return every if len(every) <= self.most else Random(7).sample(every, self.most)

    def doors(self, kind: str) -> list[Door]:
        return [door for door in self.app.extensions["doors"] if door.kind == kind]

    def addresses(self, door: Door) -> Iterator[str]:
        """The door's address with each thing that is there."""
        parts = re.findall(r"<(?:\w+:)?(\w+)>", door.path)
        for chosen in itertools.zip_longest(*(self.ids.get(p, ["1"]) for p in parts)) if parts else [()]:
            path = door.path
            for part, value in zip(parts, chosen, strict=True):
                path = re.sub(rf"<(?:\w+:)?{part}>", value or self.ids.get(part, ["1"])[0], path)
            yield path

    def knock(self, door: Door, path: str, **more: Any) -> int:
        """One request; notes a fault on our side."""
        headers = self.headers() | {"Idempotency-Key": f"odd-{next(self._keys)}"} | more.pop("headers", {})
        if door.conditional and "If-Match" not in headers:
            headers["If-Match"] = self._version_of(path)
        self.knocks += 1
        answer = self.app.test_client().open(path, method=door.method, headers=headers, **more)
        if answer.status_code >= 500:
            self.faults.append(f"{answer.status_code} {door.method} {path[:120]} {str(more)[:900]}")
        return answer.status_code

    def _version_of(self, path: str) -> str:
        """The version of the thing a door changes, as the door that shows it tells."""
        shown = "/".join(path.split("/")[:4])
        return self.app.test_client().get(shown, headers=self.headers()).headers.get("ETag", '"1"')

    def bodies(self) -> None:
        """Every API door that takes a body."""
        for door in self.doors("api"):
            for path in self.addresses(door):
                if door.takes is not None:
                    for odd in self.some(odd_ones(example(door.takes, self.samples))):
                        status = self.knock(door, path, data=orjson.dumps(odd), content_type="application/json")
                        if status < 300 and any(isinstance(f, fields.Dict) for f in door.takes().fields.values()):
                            self._look_after(path, odd)
                if door.takes is not None or door.raw:
                    for raw in ODD_BODIES:
                        self.knock(door, path, data=raw, content_type="application/json")

    def _look_after(self, path: str, odd: Any) -> None:
        """Whatever shows a thing shows it still, after something odd was taken into it."""
        faults = len(self.faults)
        for door in (*self.doors("page"), *self.doors("api")):
            if "_id>" in door.path and door.method == "GET" and "/claims/" in door.path and "/claims/" in path:
                self.knock(door, re.sub(r"<[\w:]+>", path.split("/")[3], door.path))
        self.faults[faults:] = [f"{fault} AFTER {str(odd)[:700]}" for fault in self.faults[faults:]]

    def queries(self) -> None:
        """Every door with odd questions behind its address, odd parts in it and odd headers beside it."""
        asked = sorted(self.named(_READS))
        for door in (*self.doors("api"), *self.doors("page")):
            names = list(door.query().fields) if door.query is not None else asked if door.kind == "page" else []
            if door.method == "GET":
                path = next(self.addresses(door))
                for name, odd in self.some(itertools.product(names, (*ODD_TEXTS, "5", "a,b"))):
                    self.knock(door, path, query_string={name: odd})
                for odd in ("%00", "%FF", "a=%ED%A0%80&b", "lang=%00", "lang=໑"):
                    self.knock(door, f"{path}?{odd}")
            for odd in ODD_ADDRESSES:
                self.knock(door, re.sub(r"<(?:\w+:)?\w+>", odd, door.path))
            for name, odd in self.some(itertools.product(HEADERS, ODD_HEADERS))[: self.most // 4]:
                self.knock(door, next(self.addresses(door)), headers={name: odd})

    def named(self, pattern: re.Pattern[str]) -> set[str]:
        """Names of fields that the code or the templates of the service's pages read."""
        files = [*self.folder.rglob("*.py"), *self.folder.rglob("*.html"), *Path("shared/web").glob("*.py")]
        return {name for file in files for name in pattern.findall(file.read_text(encoding="utf-8"))}

    def forms(self) -> None:
        """Every form of a page, each field odd in turn, alone and beside all others filled in plainly."""
        names = sorted(self.named(_READS) | self.named(_FIELDS) - {"csrf_token", "_key"})
        for door in self.doors("page"):
            if door.method != "POST":
                continue
            path = next(self.addresses(door))
            parts = [names, *(names[at : at + 7] for at in range(0, len(names), 7))]
            for odd, some in self.some(itertools.product(ODD_TEXTS, parts)):
                self.knock(door, path, data={"csrf_token": "c"} | dict.fromkeys(some, odd))
            self.knock(door, path, data=b"\xff=%00&csrf_token=c", content_type="application/x-www-form-urlencoded")
            self.knock(door, path, data=b"--x\r\n", content_type="multipart/form-data; boundary=x")
            self.knock(door, path, data=b"{}", content_type="application/json")

    def looks(self) -> None:
        """Every door that only shows, at each thing that is there: what was taken in must not break it."""
        for door in (*self.doors("api"), *self.doors("page")):
            if door.method == "GET":
                for path in self.addresses(door):
                    self.knock(door, path)
