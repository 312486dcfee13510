"""What the other services keep about a person, asked over their API with this service's own word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import requests

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
        url = self.urls.get(service, "").rstrip("/")
        if not url:
            raise NeighbourAway(f"the address of {service} is not set")
        try:
            answer = self._http.get(
                f"{url}{DOORS[service]}/{person_id}",
                headers={"Authorization": f"Bearer {self.token(service)}"},
                timeout=(2, 30),
                allow_redirects=False,
            )
            if answer.status_code != 200:
                raise NeighbourAway(f"{service} {answer.status_code}")
            said = answer.json()
        except (requests.RequestException, ValueError) as away:
            raise NeighbourAway(f"{service} {type(away).__name__}") from None
        return facts.read("kept", said)
