"""The insured of the register as rows of a population file: nothing in a row says who a person is.

The sector is not in the register; `unknown` stands there, and whoever has it from elsewhere puts it in. Who is in the
register is formal. Wages are those of the last twelve months, the latest first; a month without a paid contribution has
the wage of the month after it, for `months_contributed` already says how many there were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.money import Money

COLUMNS = (
    "sex",
    "birth_year",
    "province",
    "sector",
    "insured_as",
    "formal",
    "employer_size",
    "months_contributed",
    *(f"wage_{n}" for n in range(1, 13)),
)
#: Persons of an employer by the word for its size, and the number from which it holds.
SIZES = ((250, "250+"), (50, "50-249"), (10, "10-49"), (1, "1-9"))


def row(person: Mapping[str, Any]) -> tuple[str, ...]:
    """One row of the file, from what the store gives: wages in minor units, 0 where a month was not paid."""
    size = next((word for least, word in SIZES if person["employer"] >= least), "unknown")
    wages, paid = _filled(person["wages"]), sum(1 for wage in person["wages"] if wage)
    units = (Money(wage, person["currency"]).decimal() for wage in wages)
    said = (person["sex"], person["birth_year"], person["province"], "unknown", person["insured_as"], "yes", size, paid)
    return (*map(str, said), *units)


def _filled(wages: list[int]) -> list[int]:
    """Wages without gaps: a month that was not paid has the nearest later wage, else the nearest earlier one."""
    found, last = [], next((wage for wage in wages if wage), 0)
    for wage in wages:
        last = wage or last
        found.append(last)
    return found
