"""A run from its inputs to its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from services.benefits.evidence import report, run, workbook
from services.benefits.evidence.pdf import pdf
from services.benefits.evidence.run_file import run_file
from services.benefits.evidence.signing import signed


def carried_out(
    folder: Path, wanted: run.Wanted, processes: int = 1, progress: run.Progress = run.silent
) -> dict[str, Any]:
    """A run from its inputs to its files; gives back the run file. It goes on where it was stopped."""
    run.begin(folder, wanted, progress)
    run.work(folder, processes, progress)
    return finished(folder)


def finished(folder: Path) -> dict[str, Any]:
    """Sum up a run whose parts are all there, and write its files."""
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    found = run.gather(folder)
    body = run_file(found, folder, plan["inputs"], plan["key"], plan["sources"])
    (folder / "run.json").write_text(json.dumps(signed(body), ensure_ascii=False, indent=1), "utf-8")
    (folder / "report.html").write_text(report.page(body), "utf-8")
    (folder / "report.pdf").write_bytes(pdf(body))
    workbook.write(body, folder / "run.xlsx")
    workbook.events(found, folder / "events.parquet")
    return body
