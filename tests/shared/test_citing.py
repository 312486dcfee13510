"""Where something stands is said in the reader's language: the words of law in hers, a title as it officially is there,
and what nobody has a title for as it was written."""

from __future__ import annotations

import re

import pytest

from services.benefits.law import in_force
from services.benefits.law.text import PRACTICE
from shared.web import formatting
from shared.web.citing import cited
from shared.web.texts import COMPLETE


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("lo", "Law on Social Security 54/NA", "ກົດໝາຍວ່າດ້ວຍການປະກັນສັງຄົມ ເລກທີ 54/ສພຊ"),
        ("lo", "Practice of the institution: no double pay", "ແນວທາງປະຕິບັດຂອງອົງການ: ບໍ່ຈ່າຍຊ້ຳຊ້ອນ"),
        ("th", "SSA ss. 62-64", "พ.ร.บ. ประกันสังคม มาตรา 62-64"),
        (
            "th",
            "SSA s. 56, as amended by Act No. 4 B.E. 2558",
            "พ.ร.บ. ประกันสังคม มาตรา 56 แก้ไขเพิ่มเติมโดย พ.ร.บ. (ฉบับที่ 4) พ.ศ. 2558",
        ),
        ("vi", "Circular 06/2021/TT-BLDTBXH point 3", "điểm 3 Thông tư số 06/2021/TT-BLĐTBXH"),
        ("vi", "Decree 158/2025/ND-CP art. 8(3)", "Điều 8(3) Nghị định số 158/2025/NĐ-CP"),
        ("my", "Social Security Law 2012 s. 89", "၂၀၁၂ ခုနှစ်၊ လူမှုဖူလုံရေးဥပဒေ၊ ပုဒ်မ 89"),
        ("lo", "JILPT, Laos 2018; ascope.net", "JILPT, Laos 2018; ascope.net"),
        ("my", "Act 7 of 2024", "Act 7 of 2024"),
        (
            "th",
            "SSA s. 57, read so that the three may lie before the nine",
            "พ.ร.บ. ประกันสังคม มาตรา 57, อ่านว่าสามเดือนอาจอยู่ก่อนเก้าเดือน",
        ),
        (
            "vi",
            "As the Law on Social Insurance 41/2024/QH15 art. 43",
            "Như Điều 43 Luật Bảo hiểm xã hội số 41/2024/QH15",
        ),
        (
            "vi",
            "Law on Social Insurance 41/2024/QH15 art. 43(1), Circular 12/2025/TT-BNV art. 4(5): each year's days count"
            " in that year",
            "Điều 43(1) Luật Bảo hiểm xã hội số 41/2024/QH15, Điều 4(5) Thông tư số 12/2025/TT-BNV: ngày của năm nào"
            " tính cho năm đó",
        ),
        ("en", "SSA ss. 62-64", "SSA ss. 62-64"),
    ],
)
def test_a_citation_is_said_in_her_language_and_no_title_is_made_up(language: str, written: str, said: str) -> None:
    assert cited(written, language) == said
    assert formatting.text({"msg": "({c})", "params": {"c": {"type": "citation", "value": written}}}, language) == (
        f"({said})"
    )


@pytest.mark.parametrize("language", COMPLETE)
def test_every_number_of_every_citation_of_the_packs_is_kept(language: str) -> None:
    """No article is lost or added, whatever the words around it become; and no practice stays in English."""
    written = {c.text for p in in_force.packs() for b in p.benefits.values() for c in in_force.citations(b.book)}
    assert len(written) > 150
    for one in sorted(written):
        said = cited(one, language)
        if one.startswith(PRACTICE):
            assert one.removeprefix(PRACTICE) not in said, one
        for numbers in re.findall(r" (?:art\.|arts|s\.|ss\.) (\d[\w()]*(?:(?:-|, )\d[\w()]*)*)", one):
            assert numbers in said or one.startswith(PRACTICE), (one, said)
