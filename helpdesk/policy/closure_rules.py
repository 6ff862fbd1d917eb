"""Which closure may be declared, read from the words of a form or a command, and how one is said.

Decides on dates, places and reasons. Who may declare one is `permissions`; what it moves is `deadlines`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.time_in_words import parse_roc_date, roc_date

LONGEST = timedelta(days=31)
LONGEST_REASON = 60

_DAY = timedelta(days=1)
_COMMON_ERA = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_ROC_YEARS = range(1912, 2911)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_END_OF_DAY = "24:00"
_Problems = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureTyped:
    """What somebody typed: ROC or ISO dates, times HH:MM, names of counties.

    Without `last_on` it is one day; without a time the day counts from its beginning or to its end.
    """

    first_on: str
    last_on: str = ""
    opens_from: str = ""
    until: str = ""
    counties: tuple[str, ...] = ()
    everywhere: bool = False
    reason: str = ""


class ClosureProblem(ValueError):
    """The closure may not be declared; carries a sentence for each field of ClosureTyped concerned."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems.values()))


def parse_closure(
    typed: ClosureTyped,
    *,
    zone: ZoneInfo,
    counties: Callable[[str], str | None],
    now: datetime,
    existing: Iterable[Closure],
) -> Closure:
    """Return the closure that was typed, from and to instants in UTC.

    `counties` returns the name of a county in any spelling, or None; `existing` are the closures in force.
    One that has begun may still be declared, one that is over may not.
    Raises ClosureProblem with everything that is wrong.
    """
    problems: _Problems = {}
    period = _period(typed, zone, problems)
    places = _places(typed, counties, problems)
    reason = _reason(typed.reason, problems)
    if period and period[1] <= now:
        problems["last_on" if typed.last_on.strip() else "first_on"] = "停班已經結束，不能事後宣告"
    elif period and places is not None:
        overlapping = [other for other in existing if _overlap(Closure(*period, places, reason), other)]
        if overlapping:
            said = "；".join(closure_in_words(other, zone) for other in overlapping)
            problems["first_on"] = f"與已宣告的停班重疊：{said}"
    if problems or period is None or places is None:
        raise ClosureProblem(problems)
    return Closure(*period, places, reason)


def closure_in_words(closure: Closure, zone: ZoneInfo) -> str:
    """Say when, where and why, e.g. 115/11/24 (二) 13:00–18:00，臺南市、高雄市：颱風停班."""
    starts, ends = closure.starts_at.astimezone(zone), closure.ends_at.astimezone(zone)
    first, last = starts.date(), ends.date()
    begins, closes = f"{starts:%H:%M}", f"{ends:%H:%M}"
    if ends.time() == time.min:
        last, closes = last - _DAY, _END_OF_DAY
    whole_days = starts.time() == time.min and closes == _END_OF_DAY
    if first == last:
        when = f"{roc_date(first)} " + ("全天" if whole_days else f"{begins}–{closes}")
    elif whole_days:
        when = f"{roc_date(first)} 至 {roc_date(last)}"
    else:
        when = f"{roc_date(first)} {begins} 至 {roc_date(last)} {closes}"
    return f"{when}，{'、'.join(sorted(closure.counties)) or '全國'}：{closure.reason}"


def _period(typed: ClosureTyped, zone: ZoneInfo, problems: _Problems) -> tuple[datetime, datetime] | None:
    """Return the closure's beginning and end in UTC; None when a problem with them was noted."""
    before = len(problems)
    first = _date("first_on", typed.first_on, problems)
    last = _date("last_on", typed.last_on, problems) if typed.last_on.strip() else first
    begins = _since_midnight("opens_from", typed.opens_from, timedelta(), problems)
    closes = _since_midnight("until", typed.until, _DAY, problems)
    if first and last:
        if last < first:
            problems["last_on"] = "結束日期早於開始日期"
        elif last - first >= LONGEST:
            problems["last_on"] = f"一次最多停班 {LONGEST.days} 天，這裡是 {(last - first).days + 1} 天"
        elif first == last and begins is not None and closes is not None and closes <= begins:
            problems["until"] = "結束時間必須晚於開始時間"
        elif first != last and (typed.opens_from.strip() or typed.until.strip()):
            field = "opens_from" if typed.opens_from.strip() else "until"
            problems.setdefault(field, "只有單日停班才能填時間，多日停班請留白")
    if len(problems) > before or first is None or last is None or begins is None or closes is None:
        return None
    return _in_utc(first, begins, zone), _in_utc(last, closes, zone)


def _date(field: str, text: str, problems: _Problems) -> date | None:
    if not text.strip():
        problems[field] = "請填停班日期，例如 115/11/23"
        return None
    try:
        return _roc_or_common(text)
    except ValueError as refusal:
        problems[field] = str(refusal)
        return None


def _roc_or_common(text: str) -> date:
    common = _COMMON_ERA.fullmatch(_folded(text))
    if common is None:
        return parse_roc_date(text)
    year, month, day = map(int, common.groups())
    if year not in _ROC_YEARS:
        raise ValueError(f"「{text}」的年份無法以民國年表示")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"沒有這一天：「{text}」") from None


def _since_midnight(field: str, text: str, otherwise: timedelta, problems: _Problems) -> timedelta | None:
    written = _folded(text)
    if not written:
        return otherwise
    if written == _END_OF_DAY and field == "until":
        return _DAY
    found = _TIME.fullmatch(written)
    if found is None:
        problems[field] = f"看不懂時間「{text}」，請填如 13:00"
        return None
    return timedelta(hours=int(found[1]), minutes=int(found[2]))


def _in_utc(day: date, since_midnight: timedelta, zone: ZoneInfo) -> datetime:
    # A sum of a local time and an amount moves the hands of the clock: the wall's time, not the time passed.
    return (datetime.combine(day, time.min, zone) + since_midnight).astimezone(UTC)


def _places(
    typed: ClosureTyped, counties: Callable[[str], str | None], problems: _Problems
) -> frozenset[str] | None:
    """Return the counties closed, none meaning everywhere; None when a problem with them was noted."""
    named = [name.strip() for name in typed.counties if name.strip()]
    known = {name: counties(name) for name in named}
    unknown = [name for name, county in known.items() if county is None]
    if unknown:
        problems["counties"] = f"沒有這個縣市：{'、'.join(unknown)}"
    elif typed.everywhere and named:
        problems["counties"] = "全國與個別縣市只能選一種"
    elif not typed.everywhere and not named:
        problems["counties"] = "請選擇停班的縣市，或選全國"
    else:
        return frozenset(county for county in known.values() if county is not None)
    return None


def _reason(text: str, problems: _Problems) -> str:
    reason = text.strip()
    if not reason:
        problems["reason"] = "請填停班原因，例如：颱風停班"
    elif len(reason.splitlines()) > 1:
        problems["reason"] = "停班原因只能寫一行"
    elif len(reason) > LONGEST_REASON:
        problems["reason"] = f"停班原因最多 {LONGEST_REASON} 個字，這裡有 {len(reason)} 個字"
    return reason


def _overlap(one: Closure, other: Closure) -> bool:
    meet = one.span[0] < other.span[1] and other.span[0] < one.span[1]
    share = not one.counties or not other.counties or one.counties & other.counties
    return meet and bool(share)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
