"""The institution's own claim form is printed with what is known; the rest is written on by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from services.benefits.views import claim_form
from tests.benefits.conftest import PAPERS, SICK, Office
from tests.benefits.visitors import Browser


def form_of(office: Office, benefit: str = "sickness", language: str = "en") -> str:
    her = office.someone(number="10-0099-1234")
    body = {"person_id": her, "benefit": benefit, "received_on": "2025-05-20", "facts": SICK, "papers": PAPERS}
    claim = office.clerk.post("/v1/claims", body).json
    return Browser(office, office.officer).open(f"/desk/claims/{claim['id']}/form?lang={language}")


def line(page: str, label: str) -> str:
    found = re.search(rf"<dt>{re.escape(label)}</dt><dd>([^<]*)</dd>", page)
    assert found is not None, label
    return found.group(1)


def test_what_is_known_stands_on_the_form_and_the_rest_is_an_empty_line(office: Office) -> None:
    page = form_of(office)
    assert line(page, "Name") == "ນາງ ບຸນມີ ສີສະຫວັດ"
    assert line(page, "Insured number") == "10-0099-1234"
    assert line(page, "Employer") == "ໂຮງງານ"
    assert line(page, "First day") == "3 March 2025"
    assert line(page, "Account") == "BCEL 0101110004471"
    assert "SVK-25-01981 3 March 2025 – 16 April 2025" in line(page, "Certificates")
    assert line(page, "Address") == ""
    ticked = re.findall(r"☒</span>.*?</span>\s*([^<]+)</span>", page)
    assert [t.strip() for t in ticked] == ["Sick leave"]
    assert "Signature of the insured person, day" in page
    assert "Day of birth of the child" not in page, "nobody who is ill is asked about a birth"


def test_a_birth_is_asked_about_the_child(office: Office) -> None:
    page = form_of(office, "birth")
    assert line(page, "Day of birth of the child") == ""
    assert "Code of the illness" not in page


def test_it_is_printed_in_her_language_unless_another_is_asked_for(office: Office) -> None:
    assert "ຊື່" in form_of(office, language="")


@pytest.mark.parametrize("country", ["la", "vn", "th", "mm"])
def test_each_country_has_its_form_with_a_reason_for_its_lines(country: str) -> None:
    parts = [part["part"] for part in claim_form.layout(country)["parts"]]
    assert {"insured", "benefit", "money", "word", "office"} <= set(parts)
    assert len(parts) == len(set(parts))
    said = (claim_form.FOLDER / f"{country}.yaml").read_text("utf-8")
    assert "Kind of evidence:" in " ".join(said.split("\n# ")).replace("# ", "")


def test_an_institution_has_a_form_of_its_own(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(yaml.safe_dump({"number": "SVK-7", "parts": [{"part": "insured", "rows": ["name"]}]}))
    monkeypatch.setenv("FORMS_FILE", str(file))
    claim_form.layout.cache_clear()
    assert '<span class="number">SVK-7</span>' in form_of(office)
    file.write_text(yaml.safe_dump({"number": "", "parts": [{"part": "insured", "rows": ["shoe_size"]}]}))
    claim_form.layout.cache_clear()
    with pytest.raises(ValueError, match="shoe_size"):
        claim_form.layout("la")
    monkeypatch.undo()
    claim_form.layout.cache_clear()
