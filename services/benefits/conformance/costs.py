"""What each smallest change costs a year: worked out by a run of evidence, kept as a file, told beside the change.

The file is made by `python -m services.benefits.cli evidence costs <country>`. It says of which law, persons and
assumptions its figures are; a cost is told only for the very change that was priced, under the revision of the law it
was priced against.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.conformance.checks.result import Change
from services.benefits.conformance.report import Report
from services.benefits.conformance.standards import HERE
from services.benefits.domain.assessment import Text
from services.benefits.law import text as t
from services.benefits.law.text import N_, say
from shared.money import Money

COSTS = HERE / "costs"
FORMAT = "costs/1"


class CostsInvalid(ValueError):
    """A file of costs whose figures are not those that were digested."""


@dataclass(frozen=True)
class Priced:
    """One change with what a year costs without and with it; `more` and `most` are the ends between which the
    difference would lie with other persons like these."""

    before: Money
    after: Money
    #: Per cent of insured wages, as text with three decimals.
    share_before: str
    share_after: str
    least: Money
    most: Money


@dataclass(frozen=True)
class Costs:
    """The priced changes of one law, by what they change, and whose costs they are."""

    statute: str
    revision: str
    year: int
    seed: int
    persons: int
    invented: bool
    longest: int
    changes: Mapping[str, Priced]

    def of(self, made: Report, change: Change) -> Priced | None:
        """What a change of a report costs; nothing where that change, or this law, was not priced."""
        if (self.statute, self.revision) != (made.statute, made.revision) or made.draft:
            return None
        return self.changes.get(name_of(change))

    def said(self) -> Text:
        """Whose costs these are."""
        params = {"persons": t.count(self.persons), "days": t.days(self.longest), "seed": t.word(str(self.seed))}
        if self.invented:
            words = N_(
                "Costs of a year are those of {persons} invented persons (seed {seed}), and no data: nobody counted "
                "them. The longest illness that is assumed lasts {days}, so longer terms, and rates of later days, "
                "seem to cost nothing."
            )
            return say(words, **params)
        words = N_(
            "Costs of a year are those of the {persons} persons of a file (seed {seed}). The longest illness that is "
            "assumed lasts {days}, so longer terms, and rates of later days, seem to cost nothing."
        )
        return say(words, **params)


def name_of(change: Change) -> str:
    """What a change changes, as one word: benefit, figures and values."""
    return " ".join([change.benefit, *(f"{name}={value}" for name, _now, value, _unit in change.figures)])


def words_of(priced: Priced, year: int) -> Text:
    """What a change costs, in a sentence."""
    more, currency = priced.after.minor - priced.before.minor, priced.before.currency
    words = N_("{more} more in {year}: {cost} instead of {now}, {after} of insured wages instead of {before}")
    if more < 0:
        words = N_("{more} less in {year}: {cost} instead of {now}, {after} of insured wages instead of {before}")
    if more == 0:
        words = N_("Nothing more in {year}, with these persons: {now}, {before} of insured wages")
    return say(
        words,
        more=t.money(Money(abs(more), currency).units, currency),
        year=t.year(year),
        cost=t.money(priced.after.units, currency),
        now=t.money(priced.before.units, currency),
        after=t.shown(f"{priced.share_after} %"),
        before=t.shown(f"{priced.share_before} %"),
    )


def priced_json(priced: Priced, year: int) -> dict[str, Any]:
    """The same for the API."""
    return {
        "year": year,
        "currency": priced.before.currency,
        "baseline": priced.before.minor,
        "changed": priced.after.minor,
        "difference": {"low": priced.least.minor, "high": priced.most.minor},
        "of_wages": {"baseline": priced.share_before, "changed": priced.share_after},
    }


def digest(body: Mapping[str, Any]) -> str:
    """The digest of all that is said, itself and its signature aside."""
    said = {name: value for name, value in body.items() if name not in ("digest", "signature")}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def costs(country: str, folders: Sequence[Path] = (COSTS,)) -> Costs | None:
    """The costs that are kept of a country; a later folder wins over an earlier one. Raises `CostsInvalid`."""
    there = [path for folder in folders if (path := folder / f"{country}.json").exists()]
    return _read(there[-1]) if there else None


@lru_cache(maxsize=64)
def _read(path: Path) -> Costs:
    body = json.loads(path.read_text("utf-8"))
    if body.get("format") != FORMAT or body.get("digest") != digest(body):
        raise CostsInvalid(f"{path.name}: its figures are not those that were digested")
    currency = body["currency"]
    found = {}
    for one in body["changes"]:
        low, high = one["difference"]["low"], one["difference"]["high"]
        found[one["name"]] = Priced(
            before=Money(one["baseline"]["cost"], currency),
            after=Money(one["changed"]["cost"], currency),
            share_before=one["baseline"]["of_wages"],
            share_after=one["changed"]["of_wages"],
            least=Money(low, currency),
            most=Money(high, currency),
        )
    return Costs(
        body["statute"]["id"],
        body["statute"]["revision"],
        body["year"],
        body["seed"],
        body["persons"],
        body["invented"],
        body["longest_illness"],
        found,
    )


def with_costs(made: Report, folders: Sequence[Path] = (COSTS,)) -> dict[str, Any]:
    """A report as JSON, each change that was priced with its cost."""
    body, kept = made.json(), costs(made.country, folders)
    if kept is None:
        return body
    for found, said in zip(made.results, body["requirements"], strict=True):
        for change, shown in zip(found.changes, said["changes"], strict=True):
            if (priced := kept.of(made, change)) is not None:
                shown["cost"] = priced_json(priced, kept.year)
    return body | {"costs_of": kept.said().json()}
