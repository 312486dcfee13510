"""Every moment since a base comes back: what the server writes is archived whole, and never over something else."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from deploy import backup, moment
from deploy.embedded.house import SERVICES, HouseFailed, Plan
from deploy.embedded.postgres import Postgres, archive_command


def archives(folder: Path, content: Path, name: str) -> int:
    command = archive_command(folder).replace("%p", str(content)).replace("%f", name)
    return subprocess.run(["sh", "-c", command], capture_output=True).returncode


def test_a_file_is_archived_once_and_never_over_another(tmp_path: Path) -> None:
    folder = tmp_path / "the archive's"
    folder.mkdir()
    (tmp_path / "one").write_text("one")
    (tmp_path / "two").write_text("two")
    assert archives(folder, tmp_path / "one", "0001") == 0
    assert archives(folder, tmp_path / "one", "0001") == 0, "the same again is done"
    assert archives(folder, tmp_path / "two", "0001") != 0, "another one is refused"
    assert (folder / "0001").read_text() == "one"
    (folder / "0002.part").write_text("half of")
    assert archives(folder, tmp_path / "two", "0002") == 0, "what a killed copy left does not count"
    assert sorted(path.name for path in folder.iterdir()) == ["0001", "0002"]
    assert archives(tmp_path / "gone", tmp_path / "one", "0003") != 0


def test_a_moment_is_said_with_its_clock() -> None:
    assert moment.read_moment("2026-11-28T14:30:00+07:00") == datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
    for wrong in ("yesterday", "2026-11-28T14:30:00"):
        with pytest.raises(HouseFailed):
            moment.read_moment(wrong)


@pytest.fixture
def plan() -> Iterator[Plan]:
    """A server of our own that archives, with a table in each database, in a folder that its user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="tideover-archive-"))
    folder.chmod(0o755)
    plan = Plan(data=folder / "data", fast=True, archive=folder / "wal")
    plan.data.mkdir()
    server = plan.postgres()
    server.start()
    for name in SERVICES:
        server.ensure_database(name)
        says(server, name, "CREATE TABLE told (word text)")
        says(server, name, "CREATE TABLE left_house (number bigint)")
    yield plan
    server.remove()
    shutil.rmtree(folder)


def says(server: Postgres, name: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
        answer = connection.execute(sql)
        return answer.fetchall() if answer.description else []


def now(server: Postgres) -> datetime:
    ((found,),) = says(server, "postgres", "SELECT clock_timestamp()")
    assert isinstance(found, datetime)
    return found


def test_a_database_as_it_was_between_two_words(plan: Plan, tmp_path: Path) -> None:
    server = plan.postgres()
    backup.make(plan, tmp_path / "kept", SERVICES)
    made = datetime.now(UTC)
    says(server, "payments", "INSERT INTO told VALUES ('first')")
    between = now(server)
    says(server, "payments", "INSERT INTO told VALUES ('second')")
    moment.verify_base(tmp_path / "kept")
    base = backup.manifest(tmp_path / "kept")[moment.BASE]
    moment.all_archived(plan, base)
    with moment.recovered(plan, tmp_path / "kept", between) as side:
        assert says(side, "payments", "SELECT word FROM told") == [("first",)]
        place = side.data
    assert not place.exists(), "it ends with its work"
    assert says(server, "payments", "SELECT word FROM told") == [("first",), ("second",)]
    with pytest.raises(HouseFailed, match="earlier backup"):
        backup.restore_moment(plan, tmp_path / "kept", ["payments"], made - timedelta(days=1))
    with pytest.raises(HouseFailed, match="not come yet"):
        backup.restore_moment(plan, tmp_path / "kept", ["payments"], made + timedelta(days=1))


def test_a_moment_that_the_archive_does_not_reach_changes_nothing(plan: Plan, tmp_path: Path) -> None:
    server = plan.postgres()
    backup.make(plan, tmp_path / "kept", SERVICES)
    says(server, "payments", "INSERT INTO told VALUES ('first')")
    later = now(server)
    with (
        pytest.raises(HouseFailed, match="cannot be reached"),
        moment.recovered(plan, tmp_path / "kept", later + timedelta(hours=1)),
    ):
        pass
    assert says(server, "payments", "SELECT word FROM told") == [("first",)]


def test_a_base_that_was_spoilt_is_said(plan: Plan, tmp_path: Path) -> None:
    backup.make(plan, tmp_path / "kept", SERVICES)
    with (tmp_path / "kept" / moment.BASE / "PG_VERSION").open("a") as file:
        file.write("9")
    with pytest.raises(HouseFailed, match="pg_verifybackup"):
        moment.verify_base(tmp_path / "kept")
