"""Clocks: due dates and warnings under pauses, merged pauses, explanations."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from working_time import MINUTE, closure, desk, pauses_after, situations, taipei

from helpdesk.policy.business_time import NoWorkingTime, Segment, due_at, worked, working_day
from helpdesk.policy.deadlines import (
    Deadline,
    deadline_for,
    explain,
    merge_pauses,
)

bounded = settings(max_examples=60, deadline=None)
DESK = desk()
HOUR = timedelta(hours=1)
START = taipei("2023-06-19 09:00")


def at(clock_time: str) -> datetime:
    return taipei(f"2023-06-19 {clock_time}")


def deadline(target=5 * HOUR, pauses=(), warn_percent=80):
    return deadline_for(DESK, started_at=START, target=target, warn_percent=warn_percent, pauses=pauses)


def test_a_clock_warns_at_its_share_of_the_target():
    assert deadline() == Deadline(due_at=at("14:00"), warn_at=at("13:00"))
    assert deadline(warn_percent=50).warn_at == at("11:30")
    assert deadline(warn_percent=100).warn_at == at("14:00")


def test_a_working_day_of_the_target_is_the_opening_time_of_a_day():
    assert deadline(2 * working_day(DESK)).due_at == taipei("2023-06-21 09:00")


def test_pauses_move_the_warning_as_well():
    assert deadline(pauses=[(at("10:00"), at("12:00"))]) == Deadline(at("16:00"), at("15:00"))


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([(at("10:00"), None)], None),
        ([(at("08:00"), None)], None),
        ([(at("10:00"), at("11:00")), (at("12:00"), None)], None),
        ([(at("10:00"), None), (at("11:00"), at("12:00"))], None),
        ([(at("13:59"), None)], None),
        ([(at("14:00"), None)], at("14:00")),
        ([(at("17:00"), None)], at("14:00")),
        ([(at("10:00"), at("11:00")), (at("14:00"), None)], None),
        ([(at("10:00"), at("11:00")), (at("15:00"), None)], at("15:00")),
    ],
)
def test_an_open_pause_holds_a_clock_unless_it_was_due_before(pauses, due):
    found = deadline(pauses=pauses)
    assert found.due_at == due


def test_a_warning_that_came_before_an_open_pause_stays_and_the_due_date_waits():
    found = deadline(pauses=[(at("13:30"), None)])
    assert found == Deadline(due_at=None, warn_at=at("13:00"))


def test_a_reminder_comes_at_its_own_share():
    found = deadline_for(DESK, started_at=START, target=5 * HOUR, warn_percent=80, remind_percent=50)
    assert found == Deadline(due_at=at("14:00"), warn_at=at("13:00"), remind_at=at("11:30"))


def test_the_due_date_returns_on_resume_later_by_the_working_time_waited():
    assert deadline(pauses=[(at("10:00"), taipei("2023-06-20 10:00"))]).due_at == taipei("2023-06-20 14:00")


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_a_warning_outside_the_target_is_refused(percent):
    with pytest.raises(ValueError, match="百分比"):
        deadline(warn_percent=percent)


@pytest.mark.parametrize("pauses", [(), [(START, None)]])
@pytest.mark.parametrize("target", [timedelta(), -HOUR])
def test_a_target_that_is_not_positive_is_refused_paused_or_not(target, pauses):
    with pytest.raises(ValueError, match="大於零"):
        deadline(target, pauses)


def test_a_clock_that_can_never_be_due_names_its_calendar():
    closed = desk(closures=[closure("2023-01-01 00:00", "2033-01-01 00:00")])
    with pytest.raises(NoWorkingTime, match=closed.name):
        deadline_for(closed, started_at=START, target=HOUR, warn_percent=80)


@pytest.mark.parametrize(
    ("pauses", "merged"),
    [
        ([], ()),
        ([("10:00", "12:00"), ("11:00", "13:00")], (("10:00", "13:00"),)),
        ([("11:00", "13:00"), ("10:00", "12:00")], (("10:00", "13:00"),)),
        ([("10:00", "13:00"), ("11:00", "12:00")], (("10:00", "13:00"),)),
        ([("10:00", "11:00"), ("11:00", "12:00")], (("10:00", "12:00"),)),
        ([("10:00", "11:00"), ("12:00", "13:00")], (("10:00", "11:00"), ("12:00", "13:00"))),
        ([("10:00", "10:00")], ()),
        ([("10:00", None), ("11:00", "12:00")], (("10:00", None),)),
        ([("10:00", None), ("11:00", None)], (("10:00", None),)),
        ([("11:00", None), ("10:00", "12:00")], (("10:00", None),)),
        ([("12:00", None), ("10:00", "11:00")], (("10:00", "11:00"), ("12:00", None))),
    ],
)
def test_pauses_are_merged_into_their_union(pauses, merged):
    def instants(pairs):
        return tuple((at(begun), ended and at(ended)) for begun, ended in pairs)

    found = merge_pauses(instants(pauses))
    assert found == instants(merged)
    assert all(begun.tzinfo is UTC for begun, _ in found)


@pytest.mark.parametrize(
    "pause",
    [(at("11:00"), at("10:00")), (datetime(2023, 6, 19), None)],  # noqa: DTZ001 - naive on purpose
)
def test_a_reversed_or_naive_pause_is_refused(pause):
    with pytest.raises(ValueError, match=r"早於|時區"):
        merge_pauses([pause])


@bounded
@given(st.data())
def test_merged_pauses_are_disjoint_and_count_as_much(data):
    calendar, start = data.draw(situations())
    pauses = data.draw(pauses_after(start))
    merged = merge_pauses(pauses)
    assert merge_pauses(merged) == merged
    assert all(resumed < paused for (_, resumed), (paused, _) in pairwise(merged))
    end = start + timedelta(days=9)
    assert worked(calendar, start, end, merged) == worked(calendar, start, end, pauses)


@bounded
@given(st.data())
def test_a_deadline_is_the_due_date_of_its_target_and_of_its_share(data):
    calendar, start = data.draw(situations())
    target = data.draw(st.integers(1, 600)) * MINUTE
    percent, pauses = data.draw(st.integers(1, 100)), data.draw(pauses_after(start))
    found = deadline_for(calendar, started_at=start, target=target, warn_percent=percent, pauses=pauses)
    assert found == Deadline(
        due_at(calendar, start, target, pauses), due_at(calendar, start, target * percent / 100, pauses)
    )
    assert start < found.warn_at <= found.due_at


@bounded
@given(st.data())
def test_an_open_pause_either_holds_a_clock_or_changes_nothing(data):
    calendar, start = data.draw(situations())
    target = data.draw(st.integers(1, 600)) * MINUTE
    held_from = start + data.draw(st.integers(-600, 10_000)) * MINUTE
    without_it = due_at(calendar, start, target)
    found = deadline_for(
        calendar, started_at=start, target=target, warn_percent=80, pauses=[(held_from, None)]
    )
    assert found.due_at == (without_it if without_it <= held_from else None)


def test_an_explanation_names_what_was_used_skipped_and_waited_for():
    pauses = [
        (taipei("2023-06-20 09:00"), taipei("2023-06-20 09:30")),  # before it began
        (taipei("2023-06-21 16:30"), taipei("2023-06-21 17:30")),
        (taipei("2023-06-21 17:00"), taipei("2023-06-21 17:15")),
        (taipei("2023-07-03 09:00"), None),  # after it was due
    ]
    start = taipei("2023-06-21 16:00")
    due = due_at(DESK, start, 4 * HOUR, pauses)
    found = explain(DESK, start, due, pauses)
    assert found.segments == (
        Segment(taipei("2023-06-21 16:00"), taipei("2023-06-21 16:30")),
        Segment(taipei("2023-06-21 17:30"), taipei("2023-06-21 18:00")),
        Segment(taipei("2023-06-26 08:30"), taipei("2023-06-26 11:30")),
    )
    assert [row.name for row in found.skipped] == ["端午節", "放假日（2023-06-17 補班）", "週六", "週日"]
    assert found.pauses == ((taipei("2023-06-21 16:30"), taipei("2023-06-21 17:30")),)
    assert not found.projected


def test_an_explanation_says_when_it_rests_on_a_projected_calendar():
    start = taipei("2026-12-31 17:00")
    due = due_at(DESK, start, 2 * HOUR)
    assert due == taipei("2027-01-04 09:30")
    found = explain(DESK, start, due)
    assert found.projected
    assert found.skipped[0].on == date(2027, 1, 1)


@bounded
@given(st.data())
def test_the_periods_of_an_explanation_add_up_to_the_target(data):
    calendar, start = data.draw(situations())
    target, pauses = data.draw(st.integers(1, 600)) * MINUTE, data.draw(pauses_after(start))
    found = explain(calendar, start, due_at(calendar, start, target, pauses), pauses)
    assert sum((piece.ends_at - piece.starts_at for piece in found.segments), timedelta()) == target
    assert all(before.ends_at < after.starts_at for before, after in pairwise(found.segments))
    used_on = {piece.starts_at.astimezone(calendar.zone).date() for piece in found.segments}
    assert not used_on & {row.on for row in found.skipped if not row.hours}
