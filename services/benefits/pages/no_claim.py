"""She says whether a case that a paper opened is hers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from services.benefits.usecases import no_claim
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import not_found

doors = Doors()


@doors.page("/worker/case", roles=("worker",), method="POST")
def say(act: Act, form: dict[str, str]) -> Any:
    """Yes, it is mine; or no. Her page says what follows."""
    if act.actor.claim is None:
        raise not_found()
    said = {"mine": no_claim.confirm, "not_mine": no_claim.decline}.get(form.get("do", ""))
    with suppress(no_claim.NothingToConfirm):  # said already, by phone or by a second click
        if said is not None:
            said(act, act.actor.claim)
    return pages.go("/worker")
