"""The report on paper in the languages of the countries: a ministry hands on what its own people can read."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest

from services.benefits.conformance.page import Words, view
from services.benefits.conformance.paper import Paper, document
from services.benefits.conformance.pdf import pdf
from services.benefits.conformance.report import measured

ON = date(2026, 11, 1)
LANGUAGES = ("lo", "th", "vi", "my")
#: What the report says first, and a requirement, a verdict and a chapter of it.
SAID = (
    "Sickness and maternity against ILO standards",
    "At most 3 waiting days",
    "What it comes to",
    "The run behind every figure",
)


def read(paper: bytes) -> str:
    """The text that can be copied out of a document, without the spaces of its layout."""
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True).stdout
    return "".join(shown.decode().split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_is_read_in_the_language_of_the_country(language: str) -> None:
    shown, _ = read(pdf([measured("la", ON)], language)), Words(language)
    for sentence in SAID:
        said = _(sentence)
        assert said != sentence, f"{sentence} is not translated"
        assert "".join(said.split()) in shown, f"{language}: {said}"


def test_the_same_report_in_lao_is_the_same_bytes() -> None:
    assert pdf([measured("la", ON)], "lo") == pdf([measured("la", ON)], "lo")


def test_the_command_line_writes_the_paper_in_the_language_asked_for() -> None:
    command = [sys.executable, "-m", "services.benefits.cli", "conformance", "la", "--on", ON.isoformat()]
    asked = subprocess.run([*command, "--pdf", "--language", "th"], capture_output=True, check=True)
    assert "".join(Words("th")("What it comes to").split()) in read(asked.stdout)


def test_the_words_of_a_picture_are_set_as_the_others() -> None:
    """The name of a country stands over its picture, the axis below it says what is drawn."""
    shown = read(pdf([measured("th", ON)], "th"))
    assert "".join(Words("th")("C102 article 65").split()) in shown


def test_a_sign_has_its_word_for_who_reads_by_ear() -> None:
    paper = Paper("lo")
    shown = read(document("x", "lo", "x", [paper.signed("y", "365", Words("lo")("met"))]))
    assert "".join(Words("lo")("met").split()) in shown


@pytest.mark.parametrize("country", ["la", "vn"])
def test_a_lao_ministry_reads_changes_questions_and_notes_in_its_language(country: str) -> None:
    """Names of laws and of sources may be English; what the house itself says of the law may not."""
    page = view([measured(country, ON)], "lo")
    said = [item["change"] for one in page["shortfalls"] for item in one["items"]]
    said += [one["words"] for one in page["questions"]] + [one["words"] for one in page["notes"]]
    said += [item["what"] for one in page["gaps"] for item in one["items"] if "ractice" in item["what"]]
    assert said
    assert [words for words in said if re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}|\d (days|weeks|months)", words)] == []


@pytest.mark.parametrize(("language", "rate", "wage"), [("vi", "67,7%", "76.134.259"), ("th", "67.7%", "76,134,259")])
def test_rates_and_wages_stand_as_the_reader_writes_them(language: str, rate: str, wage: str) -> None:
    """67.7 % of earnings, up to 76,134,259 dong, in tables, sentences and beside the picture."""
    shown = read(pdf([measured("vn", ON)], language))
    assert rate in shown
    assert wage in shown
    other = {"vi": ("67.7%", "76,134,259"), "th": ("67,7%", "76.134.259")}[language]
    assert not [said for said in other if said in shown]
