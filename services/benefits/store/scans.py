"""Scans and photos of papers, each only for those who must see it: those at the desk of the claim's office and an
auditor; who added it herself."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, literal, select, true
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.scan import Adder, Scan, ScanKind, ScanState
from services.benefits.store.rows import NotHere, Shape, kind, of_office
from shared.act import Act

SCAN = Shape(
    Scan,
    t.paper_scan,
    kind=kind("kind", ScanKind),
    state=kind("state", ScanState),
    added_by=kind("added_by", Adder),
)
c = t.paper_scan.c
#: All but the content, in the order of the table.
SEEN = [column for column in t.paper_scan.c if column.name != "content"]
#: Who sees papers at a desk; money is paid without them.
LOOK = ("clerk", "officer", "supervisor", "auditor")


def _seen(act: Act) -> ColumnElement[bool]:
    actor = act.actor
    if actor.kind == "service":
        return true()
    if actor.kind == "worker":
        return (c.added_by == Adder.WORKER) & (c.claim_id == actor.claim)
    if actor.employer:
        return (c.added_by == Adder.EMPLOYER) & (c.by == actor.id)
    if actor.kind == "account" and actor.has(*LOOK):
        return c.claim_id.in_(select(t.claim.c.id).where(of_office(act, t.claim)))
    return literal(False)


def of_claim(act: Act, id_: ClaimId) -> list[Scan]:
    """The papers of a claim that the asker may see, the latest first."""
    query = select(*SEEN).where(c.claim_id == id_, _seen(act)).order_by(c.at.desc(), c.id.desc())
    return SCAN.all(act, query)


def of_person(act: Act, id_: PersonId) -> list[Scan]:
    """The papers about a person that the asker may see, the oldest first."""
    return SCAN.all(act, select(*SEEN).where(c.person_id == id_, _seen(act)).order_by(c.at, c.id))


def get(act: Act, claim_id: str, id_: str, *, lock: bool = False) -> Scan:
    """Raises `NotHere`."""
    query = select(*SEEN).where(c.id == id_, c.claim_id == claim_id, _seen(act))
    row = act.connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotHere("paper")
    return SCAN.read(row)


def content(act: Act, scan: Scan) -> bytes:
    """What a paper shows, for who may see it. Raises `NotHere`."""
    found: bytes | None = act.connection.scalar(select(c.content).where(c.id == scan.id, _seen(act)))
    if found is None:
        raise NotHere("paper")
    return found


def same(act: Act, claim_id: ClaimId, added_by: Adder, by: str, sha256: str) -> Scan | None:
    """What the same hand has sent for the same claim before."""
    query = select(*SEEN).where(c.claim_id == claim_id, c.added_by == added_by, c.by == by, c.sha256 == sha256)
    return next(iter(SCAN.all(act, query)), None)


def added_on(act: Act, claim_id: ClaimId, added_by: Adder, by: str, on: date) -> int:
    """How many the same hand has added on a day."""
    hers = c.claim_id == claim_id, c.added_by == added_by, c.by == by, c.on == on
    return act.connection.scalar(select(func.count()).select_from(t.paper_scan).where(*hers)) or 0


def to_look_at(act: Act, id_: ClaimId) -> int:
    """How many papers of a claim nobody at the desk has looked at yet, whoever asks."""
    waiting = c.claim_id == id_, c.state == ScanState.ADDED
    return act.connection.scalar(select(func.count()).select_from(t.paper_scan).where(*waiting)) or 0


def add(act: Act, scan: Scan, content: bytes) -> None:
    SCAN.add(act, scan, content=content)


def save(act: Act, before: Scan, after: Scan) -> None:
    SCAN.save(act, before, after)
