"""When a service is open: weekly periods, special days, closures; prepared once for look-ups.

Decides which periods a day has and which closures apply where. Counting along them is `business_time`;
which days are special is `office_days`.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from threading import Lock
from zoneinfo import ZoneInfo

from helpdesk.policy.instants import MICROSECOND, Span, instant, union, without
from helpdesk.policy.time_in_words import WEEKDAY_NAMES
from helpdesk.policy.timetable import Timetable

WEEKDAYS = tuple(f"週{name}" for name in WEEKDAY_NAMES)
_MIDNIGHT = time(0)
_DAY = timedelta(days=1) // MICROSECOND
_YEAR = 366 * _DAY
_FIRST_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal() - 1  # a period may last until the midnight that ends its day


@dataclass(frozen=True, slots=True, order=True)
class OpeningPeriod:
    """Local opening time of a day, half-open; `closes` at 00:00 is the midnight that ends the day.

    Raises ValueError when it does not open before it closes.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != _MIDNIGHT and self.opens >= self.closes:
            raise ValueError(f"服務時段的結束必須晚於開始：{self}")

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"

    @property
    def length(self) -> timedelta:
        """The time on the wall between opening and closing."""
        return self.until - _since_midnight(self.opens)

    @property
    def until(self) -> timedelta:
        """The closing as time since the midnight that begins the day."""
        return timedelta(days=1) if self.closes == _MIDNIGHT else _since_midnight(self.closes)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says: a day off, or a make-up working day (補行上班日)."""

    on: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class Closure:
    """An ad hoc closure, half-open, in some counties or, with none named, everywhere.

    Typhoon days are declared by each county. Raises ValueError for naive or reversed times.
    """

    starts_at: datetime
    ends_at: datetime
    counties: frozenset[str]
    reason: str

    def __post_init__(self) -> None:
        if self.span[0] >= self.span[1]:
            raise ValueError(f"停班的結束必須晚於開始：{self.reason}")

    @property
    def span(self) -> Span:
        """Its instants."""
        return instant(self.starts_at), instant(self.ends_at)

    def applies_to(self, county: str) -> bool:
        """Say whether it closes services of this county."""
        return not self.counties or county in self.counties


@dataclass(frozen=True, eq=False)
class ServiceCalendar:
    """A service's opening time. `weekly` is keyed by weekday, Monday 0; a missing weekday is closed.

    A special working day keeps its weekday's own periods and, when that weekday has none (a make-up
    Saturday), uses `makeup_periods`. `projected_years` have no official calendar yet.
    `former_weeks` held before `weekly`, each until a date, in order.
    Raises ValueError for a weekday outside 0-6 and for overlapping periods, naming the day.
    """

    name: str
    zone: ZoneInfo
    weekly: Mapping[int, tuple[OpeningPeriod, ...]]
    makeup_periods: tuple[OpeningPeriod, ...] = ()
    special_days: Mapping[date, SpecialDay] = field(default_factory=dict, repr=False)
    closures: tuple[Closure, ...] = ()
    former_weeks: tuple[tuple[date, Mapping[int, tuple[OpeningPeriod, ...]]], ...] = ()
    county: str = ""
    projected_years: Container[int] = ()
    _prepared: list[Timetable] = field(default_factory=list, init=False, repr=False)
    _preparing: Lock = field(default_factory=Lock, init=False, repr=False)
    _by_county: dict[str, "ServiceCalendar"] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not set(self.weekly) <= set(range(7)):
            raise ValueError(f"「{self.name}」的星期必須是 0（週一）到 6（週日）")
        for weekday, periods in self.weekly.items():
            _refuse_overlap(self.name, WEEKDAYS[weekday], periods)
        _refuse_overlap(self.name, "補行上班日", self.makeup_periods)

    @cached_property
    def in_force(self) -> tuple[Closure, ...]:
        """The closures that apply in this calendar's county."""
        return tuple(closure for closure in self.closures if closure.applies_to(self.county))

    @cached_property
    def version(self) -> str:
        """A digest of everything that counts here; the same in every process."""
        weeks = (*self.former_weeks, ("", self.weekly))
        rows = [
            str(self.zone),
            *(f"{until} {day} {sorted(week.get(day, ()))}" for until, week in weeks for day in range(7)),
            f"makeup {sorted(self.makeup_periods)}",
            *(f"{on} {special.working} {special.name}" for on, special in sorted(self.special_days.items())),
            *sorted(f"{closure.span} {closure.reason}" for closure in self.in_force),
        ]
        return sha256("\n".join(rows).encode()).hexdigest()[:16]

    def for_county(self, county: str) -> "ServiceCalendar":
        """Return this calendar with the closures of a county; counties closed alike share one."""
        if county not in self._by_county:
            in_force = tuple(closure for closure in self.closures if closure.applies_to(county))
            known = (self, *self._by_county.values())
            alike = (calendar for calendar in known if calendar.in_force == in_force)
            self._by_county.setdefault(county, next(alike, None) or replace(self, county=county))
        return self._by_county[county]

    def is_projection(self, on: date) -> bool:
        """Say whether a day's year has no official office calendar yet."""
        return on.year in self.projected_years

    def periods_on(self, day: date) -> tuple[OpeningPeriod, ...]:
        """Return the opening periods of a local day, closures aside."""
        special = self.special_days.get(day)
        if special and not special.working:
            return ()
        week = next((former for until, former in self.former_weeks if day < until), self.weekly)
        return week.get(day.weekday()) or (self.makeup_periods if special else ())

    def spans_on(self, day: date) -> Iterator[Span]:
        """Yield the day's periods as instants, closures aside.

        Each boundary is converted by itself: an ambiguous one to its first occurrence, one that clocks jump
        over as if they had not. A period that comes out reversed covers nothing; `union` drops it.
        """
        for period in self.periods_on(day):
            closes_on = day + timedelta(days=1) if period.closes == _MIDNIGHT else day
            yield (
                instant(datetime.combine(day, period.opens, self.zone)),
                instant(datetime.combine(closes_on, period.closes, self.zone)),
            )

    def timetable(self, begun: int, ended: int) -> Timetable:
        """Return prepared periods that answer for at least these instants.

        One table serves all threads. It is put in place when it is complete, and grows by a year more than was
        asked for, so that questions far apart or a little later each time seldom prepare anything.
        """
        for known in self._prepared:
            if known.begins <= begun and ended <= known.ends:
                return known
        with self._preparing:
            begins, ends = begun - _YEAR, ended + _YEAR
            for known in self._prepared:
                if known.begins <= begun and ended <= known.ends:  # another thread prepared it meanwhile
                    return known
                begins, ends = min(begins, known.begins), max(ends, known.ends)
            self._prepared[:] = [self._prepare(begins, ends)]
            return self._prepared[0]

    def _prepare(self, begins: int, ends: int) -> Timetable:
        # A day more on both sides: local days begin at other instants.
        first, last = _FIRST_DAY + begins // _DAY - 1, _FIRST_DAY + ends // _DAY + 1
        days = range(max(first, 1), min(last, _LAST_DAY) + 1)
        open_spans = union(span for day in days for span in self.spans_on(date.fromordinal(day)))
        closed_spans = union(closure.span for closure in self.in_force)
        return Timetable.of(begins, ends, without(open_spans, closed_spans))


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _refuse_overlap(calendar: str, day: str, periods: tuple[OpeningPeriod, ...]) -> None:
    for earlier, later in pairwise(sorted(periods)):
        if _since_midnight(later.opens) < earlier.until:
            raise ValueError(f"「{calendar}」{day}的服務時段重疊：{earlier}、{later}")
