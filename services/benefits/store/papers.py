"""Papers of hospitals. Whoever asks has been asked herself whom she may see."""

from __future__ import annotations

from collections.abc import Sequence

from services.benefits import tables as t
from services.benefits.domain.hospital import HospitalPaper, KeptPaper, PaperState
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.store.rows import Shape, kind
from shared.act import Act

PAPER = Shape(
    KeptPaper,
    t.hospital_paper,
    state=kind("state", PaperState),
    content=kind("content", HospitalPaper.from_json, HospitalPaper.json),
)
c = t.hospital_paper.c


def same(act: Act, paper: HospitalPaper) -> KeptPaper | None:
    """What the same facility said of the same treatment in the same table before, locked; none where nothing."""
    about = (c.facility == paper.facility, c.link == paper.link, c.kind == paper.kind, c.part == paper.part)
    return PAPER.maybe(act, *about, lock=True)


def parked(act: Act, facility: str, link: str) -> Sequence[KeptPaper]:
    """Papers of a treatment of which nobody knows yet whose they are, locked."""
    query = PAPER.select(c.facility == facility, c.link == link, c.state == PaperState.PARKED)
    return PAPER.all(act, query.order_by(c.id).with_for_update())


def waiting(act: Act, id_: PersonId, *, lock: bool = False) -> Sequence[KeptPaper]:
    """A person's papers that wait for a claim, the oldest first."""
    query = PAPER.select(c.person_id == id_, c.state == PaperState.WAITING).order_by(c.at, c.id)
    return PAPER.all(act, query.with_for_update() if lock else query)


def release(act: Act, claim_id: ClaimId) -> None:
    """The claim that papers lay with is not hers, or not wanted: they wait again."""
    waits = {"claim_id": None, "state": PaperState.WAITING}
    act.connection.execute(t.hospital_paper.update().where(c.claim_id == claim_id).values(**waits))


def add(act: Act, paper: KeptPaper) -> None:
    PAPER.add(act, paper)


def save(act: Act, before: KeptPaper, after: KeptPaper) -> None:
    PAPER.save(act, before, after)
