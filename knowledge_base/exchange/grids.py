"""A workbook's bytes as grids of plain values, with everything refused that hides or computes them.

What a sheet means is decided elsewhere; here a file is safe to read and small enough.
"""

from __future__ import annotations

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
from .workbook_scan import LAST_ROW, MOST_COLUMNS, scan

MOST_BYTES = 5_000_000
MOST_UNPACKED = 40_000_000
_MOST_MEMBERS = 300

OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""How a file of Excel 97-2003 begins, and one that is encrypted by a password."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


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
                problems = scan(archive)
                return _read(content, problems), problems
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


def _read(content: bytes, problems: list[FileProblem]) -> list[Grid]:
    """Return the sheets, adding to the problems what is wrong with single cells."""
    workbook = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    parts = [sheet._worksheet_path for sheet in workbook.worksheets]
    if len(set(parts)) < len(parts):
        raise FileProblems.of("有兩張工作表是同一份內容")
    grids = []
    for sheet in workbook.worksheets:
        grid = Grid(sheet.title)
        sheet.reset_dimensions()  # what the file says of its extent may be wrong
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, max_row=LAST_ROW)
        for number, cells in enumerate(rows, start=1):
            row = _row(grid.title, number, cells, problems)
            if any(value is not None for value in row):
                grid.rows[number] = row
        grids.append(grid)
    grids += [Grid(name) for name in workbook.sheetnames if name not in {grid.title for grid in grids}]
    workbook.close()
    return grids


def _row(
    title: str, number: int, cells: Iterator[Any], problems: list[FileProblem]
) -> tuple[CellValue | None, ...]:
    values: list[CellValue | None] = []
    for cell in cells:
        value = cell.value
        if cell.data_type in ("f", "e"):
            said = f"「{value}」" if isinstance(value, str) else ""
            reason = f"是公式{said}；請貼上值" if cell.data_type == "f" else f"是錯誤值 {value}"
            problems.append(FileProblem(Place(title, number), f"儲存格 {cell.coordinate} {reason}"))
            value = None
        elif isinstance(value, datetime) and "h" not in cell.number_format.lower():
            value = date(value.year, value.month, value.day)  # a date that Excel shows without a time
        elif isinstance(value, str) and not value.strip():
            value = None
        values.append(value)
    return tuple(values)
