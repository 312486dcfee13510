"""What the other services know, asked over their API with this service's own word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import requests

from services.benefits.domain.statistics import Spent
from services.benefits.evidence.settled import Money
from shared import facts

#: Who keeps something about people, and behind which door it is told.
DOORS = {"payments": "/v1/orders/kept-about", "notifications": "/v1/messages/kept-about"}


class NeighbourAway(ConnectionError):
    """A service does not answer, or not as agreed; ask again later."""


class Neighbours:
    """The services by their addresses; `token` makes this service's word for one of them."""

    def __init__(self, urls: Mapping[str, str], token: Callable[[str], str]) -> None:
        self.urls, self.token = urls, token
        self._http = requests.Session()
        self._http.trust_env = False

    def kept_about(self, service: str, person_id: str) -> dict[str, Any]:
        """All that a service keeps about a person. Raises `NeighbourAway`, `shared.facts.FactsInvalid`."""
        return facts.read("kept", self._get(service, f"{DOORS[service]}/{person_id}"))

    def expenditure(self, year: int) -> Iterator[tuple[str, Spent]]:
        """What the ledger spent on each claim in a year. Raises `NeighbourAway`, `shared.facts.FactsInvalid`."""
        cursor: str | None = ""
        while cursor is not None:
            query = {"year": str(year)} | ({"cursor": cursor} if cursor else {})
            page = facts.read("expenditure", self._get("payments", "/v1/orders/expenditure", query))
            for row in page["items"]:
                first = date.fromisoformat(row["first_on"]) if row["first_on"] else None
                yield row["claim_id"], Spent(first, {int(month): minor for month, minor in row["months"].items()})
            cursor = page["next_cursor"]

    def money_of_awards(self) -> Iterator[Money]:
        """What payments know of the money of every award. Raises `NeighbourAway`, `shared.facts.FactsInvalid`."""
        cursor: str | None = ""
        while cursor is not None:
            query = {"cursor": cursor} if cursor else {}
            page = facts.read("money_of_awards", self._get("payments", "/v1/orders/money-of-awards", query))
            for row in page["items"]:
                yield Money.from_json(row)
            cursor = page["next_cursor"]

    def _get(self, service: str, path: str, query: Mapping[str, str] | None = None) -> Any:
        url = self.urls.get(service, "").rstrip("/")
        if not url:
            raise NeighbourAway(f"the address of {service} is not set")
        try:
            answer = self._http.get(
                f"{url}{path}",
                params=query,
                headers={"Authorization": f"Bearer {self.token(service)}"},
                timeout=(2, 30),
                allow_redirects=False,
            )
            if answer.status_code != 200:
                raise NeighbourAway(f"{service} {answer.status_code}")
            return answer.json()
        except (requests.RequestException, ValueError) as away:
            raise NeighbourAway(f"{service} {type(away).__name__}") from None
