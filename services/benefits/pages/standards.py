"""The page that is taken into a meeting: which ILO requirements the law meets, by how much others are missed, and what
would have to change. Law needs no sign-in."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, request

from services.benefits.conformance.page import SHEET, view
from services.benefits.conformance.pdf import pdf
from services.benefits.conformance.profile import available, profile, scheme
from services.benefits.conformance.report import FIRST_YEAR, LAST_YEAR, Report, measured
from services.benefits.law.in_force import PackNotInForce
from services.benefits.law.vocabulary import countries
from shared.act import Act
from shared.web import pages
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import not_found

doors = Doors()

#: How many countries stand side by side at most.
MOST = 5


@lru_cache(maxsize=32)
def shown(on: date, chosen: tuple[str, ...], language: str) -> dict[str, Any]:
    """What the page shows, its pictures drawn; kept as the reports are."""
    return view([measured(country, on) for country in chosen], language)


@doors.page("/standards", roles=PUBLIC, limit="60 per minute")
def standards(act: Act) -> Any:
    """The summary, the grid, the pictures and each article, for countries side by side on a day; `as=pdf` the same as a
    document to print and hand on."""
    wanted = request.args.get("as", "")
    if wanted == "sheet":
        return _sheet()
    on, reports = _asked(act)
    if wanted == "pdf":
        return _pdf(on, reports)
    chosen = {made.country for made in reports}
    listed = [
        {"code": code, "name": pages.translate(scheme(code).name or code.upper()), "on": code in chosen}
        for code in countries()
    ]
    return pages.render(
        "standards.html",
        page=shown(on, tuple(made.country for made in reports), pages.language()),
        countries=listed,
        pdf=f"/standards?as=pdf&on={on.isoformat()}" + "".join(f"&country={made.country}" for made in reports),
    )


def _pdf(on: date, reports: list[Report]) -> Response:
    name = f"ilo-standards-{'-'.join(made.country for made in reports)}-{on.isoformat()}.pdf"
    return Response(
        pdf(reports, pages.language()),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _sheet() -> Response:
    """The look of this page."""
    response = Response(SHEET.read_text("utf-8"), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _asked(act: Act) -> tuple[date, list[Report]]:
    """The day and the countries asked for; real countries with a profile where none is named."""
    try:
        on = date.fromisoformat(request.args.get("on") or act.today.isoformat())
    except ValueError:
        raise not_found() from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise not_found()
    known = countries()
    asked = list(dict.fromkeys(request.args.getlist("country")))[:MOST] or [c for c in known if _real(c, on)] or known
    if any(code not in known for code in asked):
        raise not_found()
    found = []
    for code in asked:
        try:
            found.append(measured(code, on))
        except PackNotInForce:
            continue
    if not found:
        raise not_found()
    return on, found


def _real(country: str, on: date) -> bool:
    return bool(available(country)) and not profile(country, on).invented
