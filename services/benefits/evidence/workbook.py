"""A run for analysts: the tables as a workbook, the events as Parquet (read it with DuckDB, without a person in it)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet

from services.benefits.evidence.events import BRANCHES, DIMENSIONS, branch_of
from services.benefits.evidence.parts import OUTCOMES
from services.benefits.evidence.report import told
from services.benefits.evidence.run import Found
from services.benefits.evidence.tables import Plain, Table


def write(body: dict[str, Any], path: Path) -> None:
    """One sheet a table, numbers as numbers."""
    book = openpyxl.Workbook(write_only=True)
    run = told(body, Plain())
    sheet = book.create_sheet("Run")
    for line in (run.title, run.subtitle, *run.first, *run.last):
        sheet.append([line])
    for number, table in enumerate(run.tables, start=1):
        _sheet(book.create_sheet(f"{number} {table.title}"[:31].replace("/", "-").replace(":", "")), table)
    book.save(path)


def _sheet(sheet: Any, table: Table) -> None:
    sheet.append([table.title])
    sheet.append(list(table.head))
    for row in table.rows:
        sheet.append([row[0], *(_value(cell) for cell in row[1:])])
    if table.note:
        sheet.append([table.note])


def _value(cell: str) -> int | str:
    """A whole number as a number; everything else as it is written."""
    plain = cell.replace(",", "")
    return int(plain) if plain.removeprefix("-").isdigit() else cell


def events(found: Found, path: Path) -> None:
    """Each event with its group and what each law pays, in minor units; no number of a person or of a row."""
    labels = found.insured.labels
    columns: dict[str, Any] = {
        "branch": pa.DictionaryArray.from_arrays(
            pa.array(branch_of(np.array(found.plan.array("shape"))).astype(np.int8)), pa.array(BRANCHES)
        ),
        "weight_thousandths": np.array(found.plan.array("weight")),
    }
    for name in DIMENSIONS:
        codes = np.array(found.plan.array(f"group_{name}")).astype(np.int16)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(labels[name]))
    for name, array in found.arrays.items():
        columns[name] = (
            pa.DictionaryArray.from_arrays(pa.array(array.astype(np.int8)), pa.array(OUTCOMES))
            if name.endswith("outcome")
            else array
        )
    pa.parquet.write_table(pa.table(columns), path, compression="zstd")
