"""A wage corrected at the desk is a change of its person, which her employer is told."""

from alembic import op

from shared.migrating import rule_proved_later

revision = "0094_wage_corrected"
down_revision = "0093_columns_by_other_names"


def upgrade() -> None:
    op.execute("ALTER TABLE person_change DROP CONSTRAINT person_change_what_check")
    rule_proved_later(
        "person_change",
        "person_change_what_check",
        """CHECK (what IN ('details', 'name', 'payee', 'death_confirmed', 'death_mistaken', 'address_checked',
        'contribution_withdrawn', 'office', 'wage_corrected'))""",
    )
