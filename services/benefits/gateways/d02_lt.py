"""Viet Nam: form D02-LT, what has changed of an employer's workers: who joins, leaves, is paid otherwise, is on leave.

No layout of the institution itself was found. Sources: a published program that fills the template
`FileMau-D02LT_v2.xlsx` (sheet DuLieu, formulas beside its texts) and one that writes the columns of an intermediary's
template, with their headings. Columns are found by their headings and never by place. Not yet proved by an upload.
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
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead, national, sheets

#: The sheet of one of the two templates; its second one is about households.
SHEET = "DuLieu"
#: What headings say, by our column. Columns of codes that a formula works out are not read; their texts are.
WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("ho va ten", "ho ten"),
    "sso_no": ("ma so bhxh", "ma so bao hiem xa hoi"),
    "kind": ("loai phuong an", "ten loai ho so", "loai ho so"),
    "kind_code": ("ma loai pa", "ma loai phuong an"),
    "plan": ("phuong an dieu chinh", "phuong an"),
    "plan_code": ("ma pa", "ma phuong an"),
    "born_on": ("ngay sinh", "ngay thang nam sinh"),
    "sex": ("gioi tinh",),
    "national_no": ("so cmnd cccd ho chieu", "so cccd", "so cccd cmnd ho chieu", "cccd", "so dinh danh ca nhan"),
    "wage": ("muc luong", "tien luong"),
    "allowance": ("phu cap luong",),
    "supplements": ("cac khoan bo sung",),
    "coefficient": ("he so luong",),
    "from": ("thang nam bat dau", "tu thang", "tu thang nam"),
    "to": ("thang nam ket thuc", "den thang", "den thang nam"),
    "leave": ("nghi om dau thai san khong luong",),
    "died": ("co giam chet",),
    "contract_from": ("hieu luc tu ngay", "tu ngay hdld"),
    "contract_to": ("hieu luc den ngay", "den ngay hdld"),
}
REQUIRED = {"name": "Họ và tên", "sso_no": "Mã số BHXH", "wage": "Mức lương", "from": "Từ tháng"}
#: From here on a template speaks of the head of the household.
HOUSEHOLD = "chu ho"
#: One code means another sex in another template.
SEX = {"v2": {"1": "male", "0": "female"}, "coded": {"1": "male", "2": "female", "3": ""}}
SEX_WORDS = {"nam": "male", "nu": "female"}
#: What the codes of changes do. Of others nobody has told us the meaning.
EFFECTS = {
    "TM": "joins",
    "TD": "joins",
    "TC": "joins",
    "ON": "returns",
    "DC": "changes",
    "CD": "changes",
    "GH1": "ends",
    "GH2": "ends",
    "GH3": "ends",
    "GH4": "dies",
    "GC": "dies",
    "OF": "absent",
    "TS": "absent",
    "KL": "absent",
}
#: What a row without a code does, by the kind of its list.
KINDS = {"1": "joins", "2": "ends", "joins": "joins", "ends": "ends", "changes": "changes"}
#: Effects that a kind of list can have.
FITS = {"joins": ("joins", "returns"), "ends": ("ends", "dies", "absent"), "changes": ("changes",)}
_TITLE = re.compile(r"(?:(?:[ivx]+|[abc]|\d) )?(tang|giam|dieu chinh)(?: (?:lao dong|muc|tien luong|dong).*)?")
LEAVES = {"om": "OF", "om dau": "OF", "thai san": "TS", "khong luong": "KL"}
LEAVES |= {f"nghi {word}": code for word, code in LEAVES.items()}


def read(data: bytes, said: Mapping[str, str]) -> list[Row]:
    """One row for each change: `change` is its code, `effect` what it does. `said` has the employer's number, which
    the list leaves out. Raises `FileUnreadable`; `NotRead` for what is no table."""
    if not said.get("employer_no"):
        raise FileUnreadable("said_employer")
    names = sheets.sheet_names(data) if sheets.is_workbook(data) else []
    lines = list(sheets.read_lines(data, sheet=SHEET if SHEET in names else ""))
    found = headed.headed(lines, WORDS, list(REQUIRED), until=HOUSEHOLD)
    if found is None:
        raise headed.unknown_sheet(lines, WORDS, REQUIRED)
    coded = not {"kind_code", "plan_code"}.isdisjoint(found.columns.values())
    template = "v2" if SHEET in names else "coded" if coded else ""
    rows, section = [], ""
    for line in found.rows:
        one = headed.row(line, found.columns)
        if not any(one.cells[name] or name in one.faults for name in REQUIRED if name != "name") and (
            not one.cells["name"] or _section(one.cells["name"])
        ):
            section = _section(" ".join(line.cells)) or section
            continue
        rows.append(_row(one, line.number, template, section, said["employer_no"]))
    return _once_each(rows)


def _section(text: str) -> str:
    """The kind of change that a title names; nothing where it is none. Tăng is a family name, too."""
    found = _TITLE.fullmatch(spoken(text))
    return {"tang": "joins", "giam": "ends"}.get(found[1], "changes") if found else ""


def _row(one: headed.Found, number: int, template: str, section: str, employer_no: str) -> Row:
    told, faults = one.cells, dict(one.faults)
    places = one.places | {"change": one.places.get("plan_code") or one.places.get("plan") or f"A{number}"}
    change, effect, fault = _change(told, section)
    if fault:
        faults.setdefault("change", fault)
    cells = {name: told.get(name, "") for name in WORDS if name in told}
    cells |= {"change": change, "effect": effect, "employer_no": employer_no}
    cells["sso_no"] = headed.with_zeros(told["sso_no"], 10)
    if cells["sso_no"] != told["sso_no"]:
        cells["zeros_added"] = "yes"
    if told.get("national_no", "").isdigit() and len(told["national_no"]) > 9:
        cells["national_no"] = headed.with_zeros(told["national_no"], 12)
    if cells["sso_no"]:
        faults |= _fault("sso_no", cells["sso_no"])
    if told.get("sex"):
        sex = SEX_WORDS.get(spoken(told["sex"])) or SEX.get(template, {}).get(told["sex"])
        faults |= {} if sex is not None else {"sex": "sex_code"}
        cells["sex"] = sex or ""
    for name in ("kind", "kind_code", "plan", "plan_code"):
        if faults.pop(name, None) and not change and not effect:
            faults["change"] = "formula_not_worked_out"
    return Row(cells, number, places, faults)


def _fault(column: str, number: str) -> dict[str, str]:
    try:
        national.CHECKS["vn-bhxh"](number)
    except NotRead as wrong:
        return {column: wrong.code}
    return {}


def _change(told: Mapping[str, str], section: str) -> tuple[str, str, str]:
    """The code of a change, what it does, and what is wrong with them."""
    codes = {code for name in ("plan", "plan_code") if (code := _code(told.get(name, "")))}
    kinds = {KINDS.get(told.get("kind_code", "")), _section(told.get("kind", ""))} - {None, ""} or {section} - {""}
    if len(codes) > 1 or len(kinds) > 1:
        return "", "", "codes_differ"
    code = next(iter(codes), "") or LEAVES.get(spoken(told.get("leave", "")), "")
    kind = next(iter(kinds), "")
    if code and code not in EFFECTS:
        return code, "", "change_unknown"
    effect = EFFECTS.get(code) or KINDS.get(kind or "", "")
    if told.get("died", "").casefold() in ("true", "1", "x", "có"):
        effect = "dies"
    if kind and effect and effect not in FITS[kind]:
        return code, "", "codes_differ"
    return code, effect, "" if effect else "change_unclear"


def _code(text: str) -> str:
    """The code in front of its name ("TM-Tăng mới"), or standing alone."""
    found = re.match(r"\s*([A-Z]{2}\d?)(?![^\W_])", text)
    return found[1] if found else ""


def _once_each(rows: list[Row]) -> list[Row]:
    """One row for each change; of two that say the same of one worker and month nobody can say which is meant."""

    def key(row: Row) -> tuple[str, ...]:
        paid = row["effect"] in ("joins", "returns", "changes")
        return (row["sso_no"] or row.get("national_no", ""), row["from"], "wage" if paid else row["effect"])

    told = Counter(key(row) for row in rows if row["effect"])
    for row in rows:
        if told[key(row)] > 1 and key(row)[0] and row["effect"]:
            row.faults = {"sso_no": "twice_in_file", **row.faults}
    return rows


# --- out ---------------------------------------------------------------------------------------

#: The columns that we fill in, as the intermediary's template calls them.
HEADING = (
    "STT",
    "Họ và tên",
    "Mã số BHXH",
    "Loại phương án",
    "Mã loại PA",
    "Loại ngày sinh",
    "Ngày Sinh",
    "Giới tính",
    "Số CMND/ CCCD/Hộ chiếu",
    "Mức lương",
    "Phụ cấp lương",
    "Các khoản bổ sung",
    "Phương án điều chỉnh",
    "Mã PA",
    "Tháng/ năm bắt đầu",
    "Tháng/ năm kết thúc",
    "Hiệu lực từ ngày",
    "Hiệu lực đến ngày",
    "Ghi chú",
)
_OUT_KINDS = {"joins": ("Tăng lao động", "1"), "ends": ("Giảm lao động", "2"), "changes": ("Điều chỉnh", "")}
_OUT_SEX = {"male": "1", "female": "2"}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a month, as far as it is known; the code of a joiner or leaver is for who knows why."""

    effect: str
    name: str
    sso_no: str
    born_on: date | None
    sex: str | None
    national_no: str
    wage: Money | None
    month: Month
    contract_from: date | None = None
    contract_to: date | None = None


def write(changes: Sequence[Change]) -> list[list[str]]:
    """The rows of the list with its heading, to be filled in and signed; read back they say the same."""
    return [list(HEADING), *(_line(number, change) for number, change in enumerate(changes, 1))]


def _line(number: int, change: Change) -> list[str]:
    kind, code = _OUT_KINDS[change.effect]
    month = f"{change.month.first_day:%m/%Y}"
    told = {
        "STT": str(number),
        "Họ và tên": change.name,
        "Mã số BHXH": change.sso_no,
        "Loại phương án": kind,
        "Mã loại PA": code,
        "Loại ngày sinh": "0" if change.born_on else "",
        "Ngày Sinh": _day(change.born_on),
        "Giới tính": _OUT_SEX.get(change.sex or "", ""),
        "Số CMND/ CCCD/Hộ chiếu": change.national_no,
        "Mức lương": change.wage.decimal() if change.wage else "",
        "Mã PA": "DC" if change.effect == "changes" else "",
        "Tháng/ năm bắt đầu": month,
        "Hiệu lực từ ngày": _day(change.contract_from),
        "Hiệu lực đến ngày": _day(change.contract_to),
    }
    return [told.get(name, "") for name in HEADING]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
