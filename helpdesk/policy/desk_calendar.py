"""The desk's calendar, made from what the knowledge base says."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

from helpdesk.policy.office_days import build_calendar
from helpdesk.policy.service_calendar import Closure, OpeningPeriod, ServiceCalendar, SpecialDay
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.sla_policies import OpeningPeriod as OpeningHours
from knowledge_base.records.vocabulary import Weekday


def desk_calendar(
    knowledge: Knowledge,
    closures: Iterable[Closure] = (),
    official_years: Mapping[int, Iterable[SpecialDay]] = MappingProxyType({}),
    former_openings: Iterable[tuple[date, Iterable[OpeningHours]]] = (),
) -> ServiceCalendar:
    """Return the calendar in which the desk's promises are counted. Source: briefing, 服務時間.

    `official_years` are office calendars imported since, whole years each; `former_openings` the hours that
    held until a date, in order.
    """
    data = knowledge.calendar
    return build_calendar(
        name=knowledge.service_window.name,
        zone=ZoneInfo(data.zone),
        weekly=_week(data.opening),
        former_weeks=((until, _week(opening)) for until, opening in former_openings),
        makeup_periods=tuple(OpeningPeriod(p.opens, p.closes) for p in data.make_up),
        override_days=(_special(on, day.working_day, day.name) for on, day in knowledge.office_days.items()),
        official_years=official_years,
        projection_after=data.projection_after,
        closures=closures,
    )


def _week(opening: Iterable[OpeningHours]) -> dict[int, tuple[OpeningPeriod, ...]]:
    hours = tuple(opening)
    return {
        place: tuple(OpeningPeriod(p.opens, p.closes) for p in hours if p.weekday is day)
        for place, day in enumerate(Weekday)
    }


def _special(on: date, working: bool, name: str) -> SpecialDay:
    return SpecialDay(on, working=working, name=name)
