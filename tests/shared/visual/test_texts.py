"""Every message is in the catalogue, and every one is said in Lao."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from markupsafe import Markup

from services.benefits.law import vocabulary
from shared.web import formatting, texts

LAW = vocabulary.PACKS.parent

#: Folders whose messages are complete. A folder joins when its pages stand; `texts check` without folders
#: names what is still missing anywhere.
COMPLETE = (
    "shared/",
    "services/benefits/pages/",
    "services/benefits/templates/",
    *(f"services/benefits/law/{file.name}" for file in sorted(LAW.glob("*.py"))),
    "services/benefits/law/packs/la/",
    "services/benefits/law/packs/xx/",
    "services/notifications/",
    "services/payments/",
)


def test_every_message_of_the_frame_and_of_the_lao_law_is_listed_and_translated() -> None:
    assert texts.check(*COMPLETE) == []


def test_what_is_missing_is_named() -> None:
    template = Catalog()
    template.add("A sentence nobody has translated, {name}")
    assert texts.missing("lo", template) == ["lo: not translated: 'A sentence nobody has translated, {name}'"]


def test_lao_is_spelt_with_the_letters_we_store() -> None:
    for message, forms in texts.catalogue("lo").items():
        for form in forms:
            assert "\u0ecd\u0eb2" not in form, message  # U+0EB3 instead
            assert "ຫນ" not in form, message
            assert "ຫມ" not in form, message
            assert form == unicodedata.normalize("NFC", form)


def test_an_unknown_language_is_english() -> None:
    assert texts.say("xx", "Refused") == "Refused"
    assert texts.say("lo-LA", "Refused") == "ບໍ່ອະນຸມັດ"


def test_counted_messages() -> None:
    assert texts.say_n("en", "{n} day", "{n} days", 1) == "1 day"
    assert texts.say_n("en", "{n} day", "{n} days", 2) == "2 days"
    assert texts.say_n("lo", "{n} day", "{n} days", 2) == "2 ວັນ"


def test_one_value_of_markup_escapes_the_rest() -> None:
    said = texts.say("en", "Reference {number}", number=Markup("<b>7</b>"))
    assert said == "Reference <b>7</b>"
    assert texts.fill("{a} {b} <i>", {"a": Markup("<b>"), "b": "<u>"}) == "<b> &lt;u&gt; &lt;i&gt;"


def test_a_language_with_more_forms_takes_the_one_its_catalogue_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plural-Forms decide, not the rule of English: here as Polish has it, in the place of Vietnamese."""
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(domain=texts.DOMAIN, locale="pl")
    catalog.add(("{n} day", "{n} days"), ("{n} dzień", "{n} dni", "{n} dnia"))
    texts._write(folder / f"{texts.DOMAIN}.po", catalog)
    (tmp_path / f"{texts.DOMAIN}.pot").write_bytes((texts.LOCALES / f"{texts.DOMAIN}.pot").read_bytes())
    monkeypatch.setattr(texts, "LOCALES", tmp_path)
    for kept in (texts.catalogue, texts.counted, texts.plural_form):
        kept.cache_clear()
    try:
        said = [texts.say_n("vi", "{n} day", "{n} days", n) for n in (1, 2, 5, 22)]
    finally:
        monkeypatch.undo()
        for kept in (texts.catalogue, texts.counted, texts.plural_form):
            kept.cache_clear()
    assert said == ["1 dzień", "2 dni", "5 dnia", "22 dni"]


def test_a_sentence_of_an_assessment_takes_the_form_of_its_number() -> None:
    kept = {"msg": "{missing} more contributed months between {first} and {last}"}
    params = {"first": {"type": "month", "value": "2025-01"}, "last": {"type": "month", "value": "2025-06"}}

    def said(number: int, language: str) -> str:
        counted = kept | {"params": params | {"missing": {"type": "int", "value": number}}}
        return formatting.text(counted, language).replace("\N{NO-BREAK SPACE}", " ")

    assert said(1, "en") == "1 more contributed month between January 2025 and June 2025"
    assert said(2, "en") == "2 more contributed months between January 2025 and June 2025"
    assert said(1, "lo") == said(2, "lo").replace("2 ", "1 ", 1)
