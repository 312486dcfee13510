"""Keys of an employer's software: she makes and ends them on a page of her account; an administrator ends them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.domain.employer_key import KeyCannotBe
from services.benefits.domain.ids import AccountId
from services.benefits.pages.employer import EMPLOYER, own, render
from services.benefits.usecases import employer_keys
from services.benefits.views import employer_keys as view
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors

doors = Doors()
HOME = "/employer/keys"


@doors.page(HOME, roles=EMPLOYER)
def keys_page(act: Act) -> Any:
    """The keys of her software, and how one is used."""
    own(act)
    return render(act, "employer_keys.html", view.page(act))


# Not kept for a repeat: the key is a secret that is shown once and stored nowhere.
@doors.page(HOME, roles=EMPLOYER, method="POST", records=False)
def make_key(act: Act, form: dict[str, str]) -> Any:
    """Make a key; it is shown this once."""
    own(act)
    name = form.get("name", "")[:200]
    try:
        _, secret = employer_keys.make(act, name)
    except KeyCannotBe as wrong:
        page = render(act, "employer_keys.html", view.page(act, typed=name, error=wrong.code))
        return Response(page, 422, content_type=pages.HTML)
    return render(act, "employer_keys.html", view.page(act, secret=secret))


@doors.page("/employer/keys/<uuid:key_id>/end", roles=EMPLOYER, method="POST")
def end_key(act: Act, key_id: UUID, form: dict[str, str]) -> Any:
    """End a key of hers at once."""
    own(act)
    employer_keys.end(act, AccountId(act.actor.id), str(key_id))
    return pages.go(HOME)


@doors.page("/accounts/<uuid:account_id>/keys/<uuid:key_id>/end", roles=("administrator",), method="POST")
def end_a_key(act: Act, account_id: UUID, key_id: UUID, form: dict[str, str]) -> Any:
    """An administrator ends a key of an account."""
    employer_keys.end(act, store.accounts.get(act, str(account_id)).id, str(key_id))
    return pages.go(f"/accounts/{account_id}")
