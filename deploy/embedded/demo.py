"""`make demo`: replays the seven worked examples of Lao PDR through the doors and compares every amount.

Registers each claim at the counter, decides it, lets the days pass, releases the runs with two people, and reads
what came out: the decision, the bank's movements, the letters, the messages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml

from deploy.embedded import house, tick
from deploy.embedded.hands import DoorShut, Hands
from deploy.embedded.house import HouseFailed, Plan

CASES = house.ROOT / "services" / "benefits" / "law" / "packs" / "la" / "ssl2018" / "cases"
#: Who of the sample plays which example, and when her claim comes in.
PLAYERS = {
    "LA-S7": ("10-0007-5433", "2025-05-05"),
    "LA-S1": ("10-0001-7919", "2025-05-19"),
    "LA-S4": ("10-0004-1676", "2025-06-30"),
    "LA-S3": ("10-0003-3757", "2025-08-01"),
    "LA-S5": ("10-0005-9595", "2025-08-04"),
    "LA-S2": ("10-0002-5838", "2025-08-18"),
    "LA-S6": ("10-0006-7514", "2025-10-06"),
}
LAST_DAY = date(2025, 11, 30)


@dataclass
class Example:
    """One worked example: what was claimed and what the scheme says comes out."""

    id: str
    number: str
    received_on: date
    benefit: str
    facts: dict[str, Any]
    expected_minor: int
    claim: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None


def examples() -> Iterator[Example]:
    """The case files of the rule pack, as an officer would type them."""
    for id_, (number, received) in PLAYERS.items():
        raw = yaml.load((CASES / f"{id_}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - only text
        raw = raw[0] if isinstance(raw, list) else raw
        case = raw["case"]
        facts: dict[str, Any] = {n: case[n] for n in ("spell", "certificates", "employments") if n in case}
        for n, certificate in enumerate(facts.get("certificates", []), start=1):
            certificate.setdefault("number", f"{id_}-{n}")
            certificate.pop("illness", None)
            if "follow_up" in certificate:
                certificate["follow_up"] = certificate["follow_up"] == "true"
        facts["event"] = {n: int(v) if v.isdigit() else v for n, v in case.get("event", {}).items()}
        expected = raw["expect"].get("total", "0")
        yield Example(id_, number, date.fromisoformat(received), case["benefit"], facts, int(expected) * 100)


def play(plan: Plan, say: Any = print) -> int:
    """Play all examples on the running house; the number of examples that came out differently."""
    street = tick.street_of(plan)
    hands = Hands(house.read_running(plan)["address"])
    todo = sorted(examples(), key=lambda e: e.received_on)
    if street.clock.today() > todo[0].received_on:
        raise HouseFailed(
            "The clock stands after the first example; start over with make clean-data, then make run and make demo."
        )
    played = list(todo)
    day = street.clock.today()
    while day <= LAST_DAY:
        tick.step(street, day, lambda line: None)
        while todo and todo[0].received_on == day:
            example = todo.pop(0)
            example.claim = hands.register(example.number, example.benefit, day.isoformat(), example.facts)
            example.decision = hands.decide(example.claim["id"])
            say(f"{day}  {example.id}: {example.decision['outcome']}, {_kip(example.decision['total']['minor'])} kip")
            tick.step(street, day, lambda line: None)
        if hands.release_runs():
            tick.step(street, day, lambda line: None)
        day += timedelta(days=1)
    say("")
    say(f"{'':7} {'expected':>14} {'decided':>14} {'paid':>14} {'letter':>7} {'SMS':>5}   as the scheme says")
    return sum(not _compare(hands, example, say) for example in played)


def _kip(minor: int) -> str:
    return f"{minor // 100:,}"


def _compare(hands: Hands, example: Example, say: Any) -> bool:
    claim, decision = example.claim, example.decision
    assert claim is not None and decision is not None  # noqa: S101, PT018 - played above
    paid = sum(o["amount"]["minor"] for o in hands.orders(claim["id"]) if o["state"] == "settled")
    letters = [letter for letter in hands.letters(claim["id"]) if letter.get("decision_id") == decision["id"]]
    pdfs = [hands.phet.get(f"/v1/letters/{letter['id']}") for letter in letters]
    messages = [m for m in hands.messages(claim["id"]) if m["channel"] == "sms" and m["state"] in ("sent", "delivered")]
    good = (
        decision["total"]["minor"] == example.expected_minor == paid
        and len(pdfs) == 1
        and pdfs[0].startswith(b"%PDF")
        and len(messages) >= 2
    )
    say(
        f"{example.id:7} {_kip(example.expected_minor):>14} {_kip(decision['total']['minor']):>14} {_kip(paid):>14} "
        f"{len(pdfs):>7} {len(messages):>5}   " + ("yes" if good else "NO")
    )
    return good


def main() -> int:
    try:
        differing = play(Plan.from_environment(), lambda line: print(line, flush=True))
    except (HouseFailed, DoorShut, TimeoutError) as failed:
        print(failed, file=sys.stderr)
        return 2
    print(f"\n{len(PLAYERS) - differing} of {len(PLAYERS)} examples came out as the scheme says.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
