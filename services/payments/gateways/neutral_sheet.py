"""The neutral sheet as .xlsx: accounts and references are text cells, so nothing loses its zeros or its digits.

Five small parts in a zip, written by hand: the sheet has one table and no style but "text", and the same run gives
the same bytes. Source: ECMA-376, Office Open XML, SpreadsheetML.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from services.payments.gateways.bank import RunFile
from services.payments.gateways.neutral_csv import COLUMNS
from services.payments.gateways.pain001 import text
from shared.money import total

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
    '<sheets><sheet name="run" sheetId="1" r:id="r1"/></sheets></workbook>',
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


def write(run: RunFile, number: str, latin: dict[str, str | None]) -> bytes:
    """The sheet of a run; `latin` gives the Latin name for each payment reference, where there is one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in _PARTS.items():
            parts.writestr(zipfile.ZipInfo(name), _HEAD + content)
        rows = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in _rows(run, number, latin))
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        parts.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), _HEAD + sheet, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _cell(value: str) -> str:
    return f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{text(value, _LONGEST)}</t></is></c>'


def _rows(run: RunFile, number: str, latin: dict[str, str | None]) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for seq, p in enumerate(run.payments, 1):
        payee = (p.name, latin.get(p.reference) or "", p.account.bank, "", p.account.number)
        money = (p.amount.decimal(), p.amount.currency, run.executes_on.isoformat(), "SSBE")
        yield (number, str(seq), p.reference, *payee, *money)
    yield ("#", str(len(run.payments)), total((p.amount for p in run.payments), run.currency).decimal())
