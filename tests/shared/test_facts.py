"""What services ask one another keeps its schema; what breaks it is named and never quoted."""

import pytest

from shared.facts import KINDS, FactsInvalid, given, read

PAYEE = {
    "person_id": "0198a000-0000-7000-8000-0000000000b1",
    "office_id": "vte",
    "name": {"full": "ນາງ ບຸນມີ", "latin": None},
    "changed_on": "2025-05-01",
    "account": {"kind": "bank", "bank": "BCEL", "number": "110", "holder": "Bunmi"},
}


def test_a_reader_leaves_alone_what_it_does_not_know() -> None:
    assert read("payee", PAYEE | {"news": 1})["account"]["number"] == "110"


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("person_id", "somebody"),
        ("account", {"kind": "gold", "bank": "BCEL", "number": "110", "holder": "Bunmi"}),
        ("changed_on", "1 May"),
        ("name", {"full": 5, "latin": None}),
    ],
)
def test_what_breaks_the_schema_is_named_and_not_quoted(member: str, wrong: object) -> None:
    for way in (given, read):
        with pytest.raises(FactsInvalid) as broken:
            way("payee", PAYEE | {member: wrong})
        assert member in str(broken.value)
        assert "Bunmi" not in str(broken.value)
        assert "somebody" not in str(broken.value)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_that_is_needed_may_be_missing(kind: str) -> None:
    with pytest.raises(FactsInvalid):
        read(kind, {})
    with pytest.raises(FactsInvalid):
        read(kind, ["not", "facts"])
