"""What the letters about an annulled decision say: ground, legal basis, money and how to object, in her language."""

from __future__ import annotations

import pytest

from services.notifications import composing, money_letters, wording
from shared.web import formatting
from tests.notifications.test_letters import LETTERED

CONTACT = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "address": []}


@pytest.mark.parametrize("language", LETTERED)
def test_she_reads_why_the_decision_is_annulled_and_what_becomes_of_the_money(language: str) -> None:
    example = wording.example("annulment_letter") | {"language": language}
    gone = money_letters.annulment_letter(CONTACT | {"language": language}, example, "https://x.example")
    said = " ".join([gone.letter.lead.sentence, *gone.letter.paragraphs, *gone.letter.next_steps])
    assert "{" not in said
    assert "SSA s. 70" in gone.letter.lead.sentence
    assert "Claim 250000001298 is about the same days." in said
    for minor in (140000000, 70000000):
        assert formatting.money({"minor": minor, "currency": "LAK"}, language) in said
    if language == "en":
        assert "the same claim was registered twice" in gone.letter.lead.sentence
        assert "You can object until 8 September 2025" in said.replace("\u00a0", " ")
    else:
        assert "registered twice" not in said, "the ground is said in her language"
    assert composing.pages_of(gone.pdf()) == 1


@pytest.mark.parametrize("language", LETTERED)
@pytest.mark.parametrize("outcome", ["upheld", "rejected"])
def test_she_reads_what_was_decided_on_her_objection_and_by_whom(language: str, outcome: str) -> None:
    example = wording.example("annulment_end_letter") | {"language": language}
    said = example["objection"]["said"]
    if outcome == "rejected":
        said = {"msg": "Your objection is rejected: the decision stays annulled.", "params": {}}
    objection = example["objection"] | {"outcome": outcome, "said": said}
    contact = CONTACT | {"language": language}
    over = money_letters.annulment_end(contact, example | {"objection": objection}, "https://x.example")
    assert over.letter.officer.name == "Vone"
    assert "{" not in over.letter.lead.sentence
    assert ("Your objection" in over.letter.lead.sentence) is (language == "en")
    assert "The other claim is of her sister." in " ".join(over.letter.paragraphs)
    assert composing.pages_of(over.pdf()) == 1
