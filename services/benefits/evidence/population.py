"""A population file: one row a person, read in blocks, each fault named by its row and column.

Columns (Parquet or CSV; amounts are whole numbers or exact decimals in currency units, never floats):

    weight             how many persons the row stands for, up to three decimals; 1 where the column is missing
    sex                female or male
    birth_year         1900 to the year of the run
    province, sector   words
    insured_as         a word of the law (employee, voluntary, section_33 …); none for whom nobody insures
    formal             yes or no
    employer_size      a word, such as 10-49; may be missing
    wage               of a month; or wage_1 … wage_12, wage_1 the month before the event, the others before it
    months_contributed of the last twelve, 0 to 12, the latest ones
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from services.benefits.law.many.numbers import Array
from shared.money import exponent

#: Persons of a block: what is drawn for a block depends on nothing outside it.
BLOCK = 65_536
WEIGHT = 1000
MOST_FAULTS = 50
WORDS = ("sex", "province", "sector", "insured_as", "formal", "employer_size")
NEEDED = ("sex", "birth_year", "province", "sector", "insured_as", "formal", "months_contributed")
WAGES = tuple(f"wage_{n}" for n in range(1, 13))
#: What is asked of a word, where not every word will do.
ONLY = {"sex": ("female", "male"), "formal": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one place of the file; `row` counts persons from 1, 0 is the file as a whole."""

    row: int
    column: str
    code: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.code}" if self.row else f"{self.column}: {self.code}"


class PopulationInvalid(ValueError):
    """The file cannot be used; every fault found, up to a page of them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults[:MOST_FAULTS])))
        self.faults = faults[:MOST_FAULTS]


@dataclass(frozen=True)
class Block:
    """Persons in the order of the file. Words are numbers into `words` of the reader; `wages` has a column a month, the
    latest first (or one for all), in minor units; `weight` is in thousandths of a person."""

    number: int
    weight: Array
    birth_year: Array
    months: Array
    wages: Array
    codes: dict[str, Array]

    def __len__(self) -> int:
        return len(self.weight)


@dataclass
class Population:
    """A file of persons of a country whose money is `currency`, in a year. `words` fills while blocks are read."""

    path: Path
    currency: str
    year: int
    words: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WORDS})

    def digest(self) -> str:
        """The digest of the file as it lies there."""
        whole = hashlib.sha256()
        with self.path.open("rb") as stream:
            while piece := stream.read(1 << 20):
                whole.update(piece)
        return whole.hexdigest()

    def blocks(self) -> Iterator[Block]:
        """All persons, block by block. Raises `PopulationInvalid`."""
        faults: list[Fault] = []
        number = 0
        for table in self._tables():
            if not number:
                faults += _missing(table.column_names)
                if faults:
                    break
            block = self._block(number, table, faults)
            if len(faults) >= MOST_FAULTS:
                break
            if not faults:
                yield block
            number += 1
        if not number and not faults:
            faults.append(Fault(0, "file", "empty"))
        if faults:
            raise PopulationInvalid(faults)

    def _tables(self) -> Iterator[pa.Table]:
        """The rows in tables of `BLOCK`, the last one shorter."""
        left: list[pa.RecordBatch] = []
        count = 0
        for batch in self._batches():
            while batch.num_rows:
                take = min(batch.num_rows, BLOCK - count)
                left.append(batch.slice(0, take))
                batch, count = batch.slice(take), count + take
                if count == BLOCK:
                    yield pa.Table.from_batches(left).unify_dictionaries()
                    left, count = [], 0
        if left:
            yield pa.Table.from_batches(left).unify_dictionaries()

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            if self.path.suffix == ".csv" and not _is_parquet(self.path):
                yield from _csv(self.path)
            else:
                file = pa.parquet.ParquetFile(self.path, read_dictionary=list(WORDS))
                yield from file.iter_batches(batch_size=BLOCK)
        except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as broken:
            raise PopulationInvalid([Fault(0, "file", f"unreadable: {str(broken)[:120]}")]) from broken

    def _block(self, number: int, table: pa.Table, faults: list[Fault]) -> Block:
        first, size = number * BLOCK + 1, table.num_rows
        read = _Columns(table, first, faults)
        weight = read.scaled("weight", 3, 1, 10**12) if "weight" in table.column_names else None
        digits = exponent(self.currency)
        names = WAGES if "wage_1" in table.column_names else ("wage",)
        wages = [read.scaled(name, digits, 0, 10**15) for name in names]
        return Block(
            number,
            np.full(size, WEIGHT, dtype=np.int64) if weight is None else weight,
            read.scaled("birth_year", 0, 1900, self.year),
            read.scaled("months_contributed", 0, 0, 12),
            np.stack(wages, axis=1),
            {name: self._words(name, read) for name in WORDS},
        )

    def _words(self, name: str, read: _Columns) -> Array:
        """The words of a column as numbers into `self.words`."""
        known = self.words[name]
        if name not in read.table.column_names:
            if "" not in known:
                known.append("")
            return np.full(read.table.num_rows, known.index(""), dtype=np.int16)
        column = read.column(name, pa.string())
        encoded = column.dictionary_encode() if not pa.types.is_dictionary(column.type) else column
        listed = [str(word) for word in encoded.dictionary.to_pylist()]
        places = []
        for word in listed:
            if word not in known:
                known.append(word)
            places.append(known.index(word))
        codes: Array = np.asarray(places, dtype=np.int16)[
            encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        ]
        if name in ONLY:
            wrong = [known.index(word) for word in listed if word not in ONLY[name]]
            read.wrong(name, np.isin(codes, wrong), "unknown_word")
        return codes


def _is_parquet(path: Path) -> bool:
    """Whether a file is Parquet by what stands in it, whatever its name says."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def _missing(names: list[str]) -> list[Fault]:
    """Columns that are not there, there twice or not known."""
    found = [Fault(0, name, "missing") for name in NEEDED if name not in names]
    if "wage" not in names and any(name not in names for name in WAGES):
        found.append(Fault(0, "wage", "missing"))
    known = {*NEEDED, *WAGES, "wage", "weight", "employer_size"}
    found += [Fault(0, name, "unknown_column") for name in names if name not in known]
    return found + [Fault(0, name, "twice") for name in sorted({n for n in names if names.count(n) > 1})]


class _Columns:
    """The columns of one block, read with their faults."""

    def __init__(self, table: pa.Table, first: int, faults: list[Fault]) -> None:
        self.table, self._first, self._faults = table, first, faults

    def wrong(self, name: str, where: Array, code: str) -> None:
        for place in np.flatnonzero(where)[: MOST_FAULTS - len(self._faults)]:
            self._faults.append(Fault(self._first + int(place), name, code))

    def column(self, name: str, kind: Any) -> Any:
        """A column of a kind without gaps; a gap is a fault and reads as the kind's nothing."""
        column = self.table[name].combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0)
        if column.null_count:
            self.wrong(name, column.is_null().to_numpy(zero_copy_only=False), "missing")
            column = pc.fill_null(column.cast(pa.string()), "0" if kind != pa.string() else "")
        return column

    def scaled(self, name: str, digits: int, least: int, most: int) -> Array:
        """A number column in units of 10^-digits. Floats are refused: they do not say what was meant."""
        column = self.column(name, None)
        size, scale = len(column), 10**digits
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        if pa.types.is_integer(column.type):
            found: Array = column.cast(pa.int64()).to_numpy(zero_copy_only=False)
            self.wrong(name, (found < least) | (found > most // scale), "out_of_range")
            whole: Array = found.astype(np.int64) * scale
            return whole
        if pa.types.is_floating(column.type):
            self._faults.append(Fault(0, name, "a_float"))
            return np.zeros(size, dtype=np.int64)
        text = column.cast(pa.string())
        good = pc.match_substring_regex(
            text, rf"^[0-9]{{1,15}}(\.[0-9]{{1,{digits}}}0*)?$" if digits else r"^[0-9]{1,15}$"
        )
        bad = ~good.to_numpy(zero_copy_only=False)
        self.wrong(name, bad, "not_a_number")
        clean = pc.if_else(good, text, "0")
        decimals = clean.cast(pa.decimal128(18, digits))
        found = pc.multiply(decimals, pa.scalar(scale, pa.int64())).cast(pa.int64()).to_numpy(zero_copy_only=False)
        self.wrong(name, ~bad & ((found < least) | (found > most)), "out_of_range")
        return np.asarray(found, dtype=np.int64)


def _csv(path: Path) -> Iterator[pa.RecordBatch]:
    """Every cell as text, so that a fault is ours to name."""
    with path.open("rb") as stream:
        names = stream.readline().decode("utf-8-sig").strip().split(",")
    options = pa.csv.ConvertOptions(
        column_types={name.strip('"'): pa.string() for name in names}, strings_can_be_null=True, null_values=[""]
    )
    with pa.csv.open_csv(path, convert_options=options) as reader:
        yield from reader
