"""Whatever is sent to notifications, however odd, is taken or refused: it never is a fault on our side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from services.notifications import app as wiring
from shared.act import ROLES, Actor
from shared.auth import Keys
from tests.notifications.conftest import Person, Town
from tests.odd_shapes import Knocker
from tests.there import there

EVERYBODY = Actor("everybody", "account", frozenset(ROLES), office="hq", name="Everybody")


def test_odd_shapes_are_taken_or_refused_at_every_door(town: Town, person: Person, keys_folder: Path) -> None:
    town.submitted(person)
    town.works()
    keys = Keys(keys_folder, "benefits")
    app = wiring.create_app(town.service)

    def headers() -> dict[str, str]:
        token = keys.session_token(EVERYBODY, csrf="c", now=datetime.now(UTC), second_factor=True)
        return {"Authorization": f"Bearer {token}"}

    ids = {"message_id": [town.sms(person).id], "letter_id": [town.letter(person).id]}
    knocking = Knocker(app, headers, ids, {}, Path(there(wiring.__file__)).parent)
    knocking.looks()
    knocking.bodies()
    knocking.forms()
    knocking.most = 20
    knocking.queries()
    assert knocking.knocks > 500
    assert not knocking.faults, "\n".join(knocking.faults[:40])
