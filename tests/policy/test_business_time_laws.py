"""Laws of working time that hold for every calendar, and agreement with counting minute by minute."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from working_time import (
    MINUTE,
    MinuteByMinute,
    calendars,
    closures_near,
    pauses_after,
    situations,
)

from helpdesk.policy.business_time import (
    due_at,
    is_open,
    segments,
    worked,
)
from helpdesk.policy.instants import NEVER, union, without
from helpdesk.policy.service_calendar import ServiceCalendar

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
    closed = ServiceCalendar(
        name=calendar.name,
        zone=calendar.zone,
        weekly=calendar.weekly,
        makeup_periods=calendar.makeup_periods,
        special_days=calendar.special_days,
        closures=(*calendar.closures, data.draw(closures_near(monday))),
    )
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
