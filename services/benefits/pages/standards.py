"""The page that is taken into a meeting: which ILO requirements the law meets, by how much others are missed, and what
would have to change. Law needs no sign-in."""

from __future__ import annotations

import base64
import threading
from datetime import date, timedelta
from typing import Any

from flask import Response, request

from services.benefits.conformance.beside import BeingMeasured, beside
from services.benefits.conformance.page import SHEET
from services.benefits.conformance.profile import available, profile, scheme
from services.benefits.conformance.report import FIRST_YEAR, LAST_YEAR
from services.benefits.law.in_force import PackNotInForce, pack
from services.benefits.law.vocabulary import countries
from shared.act import Act
from shared.clock import Clock
from shared.web import pages
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import not_found

doors = Doors()

#: How many countries stand side by side at most.
MOST = 5
#: How long after its start a web process has the page of today worked out.
AHEAD_SECONDS = 45.0


def ahead(on: date) -> None:
    """Have the page of a day worked out before anybody asks for it."""
    for language in pages.LANGUAGES:
        try:
            beside.begin("page", on, language, [c for c in _usual(on) if _has_law(c, on)])
        except BeingMeasured:
            return


def ahead_soon(clock: Clock) -> None:
    """The same once a process that has just started has had time for its own work."""
    later = threading.Timer(AHEAD_SECONDS, lambda: ahead(clock.today()))
    later.daemon = True
    later.start()


@doors.page("/standards", roles=PUBLIC, limit="60 per minute")
def standards(act: Act) -> Any:
    """The summary, the grid, the pictures and each article, for countries side by side on a day; `as=pdf` the same as a
    document to print and hand on."""
    wanted = request.args.get("as", "")
    if wanted == "sheet":
        return _sheet()
    on, asked = _asked(act)
    page = beside.ask("pdf" if wanted == "pdf" else "page", on, pages.language(), asked)
    if wanted == "pdf":
        return _pdf(on, asked, page)
    if on == act.today:
        ahead(on + timedelta(days=1))
    chosen = [column["country"] for column in page["columns"]]
    listed = [
        {"code": code, "name": pages.translate(scheme(code).name or code.upper()), "on": code in chosen}
        for code in countries()
    ]
    return pages.render(
        "standards.html",
        page=page | {"on": on},
        countries=listed,
        pdf=f"/standards?as=pdf&on={on.isoformat()}" + "".join(f"&country={code}" for code in chosen),
    )


def _pdf(on: date, asked: list[str], document: str) -> Response:
    name = f"ilo-standards-{'-'.join(asked)}-{on.isoformat()}.pdf"
    return Response(
        base64.b64decode(document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _sheet() -> Response:
    """The look of this page."""
    response = Response(SHEET.read_text("utf-8"), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _asked(act: Act) -> tuple[date, list[str]]:
    """The day and the countries asked for; real countries with a profile where none is named."""
    try:
        on = date.fromisoformat(request.args.get("on") or act.today.isoformat())
    except ValueError:
        raise not_found() from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise not_found()
    asked = list(dict.fromkeys(request.args.getlist("country")))[:MOST] or _usual(on)
    if any(code not in countries() for code in asked):
        raise not_found()
    found = [code for code in asked if _has_law(code, on)]
    if not found:
        raise not_found()
    return on, found


def _has_law(country: str, on: date) -> bool:
    try:
        pack(country, on)
    except PackNotInForce:
        return False
    return True


def _usual(on: date) -> list[str]:
    return [c for c in countries() if available(c) and not profile(c, on).invented] or list(countries())
