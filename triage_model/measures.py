"""How good predictions are: figures with intervals, from probabilities and truth alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

from triage_model.artefact import Places
from triage_model.labels import LABELS, OUT_OF_SCOPE
from triage_model.scorer import Classification

RESAMPLES, SEED, BINS = 1000, 257, 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One text's truth, what was said of it, and the register it is written in."""

    truth: str
    said: Classification
    register: str | None = None


def report(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return every figure of the evaluation report; those with `interval` are 95 % bootstrap intervals."""
    truth = [j.truth for j in judged]
    chosen = [j.said.category for j in judged]
    decided = [j for j in judged if not j.said.abstain]
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, chosen, labels=LABELS, zero_division=0.0
    )
    return {
        "texts": len(judged),
        **_with_intervals(truth, chosen),
        "top2_accuracy": _share(j.truth in [label for label, _ in j.said.ranking[:2]] for j in judged),
        "calibration_error": calibration_error(judged),
        "coverage": _share(not j.said.abstain for j in judged),
        "accuracy_when_decided": _share(j.said.category == j.truth for j in decided) if decided else None,
        "shortlist_holds_truth": _share(j.truth in j.said.shortlist for j in judged),
        "out_of_scope_auroc": _auroc(judged),
        "classes": {
            label: {
                "precision": round(float(p), 4),
                "recall": round(float(r), 4),
                "f1": round(float(f), 4),
                "texts": int(n),
            }
            for label, p, r, f, n in zip(LABELS, precision, recall, f1, support, strict=True)
        },
        "confusion": {
            "labels": list(LABELS),
            "rows": confusion_matrix(truth, chosen, labels=LABELS).tolist(),
        },
    }


def figures(truth: Sequence[str], chosen: Sequence[str]) -> dict[str, float]:
    """Return accuracy and macro-F1 over the categories that occur in `truth`."""
    return _figures(*_pairs(truth, chosen))


def calibration_error(judged: Sequence[Judged]) -> float:
    """Return the expected calibration error over ten equal-width bins of the winner's probability."""
    probabilities = np.array([j.said.probability for j in judged])
    right = np.array([j.said.category == j.truth for j in judged], dtype=np.float64)
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probabilities[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)
    ]
    return round(float(sum(gaps)), 4)


def _with_intervals(truth: Sequence[str], chosen: Sequence[str]) -> dict[str, Any]:
    pairs, size = _pairs(truth, chosen)
    generator = np.random.default_rng(SEED)
    drawn = [_figures(generator.choice(pairs, len(pairs)), size) for _ in range(RESAMPLES)]
    found: dict[str, Any] = {}
    for name, value in _figures(pairs, size).items():
        low, high = np.quantile([figure[name] for figure in drawn], [0.025, 0.975])
        found[name] = {"value": value, "interval": [round(float(low), 4), round(float(high), 4)]}
    return found


def _pairs(truth: Sequence[str], chosen: Sequence[str]) -> tuple[Places, int]:
    """Return each text's cell in the confusion matrix, rows the truth, and the size of that matrix."""
    labels = sorted({*truth, *chosen})
    places = [labels.index(a) * len(labels) + labels.index(b) for a, b in zip(truth, chosen, strict=True)]
    return np.array(places), len(labels)


def _figures(pairs: Places, size: int) -> dict[str, float]:
    confusion = np.bincount(pairs, minlength=size * size).reshape(size, size)
    right, texts = confusion.diagonal(), confusion.sum(axis=1)
    occurs = texts > 0
    f1 = 2 * right[occurs] / (texts + confusion.sum(axis=0))[occurs]
    return {
        "accuracy": round(float(right.sum() / len(pairs)), 4),
        "macro_f1": round(float(f1.mean()), 4),
    }


def _auroc(judged: Sequence[Judged]) -> float | None:
    outside = [j.truth == OUT_OF_SCOPE for j in judged]
    if all(outside) or not any(outside):
        return None
    scores = [dict(j.said.ranking)[OUT_OF_SCOPE] for j in judged]
    return round(float(roc_auc_score(outside, scores)), 4)


def _share(holds: Any) -> float:
    values = [bool(value) for value in holds]
    return round(sum(values) / max(1, len(values)), 4)
