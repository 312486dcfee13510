"""Names are found by how they sound, persons by their day of birth, and one office asks another for a person."""

from alembic import op

from shared.migrating import index_beside, rule_proved_later

revision = "0078_registered_at_the_desk"
down_revision = "0077_standards_made_ahead"

#: How names written in Latin letters by ear are compared: what is heard alike is written alike. Pairs of letters
#: first, then single ones, an *h* that nobody hears at the end of a word, and no letter twice in a row.
SOUND = """
CREATE OR REPLACE FUNCTION name_sound(folded text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(regexp_replace(translate(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(folded,
      'ph', 'p'), 'th', 't'), 'kh', 'k'), 'bh', 'b'), 'dh', 'd'), 'ch', 'j'), 'sh', 's'),
      'ou', 'u'), 'oo', 'u'), 'ee', 'i'),
    'yvzxrqc', 'iwsslkk'), 'h( |$)', '\\1', 'g'), '(.)\\1+', '\\1', 'g')
$$
"""


def upgrade() -> None:
    op.execute(SOUND)
    op.execute(
        """CREATE TABLE IF NOT EXISTS transfer (
        id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES person (id),
        from_office text NOT NULL, to_office text NOT NULL, why text NOT NULL,
        asked_by text NOT NULL, asked_name text NOT NULL, asked_on date NOT NULL,
        state text NOT NULL CHECK (state IN ('asked', 'given', 'refused')),
        answered_by text, answered_name text, answered_on date, answer text,
        CHECK ((state = 'asked') = (answered_by IS NULL)), CHECK (answered_by <> asked_by))"""
    )
    op.execute("CREATE UNIQUE INDEX IF NOT EXISTS transfer_open ON transfer (person_id) WHERE state = 'asked'")
    index_beside("person_name_sounds", "person USING gin (name_parts(name_sound(search))) WITH (fastupdate = off)")
    index_beside("person_born_on", "person (born_on)")
    rule_proved_later(
        "person_change",
        "person_change_what_check",
        """CHECK (what IN ('details', 'name', 'payee', 'death_confirmed', 'death_mistaken', 'address_checked',
        'contribution_withdrawn', 'office'))""",
    )
