"""When what comes in has changed: windows wide enough, an index, its limits."""

from datetime import date, timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.drift import (
    FEWEST_CASES,
    FEWEST_DAYS,
    UNKNOWN_BANDS,
    DriftState,
    band,
    judged,
    psi,
    windows,
)

FIRST = date(2026, 9, 1)
counts = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 500))


def days(*cases: int) -> dict[date, int]:
    """Return that many cases a day, from `FIRST` on."""
    return {FIRST + timedelta(days=place): each for place, each in enumerate(cases)}


def test_windows_are_the_first_days_and_the_newest_that_hold_enough() -> None:
    found = windows(days(*[30] * 20))
    assert found is not None
    reference, newest = found
    assert (reference.first, reference.last, reference.cases) == (FIRST, date(2026, 9, 7), 210)
    assert (newest.first, newest.last, newest.cases) == (date(2026, 9, 14), date(2026, 9, 20), 210)


@pytest.mark.parametrize(
    ("by_day", "enough"),
    [
        ([], False),
        ([FEWEST_CASES] * (2 * FEWEST_DAYS - 1), False),  # enough cases, a day of the week too few
        ([FEWEST_CASES] * (2 * FEWEST_DAYS), True),
        ([1] * (2 * FEWEST_CASES - 1), False),
        ([1] * (2 * FEWEST_CASES), True),
        ([FEWEST_CASES // 2, 0, 0, 0, 0, 0, FEWEST_CASES // 2] * 2, True),  # days without cases are days
    ],
)
def test_there_are_windows_when_both_hold_a_week_and_enough_cases(by_day: list[int], enough: bool) -> None:
    assert (windows(days(*by_day)) is not None) is enough


@given(st.lists(st.integers(0, 300), max_size=60))
def test_windows_never_overlap_and_are_never_too_small(by_day: list[int]) -> None:
    counted = days(*by_day)
    found = windows(counted)
    if found is not None:
        assert found[0].last < found[1].first
        for window in found:
            assert window.cases == sum(cases for day, cases in counted.items() if day in window)
            assert window.cases >= FEWEST_CASES
            assert (window.last - window.first).days + 1 >= FEWEST_DAYS


def test_the_index_is_the_one_in_the_books() -> None:
    share, other = 100.5 / 201, 150.5 / 201
    expected = (other - share) * (log(other / share) - log((1 - other) / (1 - share)))
    assert psi({True: 100, False: 100}, {True: 150, False: 50}) == pytest.approx(expected)


@given(counts, counts)
def test_the_index_is_never_negative_and_the_same_both_ways(
    one: dict[str, int], other: dict[str, int]
) -> None:
    found = psi(one, other)
    assert found >= 0
    assert found == pytest.approx(psi(other, one))
    assert psi(one, one) == 0


def test_a_kind_that_one_window_lacks_weighs_much_but_not_without_bound() -> None:
    assert 0.25 < psi({"a": 200}, {"a": 150, "b": 50}) < 2


@pytest.mark.parametrize(
    ("index", "state"),
    [
        (None, DriftState.TOO_FEW),
        (0.0, DriftState.STEADY),
        (0.0999, DriftState.STEADY),
        (0.1, DriftState.LOOK),
        (0.25, DriftState.LOOK),
        (0.2501, DriftState.ACT),
    ],
)
def test_the_index_has_limits(index: float | None, state: DriftState) -> None:
    assert judged(index) is state


def test_every_share_lies_in_the_band_that_begins_below_it() -> None:
    assert [band(share) for share in (0.0, *UNKNOWN_BANDS, 1.0)] == [0, 1, 2, 3, 4, 5, 5]
