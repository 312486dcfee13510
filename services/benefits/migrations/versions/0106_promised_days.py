"""The day on which money was promised is remembered, so that it is kept or corrected by a message."""

from alembic import op

revision = "0106_promised_days"
down_revision = "0105_a_number_is_confirmed"

SQL = """
CREATE TABLE promised_day (claim_id uuid NOT NULL REFERENCES claim, component text NOT NULL, no integer NOT NULL,
  decision_id uuid NOT NULL REFERENCES decision, minor bigint NOT NULL, currency text NOT NULL,
  first_day date NOT NULL, day date NOT NULL, promised_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'left', 'over')), before date, news_by date, left_on date,
  PRIMARY KEY (claim_id, component, no));
CREATE INDEX promised_day_decision ON promised_day (decision_id);
CREATE INDEX promised_day_lasts ON promised_day (day) WHERE state IN ('open', 'left');
"""


def upgrade() -> None:
    op.execute(SQL)
