"""An account from the text of a QR code, and an account as a code that a bank's app can read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno

from services.benefits import store
from services.benefits.institution import institution
from services.benefits.views.claim_page import DESK
from shared.act import Act
from shared.reading import NotRead
from shared.reading.identifiers import key_of
from shared.reading.qr_payload import QrAccount, read_qr, write_qr
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()


def from_qr(act: Act, form: dict[str, str]) -> dict[str, str]:
    """The form with bank and number from the text of a code, where one was pasted. A number typed beside it must be the
    same. Raises `NotRead`."""
    if not form.get("qr", "").strip():
        return form
    found = read_qr(form["qr"], act.today)
    typed = form.get("number", "").strip()
    if typed and key_of(typed) != key_of(found.number):
        raise NotRead("qr_differs")
    return form | {"kind": found.kind, "bank": found.bank, "number": found.number}


@doors.page("/desk/persons/<uuid:person_id>/payee-code", roles=DESK)
def payee_code(act: Act, person_id: UUID) -> Any:
    """Her account as a code to hold a bank's app against: the app shows whose account it is."""
    person = store.persons.get(act, str(person_id))
    viewed(person.id)
    payee = store.persons.payee(act, person.id)
    text = write_qr(institution().country, QrAccount(payee.bank, payee.number)) if payee is not None else None
    picture = segno.make(text, error="m").svg_data_uri(scale=5) if text is not None else None
    return pages.render("payee_code.html", person=person, payee=payee, text=text, picture=picture)
