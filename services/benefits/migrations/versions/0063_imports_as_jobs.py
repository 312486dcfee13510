"""A file is kept and its rows are answered by a job, some at a time."""

from alembic import op

revision = "0063_imports_as_jobs"
down_revision = "0060_removed_by_age"

SQL = """
CREATE TABLE import_answers (file_id uuid NOT NULL REFERENCES import_file, first integer NOT NULL CHECK (first >= 0),
  answers jsonb NOT NULL, PRIMARY KEY (file_id, first));
INSERT INTO import_answers SELECT id, 0, answers FROM import_file WHERE jsonb_array_length(answers) > 0;
ALTER TABLE import_file
  ADD COLUMN state text NOT NULL DEFAULT 'done' CHECK (state IN ('under_way', 'done')),
  ADD COLUMN ended_at timestamptz, ADD COLUMN office_id text, ADD COLUMN sender jsonb, ADD COLUMN key text,
  ADD COLUMN rows integer NOT NULL DEFAULT 0, ADD COLUMN answered integer NOT NULL DEFAULT 0,
  ADD COLUMN counts jsonb NOT NULL DEFAULT '{}', ADD COLUMN content bytea;
UPDATE import_file SET rows = jsonb_array_length(answers), answered = jsonb_array_length(answers), ended_at = at,
  office_id = (SELECT office_id FROM account WHERE account.id::text = import_file.by),
  counts = coalesce((SELECT jsonb_object_agg(outcome, many) FROM
    (SELECT one ->> 'outcome' AS outcome, count(*) AS many FROM jsonb_array_elements(answers) AS one GROUP BY 1) AS c),
    '{}');
ALTER TABLE import_file DROP COLUMN answers, ALTER COLUMN state DROP DEFAULT, ALTER COLUMN rows DROP DEFAULT,
  ALTER COLUMN answered DROP DEFAULT, ALTER COLUMN counts DROP DEFAULT,
  ADD CHECK (answered <= rows), ADD CHECK ((state = 'done') = (ended_at IS NOT NULL)),
  ADD CHECK (state = 'done' OR (content IS NOT NULL AND sender IS NOT NULL));
CREATE UNIQUE INDEX import_file_under_way ON import_file (hash, kind, coalesce(employer_id::text, office_id, by))
  WHERE state = 'under_way';
CREATE UNIQUE INDEX import_file_key ON import_file (by, key) WHERE key IS NOT NULL;
CREATE INDEX import_file_at ON import_file (at);
"""


def upgrade() -> None:
    op.execute(SQL)
