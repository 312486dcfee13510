"""What was paid less on one claim counts as come back on another: a repayment without a line of a statement."""

from alembic import op

from shared.migrating import rule_proved_later

revision = "0051_set_off_elsewhere"
down_revision = "0050_statement_layouts"


def upgrade() -> None:
    layout = "FOREIGN KEY (layout_id) REFERENCES statement_layout"
    rule_proved_later("statement_file", "statement_file_layout_id_fkey", layout)
    op.execute("ALTER TABLE repayment ALTER COLUMN line_id DROP NOT NULL")
    op.execute("ALTER TABLE repayment ADD COLUMN IF NOT EXISTS from_component text")
    one = "CHECK ((line_id IS NULL) = (from_component IS NOT NULL))"
    rule_proved_later("repayment", "repayment_from_a_line_or_a_claim", one)
