"""A copy of all that is kept about a person: asked for at the counter, put together by a job, handed over on paper or
as a file, and gone after some days."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from services.benefits import store
from services.benefits.domain.export import Export, ExportState
from services.benefits.domain.ids import PersonId
from services.benefits.domain.scan import Adder
from services.benefits.institution import institution
from services.benefits.usecases.scan_files import PDF
from shared.act import Act
from shared.jobs import post_job

COLLECT, FORGET = "collect_export", "forget_export"


def ask(act: Act, person_id: str, *, why: str, language: str) -> Export:
    """Ask for a copy in the name of a person of the asker's office; `why` says who asked and on what paper. While one
    is put together there is no second. Raises `store.NotHere`."""
    person = store.persons.get(act, person_id, lock=True)
    for known in store.kept.of_person(act, person.id):
        if known.state is ExportState.UNDER_WAY:
            return known
    name = act.actor.name or act.actor.id
    made = Export(act.new_id(), person.id, ExportState.UNDER_WAY, why, act.actor.id, name, act.now, act.today, language)
    store.kept.add(act, made)
    post_job(act, COLLECT, key=made.id, payload={"export_id": made.id})
    return made


def own(act: Act, person_id: PersonId) -> dict[str, Any]:
    """What benefits keeps about her, as the others tell theirs. What an employer has added is named and not handed
    over: a list of wages may tell of others too."""
    files = [
        {
            "name": f"{n}-{scan.on.isoformat()}-{scan.kind}.{'pdf' if scan.media_type == PDF else 'jpg'}",
            "content": base64.b64encode(store.scans.content(act, scan)).decode(),
        }
        for n, scan in enumerate(store.scans.of_person(act, person_id), start=1)
        if scan.added_by is not Adder.EMPLOYER
    ]
    return {"person_id": person_id, "tables": store.kept.everything(act, person_id), "files": files}


def packed(told: Mapping[str, Mapping[str, Any]], page: str, at: datetime) -> bytes:
    """One file to hand over: a page to read, the same for machines, her papers and her letters."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)

        put("read.html", page.encode())
        tables = {service: said["tables"] for service, said in told.items()}
        put("data.json", orjson.dumps(tables, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
        for service, said in told.items():
            folder = "papers" if service == "benefits" else "letters"
            for file in said["files"]:
                put(f"{folder}/{file['name']}", base64.b64decode(file["content"]))
    return stream.getvalue()


def ready(act: Act, export_id: str, content: bytes) -> Export:
    """It lies ready from now on, and is gone after `copy_ready_days`. One that lies ready stays as it is."""
    found = store.kept.export(act, export_id, lock=True)
    if found.state is not ExportState.UNDER_WAY:
        return found
    until = act.today + timedelta(days=institution().practice.copy_ready_days)
    post_job(act, FORGET, key=found.id, payload={"export_id": found.id}, on=until + timedelta(days=1))
    return store.kept.save(act, found, replace(found, state=ExportState.READY, until=until, content=content))


def forget(act: Act, export_id: str) -> None:
    """Its days are over."""
    found = store.kept.export(act, export_id, lock=True)
    store.kept.save(act, found, replace(found, state=ExportState.GONE, content=None))


def handed_over(act: Act, person_id: str, export_id: str) -> Export:
    """A copy that lies ready, for somebody who may see the person. Raises `store.NotHere`."""
    person = store.persons.get(act, person_id)
    found = store.kept.export(act, export_id)
    if found.person_id != person.id or found.content is None:
        raise store.NotHere("export")
    return found
