"""Every table is either told to the person it is about, or stands here with the reason why not."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData

from services.benefits import tables as benefits
from services.benefits.institution import institution
from services.benefits.store.retention import keeps as benefits_keep
from services.notifications import tables as notifications
from services.notifications.retention import keeps as notifications_keep
from services.payments import tables as payments
from services.payments.institution import institution as payments_institution
from services.payments.store.retention import keeps as payments_keep
from shared import kept
from shared.retention import Retention

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
    "retention_report": "how much has been kept for its term; nobody is named",
}
NOT_ABOUT = {
    "benefits": {
        "office": "the institution",
        "employer": "employers",
        "employer_key": "secrets of accounts",
        "employer_payee": "accounts of employers",
        "claim_serial": "numbers",
        "column_names": "what columns of lists are called",
        "invitation": "secrets of accounts",
        "session": "secrets of accounts",
        "sign_in_tries": "digests of sources",
        "import_file": "files about many people; what was taken in of hers stands in her own tables",
        "import_answers": "what became of rows of such files",
        "kept_report": "the standards of the law, made ahead",
        "kept_statistics": "counts",
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
    "notifications": {
        "message_allowed_move": "the moves that are allowed",
        "letter_batch": "letters of many people together; that hers was among them stands in letter_in_batch",
    },
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


#: How long common tables are kept, by what.
COMMON_TERMS = {
    "audit": "never goes",
    "outbox": "shared/pruning.py",
    "inbox": "shared/pruning.py",
    "job": "shared/pruning.py",
    "idempotency": "shared/pruning.py",
    "ended_session": "shared/pruning.py",
    "inbox_cursor": "numbers, as long as anybody may tell something",
    "person_sequence": "numbers, as long as anybody may be told something",
    "left_house": "the database itself",
    "restore_hold": "the database itself",
    "seal_key": "the database itself",
    "pruned": "counts by day",
    "retention_report": "what was released by whom stays",
}
TERMS: dict[str, Retention] = {
    "benefits": benefits_keep(institution()),
    "payments": payments_keep(payments_institution()),
    "notifications": notifications_keep({}),
}


@pytest.mark.parametrize("service", TABLES)
def test_every_table_has_a_term_or_a_reason_to_stay(service: str) -> None:
    keeps = TERMS[service]
    listed = [kind.tables for kind in keeps.kinds] + [each.tables for each in keeps.of_itself]
    said = {name for tables in [*listed, *(each.tables for each in keeps.kept)] for name in tables}
    assert set(TABLES[service].tables) - said - set(COMMON_TERMS) == set(), "say how long these are kept"
    assert said <= set(TABLES[service].tables), "a term for what is gone"
    assert not said & set(COMMON_TERMS)
