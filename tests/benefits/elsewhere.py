"""An office of benefits in another country, with the people and employers of its invented institution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.embedded.sample import read_sample
from services.benefits import institution as practice
from services.benefits.usecases import files_in
from tests.benefits.conftest import Office


@contextmanager
def office_in(
    country: str, today: str, new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path
) -> Iterator[Office]:
    """The office while the test lasts; its choices are those of the country's sample."""
    sample = read_sample(country)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sample.environment("benefits").items():
            patch.setenv(name, value)
        practice.institution.cache_clear()
        office = Office(new_database("benefits"), keys_folder, tmp_path / "clock", today)
        try:
            with office.service.engine.begin() as connection:
                for kind in ("1-offices", "2-employers", "3-persons"):
                    path = sample.folder / f"{kind}.csv"
                    files_in.take_file(office.act(connection), kind[2:], path.name, path.read_bytes())
            yield office
        finally:
            office.service.engine.dispose()
    practice.institution.cache_clear()
