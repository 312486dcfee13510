"""The supervisor's page: how much waits, with whom, how old it is and how fast it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.benefits import store
from services.benefits.domain.workload import AGES, Hand, Pace, Waits
from services.benefits.institution import institution
from services.benefits.views import words
from services.benefits.views.shown import Words
from shared.act import Act
from shared.web import pages
from shared.web.texts import N_

#: Days that are looked back for what was decided.
BACK = 90
NOBODY = N_("nobody")


@dataclass(frozen=True, slots=True)
class WorkloadPage:
    """`ages` are the heads of the classes; `over` is how many of them lie beyond the days of service."""

    waits: list[Waits]
    ages: list[Words]
    whom: list[tuple[str, str]]
    hands: list[Hand]
    pace: list[tuple[Pace, Words]]
    since: date
    service_days: int
    nobody: int


def page(act: Act) -> WorkloadPage:
    """What the asker's offices have to do."""
    since = act.today - timedelta(days=BACK)
    waits = store.workload.waits(act)
    whom = [(name, pages.translate(word)) for name, word in words.WAITS.items()]
    return WorkloadPage(
        waits=waits,
        ages=[_class(n) for n in range(len(AGES))],
        whom=[*whom, ("nobody", pages.translate(NOBODY))],
        hands=store.workload.hands(act, since),
        pace=[(x, words.text(words.BENEFITS, x.benefit)) for x in store.workload.pace(act, since)],
        since=since,
        service_days=institution().service_days,
        nobody=sum(x.whom["nobody"] for x in waits),
    )


def _class(n: int) -> Words:
    if n + 1 == len(AGES):
        return words.text({"": N_("{first} days and more")}, "", {"first": AGES[n]})
    return words.text({"": N_("{first} to {last} days")}, "", {"first": AGES[n], "last": AGES[n + 1] - 1})
