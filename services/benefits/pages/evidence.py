"""The pages of evidence: the runs that lie in the house's folder, each to be read, printed and taken along; a policy
maker has new ones made, watches them, stops them and lets them go on. What is data needs a sign-in; what is law alone
is at `/standards`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Response, request

from services.benefits.evidence.pdf import printed
from services.benefits.evidence.report import Shown, shown
from services.benefits.evidence.signing import checked
from services.benefits.usecases import evidence_replays, evidence_runs
from services.benefits.views import evidence as view
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import Problem, not_found

doors = Doors()

#: Who has runs made, and who looks at what the whole institution does; never at a person's case here: no run holds one.
STARTS = ("policy_maker",)
LOOKS = (*STARTS, "supervisor", "auditor", "administrator")
#: Seconds after which a page of a run that moves is asked for again, without any script.
REFRESH = 5
#: What may be taken along: the word in the address, the file of the run and its type.
FILES = {
    "workbook": ("run.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "run": ("run.json", "application/json"),
    "replay": (evidence_replays.MADE, "application/json"),
    "events": ("events.parquet", "application/vnd.apache.parquet"),
}


def _read(folder: Path) -> dict[str, Any] | None:
    """A finished run whose figures are those that were digested; `None` for anything else."""
    try:
        body: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return body if checked(body) else None


@doors.page("/evidence", roles=LOOKS)
def evidence(act: Act) -> Any:
    """The runs that lie in `EVIDENCE_DIR`, by name, those under way, and a form for the next."""
    return _list(act, {}, {})


def _list(act: Act, typed: dict[str, str], errors: dict[str, Any]) -> Any:
    folder = evidence_runs.runs_folder()
    found = []
    for place in sorted(folder.iterdir()) if folder and folder.is_dir() else ():
        if evidence_runs.NAME.fullmatch(place.name) and (body := _read(place)) is not None:
            run = shown(body, pages.language())
            found.append({"href": f"/evidence/{place.name}", "title": run.title, "subtitle": run.subtitle})
    starts = folder is not None and act.actor.has(*STARTS)
    form = view.form(act.today, typed, errors) if starts else None
    states = [state for state in evidence_runs.under_way(folder) if not state.replay] if folder else []
    replays = [
        view.replay_line(state, evidence_replays.asked(folder / name), evidence_replays.made(folder / name))
        for name in (evidence_replays.every(folder) if folder else ())
        if folder is not None and (state := evidence_runs.state_of(folder / name)) is not None
    ]
    return show("evidence.html", view.page(found, states, form, replays))


@doors.page("/evidence", method="POST", roles=STARTS)
def start(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Have a run made; what cannot be run is said at its field, and nothing is kept of it."""
    asked, errors = view.asked(form, act.today)
    handed = {name: file for name in ("reform", "population") if (file := (files or {}).get(name)) and file.filename}
    if asked is not None and not errors:
        reform = handed["reform"].stream.read() if "reform" in handed else view.changed_figures(form, asked)
        population = (
            (handed["population"].filename, handed["population"].stream.read()) if "population" in handed else None
        )
        try:
            name = evidence_runs.ask(act, view.with_files(asked, reform, population), reform, population)
        except evidence_runs.NotToBeRun as wrong:
            errors[wrong.field] = view.unusable(str(wrong))
        except evidence_runs.TooMany:
            raise Problem(409, "too_many_runs") from None
        except KeyError:
            raise not_found() from None
        else:
            return pages.go(f"/evidence/{name}")
    return Response(_list(act, form, errors), 422, content_type="text/html; charset=utf-8")


@doors.page("/evidence/replays", method="POST", roles=STARTS)
def replay(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Have the decisions of a period replayed, beside what payments say has arrived of them."""
    past, errors = view.past(form, act.today)
    handed = (files or {}).get("past_reform")
    reform = handed.stream.read() if handed and handed.filename else None
    if past is not None:
        try:
            name = evidence_replays.ask(act, view.under_reform(past, reform), reform)
        except evidence_runs.NotToBeRun as wrong:
            errors["past_reform"] = view.unusable(str(wrong))
        except evidence_runs.TooMany:
            raise Problem(409, "too_many_runs") from None
        except KeyError:
            raise not_found() from None
        else:
            return pages.go(f"/evidence/replays/{name}")
    return Response(_list(act, form, errors), 422, content_type="text/html; charset=utf-8")


@doors.page("/evidence/replays/<name>", roles=LOOKS)
def replayed(act: Act, name: str) -> Any:
    """One replay, or that it is being made; `as=pdf` and `as=run` give it as a file. Nobody is named in it."""
    place = _place(name)
    past, body = evidence_replays.asked(place), evidence_replays.made(place)
    if past is None:
        raise not_found()
    if body is None:
        return _progress(act, place, past)
    wanted = request.args.get("as")
    if wanted == "run":
        return _file(place, name, "replay")
    told = view.replayed(body, pages.language())
    if wanted == "pdf":
        return _paper(told, name)
    return show("evidence_replay.html", view.run_page(told, f"/evidence/replays/{name}"))


@doors.page("/evidence/<name>", roles=LOOKS)
def evidence_run(act: Act, name: str) -> Any:
    """One run, or how far it has come; `as=pdf` and the like give its files."""
    place = _place(name)
    body = _read(place)
    if body is None:
        return _progress(act, place, None)
    wanted, run = request.args.get("as"), shown(body, pages.language())
    if wanted == "pdf":
        return _paper(run, name)
    if wanted:
        return _file(place, name, wanted)
    return show("evidence_run.html", view.run_page(run, f"/evidence/{name}"))


def _progress(act: Act, place: Path, past: evidence_replays.Past | None) -> Response:
    """How far a run, or the replay of a past, has come; asked for again by itself while it moves."""
    state, may_stop = evidence_runs.state_of(place), act.actor.has(*STARTS)
    if state is None or state.word == "done" or state.replay != (past is not None):
        raise not_found()
    told = (
        view.progress(state, may_stop=may_stop)
        if past is None
        else view.replay_progress(state, past, may_stop=may_stop)
    )
    headers = {"Refresh": str(REFRESH)} if state.moves else None
    return Response(show("evidence_progress.html", told), headers=headers, content_type="text/html; charset=utf-8")


@doors.page("/evidence/<name>/stop", method="POST", roles=STARTS)
def stop(act: Act, name: str, form: dict[str, str]) -> Any:
    """Stop a run or a replay; what is being done is finished."""
    there = _under_way(name)
    evidence_runs.stop(name)
    return pages.go(there)


@doors.page("/evidence/<name>/go-on", method="POST", roles=STARTS)
def go_on(act: Act, name: str, form: dict[str, str]) -> Any:
    """Let what was stopped go on with what is missing."""
    there = _under_way(name)
    evidence_runs.go_on(act, name)
    return pages.go(there)


def _place(name: str) -> Path:
    folder = evidence_runs.runs_folder()
    if folder is None or not evidence_runs.NAME.fullmatch(name):
        raise not_found()
    return folder / name


def _under_way(name: str) -> str:
    """The address of what is under way."""
    state = evidence_runs.state_of(_place(name))
    if state is None or state.word in ("done", "faulty"):
        raise not_found()
    return f"/evidence/replays/{name}" if state.replay else f"/evidence/{name}"


def _paper(told: Shown, name: str) -> Response:
    """A report in the language of who takes it along."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(printed(told, pages.language()), content_type="application/pdf", headers=headers)


def _file(folder: Path, name: str, wanted: str) -> Response:
    file, kind = FILES.get(wanted, ("", ""))
    if not file or not (folder / file).is_file():
        raise not_found()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{file}"'}
    return Response((folder / file).read_bytes(), content_type=kind, headers=headers)
