"""From a corpus to an artefact: fit, calibrate, and draw the lines from out-of-fold predictions.

Deterministic: the same corpus, the same model. Imports scikit-learn.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline

from triage_model.artefact import Artefact, Floats, Manifest
from triage_model.calibration import calibrate, draw_shortlist, draw_threshold, probabilities
from triage_model.corpus import Example
from triage_model.features import sightings
from triage_model.labels import LABELS, OUT_OF_SCOPE
from triage_model.normalise import fold
from triage_model.pipeline import Splits, build_pipeline, family_splits

UNKNOWN_TAIL = 0.005


@dataclass(frozen=True, slots=True)
class Trained:
    """The fitted scikit-learn pipeline, for comparison with the scorer, and the artefact made of it."""

    pipeline: Pipeline
    artefact: Artefact


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What models that never saw a text's family say of it: decisions have a column for each label."""

    decisions: Floats
    known_shares: Floats


def train(examples: Sequence[Example], *, version: str, corpus_digest: str) -> Trained:
    """Return the model trained on the examples, calibrated and its lines drawn on out-of-fold decisions."""
    folded = [fold(example.text).text for example in examples]
    truth = [example.label for example in examples]
    splits = family_splits(folded, truth, [example.family for example in examples])
    seen = out_of_fold(folded, truth, splits)
    calibration = calibrate(seen.decisions, LABELS, truth)
    shares = probabilities(seen.decisions, LABELS, calibration)
    chosen = np.array(LABELS)[shares.argmax(axis=1)]
    decidable, inside = chosen != OUT_OF_SCOPE, np.array(truth) != OUT_OF_SCOPE
    pipeline = build_pipeline().fit(folded, truth)
    vocabulary, idf, weights = _numbers(pipeline)
    manifest = Manifest(
        version=version,
        corpus_digest=corpus_digest,
        labels=LABELS,
        vocabulary=vocabulary,
        temperature=calibration.temperature,
        scope_offset=calibration.scope_offset,
        threshold_probability=draw_threshold(
            shares.max(axis=1)[decidable], (chosen == np.array(truth))[decidable]
        ),
        shortlist_probability=draw_shortlist(shares[np.arange(len(truth)), [LABELS.index(t) for t in truth]]),
        known_share=float(np.quantile(seen.known_shares[inside], UNKNOWN_TAIL)),
        trained_on=dict(sorted(Counter(truth).items())),
    )
    return Trained(pipeline, Artefact(manifest, idf, weights.astype(np.float32)))


def out_of_fold(folded: Sequence[str], truth: Sequence[str], splits: Splits) -> OutOfFold:
    """Return the decisions on every text of models that never saw its family, and what they knew of it."""
    decisions = np.zeros((len(folded), len(LABELS)))
    known_shares = np.zeros(len(folded))
    for train_places, held_places in splits:
        pipeline = build_pipeline().fit(_pick(folded, train_places), _pick(truth, train_places))
        decided = pipeline.decision_function(_pick(folded, held_places))
        decisions[held_places] = decided[:, label_order(pipeline)]
        known = set(_numbers(pipeline)[0])
        for place in held_places:
            mine = {feature for feature, _ in sightings(folded[place])}
            known_shares[place] = len(mine & known) / max(1, len(mine))
    return OutOfFold(decisions, known_shares)


def label_order(pipeline: Pipeline) -> list[int]:
    """Return where the pipeline's decisions hold each label, in the labels' order."""
    return [list(pipeline.classes_).index(label) for label in LABELS]


def _numbers(pipeline: Pipeline) -> tuple[tuple[str, ...], Floats, Floats]:
    """Return the vocabulary in order, and for each feature its idf and its weights (a column for each label)."""
    features: list[str] = []
    idf: list[float] = []
    for _, vectoriser in pipeline.named_steps["features"].transformer_list:
        features += vectoriser.get_feature_names_out().tolist()
        idf += vectoriser.idf_.tolist()
    order = sorted(range(len(features)), key=features.__getitem__)
    weights = pipeline.named_steps["classify"].coef_[label_order(pipeline)]
    return tuple(features[place] for place in order), np.array(idf)[order], weights.T[order]


def _pick(values: Sequence[str], places: Sequence[int]) -> list[str]:
    return [values[place] for place in places]
