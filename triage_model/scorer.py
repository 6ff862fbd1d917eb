"""The classifier's answer to one text: ranking, abstention, shortlist and reasons.

How the thresholds come about is `training`'s matter; what the desk does with the answer is not
decided here.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from triage_model.classification import AbstainReason, Category, Classification, Ranked, Term
from triage_model.features import Features, extract
from triage_model.linear import Floats, LinearHead, Vector

IN_SCOPE = "in_scope"
LONGEST_SHORTLIST = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the model stops deciding. All are lower bounds, probabilities or shares in [0, 1]."""

    decision_probability: float
    shortlist_probability: float
    in_scope_probability: float
    known_share: float

    def as_dict(self) -> dict[str, float]:
        """Return the thresholds by name, as the artefact keeps them."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


class Outcome(NamedTuple):
    """What the two heads say of a text, before any threshold."""

    features: Features
    situation: Vector
    situation_scores: Floats
    scope: Vector
    scope_scores: Floats
    in_scope_probability: float
    known_share: float
    probabilities: dict[Category, float]


@dataclass(frozen=True, slots=True)
class Heads:
    """The two linear decisions: is it ours at all, and which of the four situations is it."""

    situation: LinearHead
    scope: LinearHead

    def outcome(self, text: str) -> Outcome:
        """Score `text`; the in-scope probability is shared out among the four situations."""
        features = extract(text)
        situation, scope = self.situation.vector(features), self.scope.vector(features)
        situation_scores, scope_scores = self.situation.scores(situation), self.scope.scores(scope)
        in_scope = float(self.scope.probabilities(scope_scores)[self.scope.classes.index(IN_SCOPE)])
        within = self.situation.probabilities(situation_scores)
        probabilities = {
            Category(name): in_scope * float(share)
            for name, share in zip(self.situation.classes, within, strict=True)
        }
        probabilities[Category.OUT_OF_SCOPE] = 1.0 - in_scope
        known = self.situation.known_share(features)
        return Outcome(
            features, situation, situation_scores, scope, scope_scores, in_scope, known, probabilities
        )


@dataclass(frozen=True, slots=True)
class Model:
    """A classifier ready to answer. Immutable, safe to share between threads."""

    version: str
    heads: Heads
    thresholds: Thresholds

    def classify(self, text: str) -> Classification:
        """Suggest a category for `text`; any string has an answer."""
        outcome = self.heads.outcome(text)
        ranking = rank(outcome.probabilities)
        terms, margin, bias = self._reasons(outcome, ranking[0].category)
        return Classification(
            category=ranking[0].category,
            probability=ranking[0].probability,
            ranking=ranking,
            abstain_reason=self._abstain_reason(outcome, ranking[0]),
            shortlist=shortlist(ranking, self.thresholds.shortlist_probability),
            terms=terms,
            margin=margin,
            bias=bias,
            model_version=self.version,
        )

    def _abstain_reason(self, outcome: Outcome, best: Ranked) -> AbstainReason | None:
        limits = self.thresholds
        if not outcome.features.source.says_something:
            return AbstainReason.EMPTY_TEXT
        if outcome.known_share < limits.known_share:
            return AbstainReason.UNKNOWN_WORDS
        if best.category is Category.OUT_OF_SCOPE or outcome.in_scope_probability < limits.in_scope_probability:
            return AbstainReason.OUT_OF_SCOPE
        return AbstainReason.BELOW_THRESHOLD if best.probability < limits.decision_probability else None

    def _reasons(self, outcome: Outcome, category: Category) -> tuple[tuple[Term, ...], float, float]:
        """Explain `category` by the head that chose it, against that head's next best class."""
        if category is Category.OUT_OF_SCOPE:
            head, vector, scores = self.heads.scope, outcome.scope, outcome.scope_scores
        else:
            head, vector, scores = self.heads.situation, outcome.situation, outcome.situation_scores
        winner = head.classes.index(category)
        runner_up = max((k for k in range(len(scores)) if k != winner), key=lambda k: float(scores[k]))
        weights = head.contributions(vector, winner=winner, runner_up=runner_up)
        source = outcome.features.source
        terms = tuple(
            Term(
                source.shown(*vector.spans[row][0]),
                float(weights[row]),
                tuple(source.span(*span) for span in vector.spans[row]),
            )
            for row in np.argsort(-np.abs(weights), kind="stable").tolist()
            if weights[row]
        )
        margin = float(scores[winner] - scores[runner_up])
        bias = float(head.intercepts[winner] - head.intercepts[runner_up])
        return terms, margin, bias


def rank(probabilities: dict[Category, float]) -> tuple[Ranked, ...]:
    """Order categories by probability, the most probable first; ties keep the order given."""
    ordered = sorted(probabilities.items(), key=lambda item: -item[1])
    return tuple(Ranked(category, probability) for category, probability in ordered)


def shortlist(ranking: tuple[Ranked, ...], lowest: float) -> tuple[Category, ...]:
    """Return the best category and up to two more of at least the `lowest` probability."""
    best, *others = ranking
    near = [category for category, probability in others if probability >= lowest]
    return (best.category, *near[: LONGEST_SHORTLIST - 1])
