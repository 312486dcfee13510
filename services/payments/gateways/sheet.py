"""A table as a workbook (.xlsx): text cells keep their zeros, amounts are numbers a spreadsheet can sum.

Five small parts in a zip, written by hand: one table and no style but "text"; the same rows give the same bytes.
Source: ECMA-376, Office Open XML, SpreadsheetML.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

from services.payments.gateways.pain001 import text
from shared.money import Money

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">'
    '<sheets><sheet name="table" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    # Format 49 is "@": text, also when somebody types into the cell.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/>'
    '<xf numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
#: A spreadsheet takes no longer text in a cell.
_LONGEST = 32767


def write(rows: Iterable[Sequence[str | Money]]) -> bytes:
    """The workbook of these rows: text as text, amounts as numbers with their decimals."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in _PARTS.items():
            parts.writestr(zipfile.ZipInfo(name), _HEAD + content)
        cells = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in rows)
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
        parts.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), _HEAD + sheet, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _cell(value: str | Money) -> str:
    if isinstance(value, Money):
        return f"<c><v>{value.decimal()}</v></c>"
    return f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{text(value, _LONGEST)}</t></is></c>'
