"""Laws of working time that hold for every calendar, whoever asks first, and counting minute by minute."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from working_time import (
    MINUTE,
    MinuteByMinute,
    calendars,
    closures_near,
    desk,
    pauses_after,
    situations,
    taipei,
)

from helpdesk.policy.business_time import due_at, is_open, segments, worked
from helpdesk.policy.instants import NEVER, instant, union, without

bounded = settings(max_examples=60, deadline=None)
spans = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(hours=9))
ten_days = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=10))


@settings(bounded, max_examples=150)
@given(st.data())
def test_due_dates_agree_with_counting_minute_by_minute(data):
    calendar, monday = data.draw(calendars())
    oracle = MinuteByMinute(calendar, monday)
    start = datetime.combine(monday, time(), UTC) + data.draw(st.integers(0, 10 * 1440)) * MINUTE
    minutes = data.draw(st.integers(1, 1200))
    pauses = data.draw(pauses_after(start))
    expected = oracle.due(start, minutes, pauses)
    answer = due_at(calendar, start, minutes * MINUTE, pauses)
    assert answer == expected if expected else answer > oracle.end


@settings(bounded, max_examples=150)
@given(st.data())
def test_amounts_worked_agree_with_counting_minute_by_minute(data):
    calendar, monday = data.draw(calendars())
    oracle = MinuteByMinute(calendar, monday)
    offsets = sorted(data.draw(st.tuples(st.integers(0, 20000), st.integers(0, 20000))))
    start, end = (datetime.combine(monday, time(), UTC) + offset * MINUTE for offset in offsets)
    pauses = data.draw(pauses_after(start))
    assert worked(calendar, start, end, pauses) == oracle.worked(start, end, pauses)
    assert is_open(calendar, start) == oracle.is_open(start)
    used = segments(calendar, start, end, pauses)
    assert sum((piece.ends_at - piece.starts_at for piece in used), timedelta()) == oracle.worked(
        start, end, pauses
    )


@bounded
@given(situations(), spans, st.data())
def test_exactly_the_target_is_worked_by_the_due_date_and_less_before(situation, target, data):
    calendar, start = situation
    pauses = data.draw(pauses_after(start))
    due = due_at(calendar, start, target, pauses)
    assert due > start
    assert worked(calendar, start, due, pauses) == target
    assert worked(calendar, start, due - timedelta(microseconds=1), pauses) < target


@bounded
@given(situations(), spans)
def test_a_due_date_lies_in_a_working_period_or_at_its_end(situation, target):
    calendar, start = situation
    assert is_open(calendar, due_at(calendar, start, target) - timedelta(microseconds=1))


@bounded
@given(situations(), spans, spans, ten_days)
def test_a_later_start_or_a_larger_target_is_never_due_earlier(situation, target, more, later):
    calendar, start = situation
    due = due_at(calendar, start, target)
    assert due_at(calendar, start + later, target) >= due
    assert due_at(calendar, start, target + more) > due


@bounded
@given(situations(), spans, spans)
def test_two_targets_in_a_row_are_due_when_their_sum_is(situation, first, second):
    calendar, start = situation
    assert due_at(calendar, due_at(calendar, start, first), second) == due_at(calendar, start, first + second)


@bounded
@given(st.data(), spans)
def test_adding_a_closure_never_makes_anything_due_earlier(data, target):
    calendar, monday = data.draw(calendars())
    start = datetime.combine(monday, time(), UTC) + data.draw(ten_days)
    closed = replace(calendar, closures=(*calendar.closures, data.draw(closures_near(monday))))
    assert due_at(closed, start, target) >= due_at(calendar, start, target)


@bounded
@given(situations(), spans, st.data())
def test_a_pause_never_shortens_what_remains(situation, target, data):
    calendar, start = situation
    first, second = data.draw(pauses_after(start)), data.draw(pauses_after(start))
    assert due_at(calendar, start, target, first + second) >= due_at(calendar, start, target, first)


@bounded
@given(situations(), ten_days, ten_days, st.data())
def test_amounts_add_up_over_adjacent_intervals(situation, first, second, data):
    calendar, start = situation
    middle, end = start + first, start + first + second
    pauses = data.draw(pauses_after(start))
    parts = worked(calendar, start, middle, pauses) + worked(calendar, middle, end, pauses)
    assert worked(calendar, start, end, pauses) == parts
    assert timedelta() <= parts <= end - start


HOUR = timedelta(hours=1)


def test_one_preparation_serves_an_hour_and_a_year_ahead():
    calendar, start = desk(), taipei("2024-01-02 09:00")
    due_at(calendar, start, HOUR)
    begun, ended = instant(start), instant(taipei("2026-01-02 09:00"))
    prepared = calendar.timetable(begun, begun)
    due_at(calendar, start, 250 * 9.5 * HOUR)
    assert calendar.timetable(begun, ended) is prepared


def test_an_earlier_or_later_question_extends_what_was_prepared_without_changing_answers():
    calendar, question = desk(), (taipei("2023-06-21 17:00"), 4 * HOUR)
    before, early = due_at(calendar, *question), instant(taipei("2011-01-01 00:00"))
    prepared = calendar.timetable(early, early)
    assert due_at(calendar, *question) == before
    assert calendar.timetable(instant(before), instant(before)) is prepared


def test_questions_a_century_apart_prepare_once_each():
    calendar, years = desk(), [datetime(year, 6, 1, tzinfo=UTC) for year in (2000, 2100)]
    answers = [due_at(calendar, year, HOUR) for year in years]
    prepared = calendar.timetable(instant(years[0]), instant(years[1]))
    assert [due_at(calendar, year, HOUR) for year in years] == answers
    assert calendar.timetable(instant(years[0]), instant(years[1])) is prepared


def test_a_clock_that_runs_on_extends_what_was_prepared_once_a_year():
    calendar, start = desk(), taipei("2023-06-19 09:00")
    days = [instant(start + timedelta(days=day)) for day in range(0, 5 * 366, 7)]
    assert len({calendar.timetable(day, day).ends for day in days}) == 5


@pytest.fixture
def impatient_threads():
    """Threads that give way to each other as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("impatient_threads")
def test_threads_that_ask_first_at_the_same_time_share_one_preparation():
    calendar, at, together = desk(), instant(taipei("2023-06-19 09:00")), Barrier(8)

    def ask(_):
        together.wait()
        return calendar.timetable(at, at)

    with ThreadPoolExecutor(8) as threads:
        assert len({id(table) for table in threads.map(ask, range(8))}) == 1


@pytest.mark.usefixtures("impatient_threads")
def test_threads_get_right_answers_while_others_extend_the_calendar():
    years = [*range(2023, 2033), *range(2022, 2012, -1)]
    starts = [datetime(year, 6, 1, 3, minute, tzinfo=UTC) for year in years for minute in range(30)]
    alone = desk()
    expected = [due_at(alone, start, 30 * HOUR) for start in starts]
    for _ in range(3):
        calendar = desk()
        with ThreadPoolExecutor(8) as threads:
            found = threads.map(lambda start, own=calendar: due_at(own, start, 30 * HOUR), starts)
            assert list(found) == expected


small_spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


@bounded
@given(small_spans, small_spans)
def test_union_and_difference_cover_the_same_instants_as_sets_do(some, others):
    def covered(pairs):
        return {at for begun, ended in pairs for at in range(begun, ended)}

    one, other = union(some), union(others)
    assert covered(one) == covered(some)
    assert all(ended < begun for (_, ended), (begun, _) in pairwise(one))
    assert covered(without(one, other)) == covered(some) - covered(others)
    assert all(begun < ended for begun, ended in without(one, other))
    assert without(one, [(0, NEVER)]) == []
