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
    with suppress(no_claim.NothingToConfirm):  # said already, by phone or by a second click
        (no_claim.confirm if form.get("do") == "mine" else no_claim.decline)(act, act.actor.claim)
    return pages.go("/worker")
