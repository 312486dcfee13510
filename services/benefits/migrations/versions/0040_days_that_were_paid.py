"""What payments tell of an order says for which days it was paid; for what they told before, the decision says it."""

from alembic import op

revision = "0040_days_that_were_paid"
down_revision = "0033_who_registered_a_person"

SQL = """
ALTER TABLE payment_fact ADD COLUMN first_day date, ADD COLUMN last_day date;
-- The instalment of the same name in a decision on the claim: the one with this amount first, then the last.
UPDATE payment_fact f SET first_day = found.first_day, last_day = found.last_day FROM (
  SELECT DISTINCT ON (g.order_id) g.order_id, (p -> 'period' ->> 'from')::date AS first_day,
    (p -> 'period' ->> 'to')::date AS last_day
  FROM payment_fact g JOIN decision d ON d.claim_id = g.claim_id, jsonb_array_elements(d.schedule) p
  WHERE p ->> 'component' = g.component AND (p ->> 'no')::int = g.no
  ORDER BY g.order_id, (p -> 'amount' ->> 'minor')::bigint = g.minor DESC, d.decided_on DESC NULLS LAST
) found WHERE found.order_id = f.order_id;
UPDATE payment_fact SET first_day = coalesce(on_day, heard_at::date), last_day = coalesce(on_day, heard_at::date)
  WHERE first_day IS NULL;
ALTER TABLE payment_fact ALTER COLUMN first_day SET NOT NULL, ALTER COLUMN last_day SET NOT NULL;
"""


def upgrade() -> None:
    op.execute(SQL)
