"""Which pages the contact sheet looks at: one of every page door, found by following links as people do.

A page without a name in its path is opened as it stands. One with a name is found: each page that was read tells the
addresses it leads to, and of each door the first ones are kept, for the person who was led there.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from deploy.documents import SERVICES, doors_of

#: Pages of the sheet that need nobody's name, and who plays the role that may open them. Who stands first looks.
PARTS = {
    "public": "",
    "officer": "officer",
    "payment_officer": "payer",
    "supervisor": "supervisor",
    "policy_maker": "policy_maker",
    "administrator": "administrator",
    "auditor": "auditor",
    "clerk": "clerk",
    "employer": "employer",
    "worker": "worker",
}
#: Doors that show no page, or none that a running sample house has, each with its reason.
LEFT_OUT = {
    "/session/renew": "leads on at once",
    "/sign-out": "leads on at once",
    "/amount": "a line for the page that asks",
    "/day": "a line for the page that asks",
    "/desk/intake/state": "a line for the page that asks",
    "/letters/<uuid:letter_id>": "a PDF: `contact_sheet FOLDER country` takes its picture",
    "/start/sent": "leads on to the page of the claim",
    "/invitation/<secret>": "its secret is on paper only; tests/benefits/browser looks at it",
    "/start/<uuid:start_id>": "made by a code on a phone; tests/benefits/browser looks at it",
    "/start/claim": "made by a code on a phone; tests/benefits/browser looks at it",
}
#: What no browser shows as a page: sheets, lists and scripts to take away.
TAKEN_AWAY = re.compile(r"\.(csv|xlsx|pdf|json|zip|js)$|/content$|/prints/|/persons/.*/exports/")
#: So many of a door whose pages differ much from one another; of any other door one.
MANY = {
    "/desk/claims/<uuid:claim_id>": 6,
    "/desk/claims/<uuid:claim_id>/decide": 3,
    "/desk/decisions/<uuid:decision_id>": 2,
    "/payments/orders/<uuid:order_id>": 2,
    "/payments/runs/<uuid:run_id>": 2,
    "/leaflets/<benefit>": 3,
}
CLAIM = "/desk/claims/<uuid:claim_id>"
OF_CLAIM = ("otherwise", "form", "overpayment")
#: Pages that a menu leads to only from somewhere that a sample house need not have.
BESIDE = {"": ("/phone", "/sandbox")}
#: What stands for nothing where nothing was asked: the page is opened with a question.
ASKED = {"/desk/search": "?q=a"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One page to be looked at: the door, who looks, the address."""

    door: str
    part: str
    path: str
    no: int = 1

    @property
    def name(self) -> str:
        """A name for its files."""
        said = re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"one-\1", self.door).replace("one-claim", "one").strip("/")
        return (re.sub(r"\W+", "-", said).strip("-") or "first") + (f"-{self.no}" if self.no > 1 else "")


def page_doors() -> list[Any]:
    """Every door that shows a page in a sample house."""
    found = (door for name in SERVICES for door in doors_of(name) if door.kind == "page" and door.method == "GET")
    return [door for door in found if door.path not in LEFT_OUT and not TAKEN_AWAY.search(door.path)]


def part_of(door: Any) -> str:
    """Who looks at a page: the first of the people who may."""
    return next(part for role, part in PARTS.items() if role in door.roles)


def _pattern(path: str) -> re.Pattern[str]:
    uuid = "[0-9a-f]{8}-[0-9a-f-]{27}"
    return re.compile(re.sub(r"<[^>]+>", lambda m: uuid if "uuid" in m.group() else "[^/?]+", path))


@dataclass
class Search:
    """Follows links until every door has its pages. `read` answers what stands at an address, as somebody sees it."""

    read: Callable[[str, str], str]
    found: dict[str, list[Kind]] = field(default_factory=dict)

    def all(self) -> list[Kind]:
        doors = page_doors()
        plain = {door.path: door for door in doors if "<" not in door.path}
        named = [(door, _pattern(door.path)) for door in doors if "<" in door.path]
        waiting: deque[Kind] = deque()
        for path, door in plain.items():
            waiting.append(self._keep(Kind(path, part_of(door), path + ASKED.get(path, ""))))
        for part, paths in BESIDE.items():
            waiting.extend(self._keep(Kind(path, part, path)) for path in paths)
        while waiting:
            kind = waiting.popleft()
            leads = links(self.read(kind.part, kind.path))
            for path in [*leads, *self._of_claim(kind)]:
                door = next((door for door, form in named if form.fullmatch(path.partition("?")[0])), None)
                if door is None or not (kind.part in self._parts(door) or part_of(door) == ""):
                    continue
                kept = self.found.get(door.path, [])
                if len(kept) < MANY.get(door.path, 1) and path not in [one.path for one in kept]:
                    waiting.append(self._keep(Kind(door.path, kind.part, path, len(kept) + 1)))
        return [kind for kinds in self.found.values() for kind in kinds]

    def missing(self) -> list[str]:
        """Doors to which nothing led."""
        return [door.path for door in page_doors() if door.path not in self.found]

    def _of_claim(self, kind: Kind) -> list[str]:
        """Pages of a claim to which only some claims lead, where this one has them."""
        if kind.door != CLAIM or kind.part != "officer":
            return []
        return [path for part in OF_CLAIM if self.read(kind.part, path := f"{kind.path}/{part}")]

    def _parts(self, door: Any) -> set[str]:
        return {part for role, part in PARTS.items() if role in door.roles}

    def _keep(self, kind: Kind) -> Kind:
        kept = self.found.setdefault(kind.door, [])
        if kind.path not in [one.path for one in kept]:
            kept.append(kind)
        return kind


def links(page: str) -> Iterator[str]:
    """The addresses of this house that a page leads to."""
    found: Iterable[str] = re.findall(r"""href=["'](/[^"'#]*)""", page)
    for path in dict.fromkeys(unescape(path) for path in found):
        if "lang=" not in path and not TAKEN_AWAY.search(path.partition("?")[0]):
            yield path
