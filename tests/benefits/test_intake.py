"""What a counter takes in while its line is down arrives once, and stops nobody."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from services.benefits import tables as t
from services.benefits.domain.intake import read_receipt, receipt_of
from shared.auth import Keys, rotate
from tests.benefits.conftest import Office, Person
from tests.benefits.visitors import Browser
from tests.there import there

#: As it is typed at the counter.
TYPED: dict[str, Any] = {
    "benefit": "sickness",
    "received_on": "19/5/2025",
    "name": "Bounmy Sisavath",
    "number": "1002003004",
    "first_day": "3/3/2025",
    "last_day": "16/5/2025",
    "cert_no_0": "SVK-25-01981",
    "cert_from_0": "3/3/2025",
    "cert_to_0": "16/5/2025",
    "remarks": "comes back on Monday",
}


@pytest.fixture
def bounmy(office: Office) -> str:
    return office.someone(number="1002003004")


def ticket(office: Office, who: Person | None = None) -> str:
    """The house's word on who types at a page."""
    actor = (who or office.clerk).actor
    return office.service.keys.vouch(json.dumps(["intake", actor.id, actor.name]))


def sealed(office: Office, id_: str, typed: dict[str, str], **more: Any) -> str:
    """As the browser seals it."""
    key = ECKey.import_key(office.service.keys.sealing_key("intake"))
    told = {"id": id_, "at": "2025-05-19T02:00:00Z", "language": "en", "form": typed, "ticket": ticket(office)} | more
    return jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, json.dumps(told).encode(), key)


def send(by: Browser, id_: str, closed: str, expect: int = 200) -> dict[str, Any]:
    by.send("/desk/intake/items", expect, id=id_, sealed=closed)

    return dict(json.loads(by.page.get_data()))


def count(office: Office) -> int:
    with office.service.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(t.claim)) or 0


def test_an_item_becomes_the_draft_of_its_own_id(office: Office, clerk: Browser, bounmy: str) -> None:
    id_ = str(uuid.uuid4())
    assert send(clerk, id_, sealed(office, id_, TYPED))["href"] == f"/desk/claims/{id_}"
    claim = office.claim(id_)
    assert (claim.person_id, claim.state, claim.received_on.isoformat()) == (bounmy, "draft", "2025-05-19")
    assert claim.facts["spell"] == {"first_day": "2025-03-03", "last_day": "2025-05-16"}
    assert claim.facts["certificates"][0]["number"] == "SVK-25-01981"
    assert claim.papers.given["remarks"] == "comes back on Monday"


@pytest.mark.usefixtures("bounmy")
def test_sent_again_it_is_answered_again_and_opens_nothing(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    first = send(clerk, id_, sealed(office, id_, TYPED))
    other = send(Browser(office, office.officer), id_, sealed(office, id_, TYPED | {"first_day": "4/3/2025"}))
    assert (first, count(office)) == (other, 1)
    assert office.claim(id_).first_day is not None


@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("Nobody of this office has this number or name.", {"number": "9999999999"}),
        ("Number, name and day of birth do not name one person together.", {"name": "Khamsai"}),
        ("Number, name and day of birth do not name one person together.", {"born_on": "1/1/1970"}),
        ("Number, name and day of birth do not name one person together.", {"number": ""}),
        ("Something on it could not be read.", {"first_day": "31/2/2025"}),
        ("It says that it came in after today.", {"received_on": "21/5/2025"}),
    ],
)
@pytest.mark.usefixtures("bounmy")
def test_an_item_with_a_fault_waits_for_somebody_and_stops_no_other(
    office: Office, clerk: Browser, why: str, more: dict[str, str]
) -> None:
    bad, good = str(uuid.uuid4()), str(uuid.uuid4())
    found = send(clerk, bad, sealed(office, bad, TYPED | more))
    assert (found["state"], found["href"]) == ("fault", f"/desk/intake/{bad}")
    assert send(clerk, good, sealed(office, good, TYPED))["state"] == "taken"
    page = clerk.open("/desk/intake")
    assert why in page
    assert "Clerk" in page  # its owner
    assert count(office) == 1


@pytest.mark.usefixtures("bounmy")
def test_two_who_took_in_the_same_paper_do_not_open_it_twice(office: Office, clerk: Browser) -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    assert send(clerk, one, sealed(office, one, TYPED))["state"] == "taken"
    assert send(clerk, two, sealed(office, two, TYPED))["state"] == "fault"
    assert "A claim that says the same is there already." in clerk.open(f"/desk/intake/{two}")
    clerk.send(f"/desk/intake/{two}", 422, do="discard", why="")
    clerk.send(f"/desk/intake/{two}", do="discard", why="the same paper, typed twice")
    assert clerk.here == "/desk/intake"
    assert "Somebody must look" not in clerk.text
    assert count(office) == 1


def test_somebody_says_whose_it_is_and_corrects_what_could_not_be_read(
    office: Office, clerk: Browser, bounmy: str
) -> None:
    id_ = str(uuid.uuid4())
    bad = TYPED | {"number": "1002003O04", "first_day": "31/2/2025"}
    send(clerk, id_, sealed(office, id_, bad))
    page = clerk.open(f"/desk/intake/{id_}")
    assert "comes back on Monday" in page
    assert "Bounmy Sisavath" in page
    assert "f-whose" in clerk.send(f"/desk/intake/{id_}", 422, do="take", **TYPED)
    clerk.send(f"/desk/intake/{id_}", do="take", whose=bounmy, **TYPED)
    assert clerk.here == f"/desk/claims/{id_}"
    assert office.claim(id_).person_id == bounmy
    with office.service.engine.connect() as connection:
        kept = connection.execute(select(t.intake)).one()
    assert (kept.state, kept.typed, kept.ended_name) == ("settled", None, "Clerk")


def test_what_was_typed_for_somebody_lies_sealed_while_it_waits(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    send(clerk, id_, sealed(office, id_, TYPED))
    with office.service.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT typed::text FROM intake").scalar_one()
    assert "Bounmy" not in raw


def test_what_is_no_sealed_item_is_refused_and_keeps_nothing(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    other = str(uuid.uuid4())
    for closed in (
        "",
        "a.b.c.d.e",
        sealed(office, other, TYPED),
        sealed(office, id_, TYPED)[:-6] + "AAAAAA",
        "x" * 70_000,
    ):
        clerk.send("/desk/intake/items", 422, id=id_, sealed=closed)
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(t.intake)) == 0


@pytest.mark.usefixtures("bounmy")
def test_an_item_sealed_before_a_secret_changed_is_still_opened(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    closed = sealed(office, id_, TYPED)
    rotate(office.service.settings.keys_dir, "benefits", office.service.clock.now())
    vars(office.service.keys).update(vars(Keys(office.service.settings.keys_dir, "benefits")))
    again = Browser(office, office.clerk)
    assert send(again, id_, closed)["state"] == "taken"


@pytest.mark.usefixtures("bounmy")
def test_an_item_of_another_office_is_not_there(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    send(clerk, id_, sealed(office, id_, TYPED))
    far = Browser(office, office.clerk_of_vte)
    far.send("/desk/intake/items", 404, id=id_, sealed=sealed(office, id_, TYPED))
    assert far.client.get(f"/desk/intake/{id_}").status_code == 404


@pytest.mark.usefixtures("bounmy")
def test_a_sealed_file_from_another_computer_is_taken_in(office: Office, clerk: Browser) -> None:
    ids = [str(uuid.uuid4()) for _ in range(2)]
    items = [
        {"id": i, "sealed": sealed(office, i, TYPED | {"first_day": f"{n + 3}/3/2025"})} for n, i in enumerate(ids)
    ]
    items.append({"id": str(uuid.uuid4()), "sealed": "nothing"})
    for _ in range(2):  # brought twice, it is taken in once
        file = (io.BytesIO(json.dumps({"items": items}).encode()), "taken-in.json")
        form = {"csrf_token": "c5rf", "_key": str(uuid.uuid4()), "file": file}
        page = clerk.client.post("/desk/intake/file", data=form, content_type="multipart/form-data")
        assert page.status_code == 200, page.text
        assert page.text.count("/desk/claims/") == 2
        assert "cannot be opened here" in page.text
    assert count(office) == 2


@pytest.mark.usefixtures("bounmy")
def test_without_script_the_form_takes_in_as_well(office: Office, clerk: Browser) -> None:
    page = clerk.open("/desk/intake")
    id_ = there(re.search(r'name="item" value="([^"]+)"', page)).group(1)
    assert 'id="e-first_day"' in clerk.send("/desk/intake", 422, item=id_, **(TYPED | {"first_day": "31/2/2025"}))
    clerk.send("/desk/intake", item=id_, **TYPED)
    assert clerk.here == f"/desk/claims/{id_}"


@pytest.mark.usefixtures("bounmy")
def test_the_number_on_the_slip_finds_the_claim(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    receipt = send(clerk, id_, sealed(office, id_, TYPED))["receipt"]
    assert receipt == receipt_of(id_)
    assert read_receipt(receipt.lower().replace("-", " ").replace("0", "o")) == receipt
    clerk.open(f"/desk/search?q={receipt.lower()}")
    assert clerk.here == f"/desk/claims/{id_}"


@pytest.mark.usefixtures("bounmy")
def test_what_was_typed_is_the_hand_of_who_typed_it_whoever_sends_it(office: Office) -> None:
    """An officer takes in without a line and signs out; her colleague's page sends it. She does not decide it alone."""
    id_, typist = str(uuid.uuid4()), office.officer
    send(Browser(office, office.officer2), id_, sealed(office, id_, TYPED, ticket=ticket(office, typist)))
    claim = office.claim(id_)
    assert claim.opened_by == typist.actor.id
    warned = office.officer.get(f"/v1/claims/{id_}").json["warnings"]
    assert "alone_entered_facts" in {w["code"] for w in warned}
    other = office.officer2.get(f"/v1/claims/{id_}").json["warnings"]
    assert "alone_entered_facts" not in {w["code"] for w in other}


@pytest.mark.usefixtures("bounmy")
def test_an_item_that_the_house_has_vouched_for_nobody_is_refused(office: Office, clerk: Browser) -> None:
    for forged in ("", "a.b.c", office.service.keys.vouch("something else")):
        id_ = str(uuid.uuid4())
        clerk.send("/desk/intake/items", 422, id=id_, sealed=sealed(office, id_, TYPED, ticket=forged))


@pytest.mark.usefixtures("bounmy")
def test_a_clerk_takes_in_no_judgement(office: Office, clerk: Browser) -> None:
    id_ = str(uuid.uuid4())
    judged = {"judge_not_work_injury": "yes", "judge_why_not_work_injury": "x"}
    assert send(clerk, id_, sealed(office, id_, TYPED | judged))["state"] == "taken"
    assert "judgements" not in office.claim(id_).facts
