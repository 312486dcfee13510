"""The name of an office may say below which other it lies: `hn.caugiay`."""

from shared.migrating import rule_proved_later

revision = "0051_offices_below_offices"
down_revision = "0050_restored"


def upgrade() -> None:
    rule = r"CHECK (length(id) <= 64 AND id ~ '^[a-z0-9_]+(\.[a-z0-9_]+)*$')"
    rule_proved_later("office", "office_id_check", rule)
