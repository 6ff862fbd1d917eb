"""Whether a new model may take the place of the one in use: five rules, all of which must hold.

Values in, findings out; how the values come about is `challenge`. Source of every rule and limit: rules
of triage, section 5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import comb

LOWEST_DIFFERENCE = -0.01
LARGEST_CHANCE = 0.05
LARGEST_LOSS_OF_RECALL = 0.05
LARGEST_CALIBRATION_ERROR = 0.08

# Shares of whole texts: what equals a limit but for the last bit is equal.
ROUNDING = 1e-9


class Rule(StrEnum):
    """What a new model must keep."""

    NOT_WORSE = "not_worse"
    BETTER = "better"
    NO_CLASS_LOSES = "no_class_loses"
    CALIBRATED = "calibrated"
    COVERS_AS_MUCH = "covers_as_much"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same texts, the one in use first in every pair. Differences are new minus in use.

    `lost` counts texts that only the one in use sorts rightly, `won` those that only the new one does.
    """

    macro_f1_interval: tuple[float, float]
    lost: int
    won: int
    recalls: Mapping[str, tuple[float, float]]
    calibration_error: float
    coverages: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one rule holds, and the figure it rests on beside its limit."""

    rule: Rule
    holds: bool
    found: float
    limit: float


def judge(comparison: Comparison) -> tuple[Finding, ...]:
    """Return the finding of every rule, in their order; the new model passes when all hold."""
    return tuple(find(comparison) for find in RULES.values())


def not_worse(comparison: Comparison) -> Finding:
    """Demand that macro-F1 is lower by less than a point, at the lower end of its 95 % interval."""
    low = comparison.macro_f1_interval[0]
    return Finding(Rule.NOT_WORSE, low > LOWEST_DIFFERENCE, low, LOWEST_DIFFERENCE)


def better(comparison: Comparison) -> Finding:
    """Demand that it wins more texts than it loses, by more than chance explains."""
    chance = mcnemar(comparison.lost, comparison.won)
    holds = comparison.won > comparison.lost and chance < LARGEST_CHANCE
    return Finding(Rule.BETTER, holds, chance, LARGEST_CHANCE)


def no_class_loses(comparison: Comparison) -> Finding:
    """Demand that no label's recall falls by more than five points."""
    worst = max(in_use - new for in_use, new in comparison.recalls.values())
    holds = worst <= LARGEST_LOSS_OF_RECALL + ROUNDING
    return Finding(Rule.NO_CLASS_LOSES, holds, worst, LARGEST_LOSS_OF_RECALL)


def calibrated(comparison: Comparison) -> Finding:
    """Demand that its probabilities mean what they say."""
    error = comparison.calibration_error
    return Finding(
        Rule.CALIBRATED, error <= LARGEST_CALIBRATION_ERROR + ROUNDING, error, LARGEST_CALIBRATION_ERROR
    )


def covers_as_much(comparison: Comparison) -> Finding:
    """Demand that at the wanted accuracy it decides no smaller share alone."""
    in_use, new = comparison.coverages
    return Finding(Rule.COVERS_AS_MUCH, new >= in_use - ROUNDING, new, in_use)


def mcnemar(lost: int, won: int) -> float:
    """Return the two-sided exact probability of a split at least as uneven, were both equally good."""
    differing = lost + won
    tail = sum(comb(differing, count) for count in range(min(lost, won) + 1))
    return min(1.0, tail / (1 << max(0, differing - 1)))


RULES: Mapping[Rule, Callable[[Comparison], Finding]] = {
    Rule.NOT_WORSE: not_worse,
    Rule.BETTER: better,
    Rule.NO_CLASS_LOSES: no_class_loses,
    Rule.CALIBRATED: calibrated,
    Rule.COVERS_AS_MUCH: covers_as_much,
}
