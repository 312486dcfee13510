"""A person asks what is kept about her: one file from all three services, for her office to hand over."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from tests.journeys.test_journeys import BOUNMY, LA_S1
from tests.journeys.town import Town
from tests.there import there


class Desk:
    """An officer's browser in the town."""

    def __init__(self, town: Town, username: str = "khamla") -> None:
        hand = getattr(town.hands, username)
        self.client = town.apps["benefits"].test_client()
        self.client.set_cookie("tideover", hand.token)

    def sends(self, path: str, **form: str) -> Any:
        page = self.client.get(path.rpartition("/")[0] + "?lang=en").text
        token = there(re.search(r'name="csrf_token" value="([^"]+)"', page)).group(1)
        return self.client.post(path, data={"csrf_token": token, "_key": path, **form})


def test_everything_about_her_in_one_file(quiet_town: Town) -> None:
    town = quiet_town
    town.passes("2025-05-19")
    claim = town.hands.register(BOUNMY, "sickness", "2025-05-19", LA_S1.facts)
    town.hands.decide(claim["id"])
    town.passes("2025-05-30")
    her = town.hands.person(BOUNMY)["id"]
    desk = Desk(town)
    assert (
        desk.sends(
            f"/desk/persons/{her}/exports", export_why="She came with her card", export_language="en"
        ).status_code
        == 303
    )
    town.settle()
    page = desk.client.get(f"/desk/persons/{her}?lang=en").text
    path = there(re.search(r"/desk/persons/[\w-]+/exports/[\w-]+\.zip", page)).group(0)
    answer = desk.client.get(path)
    assert answer.headers["Content-Type"] == "application/zip"
    package = zipfile.ZipFile(io.BytesIO(answer.data))
    names = package.namelist()
    told = json.loads(package.read("data.json"))
    assert told["benefits"]["person"][0]["name"] == town.hands.person(BOUNMY)["name"]["full"]
    assert told["benefits"]["claim"][0]["facts"]["spell"]["first_day"] == "2025-03-03"
    assert {order["state"] for order in told["payments"]["payment_order"]} == {"settled"}
    assert sum(p["minor"] for p in told["payments"]["ledger_posting"]) == 0
    assert {m["state"] for m in told["notifications"]["message"] if m["channel"] == "sms"} == {"delivered"}
    assert [n for n in names if n.startswith("letters/")]
    assert all(package.read(n).startswith(b"%PDF") for n in names if n.startswith("letters/"))
    assert any(look["action"].startswith("GET /desk/persons") for look in told["benefits"]["audit"])
    read = package.read("read.html").decode()
    assert "What is kept about you" in read
    assert "Bounmy" in read
    everything = package.read("data.json").decode() + read
    keys = town.services["benefits"].keys
    assert keys.digits(f"access {claim['id']} 1") not in everything
    for secret in ("password", "totp", "fingerprint"):
        assert secret not in everything
    town.passes("2025-06-09")
    assert desk.client.get(path).status_code == 404, "its days are over"
    with town.services["benefits"].engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT state, content FROM person_export").all() == [("gone", None)]


def test_another_office_and_other_roles_get_no_copy(quiet_town: Town) -> None:
    town = quiet_town
    her = town.hands.person(BOUNMY)["id"]
    desk = Desk(town)
    desk.sends(f"/desk/persons/{her}/exports", export_why="She came with her card")
    town.settle()
    path = there(
        re.search(r"/desk/persons/[\w-]+/exports/[\w-]+\.zip", desk.client.get(f"/desk/persons/{her}").text)
    ).group(0)
    assert desk.client.get(path).status_code == 200
    for service, door in (("payments", "orders"), ("notifications", "messages")):
        client = town.apps[service].test_client()
        token = {"Authorization": f"Bearer {town.hands.khamla.token}"}
        assert client.get(f"/v1/{door}/kept-about/{her}", headers=token).status_code == 403


def test_asking_twice_makes_one_copy(quiet_town: Town) -> None:
    town = quiet_town
    her = town.hands.person(BOUNMY)["id"]
    for n in range(2):
        Desk(town).sends(f"/desk/persons/{her}/exports", export_why=f"She came, {n}")
    with town.services["benefits"].engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person_export").scalar() == 1
