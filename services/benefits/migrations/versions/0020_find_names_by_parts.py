"""A name is found by any part of it through an index, in every script and however many people are insured.

PostgreSQL's own trigrams know no Lao or Burmese letters under the plain locale, so the parts are ours.
"""

from alembic import op

revision = "0020_find_names_by_parts"
down_revision = "0011_marks_of_persons"

SQL = """
CREATE FUNCTION name_parts(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(folded, at, 3)), '{}') FROM generate_series(1, length(folded) - 2) AS at
$$;
CREATE INDEX person_name_parts ON person USING gin (name_parts(search)) WITH (fastupdate = off);
CREATE INDEX person_phone_end ON person (reverse(phone) text_pattern_ops);
"""


def upgrade() -> None:
    op.execute(SQL)
