"""The Chromium in which pages are looked at: Debian's, the one without windows first, which costs a third."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium-headless-shell", "chromium")


def program() -> str | None:
    """Where it lies; none where this machine has none."""
    places = (shutil.which(name, path=path) for name in NAMES for path in (None, "/usr/bin"))
    return next((place for place in places if place), None)


def launch(play: Playwright) -> Browser:
    """A browser; who asks for it closes it. Raises `FileNotFoundError` where this machine has none."""
    found = program()
    if found is None:
        raise FileNotFoundError(f"none of {', '.join(NAMES)} is installed")
    return play.chromium.launch(executable_path=found, args=["--no-sandbox"])
