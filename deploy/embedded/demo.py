"""`make demo`: replays the worked examples of the country's scheme through the doors and compares every amount.

Registers each claim at the counter, decides it, lets the days pass, releases the runs with two people, and reads
what came out: the decision, the bank's movements, the letters, the messages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.embedded import house, tick
from deploy.embedded.hands import DoorShut, Hands
from deploy.embedded.house import HouseFailed, Plan
from deploy.embedded.sample import DEFAULT, Player, Sample, read_sample
from services.benefits.law.case_files import CaseFile, as_typed, read_case_files
from services.benefits.law.vocabulary import PACKS
from shared.money import EXPONENTS, Money


@dataclass
class Example:
    """One worked example: what was claimed and what the scheme says comes out."""

    player: Player
    file: CaseFile
    expected: Money
    claim: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def number(self) -> str:
        """Her insured number."""
        return self.player.person

    @property
    def benefit(self) -> str:
        return str(self.file.mapping["benefit"])

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as they are typed at the counter, anew each time."""
        return as_typed(self.file)

    @property
    def received_on(self) -> date:
        """The day the claim came in, on paper perhaps before the sandbox begins."""
        case = self.file.case()
        known = case.claimed_on or (case.spell.last_day if case.spell else None) or self.file.today
        return min(known or self.player.on, self.player.on)

    @property
    def refused(self) -> bool:
        return self.expected.minor == 0


def examples(sample: Sample | None = None) -> Iterator[Example]:
    """The case files of the rule packs that somebody of the sample plays. Raises `HouseFailed` for an unknown one."""
    sample = sample or read_sample(DEFAULT)
    files = {file.id: file for file in read_case_files(PACKS / sample.country)}
    for player in sample.players:
        if player.case not in files:
            raise HouseFailed(f"No case file is called {player.case}.")
        file = files[player.case]
        yield Example(player, file, Money.parse(str(file.expect.get("total", "0")), sample.currency))


def play(plan: Plan, say: Any = print) -> tuple[int, int]:
    """Play all examples on the running house; how many there were, and how many came out differently."""
    sample = plan.sample
    street = tick.street_of(plan)
    hands = Hands(house.read_running(plan)["address"], sample.folder)
    todo = sorted(examples(sample), key=lambda e: e.player.on)
    if street.clock.today() > todo[0].player.on:
        raise HouseFailed(
            "The clock stands after the first example; start over with make clean-data, then make run and make demo."
        )
    played = list(todo)
    day = street.clock.today()
    while day <= sample.until:
        tick.step(street, day, lambda line: None)
        while todo and todo[0].player.on == day:
            example = todo.pop(0)
            _at_the_counter(hands, example)
            assert example.decision is not None  # noqa: S101 - just decided
            say(f"{day}  {example.id}: {example.decision['outcome']}, {_amount(example.decision['total'])}")
            tick.step(street, day, lambda line: None)
        if hands.release_runs():
            tick.step(street, day, lambda line: None)
        day += timedelta(days=1)
    say("")
    wide = max(len(example.id) for example in played)
    say(f"{'':{wide}} {'expected':>16} {'decided':>16} {'paid':>16} {'letter':>7} {'SMS':>5}   as the scheme says")
    return len(played), sum(not _compare(hands, example, wide, say) for example in played)


def _at_the_counter(hands: Hands, example: Example) -> None:
    """What came before is claimed and decided first, then the example itself."""
    for before in example.player.before:
        _claim(hands, example, before["benefit"], str(before["received_on"]), before["facts"])
    example.claim, example.decision = _claim(
        hands, example, example.benefit, example.received_on.isoformat(), example.facts
    )


def _claim(
    hands: Hands, example: Example, benefit: str, received: str, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    claim = hands.register(example.player.person, benefit, received, dict(facts))
    return claim, hands.decide(claim["id"])


def _amount(money: Mapping[str, Any]) -> str:
    return _written(Money(money["minor"], money["currency"]))


def _written(money: Money) -> str:
    whole, fraction = divmod(money.minor, 10 ** EXPONENTS[money.currency])
    return f"{whole:,}" + (f".{fraction:02}" if fraction else "") + f" {money.currency}"


def _compare(hands: Hands, example: Example, wide: int, say: Any) -> bool:
    claim, decision, expected = example.claim, example.decision, example.expected
    assert claim is not None and decision is not None  # noqa: S101, PT018 - played above
    settled = [o["amount"]["minor"] for o in hands.orders(claim["id"]) if o["state"] == "settled"]
    paid = Money(sum(settled), expected.currency)
    letters = [letter for letter in hands.letters(claim["id"]) if letter.get("decision_id") == decision["id"]]
    pdfs = [hands.auditor.get(f"/v1/letters/{letter['id']}") for letter in letters]
    messages = [m for m in hands.messages(claim["id"]) if m["channel"] == "sms" and m["state"] in ("sent", "delivered")]
    decided = Money(decision["total"]["minor"], decision["total"]["currency"])
    good = (
        decided == expected == paid
        and len(pdfs) == 1
        and pdfs[0].startswith(b"%PDF")
        # Received, decided, and paid where something is paid.
        and len(messages) >= (2 if example.refused else 3)
    )
    say(
        f"{example.id:{wide}} {_written(expected):>16} {_written(decided):>16} {_written(paid):>16} "
        f"{len(pdfs):>7} {len(messages):>5}   " + ("yes" if good else "NO")
    )
    return good


def main() -> int:
    try:
        number, differing = play(Plan.from_environment(), lambda line: print(line, flush=True))
    except (HouseFailed, DoorShut, TimeoutError) as failed:
        print(failed, file=sys.stderr)
        return 2
    print(f"\n{number - differing} of {number} examples came out as the scheme says.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
