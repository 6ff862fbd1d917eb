"""The words in which the classifier answers. Decides nothing: the scorer fills them in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Category(StrEnum):
    """What the desk must do first. Source: briefing, the four situations of an enterprise."""

    MEASURES = "measures"
    PROBLEM = "problem"
    IMPROVEMENT = "improvement"
    APPLICATION = "application"
    OUT_OF_SCOPE = "out_of_scope"


SITUATIONS = tuple(category for category in Category if category is not Category.OUT_OF_SCOPE)


class AbstainReason(StrEnum):
    """Why a person must decide, in the order in which the reasons are looked at."""

    EMPTY_TEXT = "empty_text"
    UNKNOWN_WORDS = "unknown_words"
    OUT_OF_SCOPE = "out_of_scope"
    BELOW_THRESHOLD = "below_threshold"


class Ranked(NamedTuple):
    """A category and its calibrated probability."""

    category: Category
    probability: float


class Term(NamedTuple):
    """One n-gram's exact share in the margin.

    `text` is spelt as the writer did; a masked number shows its kind instead of itself.
    `spans` are half-open character ranges of the original text, in reading order.
    """

    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """The model's suggestion for one text.

    `ranking` holds all five categories, most probable first, and sums to 1; `category` and
    `probability` are its first entry. `shortlist` holds one to three categories. `terms` are ordered
    by the size of their weight; with `bias` (what speaks for the winner in an empty text) they add up
    to `margin`, the winner's lead over the runner-up before calibration. For a situation both are
    situations; for `out_of_scope` the runner-up is "in scope".
    """

    category: Category
    probability: float
    ranking: tuple[Ranked, ...]
    abstain_reason: AbstainReason | None
    shortlist: tuple[Category, ...]
    terms: tuple[Term, ...]
    margin: float
    bias: float
    model_version: str

    @property
    def abstain(self) -> bool:
        """Whether a person must decide."""
        return self.abstain_reason is not None
