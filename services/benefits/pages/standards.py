"""The page that is taken into a meeting: which ILO requirements the law meets, by how much others are missed, and what
would have to change. Law needs no sign-in."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from flask import Response, request

from services.benefits.conformance.article22 import CODES
from services.benefits.conformance.beside import beside
from services.benefits.conformance.page import SHEET
from services.benefits.conformance.profile import scheme
from services.benefits.conformance.report import FIRST_YEAR, LAST_YEAR
from services.benefits.institution import institution
from services.benefits.law.vocabulary import countries
from services.benefits.pages.statistics import READS as STATISTICS
from services.benefits.usecases import standards_ahead, statistics
from services.benefits.views import own_numbers
from shared.act import Act
from shared.web import pages
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import not_found

doors = Doors()

#: How many countries stand side by side at most.
MOST = 5


@doors.page("/standards", roles=PUBLIC, limit="60 per minute")
def standards(act: Act) -> Any:
    """The summary, the grid, the pictures and each article, for countries side by side on a day; `as=pdf` the same as a
    document to print and hand on."""
    wanted = request.args.get("as", "")
    if wanted == "sheet":
        return _sheet()
    on, asked = _asked(act)
    if wanted == "pdf":
        return _pdf(on, asked, beside.ask("pdf", on, pages.language(), asked))
    made = standards_ahead.page(act, on, pages.language()) if asked == standards_ahead.usual(on) else None
    page = made or beside.ask("page", on, pages.language(), asked)
    chosen = [column["country"] for column in page["columns"]]
    listed = [
        {"code": code, "name": pages.translate(scheme(code).name or code.upper()), "on": code in chosen}
        for code in countries()
    ]
    return pages.render(
        "standards.html",
        page=page | {"on": on},
        countries=listed,
        conventions=CODES,
        pdf=f"/standards?as=pdf&on={on.isoformat()}" + "".join(f"&country={code}" for code in chosen),
    )


@doors.page("/standards/<country>/<convention>", roles=PUBLIC, limit="60 per minute")
def article_22(act: Act, country: str, convention: str) -> Any:
    """The report of a country on a Convention under article 22, filled in as far as law and data go; `as=pdf` the same
    as a document, to be filled in by the ministry."""
    on, code = _day(act), convention.upper()
    if code not in CODES or country not in countries() or not standards_ahead.has_law(country, on):
        raise not_found()
    if request.args.get("as") == "pdf":
        document = beside.ask(f"form-pdf {code}", on, pages.language(), [country])
        return _document(f"article-22-{convention.lower()}-{country}-{on.isoformat()}.pdf", document)
    here = f"/standards/{country}/{code.lower()}?on={on.isoformat()}"
    return pages.render(
        "article22.html",
        page=_with_own(act, beside.ask(f"form {code}", on, pages.language(), [country]), country, on),
        pdf=f"{here}&as=pdf",
        back=f"/standards?on={on.isoformat()}&country={country}",
    )


def _with_own(act: Act, page: dict[str, Any], country: str, on: date) -> dict[str, Any]:
    """The page with what this institution counted in the year before, for who reads its statistics as a whole."""
    whose = act.actor.has(*STATISTICS) and statistics.is_head(act.actor.office)
    if not whose or country != institution().country or (found := statistics.ask(act, on.year - 1)) is None:
        return page
    return own_numbers.beside(page, statistics.of_office(found[1], act.actor.office), on.year - 1)


def _pdf(on: date, asked: list[str], document: str) -> Response:
    return _document(f"ilo-standards-{'-'.join(asked)}-{on.isoformat()}.pdf", document)


def _document(name: str, document: str) -> Response:
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


def _day(act: Act) -> date:
    """The day asked for; today where none is named."""
    try:
        on = date.fromisoformat(request.args.get("on") or act.today.isoformat())
    except ValueError:
        raise not_found() from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise not_found()
    return on


def _asked(act: Act) -> tuple[date, list[str]]:
    """The day and the countries asked for; real countries with a profile where none is named."""
    on = _day(act)
    asked = list(dict.fromkeys(request.args.getlist("country")))[:MOST] or standards_ahead.usual(on)
    if any(code not in countries() for code in asked):
        raise not_found()
    found = [code for code in asked if standards_ahead.has_law(code, on)]
    if not found:
        raise not_found()
    return on, found
