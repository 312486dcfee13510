"""What is said, word for word, in every language; and how long it is on a phone."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.notifications import wording
from services.notifications.domain.short_text import ALONE, JOINED, MOST_PARTS, TooLong, encode, split, units
from services.notifications.usecases import owing
from shared.web import texts

EXPECTED = json.loads((Path(__file__).parent / "expected_messages.json").read_text("utf-8"))
SMS = [name for name in wording.names() if not name.endswith("letter")]
#: The longest real values: a nine-digit amount with its unit, a long month.
LONGEST = {
    "amount": {"minor": 99999999900, "currency": "LAK"},
    "difference": {"minor": -99999999900, "currency": "LAK"},
    "date": "2025-09-30",
    "claim": "259999999997",
}


@pytest.mark.parametrize("name", SMS)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_message_says_exactly_this(name: str, language: str) -> None:
    said = wording.say(name, language, wording.example(name))
    assert said.language == language, "every short message is written in all five languages"
    assert said.text == EXPECTED[name][language]
    assert len(split(said.text)) <= 2


@pytest.mark.parametrize("name", SMS)
@pytest.mark.parametrize("language", texts.LANGUAGES)
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


#: The languages letters are written in, English apart.
LETTERED = [code for code in wording.languages_of("letter") if code != "en"]


@pytest.mark.parametrize("name", [*owing.LETTERS, "letter"])
@pytest.mark.parametrize("language", LETTERED)
def test_letters_hold_the_same_sentences_in_every_language(name: str, language: str) -> None:
    def shape(value: object, english: object) -> object:
        if isinstance(value, dict):
            assert isinstance(english, dict)
            return {k: shape(v, english[k]) for k, v in value.items() if k in english and k != "labels"}
        if isinstance(value, list):
            return [shape(v, None) for v in value]
        return sorted(wording._PLACE.findall(str(value)))

    assert language in wording.languages_of(name)
    english, own = (dict(wording.words(name, code)[0]) for code in ("en", language))
    assert set(own) == set(english)
    for key in own:
        if isinstance(own[key], dict) and key != "labels":
            assert set(own[key]) == set(english[key]), key
    assert shape(own, english) == shape(english, english)


@pytest.mark.parametrize("language", LETTERED)
def test_the_renderers_own_words_are_all_translated(language: str) -> None:
    """By the letter's own words or by the catalogue."""
    from services.notifications.composing import _labels
    from services.notifications.letters import labels

    said = _labels(language)
    ours = {v for k, v in vars(labels).items() if k.isupper() and isinstance(v, str)}
    assert not {words for words in ours if said(words) == words}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_letters_name_every_benefit_of_every_law(language: str) -> None:
    packs = Path(__file__).parents[2] / "services/benefits/law/packs"
    benefits = {yaml.safe_load(file.read_text("utf-8")).get("benefit") for file in packs.glob("*/*/*.yaml")} - {None}
    assert benefits <= set(wording.words("letter", language)[0]["benefits"])


def test_burmese_is_unicode_in_its_own_digits_and_points() -> None:
    """No look-alikes, marks in their one order, and no full stop or comma of another script in what is read."""

    def said(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for part in value.values() for text in said(part)]
        return [text for part in value for text in said(part)] if isinstance(value, list) else [value]

    for file in wording.TEMPLATES.glob("*/my.*"):
        for text in said(yaml.safe_load(file.read_text("utf-8"))) if file.suffix == ".yaml" else [file.read_text()]:
            assert text == unicodedata.normalize("NFC", text), text
            assert not re.search("[\u1000-\u109f][.,;]|[0-9]", text), text
            assert not re.search("\u101e\u103c\u1002|\u1040[\u102b-\u103e]", text), text


def _sentences(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _sentences(item)
    else:
        yield str(value)


@pytest.mark.parametrize("name", [*owing.LETTERS, "letter"])
@pytest.mark.parametrize("language", [code for code in LETTERED if code != "vi"])
def test_nothing_in_a_letter_is_left_in_latin_letters(name: str, language: str) -> None:
    for sentence in _sentences(wording.words(name, language)[0]):
        assert not re.search("[A-Za-z]", wording._PLACE.sub("", sentence).replace("QR", "")), sentence


def test_vietnamese_is_written_composed_and_with_the_tone_on_the_first_vowel() -> None:
    """NFC, hòa and thủy: parts of short messages are counted in composed letters, and one spelling is found by all."""
    for file in wording.TEMPLATES.glob("*/vi.*"):
        said = file.read_text("utf-8")
        assert unicodedata.is_normalized("NFC", said), file
        assert not [
            word for word in said.split() if word.casefold().rstrip(".,;:").endswith(("oà", "oá", "uỷ", "uý"))
        ], file


@pytest.mark.parametrize(
    ("language", "split_in_two"), [("lo", "\u0ecd\u0eb2"), ("th", "\u0e4d\u0e32"), ("th", "\u0e40\u0e40")]
)
def test_vowels_are_written_as_one_character(language: str, split_in_two: str) -> None:
    """ຳ, ำ and แ in one piece: two codings look the same and do not match each other."""
    for file in wording.TEMPLATES.glob(f"*/{language}.*"):
        assert split_in_two not in file.read_text("utf-8"), file


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


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which an institution says things its own way."""
    monkeypatch.setenv("WORDS_DIR", str(tmp_path))
    for kept in (wording._source, wording._words):
        kept.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for kept in (wording._source, wording._words):
        kept.cache_clear()


def test_an_institution_writes_a_message_and_a_sentence_of_a_letter_its_own_way(own: Path) -> None:
    ours = wording.say("claim_received", "en", wording.example("claim_received"))
    for name in ("claim_received", "letter"):
        (own / name).mkdir()
    source = (wording.TEMPLATES / "claim_received" / "en.txt").read_text("utf-8")
    (own / "claim_received" / "en.txt").write_text(f"From your office. {source}", "utf-8")
    (own / "letter" / "en.yaml").write_text("closing: With kind regards\n", "utf-8")
    wording._source.cache_clear()
    theirs = wording.say("claim_received", "en", wording.example("claim_received"))
    assert theirs.text == f"From your office. {ours.text}"
    assert theirs.version != ours.version
    said = wording.words("letter", "en")[0]
    assert said["closing"] == "With kind regards"
    assert said["salutation"], "what the institution does not say is said as ever"


@pytest.mark.parametrize(
    ("name", "file", "said", "why"),
    [
        ("claim_received", "en.txt", "We have it.", "other places"),
        ("letter", "en.yaml", "greeting: Hello\n", "no letter says"),
        ("letter", "en.yaml", "salutation: Hello\n", "other places"),
    ],
)
def test_a_message_without_its_number_and_a_sentence_of_no_letter_are_refused(
    own: Path, name: str, file: str, said: str, why: str
) -> None:
    (own / name).mkdir()
    (own / name / file).write_text(said, "utf-8")
    with pytest.raises(ValueError, match=why):
        wording.words("letter", "en") if file.endswith("yaml") else wording.say(name, "en", wording.example(name))
