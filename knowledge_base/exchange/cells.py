"""How one cell of a sheet says a value: whole numbers, money, 是/否, dates of either era, lists, phones.

A blank cell is no value; it never comes here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from ..records.measures import TAIPEI
from .figures import read_money
from .file_problems import shortened

_Made = TypeVar("_Made")
CellValue = str | int | float | bool | datetime | date | time

ROC_OFFSET = 1911
_GIVE_A_TIME = "須連同時刻，例如 2025-03-20 18:00:00 或 114/3/20 18:00；公告只寫日期者，截止寫 23:59:59"
_DAY = r"([0-9]{2,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
_WRITTEN_DAY = re.compile(_DAY)
_WRITTEN_INSTANT = re.compile(_DAY + r"[ T]*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_WHOLE = re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)")
_PHONE = re.compile(r"([^#]+)(?:#(.+))?")
_BETWEEN_NAMES = re.compile(r"[、,，;；\n]")


class CellFault(Exception):
    """The cell does not say what its column asks for; the text says why."""


@dataclass(frozen=True, slots=True)
class CellKind:
    """How a column's cells are read and written; `choices` are all the words that it takes, if they are few."""

    read: Callable[[CellValue], Any]
    write: Callable[[Any], CellValue] = str
    choices: tuple[str, ...] = ()


def read_text(value: CellValue) -> str:
    """Return the text, with numbers as they would be typed. Raises CellFault for a date or a yes."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellFault("應為文字；請把儲存格格式改為「文字」後重新輸入")
    return str(int(value)) if float(value).is_integer() else str(value)


def _folded(value: CellValue) -> str:
    return unicodedata.normalize("NFKC", read_text(value))


def read_whole(value: CellValue) -> int:
    """Return a whole number, however it is stored or separated. Raises CellFault."""
    if isinstance(value, str):
        folded = _folded(value)
        if _WHOLE.fullmatch(folded) and len(folded) <= 20:
            return int(folded.replace(",", ""))
    elif isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return int(value)
    raise CellFault("應為整數")


def read_ntd(value: CellValue) -> int:
    """Return whole NT$, also as people write them: 600萬, 1億2,000萬元. Raises CellFault."""
    amount = read_money(value) if isinstance(value, str) else None
    if amount is not None:
        return amount
    try:
        return read_whole(value)
    except CellFault as fault:
        raise CellFault("應為整數，例如 6,000,000 或 600萬") from fault


def read_flag(value: CellValue) -> bool:
    """Return 是 or 否. Raises CellFault."""
    if isinstance(value, bool):
        return value
    words = {"是": True, "否": False}
    if value not in words:
        raise CellFault("應為 是 或 否")
    return words[str(value)]


def read_instant(value: CellValue) -> datetime:
    """Return an instant of Taipei, from a date and time of either era. Raises CellFault for a bare date."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=TAIPEI)
    if isinstance(value, date):
        raise CellFault(_GIVE_A_TIME)
    if isinstance(value, str):
        folded = _folded(value).removesuffix("+08:00")
        if found := _WRITTEN_INSTANT.fullmatch(folded):
            *_, hour, minute, second = found.groups()
            clock = _possible(time, value, int(hour), int(minute), int(second or 0))
            return datetime.combine(_day(value, found), clock, TAIPEI)
        if _WRITTEN_DAY.fullmatch(folded):
            raise CellFault(_GIVE_A_TIME)
    raise CellFault("應為日期與時刻，例如 2025-03-20 18:00:00 或 114/3/20 18:00")


def read_day(value: CellValue) -> date:
    """Return a date of either era. Raises CellFault."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and (found := _WRITTEN_DAY.fullmatch(_folded(value))):
        return _day(value, found)
    raise CellFault("應為日期，例如 2025-03-20 或 114/3/20")


def _day(value: str, found: re.Match[str]) -> date:
    year, month, day = (int(part) for part in found.groups()[:3])
    return _possible(date, value, year if year > ROC_OFFSET else year + ROC_OFFSET, month, day)


def _possible(make: Callable[..., _Made], value: str, *parts: int) -> _Made:
    try:
        return make(*parts)
    except ValueError as error:
        raise CellFault(f"沒有這個日期或時刻：{shortened(value.strip())}") from error


def read_lines(value: CellValue) -> list[str]:
    """Return one sentence a line."""
    return [line.strip() for line in read_text(value).split("\n") if line.strip()]


def read_names(value: CellValue) -> list[str]:
    """Return names, parted by 、, a comma or a line break."""
    return [name.strip() for name in _BETWEEN_NAMES.split(read_text(value)) if name.strip()]


def read_phones(value: CellValue) -> list[dict[str, Any]]:
    """Return one phone a line, as the screens write them: 02-2709-0638#211、212."""
    phones = []
    for line in _folded(value).split("\n"):
        if found := _PHONE.fullmatch(re.sub(r"分機|轉|ext\.?", "#", line.strip())):
            number, extensions = found.groups()
            phones.append({"number": number.strip()})
            if extensions:
                phones[-1] |= {"extensions": read_names(extensions)}
    return phones


def _write_phone(phone: Mapping[str, Any]) -> str:
    extensions = phone.get("extensions")
    return f"{phone['number']}#{'、'.join(extensions)}" if extensions else str(phone["number"])


def write_instant(value: datetime) -> str:
    """Write an instant as Taipei's clock shows it."""
    return value.astimezone(TAIPEI).replace(tzinfo=None).isoformat(" ")


def one_of(words: Mapping[str, str]) -> CellKind:
    """Return the kind of cell that takes one of these words, or the value that it stands for."""
    values = {word: value for value, word in words.items()}

    def read(value: CellValue) -> str:
        text = read_text(value)
        if text not in values and text not in words:
            raise CellFault(f"「{text}」不在選項內，應為 {'、'.join(values)}")
        return values.get(text, text)

    return CellKind(read, lambda value: words[value], tuple(values))


def some_of(words: Mapping[str, str]) -> CellKind:
    """Return the kind of cell that takes several of these words."""
    each = one_of(words)
    return CellKind(
        lambda value: [each.read(name) for name in read_names(value)],
        lambda values: "、".join(str(each.write(value)) for value in values),
    )


TEXT = CellKind(read_text)
WHOLE = CellKind(read_whole, int)
NTD = CellKind(read_ntd, int)
FLAG = CellKind(read_flag, lambda flag: "是" if flag else "否", ("是", "否"))
INSTANT = CellKind(read_instant, write_instant)
DAY = CellKind(read_day, lambda day: str(day.isoformat()))
LINES = CellKind(read_lines, "\n".join)
NAMES = CellKind(read_names, "、".join)
PHONES = CellKind(read_phones, lambda phones: "\n".join(map(_write_phone, phones)))
