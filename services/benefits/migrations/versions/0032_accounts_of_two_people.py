"""An account is proposed by one person and confirmed by another, and begins with an invitation."""

from alembic import op

from shared.tables import ENDED_SESSIONS_SQL

revision = "0032_accounts_of_two_people"
down_revision = "0031_tries_by_source"

SQL = """
ALTER TABLE account ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE account ADD COLUMN state text NOT NULL DEFAULT 'active'
  CHECK (state IN ('invited', 'active', 'disabled'));
UPDATE account SET state = 'disabled' WHERE NOT active;
ALTER TABLE account DROP COLUMN active, ALTER COLUMN state DROP DEFAULT;
CREATE TABLE account_change (
  id uuid PRIMARY KEY, account_id uuid NOT NULL, kind text NOT NULL, username text NOT NULL, name text NOT NULL,
  roles text[] NOT NULL, language text NOT NULL, office_id text, employer_id uuid, person_id uuid,
  state text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'rejected')),
  proposed_by text NOT NULL, proposed_name text NOT NULL, proposed_at timestamptz NOT NULL,
  judged_by text, judged_name text, judged_at timestamptz,
  CHECK (judged_by IS NULL OR kind = 'disabled' OR judged_by <> proposed_by));
CREATE INDEX account_change_account ON account_change (account_id, proposed_at);
CREATE UNIQUE INDEX account_change_open ON account_change (account_id) WHERE state = 'proposed';
CREATE TABLE invitation (
  id uuid PRIMARY KEY, account_id uuid NOT NULL, change_id uuid, digest text NOT NULL UNIQUE, totp_secret text,
  failures integer NOT NULL, ends_at timestamptz NOT NULL, ended_at timestamptz);
CREATE INDEX invitation_account ON invitation (account_id);
CREATE INDEX session_living ON session (account_id) WHERE ended_at IS NULL;
"""


def upgrade() -> None:
    op.execute(SQL)
    op.execute(ENDED_SESSIONS_SQL)
