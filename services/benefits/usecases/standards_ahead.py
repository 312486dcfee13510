"""The page of standards, made before anybody asks: today's and tomorrow's, in each language, by the worker."""

from __future__ import annotations

import hashlib
import os
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.benefits.conformance.beside import beside
from services.benefits.conformance.profile import available, profile
from services.benefits.law.in_force import PackNotInForce, pack
from services.benefits.law.vocabulary import countries
from services.benefits.store import reports
from shared import jobs
from shared.act import Act
from shared.jobs import JobRun, Later
from shared.web import texts

HERE = Path(__file__).resolve().parents[1]
#: What a page is made of: law, measure, and the words of the languages.
MADE_OF = (HERE / "law", HERE / "conformance", texts.LOCALES)
AHEAD = (0, 1)
AFTER_SECONDS = 45


@cache
def revision() -> str:
    """The state of law, measure and words: a page made of another state is no longer true."""
    digest = hashlib.sha256()
    for folder in MADE_OF:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".yaml", ".po", ".json"):
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def usual(on: date) -> list[str]:
    """The countries that stand side by side where nobody names any: real ones with a profile and law in force."""
    named = [c for c in countries() if available(c) and not profile(c, on).invented] or list(countries())
    return [c for c in named if has_law(c, on)]


def has_law(country: str, on: date) -> bool:
    try:
        pack(country, on)
    except PackNotInForce:
        return False
    return True


def page(act: Act, on: date, language: str) -> dict[str, Any] | None:
    """The page of the usual countries on a day, where it was made ahead."""
    return reports.page(act, on, language, revision())


def post(act: Act) -> None:
    """Have what is missing of today and tomorrow made, once a process that has just started did its own work.

    Not where STANDARDS_AHEAD says no, as in an installation that shows no standards: then a page is worked out when
    somebody asks for it.
    """
    if os.environ.get("STANDARDS_AHEAD") == "no":
        return
    at = act.now + timedelta(seconds=AFTER_SECONDS)
    day = act.today.isoformat()
    jobs.post_job(act, "standards_ahead", f"{day} {revision()[:16]}", payload={"on": day}, at=at)


def make(run: JobRun) -> Later | None:
    """Make what is missing, one page after the other; the measuring holds no transaction. A day that has passed by
    then, as when the clock of the sandbox runs, has nobody who asks for it."""
    with run.begin() as act:
        today = act.today
    if today.isoformat() != run.payload["on"]:
        return None
    for days in AHEAD:
        on = today + timedelta(days=days)
        for language in sorted({"en", *texts.COMPLETE}):
            with run.begin() as act:
                known = page(act, on, language)
            if known is None:
                made = beside.begin("page", on, language, usual(on)).result()
                with run.begin() as act:
                    reports.keep(act, on, language, revision(), made)
    return None
