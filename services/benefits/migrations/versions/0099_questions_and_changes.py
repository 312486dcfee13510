"""What a worker does by herself: questions, another phone or account, and what she was told by message."""

from alembic import op

revision = "0099_questions_and_changes"
down_revision = "0098_scans_of_papers"

SQL = """
CREATE TABLE question (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person, text text NOT NULL, asked_at timestamptz NOT NULL, asked_on date NOT NULL,
  answer text, answered_by text, answered_name text, answered_on date,
  CHECK ((answer IS NULL) = (answered_on IS NULL)), CHECK ((answer IS NULL) = (answered_by IS NULL)));
CREATE INDEX question_of_claim ON question (claim_id, asked_at);
CREATE INDEX question_open ON question (asked_at) WHERE answer IS NULL;
CREATE INDEX question_of_person ON question (person_id);
CREATE TABLE own_change (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person, what text NOT NULL CHECK (what IN ('phone', 'payee')), said jsonb NOT NULL,
  payee_id uuid, state text NOT NULL CHECK (state IN ('asked', 'waits', 'done', 'stopped', 'dropped')),
  asked_at timestamptz NOT NULL, asked_on date NOT NULL, tries integer NOT NULL, due_on date, ended_by text,
  ended_name text, ended_on date, why text, CHECK (state NOT IN ('waits', 'done') OR due_on IS NOT NULL),
  CHECK ((state IN ('done', 'stopped', 'dropped')) = (ended_on IS NOT NULL)));
CREATE INDEX own_change_of_claim ON own_change (claim_id);
CREATE INDEX own_change_of_person ON own_change (person_id, asked_at);
CREATE UNIQUE INDEX own_change_once ON own_change (person_id, what) WHERE state IN ('asked', 'waits');
CREATE TABLE told_message (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person, template text NOT NULL, on_day date NOT NULL);
CREATE INDEX told_message_of_claim ON told_message (claim_id, on_day);
CREATE INDEX told_message_of_person ON told_message (person_id);
"""


def upgrade() -> None:
    op.execute(SQL)
