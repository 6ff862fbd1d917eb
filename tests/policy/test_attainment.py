"""Shares of promises kept, and the months they fall into."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.attainment import (
    FEW,
    Tally,
    last_months,
    month_before,
    month_in_words,
    month_of,
    month_span,
    parse_month,
    verdict,
)

NOVEMBER = date(2026, 11, 1)
EARLIEST = datetime(1912, 1, 2, tzinfo=UTC)
MONTHS = st.dates(date(1912, 1, 1), date(9000, 12, 31)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    ("tally", "percent"),
    [(Tally(), None), (Tally(1, 0), 100), (Tally(0, 1), 0), (Tally(199, 1), 99), (Tally(2, 1), 66)],
)
def test_a_share_is_rounded_down_so_that_a_hundred_means_none_was_broken(
    tally: Tally, percent: int | None
) -> None:
    assert tally.percent == percent


@given(st.integers(0, 2 * FEW), st.integers(0, 2 * FEW))
def test_a_share_of_fewer_than_ten_is_marked(kept: int, broken: int) -> None:
    tally = Tally(kept, broken)
    assert tally.is_few is (kept + broken < 10)
    assert tally + Tally(1, 2) == Tally(kept + 1, broken + 2)


def test_a_month_begins_at_midnight_in_taipei() -> None:
    begun, ended = month_span(NOVEMBER)
    assert begun == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert ended == datetime(2026, 11, 30, 16, tzinfo=UTC)


@given(st.timedeltas(timedelta(), timedelta(days=365_000)).map(EARLIEST.__add__))
def test_every_instant_lies_in_its_month_and_in_no_other(at: datetime) -> None:
    month = month_of(at)
    begun, ended = month_span(month)
    assert begun <= at < ended
    assert month_span(month_before(month, 1))[1] == begun
    assert month_of(ended - timedelta(microseconds=1)) == month


@given(MONTHS, st.integers(-600, 600))
def test_going_back_and_forth_by_as_many_months_returns(month: date, count: int) -> None:
    assert month_before(month_before(month, count), -count) == month


def test_twelve_months_go_back_over_the_new_year_newest_first() -> None:
    months = last_months(date(2026, 2, 1))
    assert months[:3] == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)]
    assert len(months) == len(set(months)) == 12


def test_a_month_is_said_in_the_roc_year() -> None:
    assert month_in_words(NOVEMBER) == "115 年 11 月"


def test_a_month_is_read_as_an_address_writes_it() -> None:
    assert parse_month("2026-11", latest=NOVEMBER) == NOVEMBER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-12",
        "2026-13",
        "2026-1",
        "2026-011",
        "115-11",
        "0001-01",
        "1912-12",
        "2026-11-01",
        "２０２６-11",
    ],
)
def test_what_is_no_month_or_has_not_come_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_month(text, latest=NOVEMBER)


DUE = datetime(2026, 11, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("met", "cancelled", "now", "expected"),
    [
        (-1, None, 5, (-1, True)),
        (0, None, 5, (0, True)),
        (1, None, 5, (0, False)),
        (None, None, 5, (0, False)),
        (None, None, -1, None),
        (None, -1, 5, None),
        (None, 1, 5, (0, False)),
    ],
)
def test_a_promise_is_broken_at_its_due_date_and_kept_when_it_was_met(met, cancelled, now, expected):
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else DUE + timedelta(hours=hours)

    found = verdict(due_at=DUE, met_at=at(met), cancelled_at=at(cancelled), now=at(now))
    assert found == (expected and (at(expected[0]), expected[1]))


def test_a_promise_that_waits_has_no_verdict():
    assert verdict(due_at=None, met_at=None, cancelled_at=None, now=DUE) is None
