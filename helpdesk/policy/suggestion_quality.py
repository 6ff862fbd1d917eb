"""How good the model's suggestions turn out to be: shares with their intervals, confusion, calibration.

Decides what counts as right, as overruled, and how sure a share is. Which cases there are is
`queries.model_quality`; whether they change is `drift`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from knowledge_base.records.vocabulary import Category

Z = 1.959964
"""The normal quantile of a 95 % interval."""

BINS = 10
EDGES = tuple(place / BINS for place in range(1, BINS))
"""Where one bin of probability ends and the next begins; each begins at its edge."""

Pair = tuple[Category, Category]
"""What the model suggested, and the case's final category."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many cases. Both in whole cases; `hits` are among `total`."""

    hits: int = 0
    total: int = 0

    @property
    def value(self) -> float | None:
        """Return the share, 0 to 1; None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the bounds that hold the true share in 95 of 100 such samples; (0, 1) of nothing.

        Source: Wilson (1927), the score interval: it stays within 0 and 1 and is honest for few cases.
        """
        if not self.total:
            return 0.0, 1.0
        shrink, square = 1 + Z * Z / self.total, Z * Z / self.total
        share = self.hits / self.total
        centre = (share + square / 2) / shrink
        reach = Z * sqrt((share * (1 - share) + square / 4) / self.total) / shrink
        # Rounding may put a bound past the share itself where none or all are hits.
        return max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach))


@dataclass(frozen=True, slots=True)
class Gap:
    """By how much one share is above another, with its 95 % interval; all -1 to 1."""

    value: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Tell whether the interval holds no zero: chance alone hardly makes such a gap."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Cases that are alike in all that counts here; `probability` is the sum over the cases.

    `month` is that in which they came in. `by_model` tells that the model sorted them, `by_person` that
    a person did, perhaps after it. `final` is None while no one knows: a person's last decision, else the
    model's once the case is resolved. `blind` is the sample whose suggestion nobody was shown,
    `version` the model that suggested.
    """

    month: date
    suggested: Category
    final: Category | None
    by_model: bool
    by_person: bool
    abstained: bool
    blind: bool
    version: str
    bin: int
    cases: int
    probability: float

    @property
    def is_right(self) -> bool:
        """Tell whether the suggestion is the final category."""
        return self.suggested is self.final


@dataclass(frozen=True, slots=True)
class Bin:
    """The cases whose suggestion had a probability from `low` up to `high`; `said` is its mean."""

    low: float
    high: float
    said: float
    right: Share


@dataclass(frozen=True, slots=True)
class Quality:
    """What a set of cases tells; `for_persons` are the overruled among those that were left to a person."""

    cases: int
    coverage: Share
    accuracy_of_model: Share
    overruled: Share
    for_persons: Share


def quality(groups: Sequence[CaseGroup]) -> Quality:
    """Return the shares by which cases are judged, all at once."""
    return Quality(
        cases=sum(each.cases for each in groups),
        coverage=coverage(groups),
        accuracy_of_model=accuracy_of_model(groups),
        overruled=overruled(groups),
        for_persons=overruled(each for each in groups if not each.by_model),
    )


def gap(one: Share, other: Share) -> Gap | None:
    """Return how far `one` is above `other`; None when either is of nothing.

    Source: Newcombe (1998), method 10, from the two Wilson intervals.
    """
    if one.value is None or other.value is None:
        return None
    value, (low, high), (other_low, other_high) = one.value - other.value, one.interval, other.interval
    below = sqrt((one.value - low) ** 2 + (other_high - other.value) ** 2)
    above = sqrt((high - one.value) ** 2 + (other.value - other_low) ** 2)
    return Gap(value, value - below, value + above)


def coverage(groups: Iterable[CaseGroup]) -> Share:
    """Return the share of all cases that the model sorted without a person."""
    return _share(groups, of=lambda each: True, hit=lambda each: each.by_model)


def accuracy_of_model(groups: Iterable[CaseGroup]) -> Share:
    """Return the share that nobody changed, of what the model sorted and is settled."""
    return _share(groups, of=lambda each: each.by_model and _settled(each), hit=lambda each: each.is_right)


def overruled(groups: Iterable[CaseGroup]) -> Share:
    """Return the share whose final category is another one, of the settled cases with a shown suggestion."""
    return _share(
        groups, of=lambda each: _settled(each) and not each.blind, hit=lambda each: not each.is_right
    )


def agreement(groups: Iterable[CaseGroup], *, blind: bool, abstained: bool) -> Share:
    """Return how often the final category is the suggestion, among cases of one kind.

    Compare shown with blind within one `abstained` only: the hard cases are left to persons, and would
    make every suggestion that is shown look worse than it is.
    """
    kind = [each for each in groups if (each.blind, each.abstained) == (blind, abstained)]
    return _share(kind, of=_settled, hit=lambda each: each.is_right)


def confusion(groups: Iterable[CaseGroup]) -> Mapping[Pair, int]:
    """Return how often a person gave a case each final category, by what was suggested."""
    found: Counter[Pair] = Counter()
    for each in groups:
        if each.by_person and each.final is not None:
            found[each.suggested, each.final] += each.cases
    return found


def corrections(groups: Sequence[CaseGroup]) -> list[tuple[Pair, Mapping[date, int]]]:
    """Return each pair of two categories with its cases by month, the most frequent pair first."""
    found: dict[Pair, Counter[date]] = {}
    for month in {each.month for each in groups}:
        for pair, cases in confusion(each for each in groups if each.month == month).items():
            if pair[0] is not pair[1]:
                found.setdefault(pair, Counter())[month] += cases
    return sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))


def calibration(groups: Iterable[CaseGroup]) -> list[Bin]:
    """Return the bins that hold settled cases, least probable first."""
    filled: dict[int, list[CaseGroup]] = {}
    for each in groups:
        if _settled(each):
            filled.setdefault(each.bin, []).append(each)
    return [_bin(place, filled[place]) for place in sorted(filled)]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return by how much probability and outcome differ, on average over the cases; None without any."""
    cases = sum(each.right.total for each in bins)
    if not cases:
        return None
    return sum(abs(each.said * each.right.total - each.right.hits) for each in bins) / cases


def _bin(place: int, groups: Sequence[CaseGroup]) -> Bin:
    right = _share(groups, of=_settled, hit=lambda each: each.is_right)
    said = sum(each.probability for each in groups) / right.total
    return Bin(place / BINS, (place + 1) / BINS, said, right)


def _share(
    groups: Iterable[CaseGroup], *, of: Callable[[CaseGroup], bool], hit: Callable[[CaseGroup], bool]
) -> Share:
    counted = [each for each in groups if of(each)]
    return Share(sum(each.cases for each in counted if hit(each)), sum(each.cases for each in counted))


def _settled(group: CaseGroup) -> bool:
    return group.final is not None
