"""Alembic's door into the history of the tiny services."""

from shared.database import run_migrations
from tests.journeys.tiny.parts import metadata

run_migrations(metadata)
