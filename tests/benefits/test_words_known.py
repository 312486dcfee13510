"""Whatever a form or the law answers has a sentence in every language: nobody reads a code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.benefits.law import faults
from services.benefits.views import claim_page, words
from shared.web import texts

FOLDER = Path(words.__file__).parents[1]
#: How pages and use cases say what is wrong with a field.
SAID = (
    r'errors\[[^\]]+\] = "([a-z_]+)"',
    r'errors\.setdefault\([^,]+, "([a-z_]+)"\)',
    r'CannotBe\([^,()]+, "([a-z_]+)"',
    r'NotRead\("([a-z_]+)"',
    r'told = .* if \w+ else "([a-z_]+)"',
)


def codes() -> set[str]:
    # Accounts have words of their own (`account_words`), and name the code before the field.
    desk = [file for file in FOLDER.glob("pages/*.py") if file.name != "accounts.py"]
    files = [*desk, *FOLDER.glob("usecases/registering.py"), *FOLDER.glob("usecases/people.py")]
    return {code for file in files for how in SAID for code in re.findall(how, file.read_text(encoding="utf-8"))}


def test_every_code_of_a_form_has_a_sentence() -> None:
    found = codes()
    assert {"required", "month_twice", "unknown_employer"} <= found
    assert sorted(found - set(words.ERRORS)) == []


@pytest.mark.parametrize("language", texts.COMPLETE)
def test_what_the_law_refuses_is_told_at_the_desk_in_every_language(language: str) -> None:
    known = texts.catalogue(language)
    for code in faults.SENTENCES:
        told = claim_page.wrong({"pointer": "#/event/birth_on", "code": code, "params": {}})
        assert told["msg"] in known, code
