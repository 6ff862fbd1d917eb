"""The government's office calendar read from its file: whole or not at all, every fault named by its row.

Decides what a usable file is. What a year changes, and how one is written, is `office_calendar_file`.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from helpdesk.policy.office_calendar_file import DAY_OFF, HEADER, WORKING_DAY, YEARS, OfficeYear, days_of
from helpdesk.policy.office_days import SATURDAY
from helpdesk.policy.service_calendar import SpecialDay
from helpdesk.policy.text_rules import folded
from helpdesk.policy.time_in_words import WEEKDAY_NAMES

MOST_PROBLEMS = 50
"""As many as a person mends before reading the file again; a wrong column alone makes 365."""

MOST_ROWS = 40_000
"""More than all years that are known together."""

LONGEST_NOTE = 60
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would take for a formula when the year is written again."""

_ON, _WEEKDAY, _OFF, _NOTE = HEADER
_OTHER_HEADERS = {"日期": _ON, "說明": _NOTE}
_DATE_FORMS = (
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
    re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})"),
)
_WITHOUT_YEAR = re.compile(r"[0-9]{1,2}[-/月]?[0-9]{1,2}日?")
_EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong where. `row` is counted as a spreadsheet does, the header being 1; None is the file."""

    row: int | None
    field: str
    reason: str

    def __str__(self) -> str:
        where = "檔案" if self.row is None else f"第 {self.row} 列"
        return f"{where}「{self.field}」：{self.reason}"


class CalendarFileProblem(ValueError):
    """The file is refused whole; carries at most 50 of its `total` problems, the file's own first."""

    def __init__(self, *problems: RowProblem) -> None:
        self.total = len(problems)
        self.problems = tuple(sorted(problems, key=lambda problem: problem.row or 0)[:MOST_PROBLEMS])
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class _Line:
    row: int
    on: date | None
    off: bool
    note: str
    problems: tuple[RowProblem, ...]


def read_office_calendar(content: bytes) -> tuple[OfficeYear, ...]:
    """Return the years of an office calendar, each complete, in order; rows may come in any order.

    A working weekend day without a note is called 補行上班日, a weekday off without one 放假日. Working
    weekdays are ordinary whatever their note. 是否放假 1 is refused: the official calendar has only 0 and 2,
    other lists use 1 either way, and a guess would move due dates.
    Raises CalendarFileProblem with everything that is wrong.
    """
    header, *records = _records(_text(content))
    columns = _columns(header)
    lines = [
        _line(row, cells, columns, len(header))
        for row, cells in enumerate(records, start=2)
        if any(map(str.strip, cells))
    ]
    problems = [problem for line in lines for problem in line.problems]
    problems += [*_duplicates(lines), *_wrong_years(lines)]
    if problems:
        raise CalendarFileProblem(*problems)
    special = sorted(
        (day for line in lines if line.on and (day := _special(line.on, line.off, line.note))),
        key=lambda day: day.on,
    )
    years = sorted({line.on.year for line in lines if line.on})
    return tuple(OfficeYear(year, tuple(day for day in special if day.on.year == year)) for year in years)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        reason = f"檔案不是 UTF-8 編碼{_guess(content)}；請另存成 UTF-8 CSV"
        raise CalendarFileProblem(RowProblem(None, "編碼", reason)) from None


def _guess(content: bytes) -> str:
    if content.startswith(_EXCEL):
        return "，可能是 Excel 活頁簿"
    return "，可能是 Big5" if "日期" in content.decode("cp950", errors="replace") else ""


def _records(text: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        for record in csv.reader(StringIO(text, newline=""), strict=True):
            records.append(record)
            if len(records) > MOST_ROWS:
                reason = f"超過 {MOST_ROWS:,} 列，一年只有 365 列左右，請確認選對檔案"
                raise CalendarFileProblem(RowProblem(None, "內容", reason))
    except csv.Error:
        # The rows read so far tell where it broke.
        broken = RowProblem(len(records) + 1, "格式", "不是正確的 CSV：引號沒有成對，或欄位過長")
        raise CalendarFileProblem(broken) from None
    if not any(any(map(str.strip, record)) for record in records[1:]):
        raise CalendarFileProblem(RowProblem(None, "內容", "檔案是空的，或只有標題而沒有任何日期"))
    return records


def _columns(header: Sequence[str]) -> Mapping[str, int]:
    """Return the place of each column; the first of several of one name."""
    written = ["".join(folded(cell).split()) for cell in header]
    names = [_OTHER_HEADERS.get(name, name) for name in written]
    missing = [RowProblem(1, name, f"缺少「{name}」欄") for name in HEADER if name not in names]
    if missing:
        raise CalendarFileProblem(*missing)
    return {name: names.index(name) for name in HEADER}


def _line(row: int, cells: Sequence[str], columns: Mapping[str, int], width: int) -> _Line:
    values = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
    problems: list[RowProblem] = []
    on = None
    try:
        on = _date(values[_ON])
    except ValueError as refusal:
        problems.append(RowProblem(row, _ON, str(refusal)))
    weekday = re.sub("^(星期|週|周)", "", folded(values[_WEEKDAY])).replace("天", "日")
    if on and weekday != WEEKDAY_NAMES[on.weekday()]:
        reason = f"{on} 是星期{WEEKDAY_NAMES[on.weekday()]}，檔案寫「{values[_WEEKDAY]}」"
        problems.append(RowProblem(row, _WEEKDAY, reason))
    off = folded(values[_OFF])
    if off not in {WORKING_DAY, DAY_OFF}:
        problems.append(
            RowProblem(
                row, _OFF, f"必須是 {WORKING_DAY}（上班）或 {DAY_OFF}（放假），檔案寫「{values[_OFF]}」"
            )
        )
    note = " ".join(values[_NOTE].split())
    if len(note) > LONGEST_NOTE or note.startswith(FORMULA):
        reason = f"備註最多 {LONGEST_NOTE} 個字，也不能以 {' '.join(FORMULA)} 開頭"
        problems.append(RowProblem(row, _NOTE, reason))
    surplus = "、".join(filter(str.strip, cells[width:]))
    if surplus:
        problems.append(RowProblem(row, _NOTE, f"比標題多出「{surplus}」；備註裡有逗號時請加引號"))
    return _Line(row, on, off == DAY_OFF, note, tuple(problems))


def _date(text: str) -> date:
    written = folded(text)
    found = next((match for form in _DATE_FORMS if (match := form.fullmatch(written))), None)
    if found is None:
        if _WITHOUT_YEAR.fullmatch(written):
            raise ValueError(f"「{text}」沒有年份，請寫成西元年月日，例如 20230101")
        raise ValueError(f"看不懂日期「{text}」，請寫成西元年月日，例如 20230101")
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise ValueError(f"沒有這一天：「{text}」") from None


def _duplicates(lines: Sequence[_Line]) -> Iterator[RowProblem]:
    first_rows: dict[date, int] = {}
    for line in lines:
        if line.on and first_rows.setdefault(line.on, line.row) != line.row:
            reason = f"{line.on} 重複：第 {first_rows[line.on]} 列與第 {line.row} 列"
            yield RowProblem(line.row, _ON, reason)


def _wrong_years(lines: Sequence[_Line]) -> Iterator[RowProblem]:
    listed = {line.on for line in lines if line.on}
    first_rows = {line.on.year: line.row for line in reversed(lines) if line.on}
    for year, row in sorted(first_rows.items()):
        days = days_of(year)
        missing = [on for on in days if on not in listed]
        if year not in YEARS:
            reason = f"{year} 年不在 {YEARS[0]} 到 {YEARS[-1]} 年之間，請確認年份"
            yield RowProblem(row, _ON, reason)
        elif missing:
            examples = "、".join(map(str, missing[:3]))
            reason = f"缺 {year} 年的 {len(days)} 天中的 {len(missing)} 天，例如 {examples}"
            yield RowProblem(None, _ON, reason)


def _special(on: date, off: bool, note: str) -> SpecialDay | None:
    weekend = on.weekday() >= SATURDAY
    if not off:
        return SpecialDay(on, working=True, name=note or "補行上班日") if weekend else None
    return None if weekend and not note else SpecialDay(on, working=False, name=note or "放假日")
