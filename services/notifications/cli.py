"""The door of operators: `python -m services.notifications.cli COMMAND`.

Each command stands once in `COMMANDS`, with the roles that may use it. Nothing here shows a name, a number or a text.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine, func, select

from services.notifications import store, wording
from services.notifications.tables import message
from shared import database
from shared.clock import Clock
from shared.settings import Settings
from shared.web import texts

Options = argparse.Namespace


class Command(NamedTuple):
    """What a command does, who may use it, and its arguments."""

    run: Callable[[Options], int]
    roles: frozenset[str]
    arguments: Callable[[argparse.ArgumentParser], Any]
    help: str


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def _engine() -> Engine:
    return database.connect(Settings.from_environment("notifications").database_url)


def states(_: Options) -> int:
    """How many messages stand where, by channel."""
    with _engine().connect() as connection:
        rows = connection.execute(
            select(message.c.channel, message.c.state, func.count())
            .group_by(message.c.channel, message.c.state)
            .order_by(message.c.channel, message.c.state)
        )
        for channel, state, count in rows:
            _say(f"{channel:7} {state:18} {count:8}")
    return 0


def stuck(options: Options) -> int:
    """Messages that nobody will move by themselves; exit 1 when there are any."""
    since = Clock.from_environment().now() - timedelta(hours=options.hours)
    with _engine().connect() as connection:
        rows = store.stuck(connection, since)
    for row in rows:
        _say(f"{row.id} claim {row.claim_number} {row.template} {row.state} {row.reason or '-'}")
    return 1 if rows else 0


def templates(options: Options) -> int:
    """Every template in every language with its example, as a reviewer reads it."""
    for name in wording.names():
        if options.name and options.name != name:
            continue
        _say(f"{name}: {wording.schema(name).get('description', '')}")
        for language in texts.LANGUAGES:
            if wording.language_of(name, language) != language:
                continue
            if (wording.TEMPLATES / name / f"{language}.txt").is_file():
                said = wording.say(name, language, wording.example(name))
                _say(f"  {language}  {said.text}")
            else:
                words = wording.words(name, language)[0]
                _say(f"  {language}  {json.dumps(words, ensure_ascii=False)[:200]}…")
    return 0


COMMANDS: dict[str, Command] = {
    "states": Command(states, frozenset({"administrator", "auditor"}), lambda _: None, "count messages by state"),
    "stuck": Command(
        stuck,
        frozenset({"administrator"}),
        lambda p: p.add_argument("--hours", type=int, default=2),
        "list messages that wait for somebody",
    ),
    "templates": Command(
        templates,
        frozenset({"administrator", "auditor"}),
        lambda p: p.add_argument("name", nargs="?"),
        "show what is said, in every language",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="notifications", description="Messages and letters.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.arguments(commands.add_parser(name, help=command.help))
    options = parser.parse_args(arguments)
    return COMMANDS[options.command].run(options)


if __name__ == "__main__":
    sys.exit(main())
