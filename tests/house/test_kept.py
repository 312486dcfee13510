"""Every table is either told to the person it is about, or stands here with the reason why not."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData

from services.benefits import tables as benefits
from services.notifications import tables as notifications
from services.payments import tables as payments
from shared import kept

WAYS = {
    "benefits": ("person_id", "claim_id"),
    "payments": ("person_id", "award_id", "order_id", "repayment_id", "entry_id"),
    "notifications": ("person_id", "message_id"),
}
ROOTS = {"benefits": {"person": "id", "claim": "person_id"}}
COMMON = {
    "audit": "told by itself: who looked at what is hers",
    "outbox": "tells the same again, for other services",
    "inbox": "tells the same again, from other services",
    "inbox_cursor": "numbers of messages",
    "person_sequence": "numbers of messages",
    "job": "work to do, by ids",
    "idempotency": "answers to repeated requests, gone after thirty days",
    "ended_session": "ids of sessions of people who work here",
    "left_house": "the database itself",
    "restore_hold": "the database itself",
    "seal_key": "the database itself",
    "pruned": "how many old rows were removed on a day",
}
NOT_ABOUT = {
    "benefits": {
        "office": "the institution",
        "employer": "employers",
        "employer_payee": "accounts of employers",
        "claim_serial": "numbers",
        "invitation": "secrets of accounts",
        "session": "secrets of accounts",
        "sign_in_tries": "digests of sources",
        "import_file": "files about many people; what was taken in of hers stands in her own tables",
        "import_answers": "what became of rows of such files",
        "kept_report": "the standards of the law, made ahead",
    },
    "payments": {
        "reason_code": "words",
        "run": "payments of many people together",
        "run_part": "payments of many people together",
        "run_approval": "payments of many people together",
        "statement": "the institution's accounts",
        "statement_layout": "how a bank's table is read",
        "statement_file": "the institution's accounts",
        "statement_place": "the institution's accounts",
        "cash_box": "an office's money of a day",
    },
    "notifications": {"message_allowed_move": "the moves that are allowed"},
}
TABLES = {"benefits": benefits.metadata, "payments": payments.metadata, "notifications": notifications.metadata}


@pytest.mark.parametrize("service", TABLES)
def test_every_table_is_told_or_has_a_reason(service: str) -> None:
    metadata: MetaData = TABLES[service]
    ways = [(name, ["00000000-0000-0000-0000-000000000000"]) for name in WAYS[service]]
    told = set(kept.about(metadata, ways, ROOTS.get(service, {})))
    silent = COMMON | NOT_ABOUT[service]
    assert set(metadata.tables) - told - set(silent) == set(), "tell these, or say why not"
    assert told & set(silent) == set()
    assert set(silent) <= set(metadata.tables), "a reason for what is gone"
