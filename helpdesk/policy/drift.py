"""Whether what comes in, or what the model makes of it, changed: two windows of cases and one index.

Decides how wide a window is and what the index says. Which cases lie in it is `queries.model_drift`.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

FEWEST_CASES = 200
"""A window of fewer cases says nothing. Source: triage rules 5."""

FEWEST_DAYS = 7
"""A window holds every day of the week: on a Monday other enterprises write than on a Sunday."""

STEADY_BELOW, ACT_ABOVE = 0.10, 0.25
"""Where the index changes its meaning. Source: the usual reading of the population stability index."""

UNSEEN = 0.5
"""What is added to each count, so that a kind that one window lacks does not weigh without bound."""

UNKNOWN_BANDS = (0.02, 0.05, 0.10, 0.20, 0.40)
"""Where the bands of the share of unknown n-grams begin, after the first, which begins at none."""


class DriftState(StrEnum):
    """What an index asks for."""

    TOO_FEW = "too_few"
    STEADY = "steady"
    LOOK = "look"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in Taipei, both included, and how many cases they hold."""

    first: date
    last: date
    cases: int

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def windows(cases_by_day: Mapping[date, int]) -> tuple[Window, Window] | None:
    """Return the reference window, which begins with the first day, and the newest, which ends with the last.

    Each is the shortest run of whole days that holds `FEWEST_CASES` and every day of the week. None when
    there is no room for two that do not overlap.
    """
    days = sorted(day for day, cases in cases_by_day.items() if cases)
    reference = _window(cases_by_day, days)
    newest = _window(cases_by_day, days[::-1])
    if reference is None or newest is None or reference.last >= newest.first:
        return None
    return reference, newest


def psi(reference: Mapping[Key, int], newest: Mapping[Key, int]) -> float:
    """Return the population stability index of two counts: 0 for the same shares, larger the more they differ.

    Both windows count alike: exchanging them changes nothing.
    """
    keys = reference.keys() | newest.keys()
    total, other_total = sum(reference.values()), sum(newest.values())
    found = 0.0
    for key in keys:
        share = (reference.get(key, 0) + UNSEEN) / (total + UNSEEN * len(keys))
        other = (newest.get(key, 0) + UNSEEN) / (other_total + UNSEEN * len(keys))
        found += (other - share) * log(other / share)
    return found


def judged(index: float | None) -> DriftState:
    """Return what an index says; None, where there are no two windows, says nothing."""
    if index is None:
        return DriftState.TOO_FEW
    if index < STEADY_BELOW:
        return DriftState.STEADY
    return DriftState.ACT if index > ACT_ABOVE else DriftState.LOOK


def band(unknown_share: float) -> int:
    """Return the band that a share of unknown n-grams, 0 to 1, lies in; the first is 0."""
    return sum(unknown_share >= edge for edge in UNKNOWN_BANDS)


def _window(cases_by_day: Mapping[date, int], days: list[date]) -> Window | None:
    """Return the shortest window from the first of `days` on, in whichever direction they run."""
    cases = 0
    for day in days:
        cases += cases_by_day[day]
        if cases >= FEWEST_CASES and abs((day - days[0]).days) + 1 >= FEWEST_DAYS:
            return Window(min(days[0], day), max(days[0], day), cases)
    return None
