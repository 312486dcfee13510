"""Papers that hospitals sent as data, until they lie with a claim."""

from alembic import op

revision = "0091_papers_of_hospitals"
down_revision = "0090_files_of_others"

SQL = """
CREATE TABLE hospital_paper (id uuid PRIMARY KEY, person_id uuid REFERENCES person, claim_id uuid REFERENCES claim,
  facility text NOT NULL, link text NOT NULL, kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('parked', 'waiting', 'taken')), part integer NOT NULL, version integer NOT NULL,
  at timestamptz NOT NULL, content jsonb NOT NULL, UNIQUE (facility, link, kind, part),
  CHECK ((state = 'parked') = (person_id IS NULL)), CHECK ((state = 'taken') = (claim_id IS NOT NULL)));
CREATE INDEX hospital_paper_of_person ON hospital_paper (person_id, at);
CREATE INDEX hospital_paper_of_claim ON hospital_paper (claim_id);
"""


def upgrade() -> None:
    op.execute(SQL)
