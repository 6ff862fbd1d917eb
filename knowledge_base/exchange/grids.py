"""A workbook's bytes as grids of plain values, with everything refused that hides or computes them.

What a sheet means is decided elsewhere; here a file is safe to read and small enough.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from .cells import CellValue
from .file_problems import FileProblem, FileProblems, Place

MOST_ROWS = 2_000
MOST_BYTES = 5_000_000
MOST_UNPACKED = 40_000_000
_MOST_MEMBERS, _MOST_COLUMNS = 300, 60

OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""How a file of Excel 97-2003 begins, and one that is encrypted by a password."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LAST_ROW = MOST_ROWS + 1  # after the heading
_ROW = re.compile(rb'<(?:\w+:)?row\b(?:[^>]*?\sr="([0-9]{1,9})")?')
_SAYS = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([^"]{1,40})"')


@dataclass(slots=True)
class Grid:
    """A sheet: its rows by their number, blank ones left out, the heading first."""

    title: str
    rows: dict[int, tuple[CellValue | None, ...]] = field(default_factory=dict)


def read_grids(content: bytes) -> tuple[list[Grid], list[FileProblem]]:
    """Return the sheets and what is wrong with single cells, which are left blank then.

    Raises FileProblems when it is not a workbook, is protected, holds macros, or is too large.
    """
    _refuse_old_office(content)
    if len(content) > MOST_BYTES:
        raise FileProblems.of(f"檔案超過 {MOST_BYTES // 1_000_000} MB")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _refuse_unsafe(archive)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl warns of decorations that it does not carry over
                return _read(content, archive)
    except FileProblems:
        raise
    except zipfile.BadZipFile as error:
        raise FileProblems.of("不是 XLSX 檔，或檔案已損壞") from error
    except Exception as error:  # openpyxl lets whatever odd XML leads to pass
        raise FileProblems.of("活頁簿的內容無法讀取，檔案可能已損壞；請用 Excel 重新另存 XLSX") from error


def _refuse_old_office(content: bytes) -> None:
    if content.startswith(OLD_OFFICE):
        protected = _ENCRYPTED in content
        reason = "檔案有密碼保護；請移除密碼後再上傳" if protected else "是舊版 XLS；請另存成 XLSX"
        raise FileProblems.of(reason)


def _refuse_unsafe(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise FileProblems.of("檔案有密碼保護；請移除密碼後再上傳")
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise FileProblems.of(f"檔案解開後超過 {MOST_UNPACKED // 1_000_000} MB，不予讀取")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileProblems.of("不是 XLSX 檔；請用 Excel 或 LibreOffice 另存成 XLSX")
    if any("vba" in name for name in names) or b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise FileProblems.of("檔案含有巨集；請另存成不含巨集的 XLSX")


def _read(content: bytes, archive: zipfile.ZipFile) -> tuple[list[Grid], list[FileProblem]]:
    workbook = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    grids, problems = [], []
    for sheet in workbook.worksheets:
        grid = Grid(sheet.title)
        markup = archive.read(sheet._worksheet_path)
        _refuse_too_many(sheet.title, markup)
        for merged in _MERGED.findall(markup):
            where = Place(sheet.title)
            problems.append(FileProblem(where, f"合併儲存格 {merged.decode()}；請取消合併，每格各填各的值"))
        sheet.reset_dimensions()  # what the file says of its extent may be wrong
        rows = sheet.iter_rows(max_col=_MOST_COLUMNS, max_row=_LAST_ROW)
        for number, cells in enumerate(rows, start=1):
            row = _row(grid.title, number, cells, problems)
            if any(value is not None for value in row):
                grid.rows[number] = row
        grids.append(grid)
    grids += [Grid(name) for name in workbook.sheetnames if name not in {grid.title for grid in grids}]
    workbook.close()
    return grids, problems


def _refuse_too_many(title: str, markup: bytes) -> None:
    """Refuse a row that lies too far down and says something; openpyxl would walk through every gap to it."""
    starts = list(_ROW.finditer(markup))
    ends = [*(start.start() for start in starts[1:]), len(markup)]
    for count, (start, end) in enumerate(zip(starts, ends, strict=False), start=1):
        number = int(start[1] or count)
        if number > _LAST_ROW and _SAYS.search(markup, start.end(), end):
            raise FileProblems.of(f"超過 {MOST_ROWS:,} 列，不予讀取", sheet=title, row=number)


def _row(
    title: str, number: int, cells: Iterator[Any], problems: list[FileProblem]
) -> tuple[CellValue | None, ...]:
    values: list[CellValue | None] = []
    for cell in cells:
        value = cell.value
        if cell.data_type in ("f", "e"):
            reason = "是公式；請貼上值" if cell.data_type == "f" else f"是錯誤值 {value}"
            problems.append(FileProblem(Place(title, number), f"儲存格 {cell.coordinate} {reason}"))
            value = None
        elif isinstance(value, datetime) and "h" not in cell.number_format.lower():
            value = date(value.year, value.month, value.day)  # a date that Excel shows without a time
        elif isinstance(value, str) and not value.strip():
            value = None
        values.append(value)
    return tuple(values)
