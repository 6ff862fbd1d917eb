"""Probabilities from decisions, and where the lines are drawn."""

import numpy as np
import pytest

from triage_model.calibration import (
    SHORTLIST_MISS,
    WANTED_ACCURACY,
    Calibration,
    calibrate,
    draw_shortlist,
    draw_threshold,
    probabilities,
)
from triage_model.labels import LABELS


def test_the_calibration_that_made_the_truth_is_found_again() -> None:
    made = Calibration(temperature=3.0, scope_offset=0.8)
    chance = np.random.default_rng(1)
    decisions = chance.normal(size=(20_000, len(LABELS)))
    truth = [str(chance.choice(LABELS, p=p)) for p in probabilities(decisions, LABELS, made)]
    assert calibrate(decisions, LABELS, truth) == pytest.approx(made, abs=0.1)


def test_the_threshold_leaves_room_for_chance() -> None:
    """Of the surest 1,000 texts every 20th is wrong: 95 % exactly, so that less must be decided."""
    probabilities = np.linspace(1.0, 0.5, 1000)
    right = np.arange(1000) % 20 != 19
    right[600:] &= np.arange(400) % 5 != 4
    decided = probabilities >= draw_threshold(probabilities, right)
    assert 0 < decided.sum() < 600
    assert right[decided].mean() > WANTED_ACCURACY


def test_nothing_is_decided_when_no_threshold_is_safe() -> None:
    assert draw_threshold(np.array([0.9, 0.8]), np.array([True, True])) == 1.0


def test_the_shortlist_holds_the_truth_of_all_but_the_wanted_share() -> None:
    of_truth = np.random.default_rng(2).random(500)
    missed = (of_truth < draw_shortlist(of_truth)).mean()
    assert missed <= SHORTLIST_MISS
    assert missed > SHORTLIST_MISS - 0.01
