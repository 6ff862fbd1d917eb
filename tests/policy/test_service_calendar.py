"""Which hours a calendar has: periods, special days, closures of counties, clocks that change."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from working_time import OFFICE_HOURS, closure, desk, taipei

from helpdesk.policy.business_time import Segment, due_at, segments, worked, working_day
from helpdesk.policy.office_days import build_calendar
from helpdesk.policy.service_calendar import OpeningPeriod, ServiceCalendar, SpecialDay

HOUR = timedelta(hours=1)


@cache
def the_desk() -> ServiceCalendar:
    return desk()


@pytest.mark.parametrize(
    ("weekly", "makeup", "named"),
    [
        ({2: ((8, 12), (11, 18))}, (), "週三"),
        ({5: ((13, 17), (8, 14))}, (), "週六"),
        ({0: ((20, 0), (23, 0))}, (), "週一"),
        ({}, ((8, 12), (8, 12)), "補行上班日"),
        ({7: ((8, 12),)}, (), "星期"),
    ],
)
def test_overlapping_opening_periods_are_refused_naming_the_day(weekly, makeup, named):
    def periods(hours):
        return tuple(OpeningPeriod(time(opens), time(closes)) for opens, closes in hours)

    with pytest.raises(ValueError, match=named):
        ServiceCalendar(
            name="某單位",
            zone=ZoneInfo("UTC"),
            weekly={day: periods(hours) for day, hours in weekly.items()},
            makeup_periods=periods(makeup),
        )


def test_a_lunch_break_to_the_minute_does_not_count():
    periods = (OpeningPeriod(time(8, 30), time(12, 7)), OpeningPeriod(time(13, 1), time(18)))
    calendar = ServiceCalendar(name="午休", zone=ZoneInfo("Asia/Taipei"), weekly={0: periods})
    assert due_at(calendar, taipei("2023-06-19 12:00"), HOUR) == taipei("2023-06-19 13:54")
    assert due_at(calendar, taipei("2023-06-19 12:30"), 299 * HOUR / 60) == taipei("2023-06-19 18:00")


def test_periods_that_touch_or_come_unsorted_are_fine():
    periods = (OpeningPeriod(time(13), time(18)), OpeningPeriod(time(8, 30), time(13)))
    calendar = ServiceCalendar(name="某單位", zone=ZoneInfo("UTC"), weekly={0: periods})
    monday = datetime(2023, 6, 19, tzinfo=UTC)
    assert worked(calendar, monday, monday + timedelta(days=1)) == 9.5 * HOUR == working_day(calendar)


@pytest.mark.parametrize(("opens", "closes"), [(time(9), time(9)), (time(18), time(8))])
def test_a_period_that_does_not_open_before_it_closes_is_refused(opens, closes):
    with pytest.raises(ValueError, match="晚於開始"):
        OpeningPeriod(opens, closes)


def test_a_closure_that_does_not_end_after_it_starts_is_refused():
    with pytest.raises(ValueError, match="停班的結束"):
        closure("2023-06-19 09:00", "2023-06-19 09:00")


MAKE_UP_DAYS = {
    2023: ["01-07", "02-04", "02-18", "03-25", "06-17", "09-23"],
    2024: ["02-17"],
    2025: ["02-08"],
    2026: [],
    2027: [],
}


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_make_up_saturdays_are_those_of_the_office_calendar(year):
    days = [date(year, 1, 1) + timedelta(days=day) for day in range(365)]
    found = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and the_desk().periods_on(day)]
    assert found == MAKE_UP_DAYS[year]


@pytest.mark.parametrize(("year", "length", "off"), [(2024, 366, 115), (2025, 365, 118), (2026, 365, 120)])
def test_days_off_of_a_year_are_as_many_as_officially_counted(year, length, off):
    days = [date(year, 1, 1) + timedelta(days=day) for day in range(length)]
    assert sum(not the_desk().periods_on(day) for day in days) == off


def test_an_office_calendar_row_wins_over_the_package_in_both_directions():
    rows = [
        SpecialDay(date(2023, 6, 23), True, "取消調整放假"),
        SpecialDay(date(2023, 6, 17), False, "取消補班"),
    ]
    amended = desk(override_days=rows)
    assert due_at(amended, taipei("2023-06-16 17:30"), 2 * HOUR) == taipei("2023-06-19 10:00")
    assert due_at(amended, taipei("2023-06-21 17:00"), 4 * HOUR) == taipei("2023-06-23 11:30")


def test_a_day_overridden_twice_is_refused():
    row = SpecialDay(date(2023, 6, 23), True, "上班")
    with pytest.raises(ValueError, match="2023-06-23"):
        desk(override_days=[row, row])


def test_a_special_working_day_keeps_its_own_hours_and_borrows_only_when_it_has_none():
    short, full = (OpeningPeriod(time(9), time(12)),), (OFFICE_HOURS,)
    calendar = build_calendar(
        name="週五半日",
        zone=ZoneInfo("Asia/Taipei"),
        weekly={0: full, 4: short},
        makeup_periods=full,
        override_days=[
            SpecialDay(date(2023, 6, 23), True, "上班"),
            SpecialDay(date(2023, 6, 24), True, "補班"),
        ],
        projection_after=None,
    )
    assert calendar.periods_on(date(2023, 6, 23)) == short
    assert calendar.periods_on(date(2023, 6, 24)) == full
    assert not calendar.is_projection(date(2100, 1, 1))


@pytest.mark.parametrize(("on", "projected"), [("2026-12-31", False), ("2027-01-01", True)])
def test_days_after_the_last_official_calendar_are_a_projection(on, projected):
    assert the_desk().is_projection(date.fromisoformat(on)) is projected


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        ({0: 8, 1: 8, 2: 4}, 8),
        ({0: 8, 1: 4}, 8),
        ({0: 4, 1: 4, 2: 8}, 4),
    ],
)
def test_a_working_day_is_the_commonest_of_the_week(weekly, expected):
    calendar = ServiceCalendar(
        name="某單位",
        zone=ZoneInfo("UTC"),
        weekly={day: (OpeningPeriod(time(8), time(8 + hours)),) for day, hours in weekly.items()},
    )
    assert working_day(calendar) == expected * HOUR


TYPHOON = closure("2024-07-24 00:00", "2024-07-26 00:00", "臺北市", reason="凱米颱風停班")


def test_a_county_has_its_own_closures_and_everybody_those_that_name_no_county():
    everywhere = closure("2024-07-23 13:00", "2024-07-23 18:00", reason="全國停班")
    calendar = desk(closures=[TYPHOON, everywhere])
    start = taipei("2024-07-23 12:00")
    assert due_at(calendar, start, 2 * HOUR) == taipei("2024-07-24 09:30")
    assert due_at(calendar.for_county("高雄市"), start, 2 * HOUR) == taipei("2024-07-24 09:30")
    assert due_at(calendar.for_county("臺北市"), start, 2 * HOUR) == taipei("2024-07-26 09:30")


def test_a_county_calendar_is_prepared_once_and_shared_where_nothing_differs():
    calendar = desk(closures=[TYPHOON])
    assert calendar.for_county("臺北市") is calendar.for_county("臺北市")
    assert calendar.for_county("高雄市") is calendar
    assert calendar.for_county("臺北市").for_county("高雄市").version == calendar.version


def test_the_version_tells_calendars_apart_that_count_differently_and_no_others():
    calendar = desk(closures=[TYPHOON])
    assert calendar.version == the_desk().version
    assert calendar.for_county("臺北市").version != calendar.version
    assert desk(override_days=[SpecialDay(date(2023, 6, 23), True, "上班")]).version != calendar.version
    assert ServiceCalendar(name="甲", zone=ZoneInfo("UTC"), weekly={0: (OFFICE_HOURS,)}).version != (
        ServiceCalendar(name="甲", zone=ZoneInfo("Asia/Taipei"), weekly={0: (OFFICE_HOURS,)}).version
    )
    assert ServiceCalendar(name="甲", zone=ZoneInfo("UTC"), weekly={0: (OFFICE_HOURS,)}).version == (
        ServiceCalendar(name="乙", zone=ZoneInfo("UTC"), weekly={0: (OFFICE_HOURS,), 1: ()}).version
    )


@pytest.mark.parametrize("zone", ["Asia/Taipei", "America/New_York"])
@pytest.mark.parametrize("year", range(2019, 2031))
def test_the_turn_of_the_year_is_prepared_on_both_sides(zone, year):
    turn = datetime(year, 1, 1, tzinfo=UTC)
    for begun, ended in ((turn - HOUR, turn), (turn, turn + HOUR)):
        assert worked(night_service(zone, time(0), time(0)), begun, ended) == HOUR


def night_service(zone: str, opens: time, closes: time) -> ServiceCalendar:
    periods = (OpeningPeriod(opens, closes),)
    return ServiceCalendar(name="夜間", zone=ZoneInfo(zone), weekly=dict.fromkeys(range(7), periods))


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "day", "hours"),
    [
        ("Europe/London", time(0), time(4), "2023-03-26", 3),
        ("Europe/London", time(0), time(4), "2023-10-29", 5),
        ("America/New_York", time(0), time(4), "2023-03-12", 3),
        ("America/New_York", time(0), time(4), "2023-11-05", 5),
        ("Australia/Lord_Howe", time(1), time(4), "2023-10-01", 2.5),
        ("Australia/Lord_Howe", time(1), time(4), "2024-04-07", 3.5),
        ("Europe/London", time(0), time(0), "2023-03-26", 23),
        ("Europe/London", time(0), time(0), "2023-10-29", 25),
        ("Europe/London", time(1, 30), time(2, 15), "2023-03-26", 0),  # ends before it begins
        ("Europe/London", time(1, 15), time(1, 45), "2023-10-29", 0.5),  # the first of two
        ("Europe/London", time(9), time(17), "2023-03-26", 8),
    ],
)
def test_a_day_on_which_clocks_change_has_the_hours_that_pass(zone, opens, closes, day, hours):
    calendar = night_service(zone, opens, closes)
    midnight = datetime.combine(date.fromisoformat(day), time(), calendar.zone)
    following = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), calendar.zone)
    assert worked(calendar, midnight, following) == hours * HOUR


def test_both_halves_of_an_ambiguous_hour_are_told_apart():
    calendar = night_service("America/New_York", time(0), time(4))
    first = datetime(2023, 11, 5, 1, 30, tzinfo=calendar.zone)
    assert worked(calendar, first, first.replace(fold=1)) == HOUR
    assert due_at(calendar, first, HOUR) == first.replace(fold=1).astimezone(UTC)


def test_a_service_round_the_clock_is_open_without_a_break():
    calendar = night_service("Europe/London", time(0), time(0))
    start = datetime(2023, 3, 24, 12, tzinfo=UTC)
    assert due_at(calendar, start, 100 * HOUR) == start + 100 * HOUR
    assert segments(calendar, start, start + 100 * HOUR) == (Segment(start, start + 100 * HOUR),)
