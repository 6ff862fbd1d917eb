"""Scoring a text in plain NumPy: the same numbers as scikit-learn's, without importing it.

The explanation is exact: what each n-gram contributes to the winner over the runner-up adds up
to the margin between them.
"""

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from triage_model.artefact import Artefact, Floats, Places
from triage_model.features import BRANCHES, character_features, occurrences, word_features
from triage_model.labels import OUT_OF_SCOPE
from triage_model.normalise import MASK_NAMES, Folded, fold


class AbstainReason(StrEnum):
    """Why the model leaves the decision to a person."""

    EMPTY_TEXT = "empty_text"
    UNKNOWN_WORDS = "unknown_words"
    OUT_OF_SCOPE = "out_of_scope"
    BELOW_THRESHOLD = "below_threshold"


@dataclass(frozen=True, slots=True)
class Term:
    """An n-gram, its contribution to the margin, and where it stands in the original text.

    `text` is spelt as the writer did; what was masked shows its kind instead of itself.
    """

    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """`ranking` holds all five labels, best first, adding up to 1; `terms` the strongest first."""

    category: str
    probability: float
    ranking: tuple[tuple[str, float], ...]
    abstain: bool
    abstain_reason: AbstainReason | None
    shortlist: tuple[str, ...]
    terms: tuple[Term, ...]
    margin: float
    model_version: str


@dataclass(frozen=True, slots=True)
class Scores:
    """The decision values of one text: by in-scope label, and of the scope gate (positive is inside)."""

    decision: Floats
    gate: float
    indices: Places
    contributions: Floats
    gate_contributions: Floats
    known_share: float


class Model:
    """A loaded model. Stateless: the same text, the same answer."""

    def __init__(self, artefact: Artefact) -> None:
        self._artefact = artefact
        self._index = {feature: place for place, feature in enumerate(artefact.manifest.vocabulary)}
        self._branch = np.array([BRANCHES.index(f[0]) for f in artefact.manifest.vocabulary], dtype=np.int8)

    @property
    def version(self) -> str:
        """Return the model's version."""
        return self._artefact.manifest.version

    def classify(self, text: str) -> Classification:
        """Return the ranking of the five labels with the reasons. Any text gets an answer."""
        folded = fold(text)
        scores = self.scores(folded)
        manifest = self._artefact.manifest
        ranking = self._ranking(scores)
        category, probability = ranking[0]
        reason = self._abstains(folded, scores, category, probability)
        margin, terms = self._explanation(text, folded, scores, category)
        shortlist = tuple(label for label, p in ranking[:3] if p >= manifest.shortlist_probability)
        return Classification(
            category=category,
            probability=probability,
            ranking=ranking,
            abstain=reason is not None,
            abstain_reason=reason,
            shortlist=shortlist or (category,),
            terms=terms,
            margin=margin,
            model_version=manifest.version,
        )

    def scores(self, folded: Folded) -> Scores:
        """Return the decision values and the contributions behind them."""
        artefact = self._artefact
        counts = Counter(character_features(folded.text))
        counts.update(word_features(folded.text))
        known = [(self._index[f], n) for f, n in counts.items() if f in self._index]
        if not known:
            empty = np.zeros(0)
            none = np.zeros(0, dtype=np.int64)
            return Scores(np.zeros(artefact.weights.shape[1]), 0.0, none, empty, empty, 0.0)
        indices = np.array([place for place, _ in known])
        frequency = 1.0 + np.log(np.array([n for _, n in known], dtype=np.float64))
        branch = self._branch[indices]
        values = _normalised(frequency * artefact.idf[indices], branch)
        gate_values = _normalised(frequency * artefact.gate_idf[indices], branch)
        contributions = values[:, None] * artefact.weights[indices]
        gate_contributions = gate_values * artefact.gate_weights[indices]
        return Scores(
            decision=contributions.sum(axis=0),
            gate=float(gate_contributions.sum()),
            indices=indices,
            contributions=contributions,
            gate_contributions=gate_contributions,
            known_share=len(known) / len(counts),
        )

    def unknown_share(self, text: str) -> float:
        """Return the share, 0 to 1, of the text's n-grams that the model never learnt; 1 for an empty text."""
        return 1.0 - self.scores(fold(text)).known_share

    def _ranking(self, scores: Scores) -> tuple[tuple[str, float], ...]:
        manifest = self._artefact.manifest
        inside = in_scope_probability(scores.gate, manifest.gate_slope, manifest.gate_offset)
        shares = softmax(scores.decision * manifest.temperature) * inside
        labelled = [
            *zip(manifest.labels, (float(share) for share in shares), strict=True),
            (OUT_OF_SCOPE, 1.0 - inside),
        ]
        return tuple(sorted(labelled, key=lambda pair: -pair[1]))

    def _abstains(
        self, folded: Folded, scores: Scores, category: str, probability: float
    ) -> AbstainReason | None:
        manifest = self._artefact.manifest
        if not any(character.isalpha() for character in folded.text):  # figures alone say nothing
            return AbstainReason.EMPTY_TEXT
        if scores.known_share < manifest.known_share:
            return AbstainReason.UNKNOWN_WORDS
        if category == OUT_OF_SCOPE:
            return AbstainReason.OUT_OF_SCOPE
        return AbstainReason.BELOW_THRESHOLD if probability < manifest.threshold_probability else None

    def _explanation(
        self, text: str, folded: Folded, scores: Scores, category: str
    ) -> tuple[float, tuple[Term, ...]]:
        """Return the margin and what adds up to it: over the runner-up, or over being in scope."""
        if not len(scores.indices):
            return 0.0, ()
        labels = self._artefact.manifest.labels
        if category == OUT_OF_SCOPE:
            parts = -scores.gate_contributions
        else:
            winner = labels.index(category)
            others = np.delete(np.arange(len(labels)), winner)
            runner_up = int(others[np.argmax(scores.decision[others])])
            parts = scores.contributions[:, winner] - scores.contributions[:, runner_up]
        order = np.argsort(-np.abs(parts), kind="stable")
        vocabulary = self._artefact.manifest.vocabulary
        terms = tuple(
            _term(vocabulary[int(scores.indices[place])], float(parts[place]), text, folded)
            for place in order
            if parts[place] != 0.0
        )
        return float(parts.sum()), terms


def softmax(values: Floats) -> Floats:
    """Return the shares of values, adding up to 1."""
    raised = np.exp(values - values.max())
    shares: Floats = raised / raised.sum()
    return shares


def in_scope_probability(gate: float, slope: float, offset: float) -> float:
    """Return the calibrated probability that a text is in scope."""
    return 1.0 / (1.0 + math.exp(min(700.0, slope * gate + offset)))


def _normalised(values: Floats, branch: Places) -> Floats:
    """Return values with each branch scaled to length 1, as each vectoriser of the pipeline does."""
    squares = np.bincount(branch, weights=values * values, minlength=len(BRANCHES))
    lengths = np.sqrt(np.where(squares > 0.0, squares, 1.0))
    scaled: Floats = values / lengths[branch]
    return scaled


def _term(feature: str, weight: float, text: str, folded: Folded) -> Term:
    spans = tuple((folded.starts[a], folded.ends[b - 1]) for a, b in occurrences(feature, folded.text))
    start, end = spans[0]
    masked = not MASK_NAMES.keys().isdisjoint(feature)
    spelt = "".join(MASK_NAMES.get(c, c) for c in feature[1:]) if masked else text[start:end]
    return Term(spelt, weight, spans)
