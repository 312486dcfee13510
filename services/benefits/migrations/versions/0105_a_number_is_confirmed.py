"""A code may ask about a person's number itself, for no claim; her history says that the number was confirmed."""

from alembic import op

from shared.migrating import index_beside, rule_proved_later

revision = "0105_a_number_is_confirmed"
down_revision = "0104_started_on_the_phone"


def upgrade() -> None:
    op.execute("ALTER TABLE phone_code ALTER claim_id DROP NOT NULL, ADD COLUMN phone text")
    rule_proved_later("phone_code", "phone_code_about", "CHECK ((claim_id IS NULL) = (phone IS NOT NULL))")
    index_beside("phone_code_of_number", "phone_code (person_id, asked_at) WHERE claim_id IS NULL")
    rule_proved_later(
        "person_change",
        "person_change_what_check",
        "CHECK (what IN ('details', 'name', 'payee', 'death_confirmed', 'death_mistaken', 'address_checked', "
        "'contribution_withdrawn', 'wage_corrected', 'office', 'phone_confirmed'))",
    )
