"""The real services with a crowd of invented people: decisions at a steady rate, and whole journeys of many claims.

People, contributions and claims come in through the import door that an institution would use.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from bench.cpu import spending
from bench.load import Ask, Measured, drive, percentile
from deploy.embedded.hands import Hand, Hands
from tests.journeys.processes import House, wait_until

PER_SECOND = 20
#: From a decision to the operator having the SMS, p95, in milliseconds.
AT_MOST = 1000
#: Rows of one file; the door takes a file whole.
ROWS = 1000


@dataclass
class Crowd:
    """Claims that wait for a decision: id and version."""

    claims: list[tuple[str, int]]


def _file(columns: str, rows: list[str]) -> Iterator[bytes]:
    for at in range(0, len(rows), ROWS):
        yield "\n".join([columns, *rows[at : at + ROWS], ""]).encode()


def _answers(hands: Hands, file: str) -> Any:
    """The rows' answers, once all are there."""
    return hands.admin.get(f"/v1/imports/{file}").get("items")


def crowd(house: House, hands: Hands, count: int, first: int) -> Crowd:
    """Bring `count` people into the province, each with a submitted claim of sixty days of sickness."""
    today = _today(house)
    numbers = [f"90-{first + n:08d}" for n in range(count)]
    born = [date(1966, 1, 1) + timedelta(days=n * 3 % 12_000) for n in range(count)]
    files = {
        "persons": (
            "sso_no,name,name_latin,sex,born_on,phone,language,office,insured_since,employer_no,hired_on,pay,bank,account,holder",
            [
                f"{no},{_name(first + n)},{_name(first + n)},female,{born[n]},+85620{first + n:08d},lo,svk,2020-01-01,"
                f"E-0001,2020-01-01,monthly,BCEL,{first + n:013d},{_name(first + n)}"
                for n, no in enumerate(numbers)
            ],
        ),
        "contributions": (
            "sso_no,from,to,wage,paid,employer_no",
            [f"{no},2024-01,2025-08,3000000,,E-0001" for no in numbers],
        ),
    }
    for kind, (columns, rows) in files.items():
        for file in _file(columns, rows):
            told = hands.admin.call("POST", f"/v1/imports/{kind}", raw=file)
            for row in wait_until(partial(_answers, hands, told["id"])):
                if row["outcome"] != "accepted":
                    raise SystemExit(f"A row of {kind} was not taken: {row}")
    persons = dict(
        house.rows("benefits", "SELECT value, person_id FROM person_identifier WHERE value = ANY(%(n)s)", n=numbers)
    )
    bodies = [_claim(str(persons[no]), no, today) for no in numbers]
    _drive(house, hands.noy, lambda n: ("/v1/claims", bodies[n], None), count).or_stop()
    found = house.rows(
        "benefits",
        "SELECT id, version FROM claim WHERE person_id = ANY(%(p)s::uuid[])",
        p=[str(id_) for id_ in persons.values()],
    )
    _drive(house, hands.noy, lambda n: (f"/v1/claims/{found[n][0]}/submission", None, found[n][1]), count).or_stop()
    return Crowd([(str(id_), version + 1) for id_, version in found])


def _today(house: House) -> date:
    return date.fromisoformat((house.data / "clock").read_text().strip())


def _name(number: int) -> str:
    """A name that no other resembles."""
    syllables = (
        "ka",
        "mo",
        "sin",
        "thep",
        "vong",
        "lai",
        "bun",
        "phet",
        "dao",
        "noi",
        "xay",
        "keo",
        "som",
        "chan",
        "li",
        "ya",
    )
    spread = [syllables[byte & 15] for byte in hashlib.sha256(str(number).encode()).digest()]
    return f"{''.join(spread[:4])} {''.join(spread[4:9])}".title()


def _claim(person: str, number: str, today: date) -> dict[str, Any]:
    """Sick for sixty days; the employer paid the first thirty."""
    begin, end = today - timedelta(days=64), today - timedelta(days=5)
    certificates: list[dict[str, Any]] = [
        {"number": f"{number}-1", "from": f"{begin}", "to": f"{begin + timedelta(days=29)}"},
        {"number": f"{number}-2", "from": f"{begin + timedelta(days=30)}", "to": f"{end}", "follow_up": True},
    ]
    return {
        "person_id": person,
        "benefit": "sickness",
        "received_on": f"{today}",
        "papers": {"verified": [c["number"] for c in certificates]},
        "facts": {
            "spell": {"first_day": f"{begin}", "fit_on": f"{end + timedelta(days=1)}", "illness": "M54.5"},
            "certificates": certificates,
            "employments": [
                {"pay": "monthly", "wage_paid_until": f"{begin + timedelta(days=29)}", "wage_stopped_word": "employer"}
            ],
            "event": {"employer_days_used": 0},
        },
    }


def _drive(
    house: House,
    hand: Hand,
    make: Callable[[int], tuple[str, Any, int | None]],
    count: int,
    per_second: float | None = None,
) -> Measured:
    """Requests of one person's browser, straight at the service."""
    port = json.loads((house.data / "running.json").read_text())["ports"]["benefits"]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {hand.token}"}

    def ask(number: int) -> Ask:
        path, body, version = make(number)
        more = {"Idempotency-Key": uuid.uuid4().hex} | ({"If-Match": f'"{version}"'} if version else {})
        return Ask("POST", path, headers | more, json.dumps(body).encode() if body is not None else b"")

    return drive(port, ask, count, per_second=per_second)


def decide(house: House, hands: Hands, crowd: Crowd, per_second: float | None) -> Measured:
    """An officer decides all of them through the API."""
    claims = crowd.claims
    return _drive(
        house,
        hands.khamla,
        lambda n: (f"/v1/claims/{claims[n][0]}/decisions", {}, claims[n][1]),
        len(claims),
        per_second,
    ).or_stop()


def _sent(house: House, crowd: Crowd, template: str) -> dict[str, Any]:
    """When the operator had the message of each claim."""
    rows = house.rows(
        "notifications",
        "SELECT m.claim_id, min(v.at) FROM message m JOIN message_move v ON v.message_id = m.id AND v.state = 'sent' "
        "WHERE m.channel = 'sms' AND m.claim_id = ANY(%(c)s::uuid[]) AND m.template LIKE %(t)s GROUP BY 1",
        c=[id_ for id_, _ in crowd.claims],
        t=template,
    )
    return {str(id_): at for id_, at in rows}


def sms(house: House, hands: Hands, count: int = 200, first: int = 10_000_000) -> tuple[float, float, dict[str, float]]:
    """p50 and p95 in milliseconds from the commit of a decision to the operator's answer for its SMS; and the
    milliseconds of processor time per claim of each part of the house, until its letter is written too."""
    people = crowd(house, hands, count, first)
    calm(house)
    with spending(house) as spent:
        decide(house, hands, people, PER_SECOND)
        wait_until(lambda: len(_sent(house, people, "decision_granted%")) == count, 300, "all SMS left")
        calm(house)
    made = {
        str(id_): at
        for id_, at in house.rows(
            "benefits",
            "SELECT body->'data'->>'claim_id', written_at FROM outbox WHERE type = 'benefits.decision.made'",
        )
    }
    waits = [(at - made[id_]).total_seconds() * 1000 for id_, at in _sent(house, people, "decision_granted%").items()]
    costs = {part: seconds * 1000 / count for part, seconds in spent.items()}
    return percentile(waits, 0.50), percentile(waits, 0.95), costs


def calm(house: House) -> None:
    """What the crowd's arrival set off is done."""
    waiting = "SELECT count(*) FROM job WHERE state = 'waiting' AND kind IN ('send_sms', 'write_letter')"
    left = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
    wait_until(
        lambda: (
            house.rows("notifications", waiting) == [(0,)]
            and all(house.rows(s, left) == [(0,)] for s in ("benefits", "payments", "notifications"))
        ),
        1800,
        "what came in is done",
    )


def journey(house: House, hands: Hands, count: int, first: int) -> dict[str, float]:
    """Milliseconds a claim of each stage: in through the import door, decided and told, paid and told."""
    spent: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        spent[name] = (time.perf_counter() - began) / count * 1000

    with stage("taken in"):
        people = crowd(house, hands, count, first)
        calm(house)
    with stage("decided, letter, SMS"):
        decide(house, hands, people, None)
        wait_until(lambda: len(_sent(house, people, "decision_granted%")) == count, 3600, "all were told")
        calm(house)
    with stage("paid, SMS"):
        day = _today(house)
        ids = [id_ for id_, _ in people.claims]
        unpaid = "SELECT count(*) FROM payment_order WHERE claim_id = ANY(%(c)s::uuid[]) AND state <> 'settled'"
        for _ in range(14):
            if hands.release_runs() == 0:
                if house.rows("payments", unpaid, c=ids) == [(0,)]:
                    break
                day += timedelta(days=1)
            house.tick(day.isoformat())
        wait_until(
            lambda: len(_sent(house, people, "instalment_paid%")) == count,
            1800,
            "all were told of their money",
        )
        calm(house)
    return spent
