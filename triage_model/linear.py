"""A fitted TF-IDF and linear classifier in plain NumPy, equal to scikit-learn's to 1e-9.

Decides nothing: it turns n-grams into calibrated probabilities and exact contributions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage_model.features import Features, Occurrences

Floats = NDArray[np.float64]


class Vector(NamedTuple):
    """The non-zero part of a text's TF-IDF vector; row i of `values` belongs to `spans[i]`."""

    indices: list[int]
    values: Floats
    spans: list[list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class LinearHead:
    """One linear decision between `classes`.

    `characters` and `words` map n-grams to rows of `idf` (n,) and `weights` (n, classes); the rows of
    words follow those of characters. `inverse_temperature` scales the scores before the softmax.
    """

    classes: tuple[str, ...]
    characters: Mapping[str, int] = field(repr=False)
    words: Mapping[str, int] = field(repr=False)
    idf: Floats = field(repr=False)
    weights: Floats = field(repr=False)
    intercepts: Floats = field(repr=False)
    inverse_temperature: float

    def vector(self, features: Features) -> Vector:
        """Weigh the n-grams of a text: (1 + ln count) * idf, each branch scaled to length 1."""
        characters = self._branch(features.characters, self.characters)
        words = self._branch(features.words, self.words)
        return Vector(
            characters.indices + words.indices,
            np.concatenate([characters.values, words.values]),
            characters.spans + words.spans,
        )

    def scores(self, vector: Vector) -> Floats:
        """Return the decision values, in the order of `classes`."""
        scores: Floats = vector.values @ self.weights[vector.indices] + self.intercepts
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        """Return the calibrated probabilities of decision values, in the order of `classes`."""
        scaled = self.inverse_temperature * (scores - scores.max())
        raised = np.exp(scaled)
        probabilities: Floats = raised / raised.sum()
        return probabilities

    def contributions(self, vector: Vector, *, winner: int, runner_up: int) -> Floats:
        """Return x_j (W_winner,j - W_runner-up,j) for each non-zero n-gram j of the vector."""
        rows = self.weights[vector.indices]
        contributions: Floats = vector.values * (rows[:, winner] - rows[:, runner_up])
        return contributions

    def known_share(self, features: Features) -> float:
        """Return the share of a text's different character n-grams seen in training; 0 if it has none."""
        known = sum(1 for gram in features.characters if gram in self.characters)
        return known / max(1, len(features.characters))

    def _branch(self, occurrences: Occurrences, vocabulary: Mapping[str, int]) -> Vector:
        known = [(vocabulary[gram], spans) for gram, spans in occurrences.items() if gram in vocabulary]
        indices = [index for index, _ in known]
        spans = [spans for _, spans in known]
        counts = np.array([len(found) for found in spans], dtype=np.float64)
        values = (1.0 + np.log(counts)) * self.idf[indices]
        length = np.sqrt(values @ values)
        return Vector(indices, values / length if length else values, spans)
