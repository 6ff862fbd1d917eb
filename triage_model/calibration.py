"""From decision values to probabilities, and where the lines are drawn. Plain NumPy.

All of it is fitted on out-of-fold decisions: what models say of texts whose family they never saw.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage_model.artefact import Floats
from triage_model.labels import OUT_OF_SCOPE

WANTED_ACCURACY = 0.95
STANDARD_ERRORS = 2.0
"""How far above the wanted accuracy the threshold aims: strangers differ from those it is drawn from."""
SHORTLIST_MISS = 0.05
STEPS = 30


class Calibration(NamedTuple):
    """How sharp decisions are as probabilities, and what out of scope is given in advance.

    Texts on anything else share fewer features than those on one subject, so their class is
    always understated: the scope gate corrects that.
    """

    temperature: float
    scope_offset: float


def probabilities(decisions: Floats, labels: Sequence[str], calibration: Calibration) -> Floats:
    """Return the share of each label, the last axis adding up to 1."""
    raised = decisions * calibration.temperature + calibration.scope_offset * _outside(labels)
    return _softmax(raised)


def calibrate(decisions: Floats, labels: Sequence[str], truth: Sequence[str]) -> Calibration:
    """Return the calibration under which the truth is most likely. Newton's method: the loss is convex."""
    texts = np.arange(len(truth))
    seen = np.stack([decisions, np.broadcast_to(_outside(labels), decisions.shape)], axis=2)
    of_truth = seen[texts, [labels.index(label) for label in truth]]
    found = np.array([1.0, 0.0])
    for _ in range(STEPS):
        shares = _softmax(seen @ found)
        expected = np.einsum("nk,nkj->nj", shares, seen)
        spread = seen - expected[:, None]
        curvature = np.einsum("nk,nki,nkj->ij", shares, spread, spread)
        found = found + np.linalg.solve(curvature, (of_truth - expected).sum(axis=0))
    return Calibration(*found.tolist())


def draw_threshold(highest: Floats, right: NDArray[np.bool_]) -> float:
    """Return the lowest probability above which decisions are right as often as wanted, chance allowed for."""
    order = np.argsort(-highest, kind="stable")
    decided = np.arange(1, len(order) + 1)
    accuracy = np.cumsum(right[order]) / decided
    spare = STANDARD_ERRORS * np.sqrt(WANTED_ACCURACY * (1 - WANTED_ACCURACY) / decided)
    reached = np.flatnonzero(accuracy >= WANTED_ACCURACY + spare)
    return float(highest[order][reached[-1]]) if len(reached) else 1.0


def draw_shortlist(of_truth: Floats) -> float:
    """Return the probability from which a label is on the shortlist: conformal, 95 of 100 truths are on it."""
    rank = min(1.0, np.ceil((len(of_truth) + 1) * (1 - SHORTLIST_MISS)) / len(of_truth))
    return 1.0 - float(np.quantile(1.0 - of_truth, rank, method="higher"))


def _outside(labels: Sequence[str]) -> Floats:
    return np.array([float(label == OUT_OF_SCOPE) for label in labels])


def _softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
