"""The years of the office calendar around today, and where each comes from."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models.amendment import OfficialYear
from helpdesk.policy.office_calendar_file import YEARS
from helpdesk.policy.service_calendar import ServiceCalendar

YEARS_BEFORE, YEARS_AFTER = 1, 2


@dataclass(frozen=True, slots=True)
class OfficeYearRow:
    """One year: imported by whom and when, or shipped, or (`projected`) worked out beforehand."""

    year: int
    imported_by: str | None
    imported_at: datetime | None
    projected: bool


def office_years(
    session: Session, *, calendar: ServiceCalendar, shown: int, today: date
) -> list[OfficeYearRow]:
    """Return last year to the year after next, every imported year and the one that is shown, in order."""
    found = session.scalars(select(OfficialYear).options(joinedload(OfficialYear.change)))
    imported = {row.year: row.change for row in found}
    around = range(today.year - YEARS_BEFORE, today.year + YEARS_AFTER + 1)
    rows = []
    for year in sorted({*around, *imported, shown} & set(YEARS)):
        change = imported.get(year)
        rows.append(
            OfficeYearRow(
                year=year,
                imported_by=change.actor_name if change else None,
                imported_at=change.at if change else None,
                projected=change is None and calendar.is_projection(date(year, 1, 1)),
            )
        )
    return rows
