"""The scikit-learn pipeline: TF-IDF branches and a linear vote; and how families are split.

Imports scikit-learn, so only training and evaluation may import this.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from triage_model.features import BRANCHES

FOLDS = 5
SEED = 257
COST = 2.0
BAYES_SHARE = 0.15
SMOOTHING = 0.03

Splits = list[tuple[Sequence[int], Sequence[int]]]


class Analyser(NamedTuple):
    """One branch of the union: how it sees a text, its length there, how many texts a feature needs."""

    name: str
    analyse: Callable[[str], list[str]]
    weight: float = 1.0
    min_texts: int = 1


CHINESE = tuple(Analyser(b.letter, b.features, b.weight, b.min_texts) for b in BRANCHES)


class LinearVote(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A linear SVM and a complement naive Bayes voting: both are linear, so their sum is one classifier.

    No intercept: what the features contribute adds up to the decision exactly. The weights are
    rounded to single precision here, so that a stored model equals the trained one.
    """

    def __init__(self, cost: float = COST, bayes_share: float = 0.0) -> None:
        self.cost = cost
        self.bayes_share = bayes_share

    def fit(self, features: Any, labels: Sequence[str]) -> Self:
        """Fit both voters on the same features."""
        machine = LinearSVC(C=self.cost, class_weight="balanced", fit_intercept=False, random_state=SEED)
        machine.fit(features, labels)
        weights = machine.coef_
        if self.bayes_share:
            bayes = ComplementNB(alpha=SMOOTHING).fit(features, labels)
            weights = weights + self.bayes_share * bayes.feature_log_prob_
        self.classes_ = machine.classes_
        # What all classes share decides nothing, and would cost the rounded weights their precision.
        centred = weights - weights.mean(axis=0)
        self.coef_ = centred.astype(np.float32).astype(np.float64)
        return self

    def decision_function(self, features: Any) -> Any:
        """Return a value for each text and class."""
        return features @ self.coef_.T

    def predict(self, features: Any) -> Any:
        """Return the class of the highest value for each text."""
        return self.classes_[self.decision_function(features).argmax(axis=1)]


def build_pipeline(
    analysers: Sequence[Analyser] = CHINESE, *, cost: float = COST, bayes_share: float = BAYES_SHARE
) -> Pipeline:
    """Return TF-IDF over the branches, each scaled to its weight, and the linear vote."""
    union = FeatureUnion(
        [
            (a.name, TfidfVectorizer(analyzer=a.analyse, sublinear_tf=True, min_df=a.min_texts))
            for a in analysers
        ],
        transformer_weights={a.name: a.weight for a in analysers},
    )
    return Pipeline([("features", union), ("classify", LinearVote(cost, bayes_share))])


def family_splits(texts: Sequence[str], labels: Sequence[str], families: Sequence[str]) -> Splits:
    """Return stratified folds in which no family stands on both sides. Deterministic."""
    folds = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
    return [(list(train), list(held)) for train, held in folds.split(texts, labels, families)]
