"""The institution's own choices, read once."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.benefits.domain.automation import Automatic
from services.benefits.domain.award import PayDays
from services.benefits.domain.practice import Practice
from services.benefits.domain.suspension import LONGEST_DAYS
from shared.bank_days import bank_days
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Tier:
    """Above which total a second person confirms, and above which only one of the head office; none where not."""

    second_person_above: Money | None = None
    head_office_above: Money | None = None

    def limit(self) -> Money:
        """The limit for a second person. Raises `ValueError` for a tier that names none."""
        if self.second_person_above is None:
            raise ValueError("a tier of no institution")
        if self.head_office_above is not None and self.head_office_above.minor < self.second_person_above.minor:
            return self.head_office_above  # what the head office confirms, somebody else proposes
        return self.second_person_above

    def asks_head_office(self, total: Money) -> bool:
        return self.head_office_above is not None and total.minor > self.head_office_above.minor


@dataclass(frozen=True, slots=True)
class Institution:
    """Practice of the institution, from institution.yaml (or the file INSTITUTION_FILE names)."""

    country: str
    currency: str
    language: str
    #: The schemes of a person's numbers: `insured`, and `national` where people have such a number.
    schemes: Mapping[str, str]
    pay_days: PayDays
    second_person_above: Money
    appeal_days: int
    service_days: int
    employer_answer_days: int
    access_tries: int
    set_off_share: Fraction
    repay_days: int
    repay_to: Mapping[str, str]
    roles_apart: Mapping[str, Collection[str]]
    one_hand: Collection[str]
    account_rest_days: int
    #: Which of them the person's own word by a code on her phone covers (`domain/phone_code.py`); none where empty.
    phone_covers: Collection[str] = ()
    #: How many digits an account has, by the name of its bank, where all accounts of that bank have as many.
    account_digits: Mapping[str, int] = field(default_factory=dict)
    #: As what a person may be registered at the desk, in the words of the law; others come by file.
    insured_as: Sequence[str] = ("employee",)
    keep_messages_days: int = 90
    #: Days from her own word on another phone or account until it takes effect.
    own_change_wait_days: int = 3
    #: A claim started on the phone that nobody completes ends after so many days; she is told so many days before.
    start_keep_days: int = 90
    start_notice_days: int = 14
    advance_answer_days: int = 7
    #: Days after which somebody looks again at a suspension, where who asks for it says no other day.
    suspension_look_again_days: int = 30
    forget_files_after_days: int = 90
    #: From the day a person is told that her name will be erased until the day it may be.
    erasure_notice_days: int = 14
    #: How many months back an employer declares wages by himself; before that the institution does, on its papers.
    declare_back_months: int = 24
    #: Terms of kinds of data that are not the house's own (`store/retention.py`).
    retention: Mapping[str, Any] = field(default_factory=dict)
    #: Which benefit a case is opened for by an electronic `certificate` or a `birth`; none where the person must claim.
    opens_cases: Mapping[str, str] = field(default_factory=dict)
    #: Limits of their own for a benefit, or for "all".
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    #: What the rules may decide without a person (`domain/automation.py`); nothing unless the institution says so.
    automatic: Automatic = field(default_factory=Automatic)
    #: Terms of the daily work, one list (`domain/practice.py`).
    practice: Practice = field(default_factory=Practice)

    def tier(self, benefit: str) -> Tier:
        """Who must agree to what of a benefit, by its amount."""
        own, everything = self.tiers.get(benefit, Tier()), self.tiers.get("all", Tier())
        return Tier(
            own.second_person_above or everything.second_person_above or self.second_person_above,
            own.head_office_above or everything.head_office_above,
        )

    def digits_at(self, bank: str) -> int | None:
        """How many digits an account of a bank has; none where they differ or nobody said so."""
        known = {name.casefold(): digits for name, digits in self.account_digits.items()}
        return known.get(bank.strip().casefold())

    @property
    def buddhist_years(self) -> bool:
        """Whether its papers count years of the Buddhist era, as Thai ones do; elsewhere such a year is a slip."""
        return self.country == "th"


def _share(typed: str) -> Fraction:
    share = Fraction(typed)
    if not 0 < share <= 1:
        raise TypeError(f"set_off_share {typed} is not a part of one")
    return share


def _tiers(said: Mapping[str, Mapping[str, str]], currency: str) -> dict[str, Tier]:
    return {
        benefit: Tier(**{name: Money.parse(typed, currency) for name, typed in limits.items()})
        for benefit, limits in said.items()
    }


def _automatic(said: Mapping[str, Any], currency: str) -> Automatic:
    read: dict[str, Callable[[str], Any]] = {
        "at_most": lambda typed: Money.parse(typed, currency),
        "looked_at": Fraction,
        "people_looked_at": Fraction,
    }
    return Automatic(**{name: read[name](value) if name in read else value for name, value in said.items()})


#: Whole days of the daily work: the least and the most that can be meant.
DAYS = {
    "suspension_look_again_days": (1, LONGEST_DAYS),
    "start_notice_days": (1, 365),
    "start_keep_days": (2, 3650),
    "own_change_wait_days": (0, 365),
    "account_rest_days": (0, 3650),
}


def _checked(found: Institution) -> Institution:
    """Raises `TypeError` for days that cannot be meant."""
    for name, (least, most) in DAYS.items():
        said = getattr(found, name)
        if type(said) is not int or not least <= said <= most:
            raise TypeError(f"{name} must be a whole number from {least} to {most}")
    if found.start_notice_days >= found.start_keep_days:
        raise TypeError("start_notice_days must be fewer than start_keep_days")
    return found


@cache
def institution() -> Institution:
    """Read the file. Raises `ValueError` for unknown or missing members."""
    path = Path(os.environ.get("INSTITUTION_FILE") or Path(__file__).with_name("institution.yaml"))
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return _checked(
            Institution(
                **(
                    {name: value for name, value in raw.items() if name != "pay_weekday"}
                    | {
                        "pay_days": PayDays(int(raw["pay_weekday"]), bank_days()),
                        "second_person_above": Money.parse(raw["second_person_above"], raw["currency"]),
                        "set_off_share": _share(raw["set_off_share"]),
                        "tiers": _tiers(raw.get("tiers") or {}, raw["currency"]),
                        "automatic": _automatic(raw.get("automatic") or {}, raw["currency"]),
                        "practice": Practice(**raw.get("practice", {})),
                    }
                )
            )
        )
    except (TypeError, KeyError) as wrong:
        raise ValueError(f"{path.name}: {wrong}") from None
