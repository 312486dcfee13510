"""`make bench`: measures and prints ratios; what matters is how numbers of one run stand to one another.

make bench                  everything
make bench ARGS="http"      one part: http, events, decisions, journey, many, waiting, migrations, assess,
                            evidence, years
make bench ARGS="many 1000 500000"    a pay day of so many orders
make bench ARGS="evidence 100000"     a year of so many insured persons
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from bench import cpu, events, evidence, http, many, migrating, real, waiting
from deploy.embedded.hands import Hands
from deploy.embedded.rabbitmq import program
from tests.journeys.processes import TINY, House

PARTS = ("http", "events", "decisions", "journey", "many", "waiting", "migrations", "assess", "evidence", "years")


def _line(*cells: object, widths: tuple[int, ...] = (46, 12, 10, 10, 10)) -> None:
    first, *rest = cells
    print(
        f"{first!s:<{widths[0]}}"
        + "".join(f"{cell!s:>{width}}" for cell, width in zip(rest, widths[1:], strict=False)),
        flush=True,
    )


def show_http() -> bool:
    print(
        "\nA claim over HTTP, committed with outbox, idempotency and audit (8 lines, "
        "a web process a core of 4 threads, "
        "durable commits)"
    )
    os.environ["WEB_CONCURRENCY"] = str(os.cpu_count())  # for both sides, as the image starts its web process
    with House(package=TINY, durable=True) as house:
        rows = http.measure(house)
    bare = next(m for name, m in rows if "same rows" in name)
    _line("", "a second", "p50 ms", "p99 ms", "of bare")
    for name, m in rows:
        _line(
            name,
            f"{m.rate:.0f}",
            f"{m.percentile(0.5):.1f}",
            f"{m.percentile(0.99):.1f}",
            f"{m.rate / bare.rate:.0%}",
        )
    share = rows[0][1].rate / bare.rate
    print(
        f"Wanted: at least {http.AT_LEAST:.0%} of the bare view. "
        f"{'Reached.' if share >= http.AT_LEAST else 'NOT reached.'}"
    )
    return share >= http.AT_LEAST


def _carriers() -> tuple[str, ...]:
    return ("embedded", *(["rabbitmq"] if program() else []))


def _show_cpu(title: str, parts: dict[str, float], loop: float) -> float:
    """Milliseconds of processor time, the whole and its parts; answers the whole."""
    whole = sum(parts.values())
    _line(title, f"{whole:.1f} ms", "", f"{whole / loop / 10:.2f} %", widths=(46, 14, 6, 14))
    for name, spent in sorted(parts.items(), key=lambda part: -part[1]):
        _line(f"    {name}", f"{spent:.1f}", widths=(46, 14))
    return whole


def _bare_loop() -> float:
    loop = cpu.bare_loop()
    print(f"A bare loop of {cpu.ADDITIONS:,} additions: {loop * 1000:.0f} ms; processor time stands beside it in %.")
    return loop


def show_events() -> bool:
    print(f"\nAn event from its commit to its effect, at {events.PER_SECOND} claims a second")
    loop, costs = _bare_loop(), {}
    _line("", "p50 ms", "p95 ms")
    for carrier in _carriers():
        with House(package=TINY, broker=carrier, durable=True) as house:
            waits, spent = events.measure(house)
            for name, (p50, p95) in waits.items():
                _line(f"{carrier}: {name}", f"{p50:.0f}", f"{p95:.0f}")
            costs[carrier] = _show_cpu(f"{carrier}: processor time per event", spent, loop)
    if "rabbitmq" not in costs:
        return True
    share = costs["rabbitmq"] / costs["embedded"]
    print(
        f"RabbitMQ costs {share:.2f} of the embedded carrier; wanted: at most {events.AT_MOST}. "
        f"{'Reached.' if share <= events.AT_MOST else 'NOT reached.'}"
    )
    return share <= events.AT_MOST


def show_decisions() -> bool:
    print(f"\nFrom a decision to the operator having its SMS, at {real.PER_SECOND} decisions a second, real services")
    loop, good = _bare_loop(), True
    _line("", "p50 ms", "p95 ms")
    for carrier in _carriers():
        with House(broker=carrier, durable=True) as house:
            p50, p95, spent = real.sms(house, Hands(house.address))
        _line(f"{carrier}: decision to SMS handed over", f"{p50:.0f}", f"{p95:.0f}")
        _show_cpu(f"{carrier}: processor time per decided claim", spent, loop)
        print(f"Wanted: p95 under {real.AT_MOST} ms. {'Reached.' if p95 < real.AT_MOST else 'NOT reached.'}")
        good = good and p95 < real.AT_MOST
    return good


def show_journey() -> bool:
    print("\nWhole journeys through the real services, embedded carrier: milliseconds a claim")
    counts, spent = (500, 4000), {}
    with House(durable=True) as house:
        hands, first = Hands(house.address), 20_000_000
        for count in counts:
            spent[count] = real.journey(house, hands, count, first)
            first += count
    few, many = (spent[count] for count in counts)
    _line("", *(f"{count} claims" for count in counts), "of first", widths=(46, 14, 14, 10))
    few["whole"], many["whole"] = sum(few.values()), sum(many.values())
    for stage in few:
        _line(
            stage,
            f"{few[stage]:.0f}",
            f"{many[stage]:.0f}",
            f"{many[stage] / few[stage]:.2f}",
            widths=(46, 14, 14, 10),
        )
    return many["whole"] / few["whole"] < 1.25


WIDE = (46, 12, 14, 10, 10, 16)


def show_many(counts: tuple[int, ...] = ()) -> bool:
    print("\nA pay day of many orders: seconds, processor milliseconds an order (ours and the database's), memory")
    _bare_loop()
    first: dict[str, float] = {}
    good = True
    for count, day in many.measure(counts or many.COUNTS):
        _line(f"{count:,} orders", "seconds", "ms an order", "of first", "MB", "with database", widths=WIDE)
        for stage, seconds in day.spent.items():
            each = day.cpu[stage] / count * 1000
            share = each / first.setdefault(stage, each)
            held = (day.memory[stage] >> 20, day.together[stage] >> 20)
            _line(f"    {stage}", f"{seconds:.1f}", f"{each:.2f}", f"{share:.2f}", *held, widths=WIDE)
            good = good and share < many.FLAT
        until_sent = sum(seconds for stage, seconds in day.spent.items() if stage != "matched")
        _line("    until all files were taken", f"{until_sent:.1f}")
    print(f"Wanted: an order costs at most {many.FLAT} of what it cost first. {'Reached.' if good else 'NOT reached.'}")
    return good


def show_waiting() -> bool:
    print("\nA mass that waits, and those who are not in it")
    good = True
    _line("", f"{waiting.FEW:,}", f"{waiting.MANY:,}", "of first")
    for what, few, lots in waiting.looks():
        _line(f"ms of a look past {what}", f"{few:.2f}", f"{lots:.2f}", f"{lots / few:.2f}")
        good = good and lots / few < waiting.FLAT
    own, all_ = waiting.behind()
    _line(f"seconds until one behind {waiting.UNSENT:,} events took effect", f"{own:.1f}", widths=(60, 10))
    _line("seconds until all had", f"{all_:.1f}", widths=(60, 10))
    print(f"Wanted: at most {waiting.FLAT} times the first. {'Reached.' if good else 'NOT reached.'}")
    return good


def show_migrations() -> bool:
    print(f"\nThe newest migrations of benefits under work, with {migrating.PERSONS:,} persons")
    slowest, seconds = migrating.measure()
    for what, spent in slowest.items():
        _line(f"the longest that somebody waited to {what}", f"{spent * 1000:.0f} ms", widths=(60, 12))
    _line("the migrations took", f"{seconds:.1f} s", widths=(60, 12))
    good = max(slowest.values()) < migrating.AT_MOST
    print(f"Wanted: nobody waits {migrating.AT_MOST} s. {'Reached.' if good else 'NOT reached.'}")
    return good


def show_assess() -> bool:
    print("\nOne assessment", flush=True)
    return subprocess.run([sys.executable, str(Path(__file__).with_name("assess.py"))]).returncode == 0


def show_evidence(counts: tuple[int, ...] = ()) -> bool:
    return evidence.main(counts)


def show_years(counts: tuple[int, ...] = ()) -> bool:
    return evidence.through_years(counts)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that houses are closed and servers stopped
    counts = tuple(int(word) for word in sys.argv[1:] if word.isdigit())
    asked = [word for word in sys.argv[1:] if not word.isdigit()] or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        print(
            f"There is no part {', '.join(sorted(unknown))}; choose among {', '.join(PARTS)}.",
            file=sys.stderr,
        )
        return 2
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; only ratios of one run say something.")
    sized = {"many": show_many, "evidence": show_evidence, "years": show_years}
    good = [sized[part](counts) if part in sized else globals()[f"show_{part}"]() for part in asked]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
