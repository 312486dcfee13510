"""Alembic's door into this service's history."""

from services.payments.tables import metadata
from shared.database import run_migrations

run_migrations(metadata)
