"""Viet Nam: form 01B-HSB, the list on which an employer claims sickness, maternity and convalescence for workers.

Two shapes: the form itself as a sheet (Decision 166/QĐ-BHXH of 2019; its columns A, B, 1 to 4, C, D, E are found by the
row that counts them, its groups by their titles), and the 23 columns of BHXH630, which one published program writes.
The lists of codes for groups and banks were not found, so a group is read where it is said in the words of the form.
The form after July 2025 was not found either.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.benefits.domain.import_file import FileUnreadable, Row
from services.benefits.gateways import headed
from services.benefits.gateways.headed import spoken
from shared.reading import NotRead, national, sheets

NEW, CORRECTIONS = "M01B-HSB-PhatSinh", "M01B-HSB-DieuChinh"
#: Where the rows of BHXH630 begin.
FIRST_ROW = 7
#: The columns of the form by what counts them, as we call them.
FORM = {"A": "a", "B": "name", "1": "sso_no", "2": "from", "3": "to", "4": "days", "C": "account", "D": "condition"}
FORM |= {"E": "note"}
#: Rows in which the form may still be speaking of itself.
HEAD_ROWS = 40
#: What the headings of BHXH630 say.
WORDS: Mapping[str, tuple[str, ...]] = {
    "sso_no": ("so so bhxh", "ma so bhxh"),
    "name": ("ho va ten",),
    "from": ("tu ngay",),
    "to": ("den ngay",),
    "certificate": ("so serial cua chung tu",),
    "group": ("loai nhom huong",),
    "national_no": ("so cmnd",),
    "days": ("tong so ngay nghi",),
    "account": ("so tai khoan",),
    "holder": ("ten chu tai khoan",),
    "bank": ("ma ngan hang",),
    "child_born_on": ("ngay sinh con",),
    "weekly_rest": ("ngay nghi trong tuan",),
    "children": ("so con",),
    "condition": ("ma benh dai ngay",),
}
REQUIRED = {
    "sso_no": "Số sổ BHXH",
    "name": "Họ và tên",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "group": "Loại nhóm hưởng",
}
#: Groups by the words of their titles, the first that is part of one counts. Roman IV to IX of part B from memory.
GROUPS: Sequence[tuple[str, str]] = (
    ("nho mang thai ho", "intended_mother"),
    ("mang thai ho", "surrogate_mother"),
    ("con nuoi", "adoption"),
    ("tro cap mot lan", "father_grant"),
    ("lao dong nam", "paternity"),
    ("vo sinh con", "paternity"),
    ("tranh thai", "contraception"),
    ("triet san", "contraception"),
    ("kham thai", "antenatal"),
    ("say thai", "miscarriage"),
    ("hut thai", "miscarriage"),
    ("thai chet luu", "miscarriage"),
    ("pha thai", "miscarriage"),
    ("con om", "sick_child"),
    ("om dai ngay", "sickness"),
    ("om thuong", "sickness"),
    ("ban than om", "sickness"),
    ("sinh con", "birth"),
    ("sinh mot con", "birth"),
    ("sinh doi", "birth"),
    ("sinh tu 3 con", "birth"),
)
CONVALESCENCE = (("om dau", "sickness_convalescence"), ("thai san", "maternity_convalescence"))
#: What is recuperation of another scheme.
ACCIDENT = ("tai nan", "tnld")
CHILDREN = (("sinh mot con", 1), ("sinh doi", 2))
#: A weekly day of rest as the form writes it: T2 is Monday, CN Sunday.
RESTS = {"T2": "mon", "T3": "tue", "T4": "wed", "T5": "thu", "T6": "fri", "T7": "sat", "CN": "sun"}


@dataclass(frozen=True, slots=True)
class Listed:
    """What a row says that only who decides may see: its group in the form's words and as a benefit of ours, what the
    employer wrote to found it (an illness, a day), notes, days of rest and the number of children."""

    group: str = ""
    benefit: str = ""
    condition: str = ""
    child_born_on: str = ""
    note: str = ""
    rests: tuple[str, ...] = ()
    children: int | None = None


class ListRow(Row):
    """A row of the list; `listed` stands in no cell, so that no sheet with answers shows it."""

    listed: Listed = Listed()


def read(data: bytes, said: Mapping[str, str]) -> list[Row]:
    """One row for each leave claimed. `said` has the employer's number where the form does not say it. Raises
    `FileUnreadable`; `NotRead` for what is no table."""
    names = sheets.sheet_names(data) if sheets.is_workbook(data) else []
    if CORRECTIONS in names and any(
        line.number >= FIRST_ROW and len([cell for cell in line.cells if cell]) > 1
        for line in sheets.read_lines(data, sheet=CORRECTIONS)
    ):
        raise FileUnreadable("corrections_apart", sheet=CORRECTIONS)
    lines = list(sheets.read_lines(data, sheet=NEW if NEW in names else ""))
    flat = headed.headed(lines, WORDS, list(REQUIRED))
    if flat is not None:
        employer = _employer(_unit(lines[: len(lines) - len(flat.rows)]), said)
        rows = [_flat(headed.row(line, flat.columns), line, employer) for line in flat.rows]
    else:
        rows = _form(lines, said)
    if len(rows) > sheets.MOST_ROWS:
        raise FileUnreadable("too_many_rows", most=sheets.MOST_ROWS)
    return _once_each(rows)


def _employer(unit: str, said: Mapping[str, str]) -> str:
    """The employer's number: the form's own word, else what was said beside it."""
    number = unit or said.get("employer_no", "")
    if not number:
        raise FileUnreadable("said_employer")
    return number


# --- the form ----------------------------------------------------------------------------------


def _form(lines: Sequence[sheets.Line], said: Mapping[str, str]) -> list[ListRow]:
    found = next(((at, columns) for at, line in enumerate(lines[:HEAD_ROWS]) if (columns := _counted(line))), None)
    if found is None:
        raise headed.unknown_sheet(lines, WORDS, REQUIRED)
    at, columns = found
    employer = _employer(_unit(lines[:at]), said)
    titles: dict[int, str] = {}
    rows: list[ListRow] = []
    is_correction = False
    for line in lines[at + 1 :]:
        if _counted(line):
            continue
        one = headed.row(line, columns)
        title = _title(one)
        if any(spoken(cell).startswith("phan 2") for cell in line.cells):
            is_correction = True
        elif any(one.cells[name] or name in one.faults for name in ("sso_no", "from", "to")):
            rows.append(_person(one, line.number, titles, employer, is_correction))
        elif title is not None:
            level, text = title
            titles = {n: told for n, told in titles.items() if n < level} | {level: text}
        elif one.cells["name"] and one.cells.get("a", "").isdigit():
            rows.append(_person(one, line.number, titles, employer, is_correction))
    return rows


def _counted(line: sheets.Line) -> dict[int, str] | None:
    """The columns of the form, where a row counts them."""
    found = {n: FORM[cell] for n, cell in enumerate(line.cells) if cell in FORM}
    told = Counter(found.values())
    needed = ("a", "name", "sso_no", "from", "to", "days")
    return found if all(told[name] == 1 for name in needed) and max(told.values()) == 1 else None


def _unit(head: Sequence[sheets.Line]) -> str:
    """The code of the unit, as the head of the form says it; dots are a line to write on."""
    for line in head:
        for n, cell in enumerate(line.cells):
            if spoken(cell).startswith("ma don vi"):
                said = cell.partition(":")[2] or next((one for one in line.cells[n + 1 :] if one), "")
                return said.strip(" .…:")
    return ""


def _title(one: headed.Found) -> tuple[int, str] | None:
    """The level of a group's title and its words: A, then I, then -, then +."""
    mark, text = one.cells.get("a", ""), one.cells["name"]
    if found := re.fullmatch(r"([ABC]|[IVX]+|[-–+])[.)]?\s+(\D.+)", mark):
        mark, text = found[1], found[2]
    mark = mark.rstrip(".)")
    if not text or mark.isdigit():
        return None
    if mark in ("A", "B", "C"):
        return 0, text
    return (1 if re.fullmatch("[IVX]+", mark) else 3 if mark == "+" or not mark else 2), text


def _person(one: headed.Found, number: int, titles: Mapping[int, str], employer: str, is_correction: bool) -> ListRow:
    path = [titles[level] for level in sorted(titles)]
    rests, note = _rests(one.cells.get("note", ""))
    children = next((n for word, n in CHILDREN if any(word in spoken(title) for title in path)), None)
    listed = Listed(
        group=" · ".join(path),
        benefit=benefit_of(path),
        condition=one.cells.get("condition", ""),
        note=note,
        rests=rests,
        children=children,
    )
    row = _row(one, number, employer, listed)
    if is_correction:
        row.faults = {"name": "correction_by_office"}
    return row


# --- 23 columns --------------------------------------------------------------------------------


def _flat(one: headed.Found, line: sheets.Line, employer: str) -> ListRow:
    rests, _ = _rests(one.cells.get("weekly_rest", ""))
    children = one.cells.get("children", "")
    listed = Listed(
        group=one.cells["group"],
        benefit=benefit_of([one.cells["group"]]),
        condition=one.cells.get("condition", ""),
        child_born_on=one.cells.get("child_born_on", ""),
        rests=rests,
        children=int(children) if re.fullmatch(r"[1-9]", children) else None,
    )
    return _row(one, line.number, employer, listed)


# --- both --------------------------------------------------------------------------------------


def benefit_of(path: Sequence[str]) -> str:
    """The benefit of a group by its titles, from the innermost; nothing where they name none, or more than one."""
    told = [spoken(title) for title in path]
    if any("duong suc" in title for title in told):
        rest = " ".join(title for title in told if not title.startswith("che do duong suc"))
        rest = re.sub(r"duong suc( phuc hoi suc khoe)?", " ", rest)
        found = {benefit for word, benefit in CONVALESCENCE if word in rest}
        return found.pop() if len(found) == 1 and not any(word in rest for word in ACCIDENT) else ""
    for title in reversed(told):
        for word, benefit in GROUPS:
            if word in title:
                return benefit
    return ""


def _row(one: headed.Found, number: int, employer: str, listed: Listed) -> ListRow:
    shown = ("sso_no", "name", "from", "to", "days", "certificate", "account", "holder", "bank", "national_no")
    cells = {name: one.cells[name] for name in shown if name in one.cells} | {"employer_no": employer}
    cells["sso_no"] = headed.with_zeros(cells["sso_no"], 10)
    if cells["sso_no"] != one.cells["sso_no"]:
        cells["zeros_added"] = "yes"
    faults = dict(one.faults)
    try:
        national.CHECKS["vn-bhxh"](cells["sso_no"])
    except NotRead as wrong:
        faults.setdefault("sso_no", wrong.code if cells["sso_no"] else "required")
    row = ListRow(cells, number, {"group": f"A{number}"} | one.places, faults)
    row.listed = listed
    return row


def _rests(text: str) -> tuple[tuple[str, ...], str]:
    """Weekly days of rest in a note, and the whole note as it was written."""
    found = re.findall(r"(?<!\w)(T[2-7]|CN)(?!\w)", text)
    return tuple(dict.fromkeys(RESTS[token] for token in found)), text


def _once_each(rows: Sequence[ListRow]) -> list[Row]:
    """One row for each leave; of two that begin on one day nobody can say which is meant."""
    told = Counter((row["sso_no"], row.listed.benefit, row["from"]) for row in rows)
    for row in rows:
        if row["sso_no"] and told[row["sso_no"], row.listed.benefit, row["from"]] > 1:
            row.faults = {"sso_no": "twice_in_file", **row.faults}
    return list(rows)


# --- out ---------------------------------------------------------------------------------------

HEADING = (
    "Số sổ BHXH",
    "Họ và tên",
    "Từ ngày",
    "Đến ngày",
    "Số serial của chứng từ",
    "Loại nhóm hưởng",
    "Số CMND",
    "Tổng số ngày nghỉ",
    "Đợt bổ sung",
    "Hình thức nhận",
    "Số tài khoản",
    "Tên chủ tài khoản",
    "Mã ngân hàng",
    "Mã nhân viên",
    "Từ ngày đơn vị đề nghị",
    "Nghỉ dưỡng thai",
    "Ngày sinh con",
    "Mã thẻ BHYT của con",
    "Ngày nghỉ trong tuần",
    "Số con",
    "Điều kiện làm việc",
    "Mã tuyến bệnh viện",
    "Mã bệnh dài ngày",
)
#: How a benefit is called on the list, where the employer did not call it herself.
TITLES = {
    "sickness": "Ốm thường",
    "sick_child": "Con ốm",
    "antenatal": "Khám thai",
    "miscarriage": "Sảy thai",
    "birth": "Sinh con",
    "adoption": "Nhận nuôi con nuôi",
    "surrogate_mother": "Mang thai hộ",
    "intended_mother": "Nhờ mang thai hộ",
    "paternity": "Lao động nam",
    "father_grant": "Lao động nam, trợ cấp một lần",
    "contraception": "Tránh thai",
    "sickness_convalescence": "Dưỡng sức sau ốm đau",
    "maternity_convalescence": "Dưỡng sức sau thai sản",
}


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave that an employer has notified, as far as she may see it: no illness, no account."""

    sso_no: str
    name: str
    first: date | None
    last: date | None
    certificate: str
    group: str
    national_no: str
    days: str


def write(unit: str, number: str, phone: str, leaves: Sequence[Leave]) -> list[list[str]]:
    """The list as BHXH630 has it: head, heading in row 6, rows from 7 on; read back it says the same."""
    head = [
        [f"Tên cơ quan (đơn vị): {unit}"],
        [f"Mã đơn vị: {number}"],
        [f"Số điện thoại: {phone}"],
        ["DANH SÁCH ĐỀ NGHỊ GIẢI QUYẾT HƯỞNG CHẾ ĐỘ ỐM ĐAU, THAI SẢN, DƯỠNG SỨC PHỤC HỒI SỨC KHỎE"],
        ["Đợt … tháng … năm …"],
    ]
    return [*head, list(HEADING), *map(_line, leaves)]


def _line(leave: Leave) -> list[str]:
    told = {
        "Số sổ BHXH": leave.sso_no,
        "Họ và tên": leave.name,
        "Từ ngày": f"{leave.first:%d/%m/%Y}" if leave.first else "",
        "Đến ngày": f"{leave.last:%d/%m/%Y}" if leave.last else "",
        "Số serial của chứng từ": leave.certificate,
        "Loại nhóm hưởng": leave.group,
        "Số CMND": leave.national_no,
        "Tổng số ngày nghỉ": leave.days,
    }
    return [told.get(name, "") for name in HEADING]
