"""A hospital's paper finds its person by her numbers, and then the open claim that it is about, or waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain import claim as domain
from services.benefits.domain.claim import Claim
from services.benefits.domain.hospital import HospitalPaper, KeptPaper, PaperState
from services.benefits.domain.ids import PersonId
from services.benefits.domain.import_file import Row
from services.benefits.gateways.hospital_xml import PaperRow
from services.benefits.usecases import claims, no_claim
from services.benefits.usecases.cells import RowRefused, Taken
from shared.act import Act
from shared.reading.names import fold

#: Why a claim was changed; it stands in the claim's history.
WHY = "hospital"


def take_paper(act: Act, row: Row) -> Taken:
    """Keep a paper. The same again does nothing; another word about the same treatment is a new version.

    One that does not say whose it is is parked until table 1 of its treatment comes. Raises `RowRefused`,
    `claims.FactsInvalid`.
    """
    paper = row.paper if isinstance(row, PaperRow) else None
    if paper is None:
        raise RowRefused("impossible")
    return take(act, paper, "days_off_by_one" if row.get("days_off_by_one") else None)


def take(act: Act, paper: HospitalPaper, hint: str | None = None) -> Taken:
    """A paper as it was read, of a hospital or of the civil registry. Raises `RowRefused`, `claims.FactsInvalid`."""
    if paper.kind == "XML1":
        return _named(act, paper)
    known = store.papers.same(act, paper)
    if known is not None and known.content == paper:
        return Taken("duplicate", known.id)
    if known is not None and known.person_id is not None and not paper.is_named:
        paper = _with_person(paper, known.content)
        if known.content == paper:
            return Taken("duplicate", known.id)
    if paper.kind == "XML8" and not (paper.birth_on or paper.child_died_on or paper.children_died):
        return Taken("accepted", None, "nothing_needed")
    kept = _keep(act, paper, known)
    if not paper.is_named:
        return Taken("parked", kept.id, "paper_alone")
    return _found(act, kept, known, hint)


def _keep(act: Act, paper: HospitalPaper, known: KeptPaper | None) -> KeptPaper:
    """The paper as the hospital says it now."""
    if known is not None:
        kept = replace(known, content=paper, version=known.version + 1, at=act.now)
        store.papers.save(act, known, kept)
        return kept
    about = (paper.facility, paper.link, paper.kind, paper.part)
    kept = KeptPaper(act.new_id(), None, None, *about, PaperState.PARKED, 1, act.now, paper)
    store.papers.add(act, kept)
    return kept


def _named(act: Act, told: HospitalPaper) -> Taken:
    """Table 1 came by itself: papers of its treatment that are parked are somebody's now."""
    waiting = store.papers.parked(act, told.facility, told.link)
    if not waiting:
        return Taken("accepted", None, "nothing_needed")
    found = None
    for known in waiting:
        kept = replace(known, content=_with_person(known.content, told))
        store.papers.save(act, known, kept)
        found = _found(act, kept, None, None)
    return found or Taken("accepted", None)


def _with_person(paper: HospitalPaper, told: HospitalPaper) -> HospitalPaper:
    """A paper with what table 1 says of its person."""
    return replace(
        paper,
        numbers=tuple(dict.fromkeys((*paper.numbers, *told.numbers))),
        name=told.name,
        sex=told.sex,
        born_on=told.born_on,
        illness=told.illness or paper.illness,
        is_named=True,
    )


def _found(act: Act, kept: KeptPaper, known: KeptPaper | None, hint: str | None) -> Taken:
    """Whose a paper is, and with which claim it lies now."""
    person = _whose(act, kept.content)
    if kept.claim_id is not None:
        claim = store.claims.known(act, kept.claim_id, lock=True)
        if claim is None or claim.state not in domain.OPEN:
            return Taken("accepted", kept.id, "paper_changed_after")
        return Taken("corrected", kept.id, _lay(act, claim, kept.content, known.content if known else None))
    doubt = _doubt(act, person, kept.content) or hint
    waits = replace(kept, person_id=person, state=PaperState.WAITING)
    store.papers.save(act, kept, waits)
    claim = _claim_for(act, person, kept.content)
    if claim is None and doubt is None:
        claim = no_claim.open_from(act, person, kept.content, lambda opened: _lay(act, opened, kept.content, None))
        if claim is not None:
            store.papers.save(act, waits, replace(waits, claim_id=claim.id, state=PaperState.TAKEN))
            return Taken("accepted", kept.id, "case_opened")
    if claim is None:
        return Taken("accepted", kept.id, doubt or "paper_waits")
    laid = _lay(act, claim, kept.content, None)
    store.papers.save(act, waits, replace(waits, claim_id=claim.id, state=PaperState.TAKEN))
    return Taken("accepted", kept.id, doubt or laid)


def look_for(act: Act, claim_id: str) -> int:
    """Lay the papers that wait for a claim like this one with it. Answers how many."""
    claim = store.claims.known(act, claim_id)
    if claim is None:
        return 0
    laid = 0
    for paper in store.papers.waiting(act, claim.person_id, lock=True):
        mine = _claim_for(act, claim.person_id, paper.content)
        if mine is not None and mine.id == claim_id:
            _lay(act, mine, paper.content, None)
            store.papers.save(act, paper, replace(paper, claim_id=mine.id, state=PaperState.TAKEN))
            laid += 1
    return laid


def _whose(act: Act, paper: HospitalPaper) -> PersonId:
    """The one person who has all numbers of a paper that anybody has, if the asker may see her."""
    found = {store.persons.with_number(act, number) for _, number in paper.numbers} - {None}
    if len(found) > 1:
        raise RowRefused("numbers_differ", "treatment")
    if not found:
        raise RowRefused("unknown_person", "treatment")
    person = found.pop()
    assert person is not None  # noqa: S101 - none was taken out above
    return person


def _doubt(act: Act, id_: PersonId, paper: HospitalPaper) -> str | None:
    """What the paper says of its person otherwise than we know: for a person to look at, never a merge."""
    known = store.persons.get(act, id_)
    # A sick child's paper is about the child, and the number is its parent's.
    if paper.about == "child" or not paper.name:
        return None
    if fold(paper.name) not in (fold(known.name), fold(known.name_latin or "")):
        return "name_differs"
    if paper.sex and known.sex and paper.sex != known.sex:
        return "sex_differs"
    return "born_differs" if paper.born_on and known.born_on and paper.born_on != known.born_on else None


def _claim_for(act: Act, person: PersonId, paper: HospitalPaper) -> Claim | None:
    """Her one open claim that a paper is about: that names its number, or else is about its days; none where there is
    none, or more than one."""
    hers = [claim for claim in store.claims.every(act, person, lock=True) if claim.state in domain.OPEN]
    if paper.kind == "XML8":
        return None
    if paper.kind == "XML9":
        births = [claim for claim in hers if claim.benefit == "birth"]
        return births[0] if len(births) == 1 else None
    by_number = [claim for claim in hers if any(c.get("number") == paper.number for c in _certificates(claim))]
    found = by_number or [claim for claim in hers if claim.benefit != "birth" and _overlaps(claim, paper)]
    return found[0] if len(found) == 1 else None


def _certificates(claim: Claim) -> list[dict[str, Any]]:
    return [dict(c) for c in claim.facts.get("certificates") or [] if isinstance(c, dict)]


def _overlaps(claim: Claim, paper: HospitalPaper) -> bool:
    spell: Mapping[str, Any] = claim.facts.get("spell") or {}
    first = _day(spell.get("first_day"))
    last = _day(spell.get("last_day")) or first
    if first is None or last is None or paper.first is None or paper.last is None:
        return False
    return paper.first <= last and first <= paper.last


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _lay(act: Act, claim: Claim, paper: HospitalPaper, before: HospitalPaper | None) -> str:
    """Put what a paper says into the facts of an open claim, checked with who issued it. What the desk typed from
    paper stays where it says otherwise. Answers a code."""
    facts = dict(claim.facts)
    agreed = _birth(facts, paper) if paper.kind == "XML9" else _certificate(facts, paper, before, _certificates(claim))
    if not agreed:
        return "paper_differs"
    verified = sorted(claim.papers.verified | {paper.number})
    given = claim.papers.json() | {"verified": verified}
    claims.save_facts(act, claim.id, None, facts=facts, papers=given, why=WHY)
    return "paper_taken"


def _certificate(
    facts: dict[str, Any], paper: HospitalPaper, before: HospitalPaper | None, told: list[dict[str, Any]]
) -> bool:
    """Write the certificate; false where the claim says other days of the same paper."""
    says = {
        "number": paper.number,
        "from": paper.first.isoformat() if paper.first else None,
        "to": paper.last.isoformat() if paper.last else None,
        "illness": paper.illness,
        "issued_on": paper.issued_on.isoformat() if paper.issued_on else None,
    }
    says = {name: value for name, value in says.items() if value is not None}
    at = next((n for n, c in enumerate(told) if c.get("number") in (paper.number, before and before.number)), None)
    if at is None:
        facts["certificates"] = [*told, says]
        return True
    mine = (before.first, before.last) if before else (paper.first, paper.last)
    if (_day(told[at].get("from")), _day(told[at].get("to"))) != mine:
        return False
    told[at] = told[at] | says
    facts["certificates"] = told
    return True


def _birth(facts: dict[str, Any], paper: HospitalPaper) -> bool:
    """Write the birth; false where the claim says another day or another number of children."""
    event = dict(facts.get("event") or {})
    says = {"birth_on": paper.birth_on.isoformat() if paper.birth_on else None, "children": paper.children}
    for name, value in says.items():
        if value is not None and event.get(name) not in (None, value):
            return False
    facts["event"] = event | {name: value for name, value in says.items() if value is not None}
    return True
