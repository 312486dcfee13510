"""Leaflets for anybody: what each benefit of the law in force gives, on paper, in each language; nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, request

from services.benefits import store
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.law.in_force import PackNotInForce, UnknownBenefit
from services.benefits.views import leaflet as view
from services.benefits.views.shown import show
from shared.act import Act
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import not_found

doors = Doors()
SHEET = Path(__file__).parents[1] / "templates" / "leaflet.css"


@doors.page("/leaflets", roles=PUBLIC, limit="120 per minute")
def leaflets(act: Act) -> Any:
    """All benefits of the law in force, each with its leaflet; `as=sheet` is the look of the paper."""
    if request.args.get("as") == "sheet":
        response = Response(SHEET.read_text("utf-8"), content_type="text/css; charset=utf-8")
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response
    return show("leaflets.html", view.shelf(institution().country, act.today))


@doors.page("/leaflets/<benefit>", roles=PUBLIC, limit="120 per minute")
def leaflet(act: Act, benefit: str) -> Any:
    """One benefit on one or two pages of A4, made from the pack in force."""
    try:
        pack = in_force.pack(institution().country, act.today)
        found = view.page(pack, benefit, act.today, store.places.offices(act))
    except (PackNotInForce, UnknownBenefit):
        raise not_found() from None
    return show("leaflet.html", found)
