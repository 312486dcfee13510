"""The command line: `python -m services.benefits.cli evidence population | run | repeat | compare | replay`.

evidence population la --persons 100000 --seed 7 --to people.parquet
evidence run la --population people.parquet --year 2025 --reform reform.yaml --folder out --processes 2
evidence repeat out/run.json --population people.parquet --folder again
evidence compare out/run.json other/run.json
"""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    made = what.add_parser("population", help="write an invented population, never called data")
    made.add_argument("country", help="la, vn, th, mm or xx")
    made.add_argument("--persons", type=int, default=100_000)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--to", type=Path, required=True, metavar="FILE")
    ran = what.add_parser("run", help="a year of events, under the law in force and a reform")
    ran.add_argument("country")
    ran.add_argument("--population", type=Path, required=True, metavar="FILE", help="Parquet or CSV, one row a person")
    ran.add_argument("--year", type=int, required=True)
    ran.add_argument("--seed", type=int, default=1)
    ran.add_argument("--reform", type=Path, metavar="FILE", help="changed figures, or the folder of a draft pack")
    ran.add_argument("--assumptions", type=Path, metavar="FILE", help="instead of the invented ones of the house")
    ran.add_argument("--drawn", type=int, default=10_000, help="persons put to the ordinary assessment one by one")
    again = what.add_parser("repeat", help="make a run again from its run file and compare every digit")
    again.add_argument("run", type=Path, metavar="RUN.JSON")
    again.add_argument("--population", type=Path, required=True, metavar="FILE")
    again.add_argument("--reform", type=Path, metavar="DIR", help="the draft pack, where the run had one")
    again.add_argument("--assumptions", type=Path, metavar="FILE")
    for one in (ran, again):
        one.add_argument(
            "--folder", type=Path, required=True, metavar="DIR", help="where the run lives; it goes on there"
        )
        one.add_argument("--processes", type=int, default=1)
    compared = what.add_parser("compare", help="two runs side by side")
    compared.add_argument("runs", type=Path, nargs=2, metavar="RUN.JSON")


def evidence(options: argparse.Namespace) -> int:
    """Carry out what is asked. Arrays and tables are loaded only now: no other command waits for them."""
    from services.benefits.evidence.doors import carry_out

    return carry_out(options)
