"""From a corpus to an artefact: fit, calibrate, and draw the lines from out-of-fold predictions.

Deterministic: the same corpus, the same model. Imports scikit-learn.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline

from triage_model.artefact import Artefact, Floats, Manifest
from triage_model.corpus import Example
from triage_model.features import character_features, word_features
from triage_model.labels import OUT_OF_SCOPE
from triage_model.normalise import fold
from triage_model.pipeline import Splits, build_pipeline, calibrated, family_splits

WANTED_ACCURACY = 0.95
SHORTLIST_MISS = 0.05
UNKNOWN_TAIL = 0.005


@dataclass(frozen=True, slots=True)
class Trained:
    """The fitted scikit-learn models, for comparison with the scorer, and the artefact made of them."""

    classifier: CalibratedClassifierCV
    gate: CalibratedClassifierCV
    artefact: Artefact


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What models that never saw a text's family say of it: a column per label, out of scope last."""

    probabilities: Floats
    labels: tuple[str, ...]
    known_shares: Floats


def train(examples: Sequence[Example], *, version: str, corpus_digest: str) -> Trained:
    """Return the model trained on the examples, its thresholds drawn from out-of-fold predictions."""
    folded = [fold(example.text).text for example in examples]
    truth = [example.label for example in examples]
    families = [example.family for example in examples]
    inside = [place for place, label in enumerate(truth) if label != OUT_OF_SCOPE]
    inner = _pick(folded, inside), _pick(truth, inside), _pick(families, inside)
    scope = [int(label != OUT_OF_SCOPE) for label in truth]
    inner_splits, outer_splits = family_splits(*inner), family_splits(folded, truth, families)
    classifier = calibrated(build_pipeline(), method="temperature", splits=inner_splits).fit(*inner[:2])
    gate = calibrated(build_pipeline(), method="sigmoid", splits=outer_splits).fit(folded, scope)
    seen = out_of_fold(folded, truth, scope, outer_splits, classifier, gate)
    artefact = _artefact(classifier, gate, _lines(seen, truth), version, corpus_digest, truth)
    return Trained(classifier, gate, artefact)


def out_of_fold(
    folded: Sequence[str],
    truth: Sequence[str],
    scope: Sequence[int],
    splits: Splits,
    classifier: CalibratedClassifierCV,
    gate: CalibratedClassifierCV,
) -> OutOfFold:
    """Return the five probabilities of every text from models that never saw its family."""
    labels = tuple(str(label) for label in classifier.classes_)
    decisions = np.zeros((len(folded), len(labels)))
    known_shares = np.zeros(len(folded))
    for train_places, held_places in splits:
        inside = [place for place in train_places if truth[place] != OUT_OF_SCOPE]
        pipeline = build_pipeline().fit(_pick(folded, inside), _pick(truth, inside))
        decisions[held_places] = pipeline.decision_function(_pick(folded, held_places))
        known = {feature for place in train_places for feature in _features(folded[place])}
        for place in held_places:
            mine = set(_features(folded[place]))
            known_shares[place] = len(mine & known) / max(1, len(mine))
    gates = cross_val_predict(
        build_pipeline(), list(folded), list(scope), cv=splits, method="decision_function"
    )
    slope, offset = _sigmoid(gate)
    insides = 1.0 / (1.0 + np.exp(slope * gates + offset))
    raised = np.exp(decisions * _temperature(classifier))
    shares = raised / raised.sum(axis=1, keepdims=True) * insides[:, None]
    return OutOfFold(np.column_stack([shares, 1.0 - insides]), (*labels, OUT_OF_SCOPE), known_shares)


def _lines(seen: OutOfFold, truth: Sequence[str]) -> tuple[float, float, float]:
    """Return the thresholds: to decide alone, to be on the shortlist, and of known n-grams."""
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
    """Return the lowest probability above which decisions are right as often as wanted."""
    order = np.argsort(-probabilities, kind="stable")
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(accuracy >= WANTED_ACCURACY)
    return float(probabilities[order][reached[-1]]) if len(reached) else 1.0


def _artefact(
    classifier: CalibratedClassifierCV,
    gate: CalibratedClassifierCV,
    lines: tuple[float, float, float],
    version: str,
    corpus_digest: str,
    truth: Sequence[str],
) -> Artefact:
    """Return the model over the union of both vocabularies; a feature one head lacks weighs nothing there."""
    heads = [_head(_fitted(model)) for model in (classifier, gate)]
    vocabulary = tuple(sorted({feature for _, head_index, _ in heads for feature in head_index}))
    arrays = []
    for idf, index, weights in heads:
        spread_idf = np.zeros(len(vocabulary))
        spread_weights = np.zeros((len(vocabulary), weights.shape[0]))
        for place, feature in enumerate(vocabulary):
            if feature in index:
                spread_idf[place] = idf[index[feature]]
                spread_weights[place] = weights[:, index[feature]]
        arrays += [spread_idf, spread_weights]
    slope, offset = _sigmoid(gate)
    threshold, shortlist, known_share = lines
    manifest = Manifest(
        version=version,
        corpus_digest=corpus_digest,
        labels=tuple(str(label) for label in classifier.classes_),
        vocabulary=vocabulary,
        temperature=_temperature(classifier),
        gate_slope=slope,
        gate_offset=offset,
        threshold_probability=threshold,
        shortlist_probability=shortlist,
        known_share=known_share,
        trained_on=dict(sorted(Counter(truth).items())),
    )
    idf, weights, gate_idf, gate_weights = arrays
    return Artefact(manifest, idf, weights, gate_idf, gate_weights[:, 0])


def _head(pipeline: Pipeline) -> tuple[Floats, dict[str, int], Floats]:
    """Return the idf of every feature, where each stands, and the weights (a row for each class)."""
    idf: list[float] = []
    index: dict[str, int] = {}
    for _, vectoriser in pipeline.named_steps["features"].transformer_list:
        index |= {feature: place + len(idf) for feature, place in vectoriser.vocabulary_.items()}
        idf += vectoriser.idf_.tolist()
    return np.array(idf), index, pipeline.named_steps["classify"].coef_


def _fitted(model: CalibratedClassifierCV) -> Pipeline:
    return model.calibrated_classifiers_[0].estimator


def _temperature(model: CalibratedClassifierCV) -> float:
    return float(model.calibrated_classifiers_[0].calibrators[0].beta_)


def _sigmoid(model: CalibratedClassifierCV) -> tuple[float, float]:
    calibrator = model.calibrated_classifiers_[0].calibrators[0]
    return float(calibrator.a_), float(calibrator.b_)


def _features(folded: str) -> list[str]:
    return [*character_features(folded), *word_features(folded)]


def _pick(values: Sequence[str], places: Sequence[int]) -> list[str]:
    return [values[place] for place in places]
