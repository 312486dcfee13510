"""The invented institutions of the sandbox, one a country: a folder each in `samples`, with a `house.yaml`.

1-offices.csv … 6-claims.csv    what the import door takes in
practice.csv                    who may be played, and which part she has
house.yaml                      the first day, the zone, the language; worked examples and open claims, by case file
benefits.yaml, payments.yaml, notifications.yaml, bank_days.yaml
                                what the institution has chosen; where one is absent, what the product ships
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

SAMPLES = Path(__file__).with_name("samples")
#: The country of `make run` where nothing is said.
DEFAULT = "la"


@dataclass(frozen=True, slots=True)
class Player:
    """Who of the sample plays a worked example, and on which day of the sandbox she comes to the counter."""

    case: str
    person: str
    on: date
    #: What was claimed and decided before, as facts typed at the counter, in this order.
    before: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented institution."""

    country: str
    name: str
    currency: str
    first_day: date
    zone: str
    language: str
    until: date
    players: tuple[Player, ...]

    @property
    def folder(self) -> Path:
        return SAMPLES / self.country

    def environment(self, service: str) -> dict[str, str]:
        """What a service of this institution is told besides the addresses of the house."""
        own = {"TIME_ZONE": self.zone, "HOUSE_LANGUAGE": self.language}
        if self.country != DEFAULT:
            own["HOUSE_NAME"] = self.country
        for name, file in (("INSTITUTION_FILE", f"{service}.yaml"), ("BANK_DAYS_FILE", "bank_days.yaml")):
            if (self.folder / file).is_file():
                own[name] = str(self.folder / file)
        return own


def countries() -> list[str]:
    """The countries that have a sample."""
    return sorted(path.parent.name for path in SAMPLES.glob("*/house.yaml"))


def read_sample(country: str) -> Sample:
    """The sample of a country. Raises `FileNotFoundError` where there is none, `ValueError` for a faulty one."""
    told = yaml.safe_load((SAMPLES / country / "house.yaml").read_text(encoding="utf-8"))
    try:
        demo = told["demo"]
        return Sample(
            country=country,
            name=told["name"],
            currency=told["currency"],
            first_day=told["first_day"],
            zone=told["zone"],
            language=told["language"],
            until=demo["until"],
            players=tuple(_players(demo["examples"])),
        )
    except (KeyError, TypeError) as wrong:
        raise ValueError(f"samples/{country}/house.yaml: {wrong}") from None


def _players(examples: Mapping[str, Mapping[str, Any]]) -> Iterator[Player]:
    for case, told in examples.items():
        yield Player(case, told["person"], told["day"], tuple(told.get("before", ())))
