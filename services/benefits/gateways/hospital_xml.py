"""Viet Nam: the hospital data set, tables 7 to 11 with table 1 of the same treatment.

Sources: Decision 130/QĐ-BYT of 18 January 2023 with its annex, amended by Decision 4750/QĐ-BYT of 29 December 2023; the
envelope by letter 1245/BHXH-CNTT of 3 May 2024, annex 3.4. A later amendment was not found, so lengths refuse nobody.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.benefits.domain.hospital import HospitalPaper
from services.benefits.domain.import_file import FileUnreadable, Row
from shared.reading import NotRead, national, sheets, xml

#: Bytes of an envelope, and of one table in it.
LARGEST, LARGEST_TABLE = 32 * 1024 * 1024, 2 * 1024 * 1024
TABLES = ("XML7", "XML8", "XML9", "XML10", "XML11")
Fields = Mapping[str, str]
#: Sex in this data set. Other lists of the same country use the same digits for others.
SEX = {"1": "male", "2": "female"}


class PaperRow(Row):
    """A row that shows which paper it is; what the paper says is in `paper`, none where it cannot be read."""

    paper: HospitalPaper | None = None


def read(data: bytes, said: Mapping[str, str]) -> list[Row]:
    """One row for each paper, and one for a table 1 that comes without. Raises `FileUnreadable`, `NotRead`."""
    root = xml.parse(_plain(data, LARGEST), LARGEST)
    if xml.local(root) != "GIAMDINHHS":
        raise FileUnreadable("not_hospital_data")
    facility = xml.value(root, "THONGTINDONVI/MACSKCB") or ""
    cases = xml.find_all(root, "THONGTINHOSO/DANHSACHHOSO/HOSO")
    told = xml.value(root, "THONGTINHOSO/SOLUONGHOSO")
    if not facility or told is None:
        raise FileUnreadable("not_hospital_data")
    if told != str(len(cases)):
        raise FileUnreadable("cases_differ", said=told[:20], found=str(len(cases)))
    tables = [(kind, fields) for case in cases for kind, fields in _tables(case)]
    if len(tables) > sheets.MOST_ROWS:
        raise FileUnreadable("too_many_rows", most=sheets.MOST_ROWS)
    persons = {fields.get("MA_LK", ""): fields for kind, fields in tables if kind == "XML1"}
    papers = [(kind, fields) for kind, fields in tables if kind in TABLES]
    links = {fields.get("MA_LK", "") for _, fields in papers}
    papers += [("XML1", fields) for link, fields in persons.items() if link not in links]
    parts: dict[tuple[str, str], int] = {}
    rows: list[Row] = []
    for number, (kind, fields) in enumerate(papers, 1):
        key = (kind, fields.get("MA_LK", ""))
        parts[key] = parts.get(key, 0) + 1
        rows.append(_row(number, kind, fields, facility, parts[key], persons.get(key[1])))
    return rows


def _plain(data: bytes, most: int) -> bytes:
    """XML as it stands, or out of base64: both are met."""
    data = data.strip().removeprefix(b"\xef\xbb\xbf")
    if data[:1] == b"<" or len(data) > 2 * most:
        return data
    try:
        return base64.b64decode(re.sub(rb"\s", b"", data), validate=True).removeprefix(b"\xef\xbb\xbf")
    except (binascii.Error, ValueError):
        raise FileUnreadable("not_hospital_data") from None


def _tables(case: Any) -> Iterator[tuple[str, Fields]]:
    """The tables of a case, by name; a birth certificate has one for each child."""
    for part in xml.find_all(case, "FILEHOSO"):
        kind, content = xml.value(part, "LOAIHOSO") or "", xml.find(part, "NOIDUNGFILE")
        if (kind != "XML1" and kind not in TABLES) or content is None:
            continue  # bills and prescriptions are none of our concern
        root = (
            content[0]
            if len(content)
            else xml.parse(_plain((content.text or "").encode(), LARGEST_TABLE), LARGEST_TABLE)
        )
        children = xml.find_all(root, "DSACH_GIAYCHUNGSINH/DU_LIEU_GIAY_CHUNG_SINH")
        for one in children or [root]:
            yield kind, {xml.local(field): " ".join((field.text or "").split()) for field in one}


def _row(number: int, kind: str, fields: Fields, facility: str, part: int, person: Fields | None) -> Row:
    reader = _Reader(kind, fields)
    paper = reader.paper(facility, part, person)
    cells = {"table": kind, "treatment": paper.link, "number": paper.number}
    cells |= {name: day.isoformat() for name, day in (("from", paper.first), ("to", paper.last)) if day}
    if reader.short:
        cells["days_off_by_one"] = "yes"
    row = PaperRow(cells, number, reader.places, reader.faults)
    row.paper = paper
    return row


class _Reader:
    """Reads the fields of one table; what cannot be read is a fault of its column, at its field."""

    def __init__(self, kind: str, fields: Fields) -> None:
        self.kind, self.fields = kind, fields
        self.faults: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.short = False

    def paper(self, facility: str, part: int, person: Fields | None) -> HospitalPaper:
        """The paper, as far as it can be read; `person` is table 1 of the same treatment."""
        told: dict[str, Any] = {"link": self.text("treatment", "MA_LK", needed=True)}
        told |= {"XML11": self._leave, "XML10": self._pregnancy, "XML7": self._discharge}.get(self.kind, dict)()
        if self.kind == "XML9":
            told |= self._birth()
        if self.kind == "XML8":
            told |= {
                "birth_on": self.day("birth", "NGAY_SINHCON"),
                "child_died_on": self.day("death", "NGAY_CONCHET"),
                "children_died": self.number("deaths", "SO_CONCHET"),
            }
        own = told.pop("numbers", [])
        named = self.fields if self.kind == "XML1" else person
        if named is not None:
            told |= _of_table_1(named)
            told["illness"] = named.get("MA_BENH_CHINH") or told.get("illness")
            own = [*own, *_numbers(named, card="MA_THE_BHYT", citizen="SO_CCCD")]
        told["is_named"] = named is not None or self.kind == "XML9"
        told.setdefault("number", "")
        numbers = tuple(dict.fromkeys(own))
        return HospitalPaper(kind=self.kind, facility=facility, part=part, numbers=numbers, **told)

    def _leave(self) -> dict[str, Any]:
        told = self._period("TU_NGAY", "DEN_NGAY") | {"number": self.text("number", "SO_SERI", needed=True)}
        self._days("SO_NGAY_NGHI", told)
        child = self.fields.get("HO_TEN_CHA") or self.fields.get("HO_TEN_ME")
        lost = (
            self.fields.get("MA_DINH_CHI_THAI") == "1" or "dưỡng thai" in self.fields.get("CHAN_DOAN_RV", "").casefold()
        )
        return told | {
            "numbers": _numbers(self.fields, insured="MA_BHXH", card="MA_THE_BHYT"),
            "illness": self.fields.get("CHAN_DOAN_RV") or None,
            "issued_on": self.day("issued_on", "NGAY_CT", needed=True),
            "about": "pregnancy" if lost else "child" if child else None,
        }

    def _pregnancy(self) -> dict[str, Any]:
        told = self._period("TU_NGAY", "DEN_NGAY") | {"number": self.text("number", "SO_SERI", needed=True)}
        self._days("SO_NGAY", told, may_be_short=True)
        return told | {
            "illness": self.fields.get("CHAN_DOAN_RV") or None,
            "issued_on": self.day("issued_on", "NGAY_CT"),
            "about": "pregnancy",
        }

    def _discharge(self) -> dict[str, Any]:
        """In hospital, and the rest after it: all three of its fields or none."""
        told = self._period("NGAY_VAO", "NGAY_RA") | {"number": self.text("number", "SO_LUU_TRU", needed=True)}
        rest = [self.fields.get(name) for name in ("SO_NGAY_NGHI", "NGOAITRU_TUNGAY", "NGOAITRU_DENNGAY")]
        if all(rest):
            after = {"first": self.day("from", "NGOAITRU_TUNGAY"), "last": self.day("to", "NGOAITRU_DENNGAY")}
            self._days("SO_NGAY_NGHI", after)
            told["last"] = after["last"]
        elif any(rest):
            self.fault("to", "NGOAITRU_DENNGAY", "rest_incomplete")
        return told | {
            "illness": self.fields.get("CHAN_DOAN_RV") or None,
            "issued_on": self.day("issued_on", "NGAY_CT", needed=True),
            "about": "child" if self.fields.get("MA_CHA") or self.fields.get("MA_ME") else None,
        }

    def _birth(self) -> dict[str, Any]:
        book, number = self.text("number", "QUYEN_SO", needed=True), self.text("number", "SO", needed=True)
        return {
            "number": f"{book}/{number}",
            "numbers": _numbers(self.fields, insured="MA_BHXH_NND", card="MA_THE_NND", citizen="SO_CCCD_NND"),
            "name": self.fields.get("HO_TEN_NND", ""),
            "birth_on": self.day("birth", "NGAY_SINH_CON", needed=True),
            "children": self.number("children", "SO_CON"),
            "surgery": self.fields.get("SINHCON_PHAUTHUAT") == "1",
            "under_32_weeks": self.fields.get("SINHCON_DUOI32TUAN") == "1",
            "issued_on": self.day("issued_on", "NGAY_CT"),
        }

    # -- fields

    def fault(self, column: str, field: str, code: str) -> None:
        self.faults[column], self.places[column] = code, f"{self.kind}/{field}"

    def text(self, column: str, field: str, *, needed: bool = False) -> str:
        found = self.fields.get(field, "")
        if needed and not found:
            self.fault(column, field, "required")
        return found[:200]

    def day(self, column: str, field: str, *, needed: bool = False) -> date | None:
        """yyyymmdd, with or without hours and minutes."""
        said = self.text(column, field, needed=needed)
        try:
            return _day(said) if said else None
        except ValueError:
            self.fault(column, field, "not_a_day")
            return None

    def number(self, column: str, field: str) -> int | None:
        said = self.fields.get(field, "")
        if said and not re.fullmatch(r"[0-9]{1,3}", said):
            self.fault(column, field, "not_a_number")
            return None
        return int(said) if said else None

    def _period(self, first: str, last: str) -> dict[str, Any]:
        told = {"first": self.day("from", first, needed=True), "last": self.day("to", last, needed=True)}
        if told["first"] and told["last"] and told["last"] < told["first"]:
            self.fault("to", last, "before_start")
        return told

    def _days(self, field: str, told: Mapping[str, Any], *, may_be_short: bool = False) -> None:
        """Both ends count. Table 10 says the difference of its days and shows both in its own example: one day short
        is taken there and said."""
        days, first, last = self.number("days", field), told["first"], told["last"]
        if days is None or first is None or last is None:
            return
        short = (last - first).days + 1 - days
        if short == 1 and may_be_short:
            self.short = True
        elif short:
            self.fault("days", field, "days_differ")


def _day(said: str) -> date:
    if not re.fullmatch(r"(19|20|21)[0-9]{6}([0-9]{4})?", said):
        raise ValueError("no day, or one of no calendar that hospitals use")
    return date(int(said[:4]), int(said[4:6]), int(said[6:8]))


def _of_table_1(fields: Fields) -> dict[str, Any]:
    try:
        born = _day(fields.get("NGAY_SINH", ""))
    except ValueError:
        born = None
    return {"name": fields.get("HO_TEN", ""), "sex": SEX.get(fields.get("GIOI_TINH", "")), "born_on": born}


def _numbers(fields: Fields, *, insured: str = "", card: str = "", citizen: str = "") -> list[tuple[str, str]]:
    """Numbers of the person that can be; the last ten digits of a health card are her insurance number."""
    told = [("vn-bhxh", fields.get(insured, "")), ("vn-cccd", fields.get(citizen, ""))]
    told += [("vn-bhyt", one.strip()) for one in fields.get(card, "").split(";")]
    found = []
    for scheme, value in told:
        try:
            national.CHECKS[scheme](value)
        except NotRead:
            continue
        holds = national.told_by(scheme, value).holds
        found += [(scheme, value)] + ([holds] if holds else [])
    return found
