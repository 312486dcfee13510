"""The timetable's door: `python -m services.payments.cli COMMAND`.

Each command stands once in `COMMANDS`, with the roles that may use it. The environment is that of the
service (`docs/house.md`); whoever runs it is written down as the account named by `--as`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from services.payments import store
from services.payments.app import make_service
from services.payments.domain.statement import day_numbers
from services.payments.usecases import runs
from shared.act import Act, Actor
from shared.money import Money
from shared.process import Service

Options = argparse.Namespace
OK, DIFFERS, NOTHING = 0, 1, 2


class Command(NamedTuple):
    """What a command does, how its arguments are declared, and who may use it."""

    run: Callable[[Service, Options], int]
    roles: frozenset[str]
    arguments: Callable[[argparse.ArgumentParser], None]
    help: str


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def pay_due(service: Service, options: Options) -> int:
    """Draft a run of everything due by a day and have it checked; people release it on its page."""
    with service.engine.begin() as connection:
        actor = Actor(id=options.who, kind="service", roles=frozenset({"payment_officer"}), name=options.who)
        act = Act(connection=connection, actor=actor, now=service.clock.now(), today=service.clock.today())
        made = runs.draft_runs(act, options.on or act.today)
    service.look_at_jobs()
    with service.engine.connect() as connection:
        for run_id in made:
            row = store.run(connection, run_id)
            if row is not None:
                total = Money(row.total_minor, row.currency).decimal()
                say(f"{row.number}  {row.state}  {row.order_count} orders  {total} {row.currency}")
    if not made:
        say("Nothing is due that is not in a run already.")
    return OK if made else NOTHING


def reconcile(service: Service, options: Options) -> int:
    """Print the four numbers of a day; ends with 1 when they do not add up."""
    worst = OK
    with service.engine.connect() as connection:
        totals = store.sent_totals(connection, options.day)
        for currency, (minor, count) in sorted(totals.items()):
            n = day_numbers(store.numbers_by_state(connection, options.day, currency), minor, count)
            for name, amount, orders in (
                ("confirmed", n.confirmed_minor, n.confirmed_count),
                ("came back or refused", n.came_back_minor, n.came_back_count),
                ("no answer yet", n.no_answer_minor, n.no_answer_count),
                ("sent", n.sent_minor, n.sent_count),
            ):
                say(f"{name:<22}{Money(amount, currency).decimal():>22} {currency}  {orders} orders")
            say("adds up" if n.adds_up else "DOES NOT ADD UP")
            worst = worst if n.adds_up else DIFFERS
    if not totals:
        say("Nothing was sent on that day.")
    return worst


def _pay_due_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=date.fromisoformat, help="the pay day; today where it is not given")
    parser.add_argument("--as", dest="who", default="timetable", help="who asks, as the run will say")


def _reconcile_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--day", type=date.fromisoformat, required=True)


COMMANDS = {
    "pay-due": Command(
        pay_due, frozenset({"payment_officer"}), _pay_due_arguments, "draft and check a run of everything due"
    ),
    "reconcile": Command(
        reconcile, frozenset({"payment_officer", "auditor"}), _reconcile_arguments, "a day as four numbers"
    ),
}


def main(arguments: Sequence[str] | None = None, service: Service | None = None) -> int:
    """Run one command; its number is the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.payments.cli")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.arguments(commands.add_parser(name, help=command.help))
    options = parser.parse_args(arguments)
    return COMMANDS[options.command].run(service or make_service(), options)


if __name__ == "__main__":
    sys.exit(main())
