"""Which closure may be declared, read from the words of a form or a command, and how one is said.

Decides on dates, places and reasons. Who may declare one is `permissions`; what it moves is `deadlines`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.policy.change_reason import ReasonProblem, parse_reason
from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.text_rules import folded
from helpdesk.policy.time_in_words import parse_date, parse_time, roc_date

FURTHEST = timedelta(days=366)
LONGEST = timedelta(days=31)
"""No storm lasts a month: more is a slip in the month or the year."""

LONGEST_CLOSURE_REASON = 60
"""Shorter than other reasons: it stands in the history of every case that moves."""

_DAY = timedelta(days=1)
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


class ClosureProblem(FieldProblems):
    """The closure may not be declared; the fields are those of ClosureTyped."""


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
    One that began today may still be declared, one that is over or began before may not: the promises of
    those days were judged.
    Raises ClosureProblem with everything that is wrong.
    """
    problems: _Problems = {}
    period = _period(typed, zone, problems)
    places = _places(typed, counties, problems)
    reason = ""
    try:
        reason = parse_reason(typed.reason, limit=LONGEST_CLOSURE_REASON)
    except ReasonProblem as refusal:
        problems["reason"] = str(refusal)
    if period and period[1] <= now:
        problems["last_on" if typed.last_on.strip() else "first_on"] = "停班已經結束，不能事後宣告"
    elif period and period[0] < _midnight(now, zone):
        problems["first_on"] = "不能從已經過去的日子開始停班：那些日子的時效已經判定。請從今天起宣告"
    elif period and period[0] > now + FURTHEST:
        problems["first_on"] = "最多提前一年宣告停班，請確認年份"
    elif period and places is not None:
        overlapping = [other for other in existing if _overlap(Closure(*period, places, reason), other)]
        if overlapping:
            said = "；".join(closure_in_words(other, zone) for other in overlapping)
            problems["first_on"] = f"與已宣告的停班重疊：{said}。請只宣告還沒有涵蓋的時段"
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
        return parse_date(text)
    except ValueError as refusal:
        problems[field] = str(refusal)
        return None


def _since_midnight(field: str, text: str, otherwise: timedelta, problems: _Problems) -> timedelta | None:
    written = folded(text)
    if not written:
        return otherwise
    if written == _END_OF_DAY and field == "until":
        return _DAY
    try:
        at = parse_time(text)
    except ValueError as refusal:
        problems[field] = str(refusal)
        return None
    return timedelta(hours=at.hour, minutes=at.minute)


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date(), time.min, zone)


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


def _overlap(one: Closure, other: Closure) -> bool:
    meet = one.span[0] < other.span[1] and other.span[0] < one.span[1]
    share = not one.counties or not other.counties or one.counties & other.counties
    return meet and bool(share)
