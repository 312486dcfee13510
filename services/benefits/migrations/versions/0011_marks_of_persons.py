"""The two marks that an officer must clear: a death that was reported, an address that a letter did not find."""

from alembic import op

revision = "0011_marks_of_persons"
down_revision = "0010_changes_of_persons"

SQL = """
ALTER TABLE person ADD COLUMN death_reported_on date, ADD COLUMN address_doubted_on date;
UPDATE person SET death_reported_on = c.since FROM (SELECT person_id, min(waits_since) AS since FROM claim
  WHERE waits_reason = 'death_to_confirm' GROUP BY person_id) c WHERE c.person_id = person.id;
UPDATE person SET address_doubted_on = c.since FROM (SELECT person_id, min(waits_since) AS since FROM claim
  WHERE waits_reason = 'address' GROUP BY person_id) c WHERE c.person_id = person.id;
"""


def upgrade() -> None:
    op.execute(SQL)
