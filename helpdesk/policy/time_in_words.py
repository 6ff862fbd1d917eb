"""How amounts of working time, due dates, times of day and ROC dates are said and read in Traditional Chinese.

Decides wording and rounding: always down to the whole minute, so nobody is told of time that is not left.
Instants are shown in Asia/Taipei whatever zone they come in.
Source: ROC years are the common era less 1911; there is no year zero.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.policy.text_rules import folded

TAIPEI = ZoneInfo("Asia/Taipei")
DESK_DAY = timedelta(hours=9, minutes=30)
"""A working day of the desk, Mon-Fri 08:30-18:00. Source: briefing, 服務時間."""

WEEKDAY_NAMES = "一二三四五六日"

_ROC_OFFSET = 1911
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_ROC_FORMS = (
    re.compile(r"([0-9]{1,3})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{1,3})年([0-9]{1,2})月([0-9]{1,2})日"),
    re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})"),
)
_COMMON_ERA = re.compile(r"[0-9]{4}[/年].*|[0-9]{8}")
_ISO_FORM = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_YEARS = range(1912, 2911)
"""ROC years 1 to 999: either way of writing a date can say the same days."""


def in_words(remaining: timedelta, working_day: timedelta = DESK_DAY) -> str:
    """Say the working time left until a due date, or overdue when negative, e.g. 剩 2 小時 10 分."""
    if not remaining:
        return "已到期"
    words = amount_in_words(abs(remaining), working_day)
    gap = " " if words[0].isdigit() else ""
    return f"{'剩' if remaining > timedelta() else '已逾期'}{gap}{words}"


def amount_in_words(amount: timedelta, working_day: timedelta = DESK_DAY) -> str:
    """Say an amount of working time in its two largest units, e.g. 1 工作天 3 小時.

    Raises ValueError for a negative amount.
    """
    if amount < timedelta():
        raise ValueError(f"時間長度不可為負：{amount}")
    days, rest = divmod(amount, working_day)
    hours, rest = divmod(rest, timedelta(hours=1))
    counts = ((days, "工作天"), (hours, "小時"), (rest // timedelta(minutes=1), "分"))
    said = [f"{count} {unit}" for count, unit in counts if count]
    return " ".join(said[:2]) or ("不到 1 分" if amount else "0 分")


def due_in_words(due_at: datetime, *, now: datetime) -> str:
    """Say by when: 今天 18:00 前, 明天 10:00 前, or the ROC date and time."""
    due = _in_taipei(due_at)
    day = {0: "今天", 1: "明天"}.get((due.date() - _in_taipei(now).date()).days)
    return f"{day} {due:%H:%M} 前" if day else f"{roc_datetime(due)} 前"


def roc_year(year: int) -> int:
    """Return the ROC year of a year of the common era. Raises ValueError before ROC year 1."""
    if year <= _ROC_OFFSET:
        raise ValueError(f"民國元年以前無法以民國年表示：{year}")
    return year - _ROC_OFFSET


def roc_date(on: date) -> str:
    """Write a date, or the day of an instant in Taipei, e.g. 115/11/23 (一).

    Raises ValueError before ROC year 1 and for a naive datetime.
    """
    day = _in_taipei(on).date() if isinstance(on, datetime) else on
    return f"{roc_year(day.year)}/{day:%m/%d} ({WEEKDAY_NAMES[day.weekday()]})"


def roc_datetime(at: datetime) -> str:
    """Write an instant in Taipei to the minute, e.g. 115/11/23 (一) 14:05; raises as `roc_date` does."""
    return f"{roc_date(at)} {_in_taipei(at):%H:%M}"


def parse_roc_date(text: str) -> date:
    """Read 112/11/30, 112年11月30日 or 1121130, with 民國, full-width figures and spaces or without.

    Raises ValueError saying in Chinese what is wrong with it.
    """
    written = "".join(folded(text).split()).removeprefix("民國")
    if _COMMON_ERA.fullmatch(written):
        raise ValueError(f"請以民國年填寫，例如 112/11/30；「{text}」是西元年")
    matches = (form.fullmatch(written) for form in _ROC_FORMS)
    found = next((match for match in matches if match), None)
    if found is None:
        raise ValueError(f"看不懂日期「{text}」，請填如 112/11/30、112年11月30日 或 1121130")
    year, month, day = map(int, found.groups())
    if year == 0:
        raise ValueError(f"民國沒有零年：「{text}」")
    try:
        return date(year + _ROC_OFFSET, month, day)
    except ValueError:
        raise ValueError(f"沒有這一天：「{text}」") from None


def parse_date(text: str) -> date:
    """Read a date in any form of `parse_roc_date`, or 2026-11-25; raises as it does."""
    common = _ISO_FORM.fullmatch(folded(text))
    if common is None:
        return parse_roc_date(text)
    year, month, day = map(int, common.groups())
    if year not in _YEARS:
        raise ValueError(f"「{text}」的年份無法以民國年表示")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"沒有這一天：「{text}」") from None


def parse_time(text: str) -> time:
    """Read a time of day to the minute, e.g. 13:00 or 8:05. Raises ValueError saying in Chinese what to write."""
    found = _TIME.fullmatch(folded(text))
    if found is None:
        raise ValueError(f"看不懂時間「{text}」，請填如 13:00")
    return time(int(found[1]), int(found[2]))


def _in_taipei(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"時間必須帶時區：{at.isoformat()}")
    return at.astimezone(TAIPEI)
