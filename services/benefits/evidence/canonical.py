"""One way to write JSON, so that equal figures have equal digests."""

from __future__ import annotations

import json
from typing import Any


def canonical(body: Any) -> bytes:
    """JSON in one way: keys in order, no blanks."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
