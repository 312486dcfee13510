"""The pages of benefits: desk, employer, worker."""

from __future__ import annotations

from shared.web.doors import Doors

doors = Doors()
