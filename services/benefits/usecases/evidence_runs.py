"""A run of evidence as jobs: each part is one, keyed by run and part, so that every worker of the house takes its share
and none is done twice; when the last is there the run is summed up.

The run lies in a folder below `EVIDENCE_DIR`, which every worker sees.
"""

from __future__ import annotations

import os
from pathlib import Path

from shared.act import Act
from shared.jobs import JobRun, Later, post_job

PART, SUM_UP = "evidence_part", "evidence_sum_up"


def folder_of(name: str) -> Path:
    """Where a run lies. Raises `KeyError` where the house has no folder for runs."""
    return Path(os.environ["EVIDENCE_DIR"]) / name


def post(act: Act, name: str) -> int:
    """Have every part that is not there done, and the whole summed up; gives back how many parts are left. The run has
    begun: its plan lies in its folder. Posting a second time changes nothing."""
    from services.benefits.evidence.parts import Plan

    plan = Plan.read(folder_of(name))
    left = [part for part in range(len(plan.parts)) if not plan.file(part).exists()]
    for part in left:
        post_job(act, PART, key=f"{plan.key} {part}", payload={"run": name, "part": part})
    post_job(act, SUM_UP, key=plan.key, payload={"run": name})
    return len(left)


def part(run: JobRun) -> Later | None:
    """One part; repeated, it finds its file and is done."""
    from services.benefits.evidence.parts import carry_out

    carry_out(folder_of(run.payload["run"]), int(run.payload["part"]))
    return None


def sum_up(run: JobRun) -> Later | None:
    """Sum up a run whose parts are all there; while one is missing, look again later."""
    from services.benefits.evidence.carrying import finished
    from services.benefits.evidence.parts import Plan

    folder = folder_of(run.payload["run"])
    plan = Plan.read(folder)
    if not all(plan.file(number).exists() for number in range(len(plan.parts))):
        return Later()
    finished(folder)
    return None
