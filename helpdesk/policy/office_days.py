"""Which days Taiwan's government offices work, and the calendar of a service that follows them.

Decides that the `holidays` package is the base and the rows of an amended official calendar win, day by
day. Source: 政府行政機關辦公日曆表, with which the package agrees for 2023-2026.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

from helpdesk.policy.service_calendar import Closure, OpeningPeriod, ServiceCalendar, SpecialDay

SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 1998, 2100
"""Those of which the `holidays` package knows Taiwan's office days."""


@cache
def office_days() -> Mapping[date, SpecialDay]:
    """Return every day of the package's years that is not what its weekday says, by date.

    Asks `is_working_day`, which knows make-up Saturdays; a holiday on a weekend is kept for its name.
    """
    package = holidays.country_holidays("TW", language="zh_TW")
    first, last = date(package.start_year, 1, 1), date(package.end_year, 12, 31)
    special = {}
    for day in map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)):
        working, weekend = package.is_working_day(day), day.weekday() >= SATURDAY
        if working and weekend:
            special[day] = SpecialDay(day, working=True, name="補行上班日")
        elif not working and (not weekend or day in package):
            special[day] = SpecialDay(day, working=False, name=package.get(day) or "放假日")
    return MappingProxyType(special)


def build_calendar(
    *,
    name: str,
    zone: ZoneInfo,
    weekly: Mapping[int, tuple[OpeningPeriod, ...]],
    makeup_periods: tuple[OpeningPeriod, ...],
    override_days: Iterable[SpecialDay],
    projection_after: int | None,
    official_years: Mapping[int, Iterable[SpecialDay]] = MappingProxyType({}),
    closures: Iterable[Closure] = (),
    former_weeks: Iterable[tuple[date, Mapping[int, tuple[OpeningPeriod, ...]]]] = (),
) -> ServiceCalendar:
    """Return a calendar that follows the office days, amended by `override_days` day by day.

    `official_years` hold every special day of their years: nothing else counts there. `makeup_periods` are
    the hours of a make-up Saturday; years after `projection_after` are a projection where they are not
    official. Raises ValueError for a day that is overridden twice and as ServiceCalendar does.
    """
    amended: dict[date, SpecialDay] = {}
    for override in override_days:
        if override.on in amended:
            raise ValueError(f"辦公日曆重複列出 {override.on.isoformat()}")
        amended[override.on] = override
    special = {on: day for on, day in {**office_days(), **amended}.items() if on.year not in official_years}
    special |= {day.on: day for days in official_years.values() for day in days}
    projected = range((projection_after or LAST_YEAR) + 1, LAST_YEAR + 1)
    return ServiceCalendar(
        name=name,
        zone=zone,
        weekly=weekly,
        makeup_periods=makeup_periods,
        special_days=special,
        closures=tuple(closures),
        former_weeks=tuple(former_weeks),
        projected_years=frozenset(projected).difference(official_years),
    )
