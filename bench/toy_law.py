"""The vectorised toy law that OpenFisca runs beside ours: floats, one ceiling, no conditions and no days."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: A Python that has OpenFisca-Core; it is no part of the product.
OPENFISCA = os.environ.get("OPENFISCA_PYTHON", str(ROOT / ".data" / "openfisca" / "bin" / "python"))
TOY = r"""
import json, statistics, sys, time
import numpy
from openfisca_core import entities, periods, taxbenefitsystems, variables, simulation_builder
Person = entities.SingleEntity("person", "persons", "", "")
class wage(variables.Variable):
    value_type, entity, definition_period, label = float, Person, periods.DateUnit.MONTH, "wage"
class days(variables.Variable):
    value_type, entity, definition_period, label = float, Person, periods.DateUnit.MONTH, "days"
class benefit(variables.Variable):
    value_type, entity, definition_period, label = float, Person, periods.DateUnit.MONTH, "benefit"
    def formula(person, period):
        total = sum(person("wage", period.offset(-n, "month")) for n in range(1, 7))
        return numpy.minimum(total / 6, 4500000) * 0.7 / 30 * person("days", period)
system = taxbenefitsystems.TaxBenefitSystem([Person])
system.add_variables(wage, days, benefit)
months = ["2024-%02d" % n for n in range(9, 13)] + ["2025-01", "2025-02"]
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """What a program prints that stands behind the toy law: it finds `system` and `months`."""
    python = OPENFISCA if Path(OPENFISCA).exists() else sys.executable
    return subprocess.run([python, "-c", TOY + program], capture_output=True, text=True, check=False)
