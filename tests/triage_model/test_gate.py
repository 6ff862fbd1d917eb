"""The rules that a new model must keep, at their limits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_model import gate
from triage_model.gate import Comparison, Rule

GOOD = Comparison(
    macro_f1_interval=(0.01, 0.05),
    lost=10,
    won=30,
    recalls={"measures": (0.8, 0.85), "problem": (0.7, 0.7)},
    calibration_error=0.04,
    coverages=(0.5, 0.6),
)


def refused(comparison: Comparison) -> set[Rule]:
    return {finding.rule for finding in gate.judge(comparison) if not finding.holds}


def test_a_model_that_keeps_every_rule_passes() -> None:
    assert refused(GOOD) == set()
    assert [finding.rule for finding in gate.judge(GOOD)] == list(Rule)


@pytest.mark.parametrize(("low", "holds"), [(-0.0099, True), (-0.01, False), (-0.2, False), (0.1, True)])
def test_macro_f1_may_be_lower_by_less_than_a_point(low: float, holds: bool) -> None:
    assert gate.not_worse(replace(GOOD, macro_f1_interval=(low, 0.3))).holds is holds


@pytest.mark.parametrize(
    ("lost", "won", "holds"),
    [
        (0, 5, False),  # p = .0625
        (0, 6, True),  # p = .03125
        (6, 0, False),  # as uneven, but for the worse
        (10, 10, False),
        (0, 0, False),
        (20, 35, False),  # p = .058
        (20, 37, True),  # p = .033
    ],
)
def test_wins_must_be_more_than_chance_explains(lost: int, won: int, holds: bool) -> None:
    assert gate.better(replace(GOOD, lost=lost, won=won)).holds is holds


@pytest.mark.parametrize(
    ("in_use", "new", "holds"),
    [(0.85, 0.80, True), (0.85, 0.79, False), (0.80, 0.75, True), (0.5, 0.9, True), (0.1, 0.0, False)],
)
def test_no_label_may_lose_more_than_five_points_of_recall(in_use: float, new: float, holds: bool) -> None:
    finding = gate.no_class_loses(replace(GOOD, recalls={**GOOD.recalls, "application": (in_use, new)}))
    assert finding.holds is holds


@pytest.mark.parametrize(("error", "holds"), [(0.0, True), (0.08, True), (0.0801, False)])
def test_probabilities_must_mean_what_they_say(error: float, holds: bool) -> None:
    assert gate.calibrated(replace(GOOD, calibration_error=error)).holds is holds


@pytest.mark.parametrize(
    ("in_use", "new", "holds"), [(0.5, 0.5, True), (0.5, 0.4975, False), (0.0, 0.0, True)]
)
def test_no_smaller_share_may_be_decided_alone(in_use: float, new: float, holds: bool) -> None:
    assert gate.covers_as_much(replace(GOOD, coverages=(in_use, new))).holds is holds


def test_a_model_against_itself_is_refused_for_not_being_better_alone() -> None:
    same = replace(
        GOOD,
        macro_f1_interval=(0.0, 0.0),
        lost=0,
        won=0,
        coverages=(0.5, 0.5),
        recalls={"problem": (0.7, 0.7)},
    )
    assert refused(same) == {Rule.BETTER}


@pytest.mark.parametrize(
    ("lost", "won", "chance"), [(0, 0, 1.0), (1, 1, 1.0), (0, 6, 2 / 64), (1, 8, 20 / 512), (3, 3, 1.0)]
)
def test_mcnemars_chance_is_the_exact_one(lost: int, won: int, chance: float) -> None:
    assert gate.mcnemar(lost, won) == pytest.approx(chance)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemars_chance_is_a_probability_and_knows_no_side(lost: int, won: int) -> None:
    assert 0.0 <= gate.mcnemar(lost, won) <= 1.0
    assert gate.mcnemar(lost, won) == gate.mcnemar(won, lost)
