"""What every channel over HTTP has in common: one careful way to ask, and the days of its calendar.

Not to be confused with trust: a time-out, a broken answer and an answer we cannot read are all the same
to us, namely no answer (`BankAway`), and what was asked may have been done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time

import requests

from services.payments.gateways.bank import BankAway, BankStatus, NameCheck
from services.payments.institution import Channel, institution

#: About how many orders a channel is asked at once.
AT_ONCE = 500
NAME_CODES = frozenset({"RCVC", "RVMC", "RVNM", "RVNA"})


class HttpChannel:
    """Somebody who moves money and is spoken to over HTTP."""

    channel: str

    def __init__(
        self, url: str, *, answer_seconds: float = 20, token: str | None = None, figures: Channel | None = None
    ) -> None:
        self.figures = figures or institution().channel(self.channel)
        self.url = url.rstrip("/")
        self.answer_seconds = answer_seconds
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of the environment must not stand between us and the bank
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def _ask(self, method: str, path: str, **kwargs: object) -> requests.Response:
        try:
            answer = self.session.request(
                method,
                self.url + path,
                timeout=(3, self.answer_seconds),
                allow_redirects=False,
                **kwargs,  # type: ignore[arg-type]
            )
        except requests.RequestException as away:
            raise BankAway(type(away).__name__) from away
        if answer.status_code not in (200, 202, 404):
            raise BankAway(f"status {answer.status_code}")
        return answer

    def _is_unknown_there(self, answer: requests.Response) -> bool:
        """Whether the channel says that it has never heard of an order. Raises `BankAway` for somebody else's 404."""
        if answer.status_code != 404:
            return False
        # Only the channel's own word counts, not some proxy's missing page.
        if answer.headers.get("X-Known") != "no":
            raise BankAway("an unsigned 404")
        return True

    def _known(
        self, path: str, references: Sequence[str], read: Callable[[requests.Response], Iterable[str]]
    ) -> frozenset[str]:
        """Which of many orders the channel has heard of, a batch at a time."""
        found: set[str] = set()
        for batch in batched(references, AT_ONCE):
            answer = self._ask("POST", path, json={"references": batch})
            if answer.status_code != 200:
                raise BankAway(f"status {answer.status_code}")
            found.update(set(read(answer)) & set(batch))
        return frozenset(found)

    def is_bank_day(self, day: date) -> bool:
        return self.figures.calendar.is_open(day)

    def settles_on(self, wanted: date, today: date, at: time) -> date:
        return self.figures.calendar.settles_on(wanted, today, at)


def batched(references: Sequence[str], most: int) -> Iterator[list[str]]:
    for at in range(0, len(references), most):
        yield list(references[at : at + most])


def read_name_check(answer: requests.Response) -> NameCheck:
    """What was said about a name; "not available" where the other side checks none. Raises `BankAway`."""
    if answer.status_code == 404:
        return NameCheck("RVNA")
    try:
        return _name_check(answer.json())
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BankAway("unreadable answer") from wrong


def read_name_checks(answer: requests.Response, asked: int) -> list[NameCheck]:
    """What was said about so many names. Raises `BankAway`, also where nobody there takes many at once."""
    try:
        found = [_name_check(said) for said in answer.json()["checks"]] if answer.status_code == 200 else []
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BankAway("unreadable answer") from wrong
    if len(found) != asked:
        raise BankAway("an answer about others")
    return found


def _name_check(said: dict[str, object]) -> NameCheck:
    code, found = str(said["code"]), said.get("name")
    return NameCheck(code if code in NAME_CODES else "RVNA", str(found)[:140] if found else None)


def status(code: str, reason: str | None) -> BankStatus:
    """A status with one reason or none."""
    return BankStatus(code, reason, (reason,) if reason else ())
