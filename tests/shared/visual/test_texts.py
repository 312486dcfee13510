"""Every message is in the catalogue, and every one is said in Lao."""

from __future__ import annotations

import unicodedata

from babel.messages.catalog import Catalog
from markupsafe import Markup

from services.benefits.law import vocabulary
from shared.web import texts

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
