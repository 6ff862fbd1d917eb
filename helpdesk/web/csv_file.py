"""A table as a CSV file to keep, that a spreadsheet opens as it is meant."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for Big5."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | None


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return a table as a file to keep: UTF-8 that Excel recognises, no cell of which it would reckon."""
    text = StringIO(BYTE_ORDER_MARK)
    text.seek(0, 2)
    lines = csv.writer(text)
    lines.writerow(columns)
    lines.writerows([harmless(cell) for cell in row] for row in rows)
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer


def harmless(cell: Cell) -> Cell:
    """Return the cell so that a spreadsheet shows it and does not reckon it: what others wrote may be a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
