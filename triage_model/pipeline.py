"""The scikit-learn pipelines: TF-IDF branches, a linear classifier, a calibrator around the whole.

The calibrator goes around the pipeline: inside, it would know the vocabulary of the fold it
judges. Imports scikit-learn, so only training and evaluation may import this.
"""

from collections.abc import Callable, Sequence

from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from triage_model.features import character_features, word_features

FOLDS = 5
SEED = 257
COST = 0.5

Splits = list[tuple[Sequence[int], Sequence[int]]]
CHINESE_BRANCHES: tuple[tuple[str, Callable[[str], list[str]]], ...] = (
    ("characters", character_features),
    ("words", word_features),
)


def build_pipeline(branches: Sequence[tuple[str, Callable[[str], list[str]]]] = CHINESE_BRANCHES) -> Pipeline:
    """Return TF-IDF over the branches and a linear classifier without intercept.

    Without one, what the n-grams contribute adds up to the margin exactly.
    """
    union = FeatureUnion(
        [(name, TfidfVectorizer(analyzer=analyse, sublinear_tf=True, min_df=1)) for name, analyse in branches]
    )
    return Pipeline(
        [
            ("features", union),
            ("classify", LinearSVC(C=COST, class_weight="balanced", fit_intercept=False, random_state=SEED)),
        ]
    )


def calibrated(pipeline: Pipeline, *, method: str, splits: Splits) -> CalibratedClassifierCV:
    """Return the pipeline with its calibrator around it, fitted on out-of-fold decisions."""
    return CalibratedClassifierCV(pipeline, method=method, ensemble=False, cv=splits)


def family_splits(texts: Sequence[str], labels: Sequence[str], families: Sequence[str]) -> Splits:
    """Return stratified folds in which no family stands on both sides. Deterministic."""
    folds = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
    return [(list(train), list(held)) for train, held in folds.split(texts, labels, families)]
