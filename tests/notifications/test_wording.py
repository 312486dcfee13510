"""What is said, word for word, in every language; and how long it is on a phone."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.notifications import wording
from services.notifications.domain.short_text import ALONE, JOINED, MOST_PARTS, TooLong, encode, split, units
from services.notifications.usecases import owing
from shared.web.texts import say

EXPECTED = json.loads((Path(__file__).parent / "expected_messages.json").read_text("utf-8"))
SMS = [name for name in wording.names() if not name.endswith("letter")]
#: Besides English, the languages letters are written in.
LETTERED = ("lo", "vi")
#: The longest real values: a nine-digit amount with its unit, a long month.
LONGEST = {
    "amount": {"minor": 99999999900, "currency": "LAK"},
    "difference": {"minor": -99999999900, "currency": "LAK"},
    "date": "2025-09-30",
    "claim": "259999999997",
}


@pytest.mark.parametrize("name", SMS)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_each_message_says_exactly_this(name: str, language: str) -> None:
    said = wording.say(name, language, wording.example(name))
    assert said.language == language, "every short message is written in all five languages"
    assert said.text == EXPECTED[name][language]
    assert len(split(said.text)) <= 2


@pytest.mark.parametrize("name", SMS)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_longest_values_stay_within_three_parts_and_the_shortest_facts_suffice(name: str, language: str) -> None:
    example = wording.example(name)
    longest = {key: LONGEST.get(key, value) for key, value in example.items()}
    assert len(split(wording.say(name, language, longest).text)) <= MOST_PARTS
    needed = {key: example[key] for key in wording.schema(name)["required"]}
    text = wording.say(name, language, needed).text
    assert "[[" not in text
    assert "{" not in text
    assert "()" not in text
    assert "  " not in text


@pytest.mark.parametrize("name", wording.names())
def test_examples_keep_their_schema_and_wrong_facts_are_named_not_quoted(name: str) -> None:
    wording.check_facts(name, wording.example(name))
    required = wording.schema(name).get("required", [])
    if required:
        with pytest.raises(wording.FactsInvalid, match="required"):
            wording.check_facts(name, {})
    if "claim" in required:
        with pytest.raises(wording.FactsInvalid) as fault:
            wording.check_facts(name, wording.example(name) | {"claim": "Bounmy"})
        assert "Bounmy" not in str(fault.value)


def test_every_template_an_event_asks_for_exists() -> None:
    assert set(owing.WAITS_FOR.values()) <= set(SMS)
    assert set(owing.LETTERS) <= set(wording.names())


@pytest.mark.parametrize("name", [*owing.LETTERS, "letter"])
@pytest.mark.parametrize("language", LETTERED)
def test_letters_hold_the_same_sentences_in_every_language(name: str, language: str) -> None:
    """A language may name more benefits than English: those of its country."""

    def shape(value: object) -> object:
        if isinstance(value, dict):
            return {k: shape(v) for k, v in value.items() if k not in ("labels", "benefits")}
        if isinstance(value, list):
            return [shape(v) for v in value]
        return sorted(wording._PLACE.findall(str(value)))

    found, written, _ = wording.words(name, language)
    english = wording.words(name, "en")[0]
    assert written == language
    assert shape(english) == shape(found)
    assert set(english.get("benefits", ())) <= set(found.get("benefits", ()))


@pytest.mark.parametrize("language", LETTERED)
def test_the_renderers_own_words_are_all_translated(language: str) -> None:
    """By the letter itself or by the catalogue."""
    from services.notifications.letters import labels

    ours = {v for k, v in vars(labels).items() if k.isupper() and isinstance(v, str)}
    own = wording.words("letter", language)[0]["labels"]
    assert set(own) - ours <= {"Date", "Subject: {subject}", "Amount"}, "a label that no letter asks for"
    assert {v for v in ours if own.get(v, say(language, v)) == v} == set()


def _sentences(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    if isinstance(value, list):
        for item in value:
            yield from _sentences(item)
    else:
        yield str(value)


@pytest.mark.parametrize("name", [*owing.LETTERS, "letter"])
@pytest.mark.parametrize("language", LETTERED)
def test_nothing_in_a_letter_is_left_in_english(name: str, language: str) -> None:
    english = {
        said for said in _sentences(wording.words(name, "en")[0]) if re.search(r"\w", wording._PLACE.sub("", said))
    }
    assert not english & set(_sentences(wording.words(name, language)[0]))


def test_every_benefit_of_viet_nam_has_its_name_in_a_vietnamese_letter() -> None:
    packs = Path(__file__).parents[2] / "services" / "benefits" / "law" / "packs" / "vn"
    sheets = [yaml.safe_load(file.read_text("utf-8")) for file in packs.glob("*/*.yaml")]
    codes = {sheet["benefit"] for sheet in sheets if "benefit" in sheet}
    assert len(codes) > 10
    assert codes <= set(wording.words("letter", "vi")[0]["benefits"])


def test_vietnamese_is_written_composed_and_with_the_tone_on_the_first_vowel() -> None:
    """NFC, hòa and thủy: parts of short messages are counted in composed letters, and one spelling is found by all."""
    for file in wording.TEMPLATES.glob("*/vi.*"):
        said = file.read_text("utf-8")
        assert unicodedata.is_normalized("NFC", said), file
        assert not [
            word for word in said.split() if word.casefold().rstrip(".,;:").endswith(("oà", "oá", "uỷ", "uý"))
        ], file


def test_lao_is_written_with_the_precomposed_vowel() -> None:
    """ຳ as one character: two codings do not match each other."""
    for file in wording.TEMPLATES.glob("*/lo.*"):
        assert "\u0ecd\u0eb2" not in file.read_text("utf-8"), file


@given(st.text(min_size=0, max_size=230))
def test_parts_join_to_the_text_and_fit(text: str) -> None:
    text = text.encode("utf-16-be", "replace").decode("utf-16-be", "replace")
    try:
        parts = split(text)
    except TooLong:
        assert units(text) > JOINED * (MOST_PARTS - 1)
        return
    assert "".join(parts) == text
    assert len(parts) == 1 or all(units(part) <= JOINED for part in parts)
    assert len(parts) > 1 or units(text) <= ALONE


@given(
    st.lists(
        st.sampled_from(["ເບິ່ງ", "ໜັງສື", "ຄຳຂໍ", "ກີບ", "ແລ້ວ", "ໂຮງໝໍ", "😀", "ကျပ်", "ခွင့်"]),
        min_size=15,
        max_size=40,
    )
)
def test_a_part_never_begins_with_a_mark(words: list[str]) -> None:
    try:
        parts = split("".join(words))
    except TooLong:
        return
    for part in parts:
        assert unicodedata.category(part[0]) not in ("Mn", "Mc")
        assert part[-1] not in "ເແໂໃໄ"


def test_headers_of_parts() -> None:
    parts = encode("ກ" * 100, 0x1234)
    assert [p.header.hex() for p in parts] == ["050003340201", "050003340202"]
    assert all(len(p.octets) <= 140 for p in parts)
    assert encode("ກ" * 70, 1)[0].header == b""
