"""Calendars for tests, and working time counted minute by minute, slowly and by other means."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from helpdesk.policy.instants import Pause
from helpdesk.policy.office_days import build_calendar
from helpdesk.policy.service_calendar import Closure, OpeningPeriod, ServiceCalendar, SpecialDay

TAIPEI = ZoneInfo("Asia/Taipei")
ZONES = ("Asia/Taipei", "Europe/London", "America/New_York", "Australia/Lord_Howe")
COUNTIES = ("臺北市", "高雄市")
WINDOW_DAYS = 21
# Mondays shortly before clocks change in one of the zones, and one in a plain month.
MONDAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2023-03-06",
        "2023-03-20",
        "2023-06-12",
        "2023-09-25",
        "2023-10-23",
        "2023-10-30",
        "2024-04-01",
    )
)
MINUTE = timedelta(minutes=1)
OFFICE_HOURS = OpeningPeriod(time(8, 30), time(18))


def desk(*, closures: Sequence[Closure] = (), override_days: Sequence[SpecialDay] = ()) -> ServiceCalendar:
    """The desk's calendar as the briefing has it."""
    return build_calendar(
        name="單一服務窗口",
        zone=TAIPEI,
        weekly=dict.fromkeys(range(5), (OFFICE_HOURS,)),
        makeup_periods=(OFFICE_HOURS,),
        override_days=override_days,
        projection_after=2026,
        closures=closures,
    )


def taipei(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


def closure(begun: str, ended: str, *counties: str, reason: str = "颱風停班") -> Closure:
    return Closure(taipei(begun), taipei(ended), frozenset(counties), reason)


def _time_of(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


@st.composite
def day_periods(draw: st.DrawFn) -> tuple[OpeningPeriod, ...]:
    """One to three periods of a day, from any minute on; some last until midnight."""
    marks = draw(st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True))
    past = draw(st.integers(0, 14))
    bounds = [_time_of(min(mark * 15 + past, 1440)) for mark in sorted(marks)[: len(marks) // 2 * 2]]
    return tuple(OpeningPeriod(*pair) for pair in zip(bounds[::2], bounds[1::2], strict=True))


@st.composite
def closures_near(draw: st.DrawFn, monday: date) -> Closure:
    """A closure everywhere or in some counties, the calendar's own among them or not."""
    begun = datetime.combine(monday, time(), UTC) + draw(st.integers(0, 12 * 1440)) * MINUTE
    counties = draw(st.frozensets(st.sampled_from(COUNTIES)))
    return Closure(begun, begun + draw(st.integers(1, 3 * 1440)) * MINUTE, counties, "停班")


@st.composite
def calendars(draw: st.DrawFn) -> tuple[ServiceCalendar, date]:
    """A calendar, and the Monday around which its special days and closures lie."""
    monday = draw(st.sampled_from(MONDAYS))
    days = draw(st.lists(st.integers(0, WINDOW_DAYS - 1), max_size=4, unique=True))
    special = [SpecialDay(monday + timedelta(days=day), draw(st.booleans()), "特別日") for day in days]
    calendar = ServiceCalendar(
        name="某單位",
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        weekly=draw(st.dictionaries(st.integers(0, 6), day_periods(), min_size=1)),
        makeup_periods=draw(day_periods()),
        special_days={day.on: day for day in special},
        closures=tuple(draw(st.lists(closures_near(monday), max_size=3))),
    )
    return calendar.for_county(draw(st.sampled_from(("", *COUNTIES)))), monday


@st.composite
def situations(draw: st.DrawFn) -> tuple[ServiceCalendar, datetime]:
    """A calendar and a start to the minute within its window's first ten days."""
    calendar, monday = draw(calendars())
    midnight = datetime.combine(monday, time(), UTC)
    return calendar, midnight + draw(st.integers(0, 10 * 1440)) * MINUTE


@st.composite
def pauses_after(draw: st.DrawFn, start: datetime) -> list[Pause]:
    """Up to three pauses to the minute, overlapping or not, some beginning before the start."""
    pairs = draw(st.lists(st.tuples(st.integers(-600, 4000), st.integers(0, 3000)), max_size=3))
    return [(start + begun * MINUTE, start + (begun + length) * MINUTE) for begun, length in pairs]


class MinuteByMinute:
    """An oracle: every open minute of the window in a set, counted one after the other."""

    def __init__(self, calendar: ServiceCalendar, monday: date) -> None:
        self.begin = datetime.combine(monday - timedelta(days=2), time(), UTC)
        self.end = self.begin + timedelta(days=WINDOW_DAYS)
        self._open: set[datetime] = set()
        for offset in range(-4, WINDOW_DAYS + 2):
            day = monday + timedelta(days=offset)
            for period in self._periods(calendar, day):
                self._open.update(self._minutes(calendar.zone, day, period))
        for closed in calendar.closures:
            if closed.counties and calendar.county not in closed.counties:
                continue
            self._open -= {m for m in self._open if closed.starts_at <= m < closed.ends_at}

    def due(self, start: datetime, minutes: int, pauses: Iterable[Pause] = ()) -> datetime | None:
        waits, minute = list(pauses), start
        while minute < self.end:
            minutes -= self._counts(minute, waits)
            minute += MINUTE
            if minutes == 0:
                return minute
        return None

    def worked(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
        waits = list(pauses)
        amount = sum(self._counts(minute, waits) for minute in self._open if start <= minute < end)
        return amount * MINUTE

    def is_open(self, minute: datetime) -> bool:
        return minute in self._open

    def _counts(self, minute: datetime, waits: Iterable[Pause]) -> bool:
        waiting = any(begun <= minute and (ended is None or minute < ended) for begun, ended in waits)
        return minute in self._open and not waiting

    @staticmethod
    def _periods(calendar: ServiceCalendar, day: date) -> tuple[OpeningPeriod, ...]:
        usual = calendar.weekly.get(day.weekday(), ())
        special = calendar.special_days.get(day)
        if special is None:
            return usual
        if not special.working:
            return ()
        return usual if usual else calendar.makeup_periods

    @staticmethod
    def _minutes(zone: ZoneInfo, day: date, period: OpeningPeriod) -> Iterable[datetime]:
        last = day + timedelta(days=1) if period.closes == time() else day
        minute = datetime.combine(day, period.opens, zone).astimezone(UTC)
        closes = datetime.combine(last, period.closes, zone).astimezone(UTC)
        while minute < closes:
            yield minute
            minute += MINUTE
