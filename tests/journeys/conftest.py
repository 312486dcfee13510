"""The town in which a claim travels: all services in one process, with its bank and its phones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.town import Town, make_town


@pytest.fixture(params=[None, 7], ids=["each message once", "each message twice and in changed order"])
def town(
    request: pytest.FixtureRequest,
    new_database: Callable[[str], str],
    empty_database: Callable[[], str],
    keys_folder: Path,
    tmp_path: Path,
) -> Iterator[Town]:
    made = make_town(new_database, empty_database, keys_folder, tmp_path, seed=request.param)
    yield made
    made.close()


@pytest.fixture
def quiet_town(
    new_database: Callable[[str], str], empty_database: Callable[[], str], keys_folder: Path, tmp_path: Path
) -> Iterator[Town]:
    made = make_town(new_database, empty_database, keys_folder, tmp_path)
    yield made
    made.close()
