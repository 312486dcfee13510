"""Alembic's door into this service's history."""

from services.notifications.tables import metadata
from shared.database import run_migrations

run_migrations(metadata)
