"""The page of evidence: the runs that lie in the house's folder, each to be read, printed and taken along. What is data
needs a sign-in; what is law alone is at `/standards`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from flask import Response, request

from services.benefits.evidence.report import shown
from services.benefits.evidence.signing import checked
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import not_found

doors = Doors()

#: Who looks at what the whole institution does, and never at a person's case here: no run holds one.
LOOKS = ("supervisor", "auditor", "administrator")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}", re.ASCII)
#: What may be taken along: the word in the address, the file of the run and its type.
FILES = {
    "pdf": ("report.pdf", "application/pdf"),
    "workbook": ("run.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "run": ("run.json", "application/json"),
    "events": ("events.parquet", "application/vnd.apache.parquet"),
}


def _folder() -> Path | None:
    named = os.environ.get("EVIDENCE_DIR")
    return Path(named) if named else None


def _read(folder: Path) -> dict[str, Any] | None:
    """A finished run whose figures are those that were digested; `None` for anything else."""
    try:
        body: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return body if checked(body) else None


@doors.page("/evidence", roles=LOOKS)
def evidence(act: Act) -> Any:
    """The runs that lie in `EVIDENCE_DIR`, by name."""
    folder = _folder()
    found = []
    for place in sorted(folder.iterdir()) if folder and folder.is_dir() else ():
        if _NAME.fullmatch(place.name) and (body := _read(place)) is not None:
            run = shown(body, pages.language())
            found.append({"href": f"/evidence/{place.name}", "title": run.title, "subtitle": run.subtitle})
    return pages.render("evidence.html", runs=found, run=None)


@doors.page("/evidence/<name>", roles=LOOKS)
def evidence_run(act: Act, name: str) -> Any:
    """One run; `as=pdf` and the like give its files."""
    folder = _folder()
    body = _read(folder / name) if folder and _NAME.fullmatch(name) else None
    if folder is None or body is None:
        raise not_found()
    if wanted := request.args.get("as"):
        return _file(folder / name, name, wanted)
    return pages.render("evidence.html", runs=None, run=shown(body, pages.language()), href=f"/evidence/{name}")


def _file(folder: Path, name: str, wanted: str) -> Response:
    file, kind = FILES.get(wanted, ("", ""))
    if not file or not (folder / file).is_file():
        raise not_found()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{file}"'}
    return Response((folder / file).read_bytes(), content_type=kind, headers=headers)
