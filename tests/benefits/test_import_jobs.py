"""Large files: kept at the door, answered by a job, each row once, whatever dies between."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.benefits import store
from services.benefits import tables as t
from services.benefits.usecases import files_in
from shared.tables import job
from tests.benefits.conftest import Office, Person
from tests.benefits.test_imports import person, wage
from tests.benefits.visitors import Browser
from tests.there import there

HEAD = "sso_no,name,office\n"
WAGES = "sso_no,from,to,wage\n"


def rows(many: int, first: int = 0) -> str:
    return HEAD + "".join(f"L-{n},ນາງ ທົດລອງ,svk\n" for n in range(first, first + many))


def post(who: Person, kind: str, text: str, key: str | None = None) -> Any:
    headers = who.headers(**({"Idempotency-Key": key} if key else {}))
    return who.office.client.post(f"/v1/imports/{kind}", data=text.encode(), content_type="text/csv", headers=headers)


def persons(office: Office) -> int:
    with office.service.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(t.person)) or 0


def test_a_large_file_is_taken_over_and_answered_by_a_job(office: Office) -> None:
    admin = office.administrator_of_hq
    sent = post(admin, "persons", rows(450) + "L-450,,svk\n")
    assert (sent.status_code, sent.json["state"], sent.json["rows"], sent.json["answered"]) == (
        202,
        "under_way",
        451,
        0,
    )
    assert persons(office) == 0, "nothing is taken before the job runs"
    office.service.look_at_jobs()
    found = admin.get(sent.headers["Location"]).json
    assert (found["state"], found["answered"], found["counts"]) == ("done", 451, {"accepted": 450, "refused": 1})
    assert [a["row"] for a in found["items"]] == list(range(2, 453))
    assert (found["items"][-1]["code"], found["items"][-1]["at"]) == ("required", "B452")
    assert persons(office) == 450


def test_five_thousand_four_hundred_months_are_answered_without_waiting(office: Office) -> None:
    """Nine rows of fifty years each are much work and little paper: the job has them, and says so once."""
    admin = office.administrator_of_hq
    post(admin, "persons", rows(9))
    text = WAGES + "".join(f"L-{n},1975-06,2025-05,3100000\n" for n in range(9))
    sent = post(admin, "contributions", text, key="months")
    assert sent.status_code == 202
    assert post(admin, "contributions", text, key="months").json["id"] == sent.json["id"], "asked again, same thing"
    assert post(admin, "contributions", text).json["id"] == sent.json["id"], "nor is it taken twice without a key"
    office.service.look_at_jobs()
    done = post(admin, "contributions", text, key="months")
    assert (done.status_code, done.json["id"], done.json["counts"]) == (201, sent.json["id"], {"accepted": 9})
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(t.contribution)) == 5400
    assert wage(office, "L-8", "1975-06") == "3100000.00"


def test_a_key_names_one_file(office: Office) -> None:
    admin = office.administrator_of_hq
    first = post(admin, "persons", rows(2), key="k")
    assert first.status_code == 201
    assert post(admin, "persons", rows(2), key="k").json == first.json
    other = post(admin, "persons", rows(3), key="k")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert [a["outcome"] for a in post(admin, "persons", rows(2)).json["items"]] == ["duplicate"] * 2


def test_rows_are_taken_in_the_name_of_who_sent_the_file(office: Office) -> None:
    """An officer's file sees her office only, and what she declared counts as her word."""
    office.someone(number="V-1", office="vte")
    for n in range(3):
        office.someone(number=f"S-{n}")
    text = WAGES + "".join(f"S-{n},2015-01,2024-12,3100000\n" for n in range(3)) + "V-1,2015-01,2024-12,1\n"
    sent = post(office.officer, "contributions", text)
    assert sent.status_code == 202
    office.service.look_at_jobs()
    found = office.officer.get(sent.headers["Location"]).json
    assert [a["code"] for a in found["items"]] == [None, None, None, "unknown_person"]
    with office.service.engine.connect() as connection:
        by = set(connection.scalars(select(t.contribution.c.recorded_by).where(t.contribution.c.month < "2023")))
    assert by == {office.officer.actor.id}
    assert office.officer_of_vte.get(sent.headers["Location"]).status_code == 404
    assert office.administrator_of_hq.get(sent.headers["Location"]).status_code == 200
    assert office.clerk.get(sent.headers["Location"]).status_code == 403


def test_the_page_shows_how_far_it_is_without_a_script(office: Office) -> None:
    page = Browser(office, office.administrator_of_hq)
    page.open("/imports")
    data = {"csrf_token": "c5rf", "_key": "f", "kind": "persons", "file": (io.BytesIO(rows(300).encode()), "may.csv")}
    answer = page.client.post("/imports?lang=en", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    path = answer.headers["Location"]
    shown = page.open(f"{path}?lang=en")
    assert "0 of 300 rows answered" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    office.service.look_at_jobs()
    shown = page.open(f"{path}?lang=en")
    assert "300 rows, all answered" in shown
    assert "http-equiv" not in shown
    sheet = page.client.get(f"{path}/answers.csv?lang=en").data.decode("utf-8-sig").splitlines()
    assert sheet[0] == "sso_no,name,office,answer,reason"
    assert sheet[300].startswith("L-299,")
    assert "Accepted" in sheet[300]
    assert "may.csv" in page.open("/imports")


def test_a_refused_row_stands_in_the_sheet_with_its_cell(office: Office) -> None:
    admin = office.administrator_of_hq
    id_ = post(admin, "persons", HEAD + "#N/A,ນາງ,svk\n").json["id"]
    sheet = Browser(office, admin).client.get(f"/imports/{id_}/answers.csv?lang=en").data.decode("utf-8-sig")
    assert "(sso_no A2)" in sheet


def test_a_job_that_was_given_up_is_said_on_the_page(office: Office) -> None:
    admin = office.administrator_of_hq
    sent = post(admin, "persons", rows(300))
    with office.service.engine.begin() as connection:
        connection.execute(
            update(job).where(job.c.kind == "take_import").values(state="failed", ended_at=office.service.clock.now())
        )
    assert admin.get(sent.headers["Location"]).json["stopped"] is True
    assert "waits for the operators" in Browser(office, admin).open(f"/imports/{sent.json['id']}?lang=en")


@pytest.mark.parametrize("commit", [3, *(pytest.param(n, marks=pytest.mark.faults) for n in (1, 2, 4))])
def test_a_process_that_is_killed_between_slices_takes_each_row_once(office: Office, commit: int) -> None:
    """The job's process dies by SIGKILL before its n-th commit; the next one goes on with the first row unanswered."""
    admin = office.administrator_of_hq
    sent = post(admin, "persons", rows(650))
    url = office.service.engine.url.render_as_string(hide_password=False)
    told = os.environ | {"DATABASE_URL": url, "KEYS_DIR": str(office.service.settings.keys_dir)}
    told["SANDBOX_CLOCK"] = str(office.clock_file)
    dying = [sys.executable, "-m", "tests.benefits.dying", sent.json["id"], str(commit)]
    died = subprocess.run(dying, env=told, cwd=Path(__file__).parents[2], check=False)
    assert died.returncode == -signal.SIGKILL
    taken = admin.get(sent.headers["Location"]).json["answered"]
    assert taken == persons(office) == {1: 0, 2: 0, 3: 200, 4: 400}[commit]
    office.service.look_at_jobs()
    found = admin.get(sent.headers["Location"]).json
    assert found["counts"] == {"accepted": 650}, "no row was met twice: none is a duplicate of itself"
    assert persons(office) == 650
    assert person(office, "L-649") is not None


def test_files_of_before_keep_their_answers(office: Office) -> None:
    """A file answered before this change has answers and no content: it is shown, and its sheet has answers only."""
    admin = office.administrator_of_hq
    id_ = post(admin, "persons", rows(2)).json["id"]
    with office.service.engine.begin() as connection:
        connection.execute(update(t.import_file).values(content=None, sender=None))
        file = store.files.get(office.act(connection), id_)
        assert [a.outcome for a in files_in.answers(office.act(connection), file)] == ["accepted"] * 2
    sheet = Browser(office, admin).client.get(f"/imports/{id_}/answers.csv?lang=en").data.decode("utf-8-sig")
    assert there(re.search("Accepted", sheet))


def test_what_a_file_said_is_forgotten_after_its_days_and_what_became_of_it_stays(office: Office) -> None:
    admin = office.administrator_of_hq
    id_ = post(admin, "persons", rows(2)).json["id"]
    with office.service.engine.begin() as connection:
        connection.execute(
            update(t.import_answers).values(answers=[{"row": 2, "outcome": "accepted", "cells": {"name": "ນາງ"}}])
        )
    for day, ago, kept in (("2025-05-21", 89, True), ("2025-05-22", 91, False)):
        office.on(day)
        with office.service.engine.begin() as connection:
            ended = office.service.clock.now() - timedelta(days=ago)
            connection.execute(update(t.import_file).values(at=ended, ended_at=ended))
        office.service.plan_day()
        office.service.look_at_jobs()
        with office.service.engine.connect() as connection:
            file = store.files.get(office.act(connection), id_)
            told = store.files.answers(office.act(connection), file)
        assert (file.content is not None) is kept
        assert (told[0].cells is not None) is kept
        assert told[0].outcome == "accepted"
    assert admin.get(f"/v1/imports/{id_}").json["items"][0]["outcome"] == "accepted"
