"""The catalogue as a workbook for Excel or LibreOffice, which reads back as the same records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..knowledge import Knowledge
from .cells import CellValue
from .help_sheet import help_rows
from .layout import HELP_SHEET, Column, Shape, Sheet
from .plain import Plain, plain
from .sections import AMENDABLE
from .sheets import sheets
from .trees import rows_of
from .words import field_words

VALIDATED_ROWS = 2_000
_LONGEST_LIST = 255  # what Excel takes as a list written into the rule itself
_HEADING = PatternFill("solid", start_color="DDE6EE")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def write_workbook(knowledge: Knowledge) -> bytes:
    """Write every sheet of the layout as XLSX, after a sheet that says how to fill it in."""
    workbook = Workbook()
    _fill(workbook.active, HELP_SHEET, help_rows(knowledge), (18, 100))
    records = {
        section: [plain(record) for record in getattr(knowledge, section).values()] for section in AMENDABLE
    }
    for sheet in sheets(knowledge):
        columns = sheet.all_columns
        heading = tuple(column.title for column in columns)
        widths = tuple(column.width for column in columns)
        rows = ([_cell(column, values) for column, values in row] for row in _rows(sheet, records, knowledge))
        _fill(workbook.create_sheet(), sheet.title, [heading, *rows], widths)
        _restrict(workbook[sheet.title], columns)
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


Row = list[tuple[Column, Any]]


def _rows(sheet: Sheet, records: Mapping[str, list[Plain]], knowledge: Knowledge) -> Iterator[Row]:
    """Yield a sheet's rows: each column with the plain value that it shows, None for a blank cell."""
    if sheet.shape is Shape.ORIGINS:
        for section, entries in records.items():
            for record in entries:
                yield from _origin_rows(sheet, section, record)
        return
    for record in records[sheet.section]:
        for names, item in _items(record, sheet.inside, (record[AMENDABLE[sheet.section].identity],)):
            below = rows_of(item, knowledge.facts) if sheet.shape is Shape.TREE else [item]
            for values in below:
                own = [(column, _at(values, column.path)) for column in sheet.columns]
                yield [*zip(sheet.keys, names, strict=False), *own]


def _items(
    holder: Plain, inside: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Plain]]:
    """Yield what stands at the end of a way into a record, with the names of all that it belongs to."""
    if not inside:
        yield names, holder
        return
    found = holder.get(inside[0], [])
    for item in found if isinstance(found, list) else [found]:
        own = (item["key"],) if inside[1:] else ()
        yield from _items(item, inside[1:], (*names, *own))


def _origin_rows(sheet: Sheet, section: str, record: Plain) -> Iterator[Row]:
    identity = record[AMENDABLE[section].identity]
    for edition in (None, *record.get("editions", ())):
        origins = (edition or record).get("field_origins", {})
        for name, origin in origins.items():
            keys = (section, identity, edition and edition["key"])
            values = {"field": field_words(name), **origin}
            yield [
                *zip(sheet.keys, keys, strict=True),
                *((column, values.get(column.path)) for column in sheet.columns),
            ]


def _at(values: Plain, path: str) -> Any:
    for step in path.split("."):
        values = values.get(step, {})
    return None if values == {} else values


def _cell(column: Column, value: Any) -> CellValue | None:
    return None if value is None else column.kind.write(value)


def _fill(sheet: Any, title: str, rows: Any, widths: tuple[int, ...]) -> None:
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.alignment = _WRAPPED
            if isinstance(value, str):
                # as text whatever it begins with: =, +, - and @ would become formulas, 114 a number
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type, cell.number_format = "s", "@"
            elif value is not None:
                cell.value = value
            if number == 1:
                cell.font, cell.fill = Font(bold=True), _HEADING
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"


def _restrict(sheet: Any, columns: tuple[Column, ...]) -> None:
    """Offer the words of a closed set in its cells."""
    for place, column in enumerate(columns, start=1):
        words = ",".join(column.kind.choices)
        if words and len(words) <= _LONGEST_LIST:
            rule = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
            rule.error, rule.errorTitle = f"請從選單選取：{words}"[:_LONGEST_LIST], column.title
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}{VALIDATED_ROWS}")
            sheet.add_data_validation(rule)
