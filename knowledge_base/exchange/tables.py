"""The rows of one sheet as plain values: headings held against the layout, cells against their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .cells import CellFault, CellValue
from .file_content import FileContent
from .file_problems import Place, shortened
from .grids import Grid
from .layout import EDITION, Column, Shape, Sheet
from .plain import Plain


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: what it belongs to, and its own fields. A cell that could not be read is left out."""

    number: int
    keys: tuple[Any, ...]
    values: Plain


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of the file with its rows."""

    sheet: Sheet
    rows: tuple[TableRow, ...]

    def place(self, row: TableRow, path: str = "") -> Place:
        """Return the place of a row's field."""
        column = next((column.title for column in self.sheet.columns if column.path == path), None)
        return Place(self.sheet.title, row.number, column)

    def mark(self, found: FileContent, row: TableRow, key: str) -> None:
        """Note the places of a row's fields below the key of its item."""
        found.places[key] = self.place(row)
        for column in self.sheet.columns:
            place = self.place(row, column.path)
            outer, _, _ = column.path.rpartition(".")
            if outer:
                found.places.setdefault(f"{key}.{outer}", place)
            found.places[f"{key}.{column.path}"] = place


def read_table(sheet: Sheet, grid: Grid, found: FileContent) -> Table | None:
    """Return the rows of a sheet, or None and its faults when its headings are not as they should be."""
    columns = _columns(sheet, grid, found)
    if columns is None:
        return None
    rows: list[TableRow] = []
    for number, cells in grid.rows.items():
        if number > 1:
            rows += _row(sheet, columns, number, cells, found)
    return Table(sheet, tuple(rows))


def _columns(sheet: Sheet, grid: Grid, found: FileContent) -> tuple[Column | None, ...] | None:
    """Return what each place of a row holds."""
    if not grid.rows:
        found.complain(Place(sheet.title), "工作表是空的；不改的工作表請整張刪除")
        return None
    if 1 not in grid.rows:
        found.complain(Place(sheet.title, 1), "第一列應為欄位名稱")
        return None
    headings = [str(value).strip() if value is not None else "" for value in grid.rows[1]]
    known = {column.title: column for column in sheet.all_columns}
    counts = Counter(heading for heading in headings if heading)
    wrong = [(heading, "不認得的欄位") for heading in counts if heading not in known]
    wrong += [(heading, "欄位重複") for heading, count in counts.items() if count > 1]
    wrong += [(heading, "缺少這一欄") for heading in known if heading not in counts]
    for heading, reason in wrong:
        found.complain(Place(sheet.title, 1, shortened(heading)), reason)
    return None if wrong else tuple(known.get(heading) for heading in headings)


def _row(
    sheet: Sheet,
    columns: tuple[Column | None, ...],
    number: int,
    cells: tuple[CellValue | None, ...],
    found: FileContent,
) -> Iterator[TableRow]:
    """Give the row, or nothing when it does not say what it belongs to."""
    read: dict[str, Any] = {}
    for column, value in zip(columns, cells, strict=False):
        if column is None:
            if value is not None:
                found.complain(Place(sheet.title, number), f"「{value}」所在的欄沒有欄位名稱")
        elif value is not None:
            found.said[Place(sheet.title, number, column.title)] = str(value)
            try:
                read[column.title] = column.kind.read(value)
            except CellFault as fault:
                found.complain(Place(sheet.title, number, column.title), str(fault))
                read[column.title] = None
    lacking = [key.title for key in sheet.keys if key.title not in read and not _optional(sheet, key)]
    for title in lacking:
        found.lacks(Place(sheet.title, number, title))
    keys = tuple(read.get(key.title) for key in sheet.keys)
    if lacking or any(read.get(key.title, "") is None for key in sheet.keys):
        return
    values: Plain = {}
    for column in sheet.columns:
        if read.get(column.title) is not None:
            _set(values, column.path.split("."), read[column.title])
    yield TableRow(number, keys, values)


def _optional(sheet: Sheet, key: Column) -> bool:
    return sheet.shape is Shape.ORIGINS and key is EDITION


def _set(values: Plain, path: list[str], value: Any) -> None:
    for step in path[:-1]:
        values = values.setdefault(step, {})
    values[path[-1]] = value
