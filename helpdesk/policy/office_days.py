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


@cache
def office_days() -> Mapping[date, SpecialDay]:
    """Return every day of the package's years (1998-2100) that is not what its weekday says, by date.

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
    closures: Iterable[Closure] = (),
) -> ServiceCalendar:
    """Return a calendar that follows the office days, amended by `override_days`.

    `makeup_periods` are the hours of a make-up Saturday; `projection_after` is the year of the last official
    office calendar. Raises ValueError for a day that is overridden twice and as ServiceCalendar does.
    """
    amended: dict[date, SpecialDay] = {}
    for special in override_days:
        if special.on in amended:
            raise ValueError(f"辦公日曆重複列出 {special.on.isoformat()}")
        amended[special.on] = special
    return ServiceCalendar(
        name=name,
        zone=zone,
        weekly=weekly,
        makeup_periods=makeup_periods,
        special_days={**office_days(), **amended},
        closures=tuple(closures),
        projection_after=projection_after,
    )
