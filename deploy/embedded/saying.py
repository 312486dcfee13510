"""What the supervisor says, and where its parts write: a full disk or a closed terminal stops nobody (0218)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

LARGEST_LOG = 5 * 1024 * 1024


def say(sentence: str) -> None:
    """Tell whoever started the house, if she can be told."""
    try:
        print(sentence, flush=True)
    except OSError:
        pass


def opened(log: Path) -> BinaryIO:
    """The log of a part, set aside when it is large; or nowhere, where it cannot be opened."""
    try:
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        return log.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")
