"""What am I entitled to? An estimate for anybody, of every benefit of the law in force; nothing is stored."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.benefits.institution import institution
from services.benefits.views import estimate as view
from services.benefits.views.shown import show
from shared.act import Act
from shared.web.doors import PUBLIC, Doors

doors = Doors()


@doors.page("/estimate", roles=PUBLIC)
def estimate_page(act: Act) -> Any:
    """Which benefit, and its six questions; no name."""
    return show("estimate.html", view.page(institution().country, request.args.get("benefit", ""), {}, act.today))


@doors.page("/estimate", roles=PUBLIC, method="POST", tokenless=True, limit="60 per minute")
def estimate(act: Act, form: dict[str, str]) -> Any:
    """An honest estimate by the rules; nothing is stored."""
    found = view.page(institution().country, form.get("benefit", ""), form, act.today)
    status = 422 if found.errors else 200
    return Response(show("estimate.html", found), status, content_type="text/html; charset=utf-8")
