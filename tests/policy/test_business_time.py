"""Working time by example: the promised cases, the edges, explanations."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from working_time import closure, desk, taipei

from helpdesk.policy.business_time import (
    NoWorkingTime,
    Segment,
    Skipped,
    closure_at,
    due_at,
    is_open,
    segments,
    skipped,
    worked,
    working_day,
)
from helpdesk.policy.service_calendar import Closure, OpeningPeriod, ServiceCalendar

HOUR = timedelta(hours=1)


@cache
def the_desk() -> ServiceCalendar:
    return desk()


def pauses_of(*pairs: tuple[str, str]) -> list[tuple[datetime, datetime | None]]:
    return [(taipei(begun), taipei(ended)) for begun, ended in pairs]


EXAMPLES = [
    ("a Sunday counts from Monday", "2023-06-18 12:00", HOUR, [], "2023-06-19 09:30"),
    ("a long weekend is skipped", "2023-06-21 17:00", 4 * HOUR, [], "2023-06-26 11:30"),
    ("a make-up Saturday counts", "2023-06-16 17:30", 2 * HOUR, [], "2023-06-17 10:00"),
    ("a deadline at closing is that closing", "2023-06-19 08:30", 9.5 * HOUR, [], "2023-06-19 18:00"),
    (
        "overlapping pauses count once",
        "2023-06-19 09:00",
        4 * HOUR,
        pauses_of(("2023-06-19 10:00", "2023-06-19 12:00"), ("2023-06-19 11:00", "2023-06-19 13:00")),
        "2023-06-19 16:00",
    ),
    ("closing time counts from the next opening", "2023-06-19 18:00", HOUR, [], "2023-06-20 09:30"),
    ("before opening counts from opening", "2023-06-20 03:00", HOUR, [], "2023-06-20 09:30"),
    ("one microsecond", "2023-06-19 18:00", timedelta(microseconds=1), [], "2023-06-20 08:30:00.000001"),
    ("two working days", "2023-06-19 10:00", 19 * HOUR, [], "2023-06-21 10:00"),
    (
        "a holiday on a Saturday is made up for on Friday since 2025",
        "2025-10-23 17:00",
        2 * HOUR,
        [],
        "2025-10-27 09:30",
    ),
    ("Labour Day is a day off since 2026", "2026-04-30 17:00", 2 * HOUR, [], "2026-05-04 09:30"),
    (
        "a pause from closing moves nothing that is due at closing",
        "2023-06-19 08:30",
        9.5 * HOUR,
        pauses_of(("2023-06-19 18:00", "2023-06-20 12:00")),
        "2023-06-19 18:00",
    ),
    (
        "a pause outside hours moves nothing",
        "2023-06-19 17:00",
        2 * HOUR,
        pauses_of(("2023-06-19 19:00", "2023-06-20 07:00")),
        "2023-06-20 09:30",
    ),
    (
        "a pause that began before the start counts from the start",
        "2023-06-19 09:00",
        HOUR,
        pauses_of(("2023-06-16 09:00", "2023-06-19 10:00")),
        "2023-06-19 11:00",
    ),
    (
        "a pause of years is not held against the horizon",
        "2023-06-19 09:00",
        2 * HOUR,
        pauses_of(("2023-06-19 10:00", "2027-06-21 10:00")),
        "2027-06-21 11:00",
    ),
]


@pytest.mark.parametrize(
    ("start", "target", "pauses", "due"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES]
)
def test_a_due_date_is_the_earliest_instant_with_the_target_worked(start, target, pauses, due):
    answer = due_at(the_desk(), taipei(start), target, pauses)
    assert answer == taipei(due)
    assert answer.tzinfo is UTC
    assert worked(the_desk(), taipei(start), answer, pauses) == target


@pytest.mark.parametrize(
    "target",
    [timedelta(), timedelta(microseconds=-1), -HOUR, float("nan"), True, 0, -1, 60, 1.5, "1h", None],
)
def test_a_target_that_is_not_a_positive_duration_is_refused(target):
    with pytest.raises(ValueError, match="大於零的時間長度"):
        due_at(the_desk(), taipei("2023-06-19 09:00"), target)


NAIVE, AWARE = datetime(2023, 6, 19, 9), taipei("2023-06-19 10:00")  # noqa: DTZ001 - naive on purpose


@pytest.mark.parametrize(
    "ask",
    [
        lambda: due_at(the_desk(), NAIVE, HOUR),
        lambda: due_at(the_desk(), AWARE, HOUR, [(NAIVE, AWARE)]),
        lambda: due_at(the_desk(), AWARE, HOUR, [(AWARE, NAIVE)]),
        lambda: worked(the_desk(), NAIVE, AWARE),
        lambda: worked(the_desk(), AWARE, NAIVE),
        lambda: is_open(the_desk(), NAIVE),
        lambda: segments(the_desk(), NAIVE, AWARE),
        lambda: skipped(the_desk(), NAIVE, AWARE),
        lambda: Closure(NAIVE, AWARE, frozenset(), "停班"),
    ],
)
def test_a_datetime_without_a_zone_is_refused_everywhere(ask):
    with pytest.raises(ValueError, match="必須帶時區"):
        ask()


@pytest.mark.parametrize("ask", [worked, segments, skipped])
def test_an_end_before_the_start_is_refused_not_negative(ask):
    with pytest.raises(ValueError, match="早於開始時間"):
        ask(the_desk(), AWARE, AWARE - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="早於開始"):
        worked(the_desk(), AWARE, AWARE, [(AWARE, AWARE - HOUR)])


@pytest.mark.parametrize(
    ("calendar", "target", "pauses"),
    [
        (ServiceCalendar(name="空週", zone=ZoneInfo("UTC"), weekly={}), HOUR, []),
        (ServiceCalendar(name="空週", zone=ZoneInfo("UTC"), weekly={3: ()}), HOUR, []),
        (desk(closures=[closure("2023-01-01 00:00", "9999-01-01 00:00")]), HOUR, []),
        (desk(), timedelta(days=999_999_999), []),
        (desk(), 4 * 250 * 9.5 * HOUR, []),
        (desk(), HOUR, [(taipei("2023-06-19 09:00"), None)]),
        (desk(), HOUR, [(taipei("2023-06-19 09:59"), None)]),
    ],
    ids=["no weekday", "no period", "endless closure", "endless target", "four years", "held", "held later"],
)
def test_no_working_time_within_three_years_names_the_calendar(calendar, target, pauses):
    with pytest.raises(NoWorkingTime, match=calendar.name):
        due_at(calendar, taipei("2023-06-19 09:00"), target, pauses)


def test_what_is_due_before_an_endless_closure_stays_due_and_nothing_more_ever_is():
    calendar = desk(closures=[closure("2023-06-20 12:00", "9999-12-31 00:00")])
    start = taipei("2023-06-19 09:00")
    assert due_at(calendar, start, 12.5 * HOUR) == taipei("2023-06-20 12:00")
    with pytest.raises(NoWorkingTime, match=calendar.name):
        due_at(calendar, start, 12.5 * HOUR + timedelta(microseconds=1))
    assert worked(calendar, start, taipei("2030-01-01 00:00")) == 12.5 * HOUR


def test_a_year_at_either_end_of_time_is_answered_or_refused():
    assert due_at(desk(), datetime.min.replace(tzinfo=ZoneInfo("Asia/Taipei")), HOUR).year == 1
    with pytest.raises(NoWorkingTime):
        due_at(desk(), datetime.max.replace(tzinfo=ZoneInfo("America/New_York")), HOUR)


def test_what_was_used_and_skipped_is_named():
    start, due = taipei("2023-06-21 17:00"), taipei("2023-06-26 11:30")
    assert segments(the_desk(), start, due) == (
        Segment(taipei("2023-06-21 17:00"), taipei("2023-06-21 18:00")),
        Segment(taipei("2023-06-26 08:30"), taipei("2023-06-26 11:30")),
    )
    assert skipped(the_desk(), start, due) == (
        Skipped(date(2023, 6, 22), "端午節"),
        Skipped(date(2023, 6, 23), "放假日（2023-06-17 補班）"),
        Skipped(date(2023, 6, 24), "週六"),
        Skipped(date(2023, 6, 25), "週日"),
    )


def test_a_closure_is_named_with_the_hours_it_took_day_by_day():
    calendar = desk(closures=[closure("2024-07-24 12:00", "2024-07-26 00:00", reason="凱米颱風停班")])
    found = skipped(calendar, taipei("2024-07-24 09:00"), taipei("2024-07-25 10:00"))
    assert found == (
        Skipped(
            date(2024, 7, 24),
            "凱米颱風停班",
            (Segment(taipei("2024-07-24 12:00"), taipei("2024-07-24 18:00")),),
        ),
        Skipped(
            date(2024, 7, 25),
            "凱米颱風停班",
            (Segment(taipei("2024-07-25 08:30"), taipei("2024-07-25 10:00")),),
        ),
    )


def test_a_due_date_at_midnight_does_not_skip_the_day_that_begins_then():
    calendar = ServiceCalendar(
        name="晚班", zone=ZoneInfo("Asia/Taipei"), weekly={4: (OpeningPeriod(time(18), time(0)),)}
    )
    assert skipped(calendar, taipei("2023-06-16 18:00"), taipei("2023-06-17 00:00")) == ()


def test_a_holiday_on_a_sunday_is_skipped_by_its_own_name():
    found = skipped(the_desk(), taipei("2025-09-26 17:00"), taipei("2025-09-30 09:00"))
    assert [row.name for row in found] == ["週六", "孔子誕辰紀念日", "孔子誕辰紀念日（補假）"]


def test_a_working_day_of_the_desk_is_nine_and_a_half_hours_and_of_an_empty_week_none():
    assert working_day(the_desk()) == 9.5 * HOUR
    with pytest.raises(NoWorkingTime, match="空週"):
        working_day(ServiceCalendar(name="空週", zone=ZoneInfo("UTC"), weekly={}))


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2023-06-19 08:29:59.999999", False),
        ("2023-06-19 08:30", True),
        ("2023-06-19 17:59:59.999999", True),
        ("2023-06-19 18:00", False),
        ("2023-06-17 10:00", True),
        ("2023-06-22 10:00", False),
    ],
)
def test_opening_time_is_half_open(at, opened):
    assert is_open(the_desk(), taipei(at)) is opened


def test_a_closure_lasts_from_its_begin_to_just_before_its_end():
    closed = desk(closures=[closure("2023-06-19 13:00", "2023-06-19 18:00")])
    found = [closure_at(closed, taipei(f"2023-06-19 {at}")) for at in ("12:59", "13:00", "17:59", "18:00")]
    assert [bool(each) for each in found] == [False, True, True, False]
