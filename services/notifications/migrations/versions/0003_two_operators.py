"""A message says which operator has it; receipts are found by ids that are written another way."""

from alembic import op

revision = "0003_two_operators"
down_revision = "0002_what_has_stopped"

SQL = """
ALTER TABLE message ADD COLUMN line text;
CREATE INDEX message_under_way ON message (sending_at) WHERE state = 'sending';
ALTER TABLE message_part ADD COLUMN operator_fold text;
UPDATE message_part SET operator_fold = coalesce(nullif(ltrim(lower(replace(operator_id, '-', '')), '0'), ''), '0')
  WHERE operator_id IS NOT NULL;
CREATE INDEX message_part_of_fold ON message_part (operator_fold);
ALTER TABLE delivery_receipt ADD COLUMN line text NOT NULL DEFAULT 'first';
ALTER TABLE delivery_receipt ADD COLUMN operator_fold text;
UPDATE delivery_receipt SET operator_fold = coalesce(nullif(ltrim(lower(replace(operator_id, '-', '')), '0'), ''), '0');
ALTER TABLE delivery_receipt ALTER COLUMN operator_fold SET NOT NULL, ALTER COLUMN line DROP DEFAULT;
ALTER TABLE delivery_receipt DROP CONSTRAINT delivery_receipt_pkey, ADD PRIMARY KEY (line, operator_id, state);
CREATE INDEX delivery_receipt_of_nobody ON delivery_receipt (received_at) WHERE message_id IS NULL;
"""


def upgrade() -> None:
    op.execute(SQL)
