"""The years of the government's office calendar as its file has them: compared, and written back.

Decides what an import changes. How a file is read is `office_calendar_reading`; which days are special
where none was imported is `office_days`. Source: 政府資料開放平臺 dataset 14718, 中華民國政府行政機關辦公
日曆表, one row for every day of a year; 是否放假 is 0 on a working day and 2 on a day off.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

from helpdesk.policy.office_days import FIRST_YEAR, LAST_YEAR, SATURDAY
from helpdesk.policy.service_calendar import ServiceCalendar, SpecialDay
from helpdesk.policy.time_in_words import WEEKDAY_NAMES

HEADER = ("西元日期", "星期", "是否放假", "備註")
WORKING_DAY, DAY_OFF = "0", "2"
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
"""The years of which `office_days` knows anything; a year outside is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class OfficeYear:
    """The days of a whole year that are not what their weekday says, and named holidays, in date order."""

    year: int
    days: tuple[SpecialDay, ...]


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that comes to mean something else; None is a day that is what its weekday says."""

    on: date
    before: SpecialDay | None
    after: SpecialDay | None

    @property
    def counts(self) -> bool:
        """Say whether the day begins or ceases to be worked; a new name alone moves no due date."""
        return _worked(self.on, self.before) is not _worked(self.on, self.after)


def differences(before: Mapping[date, SpecialDay], after: OfficeYear) -> tuple[DayChange, ...]:
    """Return what importing a year changes against the special days in force, in date order."""
    new = {day.on: day for day in after.days}
    concerned = sorted({on for on in before if on.year == after.year} | set(new))
    changes = (DayChange(on, before.get(on), new.get(on)) for on in concerned)
    return tuple(change for change in changes if change.before != change.after)


def write_office_calendar(calendar: ServiceCalendar, year: int) -> str:
    """Return a year of a calendar's office days as the official file has them, for encoding in UTF-8.

    A day that is not special is written as its weekday says, whatever hours the service keeps.
    """
    written = StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(HEADER)
    for on in days_of(year):
        special = calendar.special_days.get(on)
        off = WORKING_DAY if _worked(on, special) else DAY_OFF
        rows.writerow((f"{on:%Y%m%d}", WEEKDAY_NAMES[on.weekday()], off, special.name if special else ""))
    return written.getvalue()


def days_of(year: int) -> list[date]:
    """Return every day of a year, in order."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return [date.fromordinal(day) for day in range(first, last + 1)]


def _worked(on: date, special: SpecialDay | None) -> bool:
    return special.working if special else on.weekday() < SATURDAY
