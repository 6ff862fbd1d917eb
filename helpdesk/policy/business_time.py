"""How working time counts: due instants, amounts worked, what was used and what was skipped.

Decides nothing about which promise applies or what state its clock is in (`deadlines`).
All results are aware datetimes in UTC, exact to the microsecond.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from helpdesk.policy.instants import MICROSECOND, NEVER, Pause, Span, instant, moment, pause_spans, without
from helpdesk.policy.service_calendar import WEEKDAYS, Closure, ServiceCalendar

HORIZON = timedelta(days=3 * 366) // MICROSECOND


class NoWorkingTime(Exception):
    """The calendar has too little working time within three years; names the calendar."""

    def __init__(self, calendar: ServiceCalendar) -> None:
        super().__init__(f"「{calendar.name}」三年內沒有足夠的服務時間")
        self.calendar = calendar


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of working time, half-open."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A local day that did not count, or with `hours` the opening time a closure took from it."""

    on: date
    name: str
    hours: tuple[Segment, ...] = ()


def due_at(
    calendar: ServiceCalendar, start: datetime, target: timedelta, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return the earliest instant by which `target` was worked since `start`, pauses not counted.

    So a deadline that falls exactly at closing is that closing, not the next opening.
    Raises ValueError for a target that is not a positive duration and for naive datetimes; NoWorkingTime
    when it is not reached within three years of the start or of the last resumption, or never for a pause
    that has not ended.
    """
    begun, amount = instant(start), _positive(target)
    waits = pause_spans(pauses)
    limit = begun + HORIZON
    for _, resumed in waits:
        if resumed != NEVER:
            limit = max(limit, resumed + HORIZON)
    table = calendar.timetable(begun, limit)
    goal = table.worked_until(begun) + amount
    for paused, resumed in waits:
        before_pause = table.worked_until(max(paused, begun))
        if before_pause >= goal:
            break
        goal += table.worked_until(max(resumed, begun)) - before_pause
    due = table.reached(goal)
    if due is None or due > limit:
        raise NoWorkingTime(calendar)
    return moment(due)


def worked(
    calendar: ServiceCalendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """Return the working time between two instants, pauses not counted.

    Raises ValueError for naive datetimes and when the end comes before the start.
    """
    begun, ended = _ordered(start, end)
    table = calendar.timetable(begun, ended)
    amount = table.worked_until(ended) - table.worked_until(begun)
    for paused, resumed in pause_spans(pauses):
        first, last = (min(max(at, begun), ended) for at in (paused, resumed))
        amount -= table.worked_until(last) - table.worked_until(first)
    return amount * MICROSECOND


def is_open(calendar: ServiceCalendar, at: datetime) -> bool:
    """Say whether the service is open; at the instant of closing it is not."""
    now = instant(at)
    return bool(calendar.timetable(now, now).between(now, now + 1))


def closure_at(calendar: ServiceCalendar, at: datetime) -> Closure | None:
    """Return the closure that lasts at an instant, if one does."""
    now = instant(at)
    return next((c for c in calendar.in_force if c.span[0] <= now < c.span[1]), None)


@lru_cache(maxsize=64)
def working_day(calendar: ServiceCalendar) -> timedelta:
    """Return the opening time of a normal day: the commonest in the week, the longest of equally common.

    Raises NoWorkingTime for an empty week. 9 h 30 min for the desk. Source: briefing, 服務時間.
    """
    lengths = Counter(
        sum((period.length for period in periods), timedelta())
        for periods in calendar.weekly.values()
        if periods
    )
    if not lengths:
        raise NoWorkingTime(calendar)
    return max(lengths, key=lambda length: (lengths[length], length))


def segments(
    calendar: ServiceCalendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()
) -> tuple[Segment, ...]:
    """Return the working periods used between two instants, in order; they add up to `worked`.

    Raises ValueError as `worked` does.
    """
    begun, ended = _ordered(start, end)
    return _segments(without(calendar.timetable(begun, ended).between(begun, ended), pause_spans(pauses)))


def skipped(calendar: ServiceCalendar, start: datetime, end: datetime) -> tuple[Skipped, ...]:
    """Return the local days without opening time between two instants and the hours taken by closures.

    In order of days; a day off carries its name, an ordinary closed day its weekday, a closure its reason.
    Raises ValueError as `worked` does.
    """
    begun, ended = _ordered(start, end)
    first = start.astimezone(calendar.zone).date()
    last = moment(max(begun, ended - 1)).astimezone(calendar.zone).date()
    days = (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
    return tuple(row for day in days for row in _skipped_on(calendar, day, (begun, ended)))


def _skipped_on(calendar: ServiceCalendar, day: date, within: Span) -> Iterator[Skipped]:
    if not calendar.periods_on(day):
        special = calendar.special_days.get(day)
        yield Skipped(day, special.name if special else WEEKDAYS[day.weekday()])
    for closure in calendar.in_force:
        first, last = max(closure.span[0], within[0]), min(closure.span[1], within[1])
        lost = [(max(opened, first), min(closed, last)) for opened, closed in calendar.spans_on(day)]
        hours = _segments(span for span in lost if span[0] < span[1])
        if hours:
            yield Skipped(day, closure.reason, hours)


def _segments(spans: Iterable[Span]) -> tuple[Segment, ...]:
    return tuple(Segment(moment(begun), moment(ended)) for begun, ended in spans)


def _ordered(start: datetime, end: datetime) -> Span:
    begun, ended = instant(start), instant(end)
    if ended < begun:
        raise ValueError(f"結束時間 {end.isoformat()} 早於開始時間 {start.isoformat()}")
    return begun, ended


def _positive(target: object) -> int:
    if not isinstance(target, timedelta) or target <= timedelta():
        raise ValueError(f"目標時間必須是大於零的時間長度：{target!r}")
    return target // MICROSECOND
