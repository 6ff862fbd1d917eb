"""Scoring a text in plain NumPy: the same numbers as scikit-learn's, without importing it.

The explanation is exact: what each place of the text contributes to the winner over the runner-up
adds up to the margin between them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from triage_model.artefact import Artefact, Floats, Places
from triage_model.calibration import Calibration, probabilities
from triage_model.features import BRANCHES, Span, sightings
from triage_model.labels import OUT_OF_SCOPE
from triage_model.normalise import MASK_NAMES, Folded, fold


class AbstainReason(StrEnum):
    """Why the model leaves the decision to a person."""

    EMPTY_TEXT = "empty_text"
    UNKNOWN_WORDS = "unknown_words"
    OUT_OF_SCOPE = "out_of_scope"
    BELOW_THRESHOLD = "below_threshold"


class Term(NamedTuple):
    """What stands in one or more places of the original text, and what it contributes to the margin.

    `text` is spelt as the writer did; what was masked shows its kind instead of itself.
    """

    text: str
    weight: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """`ranking` holds all five labels, best first, adding up to 1; `terms` the strongest first.

    `margin` is what the text says for the winner over the runner-up; what out of scope is given in
    advance counts in the ranking alone.
    """

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
    """The decision values of one text by label, and the features behind them: what each contributes
    and where in the folded text it was seen."""

    decision: Floats
    contributions: Floats
    places: tuple[tuple[Span, ...], ...]
    known_share: float


class Model:
    """A loaded model. Stateless: the same text, the same answer."""

    def __init__(self, artefact: Artefact) -> None:
        vocabulary = artefact.manifest.vocabulary
        letters = [branch.letter for branch in BRANCHES]
        self._artefact = artefact
        self._calibration = Calibration(artefact.manifest.temperature, artefact.manifest.scope_offset)
        self._index = {feature: place for place, feature in enumerate(vocabulary)}
        self._branch = np.array([letters.index(feature[0]) for feature in vocabulary], dtype=np.int8)

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
        margin, terms = self._explanation(text, folded, scores, ranking)
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
        seen: dict[str, list[Span]] = {}
        for feature, span in sightings(folded.text):
            seen.setdefault(feature, []).append(span)
        known = [(self._index[feature], spans) for feature, spans in seen.items() if feature in self._index]
        if not known:
            labels = len(self._artefact.manifest.labels)
            return Scores(np.zeros(labels), np.zeros((0, labels)), (), 0.0)
        indices = np.array([place for place, _ in known])
        frequency = 1.0 + np.log(np.array([len(spans) for _, spans in known], dtype=np.float64))
        values = _scaled(frequency * self._artefact.idf[indices], self._branch[indices])
        contributions = values[:, None] * self._artefact.weights[indices]
        return Scores(
            decision=contributions.sum(axis=0),
            contributions=contributions,
            places=tuple(tuple(spans) for _, spans in known),
            known_share=len(known) / len(seen),
        )

    def unknown_share(self, text: str) -> float:
        """Return the share, 0 to 1, of the text's n-grams that the model never learnt; 1 for an empty text."""
        return 1.0 - self.scores(fold(text)).known_share

    def _ranking(self, scores: Scores) -> tuple[tuple[str, float], ...]:
        labels = self._artefact.manifest.labels
        shares = probabilities(scores.decision, labels, self._calibration)
        labelled = zip(labels, shares.tolist(), strict=True)
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
        self, text: str, folded: Folded, scores: Scores, ranking: tuple[tuple[str, float], ...]
    ) -> tuple[float, tuple[Term, ...]]:
        """Return the lead over the runner-up and what adds up to it; features of the same places are one term."""
        labels = self._artefact.manifest.labels
        winner, runner_up = (labels.index(label) for label, _ in ranking[:2])
        parts = scores.contributions[:, winner] - scores.contributions[:, runner_up]
        merged: dict[tuple[Span, ...], float] = {}
        for places, part in zip(scores.places, parts.tolist(), strict=True):
            merged[places] = merged.get(places, 0.0) + part
        strongest = sorted(merged.items(), key=lambda item: -abs(item[1]))
        return float(parts.sum()), tuple(_terms(strongest, text, folded))


_WEIGHTS = np.array([branch.weight for branch in BRANCHES])


def _scaled(values: Floats, branch: Places) -> Floats:
    """Return values with each branch scaled to its weight, as the pipeline's union does."""
    squares = np.bincount(branch, weights=values * values, minlength=len(BRANCHES))
    scales = _WEIGHTS / np.sqrt(np.where(squares > 0.0, squares, 1.0))
    scaled: Floats = values * scales[branch]
    return scaled


def _terms(strongest: list[tuple[tuple[Span, ...], float]], text: str, folded: Folded) -> list[Term]:
    """Return the terms with their places in the original text."""
    indices = range(len(text) + 1)
    if folded.starts == tuple(indices[:-1]) and folded.ends == tuple(indices[1:]):  # the places are the same
        return [Term(text[slice(*places[0])], weight, places) for places, weight in strongest if weight]
    return [_term(places, weight, text, folded) for places, weight in strongest if weight]


def _term(places: tuple[Span, ...], weight: float, text: str, folded: Folded) -> Term:
    spans = tuple([(folded.starts[a], folded.ends[b - 1]) for a, b in places])
    start, end = places[0]
    seen = folded.text[start:end]
    if MASK_NAMES.keys().isdisjoint(seen):
        return Term(text[slice(*spans[0])], weight, spans)
    return Term("".join(MASK_NAMES.get(c, c) for c in seen), weight, spans)
