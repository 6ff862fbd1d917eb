"""A change of terms in figures."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.business_time import due_at
from helpdesk.policy.move_summary import MOST_SHOWN, summary_of
from helpdesk.policy.service_calendar import Closure, ServiceCalendar
from knowledge_base.records.vocabulary import Metric
from tests.policy.working_time import desk

BEFORE = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # Wednesday 12:00 in Taipei
DAY = timedelta(days=1)
CALENDAR = desk()


@dataclass(frozen=True)
class Moved:
    """A promise that moves by a calendar day, from Wednesday noon."""

    number: str = "C115-000001-4"
    metric: Metric = Metric.RESOLUTION
    organisation: str | None = None
    before: datetime | None = BEFORE
    after: datetime | None = BEFORE + DAY
    was_breached: bool = False
    is_breached: bool = False


@pytest.fixture(scope="module")
def calendar() -> ServiceCalendar:
    return CALENDAR


def test_nothing_that_moves_is_nothing_to_tell(calendar: ServiceCalendar) -> None:
    found = summary_of([], calendar)
    assert (found.moved, found.by_metric, found.largest, found.median, found.shown) == (0, {}, None, None, ())


def test_moves_are_counted_by_way_by_metric_and_by_what_becomes_of_breaches(
    calendar: ServiceCalendar,
) -> None:
    moves = [
        Moved(),
        Moved(metric=Metric.PROGRESS),
        Moved(metric=Metric.PROGRESS, after=BEFORE - DAY, is_breached=True),
        Moved(was_breached=True),
        Moved(was_breached=True, is_breached=True),
    ]
    found = summary_of(moves, calendar)
    assert (found.moved, found.later, found.earlier) == (5, 4, 1)
    assert list(found.by_metric.items()) == [(Metric.RESOLUTION, 3), (Metric.PROGRESS, 2)]
    assert (found.appear, found.vanish) == (1, 1)


def test_shifts_are_said_in_working_time(calendar: ServiceCalendar) -> None:
    moves = [Moved(after=BEFORE + timedelta(hours=hours)) for hours in (1, 2, 24, 24 * 5)]
    found = summary_of(moves, calendar)
    assert found.working_day == timedelta(hours=9, minutes=30)
    assert (found.median, found.largest) == (found.working_day, 3 * found.working_day)  # over a weekend


def test_a_closure_shifts_by_the_same_when_it_is_declared_and_when_it_is_withdrawn(
    calendar: ServiceCalendar,
) -> None:
    closed = replace(
        calendar,
        closures=(Closure(BEFORE - timedelta(hours=12), BEFORE + timedelta(hours=12), frozenset(), "颱風"),),
    )
    declared = summary_of([Moved()], calendar)
    withdrawn = summary_of([Moved(before=BEFORE + DAY, after=BEFORE)], closed)
    assert declared.largest == withdrawn.largest == declared.working_day


def test_those_that_change_a_breach_are_shown_first_then_those_that_move_most(
    calendar: ServiceCalendar,
) -> None:
    far = [Moved(number=f"far {days}", after=BEFORE + days * DAY) for days in range(7, 67)]
    near = Moved(number="breached", after=BEFORE + timedelta(minutes=1), was_breached=True)
    shown = summary_of([*far, near], calendar).shown
    assert len(shown) == MOST_SHOWN
    assert shown[0] is near
    assert [move.number for move in shown[1:3]] == ["far 66", "far 65"]


def test_a_promise_that_waits_on_one_side_counts_and_shifts_by_nothing(calendar: ServiceCalendar) -> None:
    found = summary_of([Moved(after=None)], calendar)
    assert (found.moved, found.later, found.earlier, found.largest) == (1, 0, 0, timedelta())


@given(st.lists(st.integers(min_value=1, max_value=6000), min_size=1, max_size=60))
def test_half_of_them_at_least_move_no_further_than_the_median_and_none_further_than_the_largest(
    minutes: list[int],
) -> None:
    moves = [Moved(after=due_at(CALENDAR, BEFORE, timedelta(minutes=amount))) for amount in minutes]
    found = summary_of(moves, CALENDAR)
    assert found.largest == timedelta(minutes=max(minutes))
    assert found.median is not None
    within = sum(timedelta(minutes=amount) <= found.median for amount in minutes)
    assert within * 2 >= len(minutes)
    assert len(found.shown) == min(len(minutes), MOST_SHOWN)
