"""A file is kept and its rows are answered by a job, some at a time."""

from alembic import op

from shared.migrating import in_steps, index_beside, rule_proved_later

revision = "0063_imports_as_jobs"
down_revision = "0060_removed_by_age"

BEGIN = """
CREATE TABLE IF NOT EXISTS import_answers (file_id uuid NOT NULL REFERENCES import_file,
  first integer NOT NULL CHECK (first >= 0), answers jsonb NOT NULL, PRIMARY KEY (file_id, first));
INSERT INTO import_answers SELECT id, 0, answers FROM import_file WHERE jsonb_array_length(answers) > 0
  ON CONFLICT DO NOTHING;
ALTER TABLE import_file
  ADD COLUMN IF NOT EXISTS state text NOT NULL DEFAULT 'done' CHECK (state IN ('under_way', 'done')),
  ADD COLUMN IF NOT EXISTS ended_at timestamptz, ADD COLUMN IF NOT EXISTS office_id text,
  ADD COLUMN IF NOT EXISTS sender jsonb, ADD COLUMN IF NOT EXISTS key text,
  ADD COLUMN IF NOT EXISTS rows integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS answered integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS counts jsonb NOT NULL DEFAULT '{}', ADD COLUMN IF NOT EXISTS content bytea;
"""
OLD_FILES = """
UPDATE import_file SET rows = jsonb_array_length(answers), answered = jsonb_array_length(answers), ended_at = at,
  office_id = (SELECT office_id FROM account WHERE CAST(account.id AS text) = import_file.by),
  counts = coalesce((SELECT jsonb_object_agg(outcome, many) FROM
    (SELECT one ->> 'outcome' AS outcome, count(*) AS many FROM jsonb_array_elements(answers) AS one GROUP BY 1) AS c),
    '{}')
  WHERE id IN (SELECT id FROM import_file WHERE ended_at IS NULL LIMIT :step)
"""
RULES = {
    "import_file_answered_rows": "CHECK (answered <= rows)",
    "import_file_ended": "CHECK ((state = 'done') = (ended_at IS NOT NULL))",
    "import_file_kept_while_under_way": "CHECK (state = 'done' OR (content IS NOT NULL AND sender IS NOT NULL))",
}
WHOSE = "coalesce(CAST(employer_id AS text), office_id, by)"
END = """
ALTER TABLE import_file DROP COLUMN answers, ALTER COLUMN state DROP DEFAULT, ALTER COLUMN rows DROP DEFAULT,
  ALTER COLUMN answered DROP DEFAULT, ALTER COLUMN counts DROP DEFAULT;
"""


def upgrade() -> None:
    op.execute(BEGIN)
    in_steps(OLD_FILES)
    for name, rule in RULES.items():
        rule_proved_later("import_file", name, rule)
    index_beside("import_file_under_way", f"import_file (hash, kind, ({WHOSE})) WHERE state = 'under_way'", unique=True)
    index_beside("import_file_key", "import_file (by, key) WHERE key IS NOT NULL", unique=True)
    index_beside("import_file_at", "import_file (at)")
    op.execute(END)
