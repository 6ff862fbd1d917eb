"""How good suggestions turned out: intervals, who counts for which share, confusion, calibration."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.attainment import month_before
from helpdesk.policy.suggestion_quality import (
    CaseGroup,
    Share,
    accuracy_of_model,
    agreement,
    calibration,
    calibration_error,
    confusion,
    corrections,
    coverage,
    gap,
    overruled,
    quality,
)
from knowledge_base.records.vocabulary import Category

C = Category
MONTH = date(2026, 11, 1)


def group(suggested: Category = C.PROBLEM, final: Category | None = C.PROBLEM, **changes: Any) -> CaseGroup:
    """Return one case that a person sorted after a sure suggestion; say what else there is."""
    cases = changes.get("cases", 1)
    probability = changes.pop("each", 0.95)
    given: dict[str, Any] = {
        "month": MONTH, "by_model": False, "by_person": True, "abstained": False, "blind": False,
        "version": "m1", "bin": 9, "cases": cases, "probability": probability * cases,
    }  # fmt: skip
    return CaseGroup(suggested=suggested, final=final, **{**given, **changes})


shares = st.integers(0, 2000).flatmap(lambda total: st.builds(Share, st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [  # Newcombe (1998), table I, method 3, and the limits of none and all
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_an_interval_is_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=0.0001)


@given(shares)
def test_an_interval_holds_its_share_and_lies_within_none_and_all(share: Share) -> None:
    low, high = share.interval
    assert 0 <= low <= (share.value or 0) <= high <= 1 or share.value is None


@given(shares, st.integers(2, 50))
def test_more_cases_of_the_same_share_are_surer(share: Share, times: int) -> None:
    low, high = share.interval
    more_low, more_high = Share(share.hits * times, share.total * times).interval
    assert more_high - more_low <= high - low


def test_a_gap_is_newcombes() -> None:
    found = gap(Share(56, 70), Share(48, 80))  # Newcombe (1998), table II, method 10, example a
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=0.0001)
    assert found.is_certain


@given(shares, shares)
def test_a_gap_turns_round_with_its_shares_and_none_is_made_of_nothing(one: Share, other: Share) -> None:
    found, back = gap(one, other), gap(other, one)
    assert (found is None) == (not one.total or not other.total)
    if found and back:
        assert (found.value, found.low, found.high) == pytest.approx((-back.value, -back.high, -back.low))
        assert found.low <= found.value <= found.high


BY_MODEL = {"by_model": True, "by_person": False}
DESK = (
    group(cases=50, **BY_MODEL),
    group(final=None, cases=7, **BY_MODEL),
    group(final=C.APPLICATION, by_model=True, cases=2),
    group(cases=30, abstained=True),
    group(final=C.MEASURES, cases=10, abstained=True),
    group(final=None, by_person=False, cases=5, abstained=True),
    group(cases=4, blind=True),
    group(final=C.APPLICATION, cases=1, blind=True),
    group(cases=2, blind=True, abstained=True),
)


@pytest.mark.parametrize(
    ("found", "hits", "total"),
    [
        (coverage(DESK), 59, 111),
        (accuracy_of_model(DESK), 50, 52),
        (overruled(DESK), 12, 92),
        (quality(DESK).for_persons, 10, 40),
        (agreement(DESK, blind=True, abstained=False), 4, 5),
        (agreement(DESK, blind=False, abstained=False), 50, 52),
        (agreement(DESK, blind=True, abstained=True), 2, 2),
        (agreement(DESK, blind=False, abstained=True), 30, 40),
        (coverage(()), 0, 0),
    ],
)
def test_a_share_counts_the_cases_that_can_tell(found: Share, hits: int, total: int) -> None:
    assert (found.hits, found.total) == (hits, total)


def test_confusion_holds_what_persons_decided_and_nothing_that_the_model_did() -> None:
    assert confusion(DESK) == {
        (C.PROBLEM, C.APPLICATION): 3,
        (C.PROBLEM, C.PROBLEM): 36,
        (C.PROBLEM, C.MEASURES): 10,
    }


def test_corrections_come_by_month_the_most_frequent_pair_first() -> None:
    before = month_before(MONTH, 1)
    groups = [
        group(final=C.MEASURES, cases=3),
        group(final=C.MEASURES, cases=2, month=before),
        group(C.MEASURES, C.PROBLEM, cases=4),
        group(C.APPLICATION, C.PROBLEM, cases=4),
        group(cases=90),
    ]
    assert corrections(groups) == [
        ((C.PROBLEM, C.MEASURES), {MONTH: 3, before: 2}),
        ((C.APPLICATION, C.PROBLEM), {MONTH: 4}),
        ((C.MEASURES, C.PROBLEM), {MONTH: 4}),
    ]


def test_calibration_compares_what_was_said_with_what_was_right() -> None:
    groups = [
        group(cases=8, bin=9, each=0.9),
        group(final=C.MEASURES, cases=2, bin=9, each=0.9),
        group(cases=1, bin=4, each=0.4),
        group(final=C.MEASURES, cases=1, bin=4, each=0.5),
        group(final=None, cases=99, bin=5, each=0.55),
    ]
    low, high = calibration(groups)
    assert (low.low, low.high, high.low, high.high) == (0.4, 0.5, 0.9, 1.0)
    assert (low.said, low.right, high.said, high.right) == (
        pytest.approx(0.45), Share(1, 2), pytest.approx(0.9), Share(8, 10),
    )  # fmt: skip
    assert calibration_error([low, high]) == pytest.approx((0.05 * 2 + 0.1 * 10) / 12)


def test_without_settled_cases_there_is_no_calibration() -> None:
    assert calibration([group(final=None)]) == []
    assert calibration_error([]) is None
