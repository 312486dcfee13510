"""The command line: `python -m services.benefits.cli evidence population | run | repeat | compare | costs | …`.

evidence population la --persons 100000 --seed 7 --to people.parquet
evidence run la --population people.parquet --year 2025 --reform reform.yaml --folder out --processes 2
evidence run la --population people.parquet --year 2025 --years 10 --index "ceiling=every 3 years" --folder out
evidence repeat out/run.json --population people.parquet --folder again
evidence compare out/run.json other/run.json
evidence costs la --population people.parquet --to costs
evidence replay la --since 2025-01-01 --until 2025-12-31 --reform reform.yaml
evidence register --before 2026-01-01 --to people.csv
"""

from __future__ import annotations

import argparse
from datetime import date
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
    ran.add_argument("--years", type=int, default=1, choices=range(1, 11), metavar="1..10", help="the first among them")
    ran.add_argument(
        "--index",
        action="append",
        default=[],
        metavar="FIGURE=RULE",
        help="how an amount of the law follows wages: `with wages`, `every 3 years` or `never`, such as ceiling=never",
    )
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
        one.add_argument("--processes", type=int, default=1, help="0: draw the events and leave the parts to `post`")
    past = what.add_parser("replay", help="the claims decided in a period, under the law in force and a reform")
    past.add_argument("country")
    past.add_argument("--since", type=date.fromisoformat, required=True, metavar="DAY")
    past.add_argument("--until", type=date.fromisoformat, required=True, metavar="DAY")
    past.add_argument("--reform", type=Path, metavar="FILE")
    past.add_argument("--without-ledger", action="store_true", help="do not ask payments what has arrived of it")
    register = what.add_parser("register", help="a population file from the register of contributions, without a name")
    register.add_argument("--before", type=date.fromisoformat, required=True, metavar="DAY")
    register.add_argument("--to", type=Path, required=True, metavar="FILE.CSV")
    priced = what.add_parser("costs", help="what each smallest change of the report on standards costs a year")
    priced.add_argument("country")
    priced.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="the day whose law is measured; today")
    priced.add_argument("--population", type=Path, metavar="FILE", help="instead of invented persons")
    priced.add_argument("--persons", type=int, default=20_000, help="invented persons, where no file is named")
    priced.add_argument("--seed", type=int, default=1)
    priced.add_argument("--assumptions", type=Path, metavar="FILE", help="instead of the invented ones of the house")
    priced.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder of costs; a file a country")
    posted = what.add_parser("post", help="have the workers of the house carry out a run that has begun, as jobs")
    posted.add_argument("name", help="the run's folder below EVIDENCE_DIR")
    compared = what.add_parser("compare", help="two runs side by side")
    compared.add_argument("runs", type=Path, nargs=2, metavar="RUN.JSON")


#: What needs the database; `services.benefits.operations` carries it out.
OF_THE_HOUSE = ("replay", "register", "post")


def evidence(options: argparse.Namespace) -> int:
    """Carry out what needs files alone. Arrays and tables are loaded only now: no other command waits for them."""
    from services.benefits.evidence.doors import carry_out

    return carry_out(options)
