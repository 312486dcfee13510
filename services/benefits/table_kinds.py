"""What the tables of benefits are made of: the columns that they share, and the metadata that holds them."""

from __future__ import annotations

from sqlalchemy import Column, DateTime
from sqlalchemy.dialects.postgresql import UUID

from shared.tables import with_common_tables

metadata = with_common_tables()


def id_(name: str = "id", *, key: bool = False, null: bool = False) -> Column[str]:
    """A column that names a row of this or another table."""
    return Column(name, UUID(as_uuid=False), primary_key=key, nullable=null)


def moment(name: str, null: bool = False) -> Column[object]:
    """A column with a point in time."""
    return Column(name, DateTime(timezone=True), nullable=null)
