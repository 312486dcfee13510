"""What letters say of money while payments are suspended, and where nothing more is paid after it."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications import composing, money_letters, wording
from shared.web import formatting
from tests.notifications.test_letters import LETTERED


@pytest.mark.parametrize("language", LETTERED)
def test_where_nothing_more_is_paid_the_letter_does_not_say_that_payments_go_on(language: str) -> None:
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}
    example = wording.example("suspension_end_letter") | {"language": language}
    over = money_letters.going_on(contact, example, "https://x.example")
    days = {"first": {"type": "date", "value": "2025-07-01"}, "last": {"type": "date", "value": "2025-08-31"}}
    held_on_all = "The ground held from {first} to {last}. Nothing more is paid; you can object to the new decision."
    nothing = {"ended": "held", "goes_on": False, "said": {"msg": held_on_all, "params": days}}
    end = money_letters.going_on(contact, example | {"lifted": example["lifted"] | nothing}, "https://x.example")
    assert end.letter.subject != over.letter.subject, "nothing goes on"
    assert "{" not in end.letter.lead.sentence
    assert (held_on_all[:15] in end.letter.lead.sentence) is (language == "en")
    assert end.letter.next_steps != over.letter.next_steps


@pytest.mark.parametrize("language", LETTERED)
def test_a_decision_made_while_payments_are_suspended_says_what_waits_and_not_that_nothing_comes(language: str) -> None:
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}
    example = wording.example("decision_letter") | {"language": language}
    none, paid = {"minor": 0, "currency": "LAK"}, {"minor": 140000000, "currency": "LAK"}
    outlook = {"paid": paid, "coming": [], "to_come": none, "too_much": none, "waiting": paid}
    ground = {"msg": "worked on days for which the benefit is paid"}
    first, citation = {"type": "date", "value": "2025-05-17"}, {"msg": "Practice of the institution: suspension"}
    params = {"first": first, "ground": ground, "citation": citation}
    held = {"msg": "Payments for days from {first} on are suspended: {ground} ({citation}).", "params": params}
    amount = {"type": "money", "value": {"exact": "1400000", "currency": "LAK"}}
    suspended = [held, {"msg": "{amount} waits.", "params": {"amount": amount}}]

    def said(facts: dict[str, Any]) -> str:
        letter = composing.decision_letter(contact, example | {"outlook": outlook} | facts, "https://x.example").letter
        assert letter.what_is_paid is None
        return " ".join(letter.paragraphs)

    waits, before = said({"suspended": suspended}), said({})
    assert waits.count(formatting.money(paid, language)) == before.count(formatting.money(paid, language)) + 1
    assert "{" not in waits
    nothing = wording.words("decision_letter", language)[0]["outlook"]["nothing"]
    assert (nothing in waits, nothing in before) == (False, True)
    assert ("1,400,000 kip waits." in waits.replace("\u00a0", " ")) is (language == "en")
