"""An invented population for each country: nobody counted it, and it is never called data.

Whole numbers alone are drawn, so that one seed gives the same file everywhere. Wages follow bands (share among 1,000
persons, from, to, in currency units a month); ages are even between 18 and 59; one in ten women and men is informal
and insured by nobody; the rest contributed twelve, ten, eight, five or two of the last twelve months.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from services.benefits.evidence.population import BLOCK
from services.benefits.law.many.numbers import Array

Bands = tuple[tuple[int, int, int], ...]

#: Bands of monthly wages: share among 1,000, from, to (currency units), in steps of `STEP`.
WAGES: Mapping[str, Bands] = {
    "la": (
        (150, 1_600_000, 2_000_000),
        (450, 2_000_000, 3_500_000),
        (250, 3_500_000, 5_500_000),
        (150, 5_500_000, 20_000_000),
    ),
    "vn": (
        (150, 4_000_000, 5_500_000),
        (450, 5_500_000, 9_000_000),
        (250, 9_000_000, 16_000_000),
        (150, 16_000_000, 60_000_000),
    ),
    "th": ((150, 9_000, 11_000), (450, 11_000, 16_000), (250, 16_000, 28_000), (150, 28_000, 90_000)),
    "mm": ((150, 140_000, 180_000), (450, 180_000, 260_000), (250, 260_000, 400_000), (150, 400_000, 1_500_000)),
    "xx": ((150, 900, 1_200), (450, 1_200, 2_500), (250, 2_500, 4_000), (150, 4_000, 9_000)),
}
STEP: Mapping[str, int] = {"la": 10_000, "vn": 50_000, "th": 50, "mm": 1_000, "xx": 10}
#: How the insured are insured: the word of the law and its share among 1,000.
INSURED: Mapping[str, tuple[tuple[str, int], ...]] = {
    "la": (("employee", 970), ("voluntary", 30)),
    "th": (("section_33", 940), ("section_39", 60)),
}
PROVINCES = tuple(f"Province {n}" for n in range(1, 11))
SECTORS = ("garments", "agriculture", "trade", "public", "services", "domestic_work")
SIZES = ("1-9", "10-49", "50-249", "250+")
MONTHS = ((12, 800), (10, 50), (8, 50), (5, 50), (2, 50))
INFORMAL = 100


def write(country: str, persons: int, seed: int, path: Path) -> None:
    """Write so many persons as Parquet. Raises `KeyError` for a country that has no bands."""
    bands, step = WAGES[country], STEP[country]
    schema = None
    writer: pa.parquet.ParquetWriter | None = None
    try:
        for number, first in enumerate(range(0, persons, BLOCK)):
            table = _block(
                country, min(BLOCK, persons - first), np.random.Generator(np.random.PCG64([seed, number])), bands, step
            )
            if writer is None:
                schema = table.schema
                writer = pa.parquet.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table, row_group_size=BLOCK)
    finally:
        if writer is not None:
            writer.close()


def _block(country: str, size: int, rng: np.random.Generator, bands: Bands, step: int) -> pa.Table:
    informal = rng.integers(0, 1000, size) < INFORMAL
    kinds = (*INSURED.get(country, (("employee", 1000),)), ("none", 0))
    insured = chosen(rng, size, [share for _, share in kinds])
    insured[informal] = len(kinds) - 1
    band = chosen(rng, size, [share for share, _, _ in bands])
    low, high = np.array([b[1] for b in bands])[band], np.array([b[2] for b in bands])[band]
    wage = low + rng.integers(0, (high - low) // step) * step
    months = np.array([m for m, _ in MONTHS])[chosen(rng, size, [share for _, share in MONTHS])]
    return pa.table(
        {
            "weight": np.ones(size, dtype=np.int16),
            "sex": _words(("female", "male"), rng.integers(0, 2, size)),
            "birth_year": (2025 - rng.integers(18, 60, size)).astype(np.int16),
            "province": _words(PROVINCES, rng.integers(0, len(PROVINCES), size)),
            "sector": _words(SECTORS, rng.integers(0, len(SECTORS), size)),
            "insured_as": _words(tuple(word for word, _ in kinds), insured),
            "formal": _words(("yes", "no"), informal.astype(np.int8)),
            "employer_size": _words(SIZES, rng.integers(0, len(SIZES), size)),
            "wage": wage.astype(np.int64),
            "months_contributed": months.astype(np.int8),
        }
    )


def chosen(rng: np.random.Generator, size: int, shares: list[int]) -> Array:
    """For each of so many persons the place of one of the shares, which add up to 1,000 at most."""
    return np.searchsorted(np.cumsum(shares), rng.integers(0, 1000, size), side="right").clip(0, len(shares) - 1)


def _words(words: tuple[str, ...], codes: Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(words))
