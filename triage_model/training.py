"""From a corpus to an artefact: fit, calibrate, and draw the lines from out-of-fold predictions.

Deterministic: the same corpus, the same model. Imports scikit-learn.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline

from triage_model.artefact import Artefact, Floats, Manifest
from triage_model.corpus import Example
from triage_model.features import sightings
from triage_model.labels import OUT_OF_SCOPE
from triage_model.normalise import fold
from triage_model.pipeline import Splits, build_pipeline, calibrated, family_splits
from triage_model.scorer import softmax

WANTED_ACCURACY = 0.95
STANDARD_ERRORS = 2.0
"""How far above the wanted accuracy the threshold aims: unseen writers differ from those it is drawn from."""
SHORTLIST_MISS = 0.05
UNKNOWN_TAIL = 0.005


@dataclass(frozen=True, slots=True)
class Trained:
    """The fitted scikit-learn model, for comparison with the scorer, and the artefact made of it."""

    classifier: CalibratedClassifierCV
    artefact: Artefact


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What models that never saw a text's family say of it: a column per label."""

    probabilities: Floats
    labels: tuple[str, ...]
    known_shares: Floats


def train(examples: Sequence[Example], *, version: str, corpus_digest: str) -> Trained:
    """Return the model trained on the examples, its thresholds drawn from out-of-fold predictions."""
    folded = [fold(example.text).text for example in examples]
    truth = [example.label for example in examples]
    splits = family_splits(folded, truth, [example.family for example in examples])
    classifier = calibrated(build_pipeline(), splits=splits).fit(folded, truth)
    seen = out_of_fold(folded, truth, splits, classifier)
    threshold, shortlist, known_share = _lines(seen, truth)
    vocabulary, idf, weights = _numbers(_fitted(classifier))
    manifest = Manifest(
        version=version,
        corpus_digest=corpus_digest,
        labels=tuple(str(label) for label in classifier.classes_),
        vocabulary=vocabulary,
        temperature=_temperature(classifier),
        threshold_probability=threshold,
        shortlist_probability=shortlist,
        known_share=known_share,
        trained_on=dict(sorted(Counter(truth).items())),
    )
    return Trained(classifier, Artefact(manifest, idf, weights.astype(np.float32)))


def out_of_fold(
    folded: Sequence[str], truth: Sequence[str], splits: Splits, classifier: CalibratedClassifierCV
) -> OutOfFold:
    """Return the probabilities of every text from models that never saw its family."""
    labels = tuple(str(label) for label in classifier.classes_)
    probabilities = np.zeros((len(folded), len(labels)))
    known_shares = np.zeros(len(folded))
    for train_places, held_places in splits:
        pipeline = build_pipeline().fit(_pick(folded, train_places), _pick(truth, train_places))
        decisions = pipeline.decision_function(_pick(folded, held_places))
        probabilities[held_places] = [softmax(row * _temperature(classifier)) for row in decisions]
        known = set(_numbers(pipeline)[0])
        for place in held_places:
            mine = {feature for feature, _ in sightings(folded[place])}
            known_shares[place] = len(mine & known) / max(1, len(mine))
    return OutOfFold(probabilities, labels, known_shares)


def _lines(seen: OutOfFold, truth: Sequence[str]) -> tuple[float, float, float]:
    """Return the thresholds: to decide alone, to be on the shortlist, and of known features."""
    best = seen.probabilities.argmax(axis=1)
    chosen = [seen.labels[place] for place in best]
    highest = seen.probabilities.max(axis=1)
    right = np.array([a == b for a, b in zip(chosen, truth, strict=True)])
    decidable = np.array([label != OUT_OF_SCOPE for label in chosen])
    of_truth = seen.probabilities[np.arange(len(truth)), [seen.labels.index(label) for label in truth]]
    rank = min(1.0, np.ceil((len(truth) + 1) * (1 - SHORTLIST_MISS)) / len(truth))
    misfit = float(np.quantile(1.0 - of_truth, rank, method="higher"))
    inside = np.array([label != OUT_OF_SCOPE for label in truth])
    tail = float(np.quantile(seen.known_shares[inside], UNKNOWN_TAIL))
    return _threshold(highest[decidable], right[decidable]), 1.0 - misfit, tail


def _threshold(probabilities: Floats, right: Floats) -> float:
    """Return the lowest probability above which decisions are right as often as wanted, chance allowed for."""
    order = np.argsort(-probabilities, kind="stable")
    decided = np.arange(1, len(order) + 1)
    accuracy = np.cumsum(right[order]) / decided
    spare = STANDARD_ERRORS * np.sqrt(WANTED_ACCURACY * (1 - WANTED_ACCURACY) / decided)
    reached = np.flatnonzero(accuracy >= WANTED_ACCURACY + spare)
    return float(probabilities[order][reached[-1]]) if len(reached) else 1.0


def _numbers(pipeline: Pipeline) -> tuple[tuple[str, ...], Floats, Floats]:
    """Return the vocabulary in order, and for each feature its idf and its weights (a column for each label)."""
    features: list[str] = []
    idf: list[float] = []
    for _, vectoriser in pipeline.named_steps["features"].transformer_list:
        features += vectoriser.get_feature_names_out().tolist()
        idf += vectoriser.idf_.tolist()
    order = sorted(range(len(features)), key=features.__getitem__)
    weights = pipeline.named_steps["classify"].coef_
    return tuple(features[place] for place in order), np.array(idf)[order], weights.T[order]


def _fitted(model: CalibratedClassifierCV) -> Pipeline:
    return model.calibrated_classifiers_[0].estimator


def _temperature(model: CalibratedClassifierCV) -> float:
    return float(model.calibrated_classifiers_[0].calibrators[0].beta_)


def _pick(values: Sequence[str], places: Sequence[int]) -> list[str]:
    return [values[place] for place in places]
