"""Scans and photos of papers, as the desk, the worker and the employer see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import EmployerId
from services.benefits.domain.scan import MOST_A_DAY, MOST_PAGES, Adder, Scan, ScanKind, ScanState, asks_for
from services.benefits.usecases import scans
from services.benefits.usecases.scan_files import PDF
from services.benefits.views import employer, words
from services.benefits.views.asked import missing
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Said, Words, options
from shared.act import Act
from shared.web.texts import N_

KINDS = {
    "certificate": N_("Doctor's certificate"),
    "birth": N_("Paper of the birth"),
    "account": N_("Bank book or account"),
    "identity": N_("Identity card"),
    "other": N_("Another paper"),
}
STATES = {
    "added": (N_("to look at"), "wait"),
    "looked_at": (N_("looked at"), "go"),
    "not_usable": (N_("cannot be used"), "no"),
}
#: Who added it reads that it arrived.
HER_STATES = STATES | {"added": (N_("We have it"), "wait"), "looked_at": (N_("We have looked at it"), "go")}
ADDERS = {"desk": N_("the office"), "worker": N_("the worker"), "employer": N_("the employer")}
#: Why a file is not taken, each with what to do instead.
REFUSED = {
    "no_file": N_("Choose a photo or a PDF."),
    "file_too_large": N_("This is larger than 5 MB. Take the photo again with a smaller size."),
    "heic": N_("Photos of this kind (HEIC) cannot be read. Take the photo on this page, or set the camera to JPEG."),
    "not_a_paper": N_("This is neither a photo (JPEG, PNG, WebP) nor a PDF."),
    "too_many_dots": N_("This photo has too many dots. Take it again with a smaller size."),
    "broken_file": N_("This file cannot be opened. Take the photo again."),
    "locked_pdf": N_("This PDF is locked with a password. Save it without one."),
    "too_many_pages": N_("This PDF has more than {pages} pages. Send the pages that matter."),
    "too_many_today": N_("{most} papers were added today. Add more tomorrow, or bring them to the office."),
    "nothing_asked": N_("No paper is asked for now."),
}


def refused(code: str) -> Words:
    """Why something is not taken, in words."""
    if code in REFUSED:
        return words.text(REFUSED, code, {"pages": MOST_PAGES, "most": MOST_A_DAY})
    return words.text(words.ERRORS, code)


@dataclass(frozen=True, slots=True)
class Count:
    """Papers of a claim that the reader may see: how many, and what of them waits."""

    all: int
    to_look: int
    not_usable: int
    may_add: bool


def count(act: Act, claim: Claim) -> Count:
    """A paper that cannot be used counts until another of its kind has come."""
    found = store.scans.of_claim(act, claim.id)  # the latest first
    states = [scan.state for scan in found]
    latest = {scan.kind: scan.state for scan in reversed(found)}
    wanting = list(latest.values()).count(ScanState.NOT_USABLE)
    return Count(len(found), states.count(ScanState.ADDED), wanting, scans.may_add(act, claim))


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in a list."""

    id: str
    kind: Words
    what: str
    on: date
    whose: Words
    by: str
    state: Words
    state_kind: str
    why: str
    looked_on: date | None
    looked_name: str | None
    is_pdf: bool
    to_look: bool


def paper(scan: Scan, states: Mapping[str, tuple[str, str]] = STATES) -> Paper:
    name, kind = states[scan.state]
    return Paper(
        id=scan.id,
        kind=words.text(KINDS, scan.kind),
        what=scan.what,
        on=scan.on,
        whose=words.text(ADDERS, scan.added_by),
        by=scan.by_name if scan.added_by is Adder.DESK else "",
        state={"msg": name, "params": {}},
        state_kind=kind,
        why=scan.reason or "",
        looked_on=scan.looked_on,
        looked_name=scan.looked_name,
        is_pdf=scan.media_type == PDF,
        to_look=scan.state is ScanState.ADDED,
    )


@dataclass(frozen=True, slots=True)
class Adding:
    """The form with which a paper is added, and what is wrong with it."""

    kinds: list[dict[str, str]]
    typed: Said
    errors: Said


def adding(typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None, kind: str = "") -> Adding:
    said = {"kind": kind} | dict(typed or {})
    return Adding(options(KINDS), Said(said), Said({name: refused(code) for name, code in (wrong or {}).items()}))


@dataclass(frozen=True, slots=True)
class PapersPage:
    """The papers of a claim that the reader may see. `asked` is what she is asked for."""

    claim: Claim
    papers: list[Paper]
    may_add: bool
    asked: list[Words]


def hers(act: Act, claim: Claim) -> PapersPage:
    """What she has added herself, the worker or the employer."""
    found = [paper(scan, HER_STATES) for scan in store.scans.of_claim(act, claim.id)]
    asked = missing(claim, None) if asks_for(claim, scans.adder(act)) else []
    return PapersPage(claim, found, scans.may_add(act, claim), asked)


def likely(claim: Claim) -> str:
    """Which paper she most likely adds."""
    asked = {"missing_certificate": ScanKind.CERTIFICATE, "missing_account": ScanKind.ACCOUNT}
    reason = claim.waits.reason if claim.waits is not None else ""
    return asked.get(reason, ScanKind.CERTIFICATE if "sick" in claim.benefit else "")


def of_employer(act: Act, employer_id: EmployerId, claim_id: str) -> tuple[PapersPage, employer.Worker]:
    """A case of hers in which she was asked, or has added papers. Raises `store.NotHere` for any other."""
    claim = store.claims.get(act, claim_id)
    page = hers(act, claim)
    if not page.may_add and not page.papers:
        raise store.NotHere("papers")
    return page, employer.worker(act, employer_id, claim.person_id)


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The papers of a claim at the desk."""

    claim: Claim
    head: Head
    papers: list[Paper]
    may_add: bool
    title: Words


def at_desk(act: Act, claim: Claim) -> DeskPage:
    found = [paper(scan) for scan in store.scans.of_claim(act, claim.id)]
    works = act.actor.has("clerk", "officer", "supervisor")
    return DeskPage(
        claim=claim,
        head=head(act, store.persons.get(act, claim.person_id)),
        papers=found,
        may_add=works and scans.may_add(act, claim),
        title=words.text(words.BENEFITS, claim.benefit),
    )
