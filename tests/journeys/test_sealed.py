"""Whoever has a database, or a backup of it, but not the keys: what does she read of an illness or a second factor?"""

from __future__ import annotations

import csv
import re

import pyotp

from deploy.embedded.hands import SAMPLE
from tests.journeys.test_journeys import BOUNMY, LA_S1
from tests.journeys.town import Town

#: An illness and an officer's words about it as nobody else would write them.
ILLNESS, WORDS = "QZ77.31", "fistulam quandam"


def ill(facts: dict[str, object]) -> dict[str, object]:
    certificates = [paper | {"illness": ILLNESS} for paper in LA_S1.facts["certificates"]]
    return facts | {"spell": LA_S1.facts["spell"] | {"illness": ILLNESS}, "certificates": certificates}


def test_no_illness_and_no_second_factor_lies_open_after_a_whole_journey(quiet_town: Town) -> None:
    town, khamla = quiet_town, quiet_town.hands.khamla
    town.passes("2025-05-19")
    claim = town.hands.register(BOUNMY, "sickness", "2025-05-19", ill(LA_S1.facts))
    decision = town.hands.decide(claim["id"])
    town.passes("2025-05-30")
    now = khamla.get(f"/v1/claims/{claim['id']}")
    assert now["facts"]["spell"]["illness"] == ILLNESS, "whoever may see it sees it"
    changed = {"facts": now["facts"] | {"event": {"employer_days_used": 0}}, "why": f"the doctor wrote {WORDS}"}
    khamla.call("PATCH", f"/v1/claims/{claim['id']}", changed, etag=now["version"])
    revised = town.hands.decide(claim["id"])
    lodged = {"decision_id": revised["id"], "finding": revised["assessment"]["findings"][0]["id"], "grounds": WORDS}
    khamla.post(f"/v1/claims/{claim['id']}/appeals", lodged | {"lodged_on": "2025-05-30"})
    rows = f"sso_no,benefit,received_on,first_day,illness\n{BOUNMY},sickness,2025-05-30,2025-05-26,{ILLNESS}\n"
    taken = town.hands.admin.call("POST", "/v1/imports/claims", raw=rows.encode())
    assert [row["outcome"] for row in taken["items"]] == ["accepted"]
    assert decision["outcome"] == "granted"
    assert town.hands.letters(claim["id"]), "the letter is written, too"
    assert town.parked() == []
    assert town.lying_open(ILLNESS, WORDS) == set()
    with town.services["benefits"].engine.connect() as connection:
        secrets = connection.exec_driver_sql("SELECT totp_secret FROM account WHERE totp_secret IS NOT NULL").scalars()
        sealed = list(secrets)
    assert sealed, "somebody has a second factor"
    assert all(s.startswith("sealed.1.") for s in sealed)
    with (SAMPLE / "practice.csv").open(encoding="utf-8") as file:
        told = [row["totp_secret"] for row in csv.DictReader(file) if row["totp_secret"]]
    assert len(pyotp.TOTP(told[0]).now()) == 6
    assert town.lying_open(*set(told)) == set()


def test_the_search_would_find_what_lies_open(quiet_town: Town) -> None:
    """The same search finds a name, which is not sealed, so that finding nothing means something."""
    assert any(re.match(r"benefits\.person\.name", place) for place in quiet_town.lying_open("Bounmy"))
