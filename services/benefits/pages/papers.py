"""Scans and photos of papers: added and looked at on the desk, added by the worker and by an employer who was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.scan import MOST_BYTES, Scan, ScanRefused
from services.benefits.pages import employer, worker
from services.benefits.pages.desk import seen_alike
from services.benefits.usecases import scans
from services.benefits.usecases.scan_files import PDF
from services.benefits.views import scans as view
from services.benefits.views.claim_page import DESK, LOOK
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import not_found

doors = Doors()
Files = Mapping[str, Any]
#: A paper opens nothing, runs nothing and sends nothing, whatever is in it.
ALONE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def _shown(act: Act, scan: Scan) -> Response:
    """What a paper shows: a picture in the browser, a PDF to keep, because browsers open none in a sandbox."""
    viewed(scan.person_id, scan.claim_id, scan.id)
    is_pdf = scan.media_type == PDF
    name = f"paper-{scan.on.isoformat()}-{scan.kind}.{'pdf' if is_pdf else 'jpg'}"
    headers = {
        "Content-Disposition": f'{"attachment" if is_pdf else "inline"}; filename="{name}"',
        "Content-Security-Policy": ALONE,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return Response(store.scans.content(act, scan), headers=headers, content_type=scan.media_type)


def _sent(files: Files | None) -> bytes:
    """The photo or the file that was chosen; one byte more than is taken is enough to know."""
    chosen = [file for name in ("photo", "file") if (file := (files or {}).get(name)) is not None]
    return bytes(chosen[0].stream.read(MOST_BYTES + 1)) if chosen else b""


def _add(act: Act, claim_id: ClaimId, form: Mapping[str, str], files: Files | None) -> dict[str, str]:
    """Add it; what is wrong, by field."""
    try:
        scan = scans.add(act, claim_id, form.get("kind", ""), form.get("what", "")[:200], _sent(files))
    except ScanRefused as refused:
        return {refused.field: refused.code}
    viewed(scan.person_id, scan.id)
    return {}


# --- at the desk -------------------------------------------------------------------------------


@doors.page("/desk/claims/<uuid:claim_id>/papers", roles=LOOK)
def papers(act: Act, claim_id: UUID) -> Any:
    """The papers of a claim, and a form to add one."""
    return _desk(act, str(claim_id), {}, {})


def _desk(act: Act, claim_id: str, form: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    claim = store.claims.get(act, claim_id)
    page = view.at_desk(act, claim)
    viewed(claim.person_id, *(x.id for x in page.papers))
    seen_alike(page.head)
    return show("papers.html", page, view.adding(form, wrong, view.likely(claim)))


@doors.page("/desk/claims/<uuid:claim_id>/papers", method="POST", roles=DESK)
def add_paper(act: Act, claim_id: UUID, form: dict[str, str], files: Files | None = None) -> Any:
    """Add a paper that lies on the counter."""
    if wrong := _add(act, ClaimId(str(claim_id)), form, files):
        return Response(_desk(act, str(claim_id), form, wrong), 422, content_type=pages.HTML)
    return pages.go(f"/desk/claims/{claim_id}/papers")


def _one(act: Act, claim_id: UUID, scan_id: UUID) -> Scan:
    """A paper of a claim that the asker may see."""
    return store.scans.get(act, store.claims.get(act, str(claim_id)).id, str(scan_id))


@doors.page("/desk/claims/<uuid:claim_id>/papers/<uuid:scan_id>", roles=LOOK)
def paper(act: Act, claim_id: UUID, scan_id: UUID) -> Any:
    """One paper, and what is said of it."""
    return _paper(act, claim_id, scan_id, {}, {})


def _paper(act: Act, claim_id: UUID, scan_id: UUID, form: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    scan = _one(act, claim_id, scan_id)
    page = view.at_desk(act, store.claims.get(act, str(claim_id)))
    viewed(scan.person_id, scan.id)
    seen_alike(page.head)
    return show("paper.html", page, view.adding(form, wrong), paper=view.paper(scan), works=act.actor.has(*DESK))


@doors.page("/desk/claims/<uuid:claim_id>/papers/<uuid:scan_id>", method="POST", roles=DESK)
def look(act: Act, claim_id: UUID, scan_id: UUID, form: dict[str, str]) -> Any:
    """Say that it was looked at, or why it cannot be used."""
    why = form.get("why", "") if form.get("do") == "not_usable" else None
    try:
        viewed(scans.look(act, str(claim_id), str(scan_id), why).person_id)
    except ScanRefused as refused:
        shown = _paper(act, claim_id, scan_id, form, {refused.field: refused.code})
        return Response(shown, 422, content_type=pages.HTML)
    return pages.go(f"/desk/claims/{claim_id}/papers")


@doors.page("/desk/claims/<uuid:claim_id>/papers/<uuid:scan_id>/content", roles=LOOK)
def content(act: Act, claim_id: UUID, scan_id: UUID) -> Any:
    """What a paper shows."""
    return _shown(act, _one(act, claim_id, scan_id))


# --- the worker --------------------------------------------------------------------------------


@doors.page("/worker/papers", roles=("worker",))
def her_papers(act: Act) -> Any:
    """Her own papers, and a form to take a photo of one more."""
    return _hers(act, {}, {})


def _hers(act: Act, form: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    claim = worker.own_claim(act)
    page = view.hers(act, claim)
    return show("worker_papers.html", page, view.adding(form, wrong, view.likely(claim)))


@doors.page("/worker/papers", method="POST", roles=("worker",), limit="30 per minute")
def add_hers(act: Act, form: dict[str, str], files: Files | None = None) -> Any:
    """Add one; what was asked for goes on with it."""
    if wrong := _add(act, worker.own_claim(act).id, form, files):
        return Response(_hers(act, form, wrong), 422, content_type=pages.HTML)
    return pages.go("/worker/papers")


@doors.page("/worker/papers/<uuid:scan_id>", roles=("worker",))
def her_paper(act: Act, scan_id: UUID) -> Any:
    """What one of her own papers shows."""
    return _shown(act, store.scans.get(act, worker.own_claim(act).id, str(scan_id)))


# --- the employer ------------------------------------------------------------------------------


@doors.page("/employer/claims/<uuid:claim_id>/papers", roles=employer.EMPLOYER)
def employers_papers(act: Act, claim_id: UUID) -> Any:
    """What she was asked for, what she has added, and a form to add one."""
    return _employers(act, str(claim_id), {}, {})


def _employers(act: Act, claim_id: str, form: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    page, known = view.of_employer(act, employer.own(act), claim_id)
    viewed(known.id, *(x.id for x in page.papers))
    return employer.render(act, "employer_papers.html", page, view.adding(form, wrong), worker=known)


@doors.page("/employer/claims/<uuid:claim_id>/papers", method="POST", roles=employer.EMPLOYER)
def add_employers(act: Act, claim_id: UUID, form: dict[str, str], files: Files | None = None) -> Any:
    """Add one where she was asked."""
    page, _ = view.of_employer(act, employer.own(act), str(claim_id))
    if wrong := _add(act, page.claim.id, form, files):
        return Response(_employers(act, str(claim_id), form, wrong), 422, content_type=pages.HTML)
    return pages.go(f"/employer/claims/{claim_id}/papers")


@doors.page("/employer/claims/<uuid:claim_id>/papers/<uuid:scan_id>", roles=employer.EMPLOYER)
def employers_paper(act: Act, claim_id: UUID, scan_id: UUID) -> Any:
    """What a paper shows that she has added herself."""
    if not act.actor.employer:
        raise not_found()
    return _shown(act, _one(act, claim_id, scan_id))
