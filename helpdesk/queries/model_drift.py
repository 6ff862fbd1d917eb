"""How the cases of the model in use changed between its first window and the newest one."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.policy.drift import DriftState, Window, band, judged, psi, windows
from helpdesk.policy.time_in_words import TAIPEI
from helpdesk.queries.model_quality import FINAL, Suggestion, suggestions
from knowledge_base.records.vocabulary import Category

LOOKED_BACK = timedelta(days=365)

TEXTS_READ = 400
"""So many texts of a window are read at most, evenly chosen; more would only make the page slow."""


class DriftMeasure(StrEnum):
    """What may change."""

    CATEGORIES = "categories"
    ABSTAINED = "abstained"
    UNKNOWN = "unknown"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class Drift:
    """One measure in the reference window and in the newest.

    `shares` are 0 to 1: of the cases that the model left to a person, of their n-grams that it does not
    know, or of the suggestions overruled; the mix of categories has none, its `counts` say it.
    """

    measure: DriftMeasure
    windows: tuple[Window, Window] | None = None
    counts: tuple[Mapping[Any, int], Mapping[Any, int]] = ({}, {})
    shares: tuple[float, float] | None = None
    index: float | None = None

    @property
    def state(self) -> DriftState:
        """Return what the index says."""
        return judged(self.index)


@dataclass(frozen=True, slots=True)
class _Case:
    case_id: int
    day: date
    suggested: Category
    abstained: bool
    blind: bool
    final: Category | None


def drifts(
    session: Session, version: str, *, unknown_share: Callable[[str], float], now: datetime
) -> list[Drift]:
    """Return each measure for the cases that model `version` suggested for, within the last year.

    `unknown_share` tells how much of a text the model does not know, 0 to 1. One model's cases alone are
    compared: another model sorts otherwise without anything having changed outside.
    """
    cases = _cases(session, version, now - LOOKED_BACK)
    shown = [each for each in cases if each.final is not None and not each.blind]
    return [
        _drift(DriftMeasure.CATEGORIES, cases, lambda each: each.suggested),
        _drift(DriftMeasure.ABSTAINED, cases, lambda each: each.abstained),
        _unknown(session, cases, unknown_share),
        _drift(DriftMeasure.OVERRULED, shown, lambda each: each.suggested is not each.final),
    ]


def _cases(session: Session, version: str, since: datetime) -> list[_Case]:
    rows = session.execute(
        suggestions(
            Suggestion.case_id,
            Suggestion.decided_at,
            Suggestion.suggested,
            Suggestion.abstained,
            Suggestion.blind,
            FINAL,
        )
        .where(Suggestion.model_version == version, Suggestion.decided_at >= since)
        .order_by(Suggestion.id)
    )
    return [_Case(case_id, at.astimezone(TAIPEI).date(), *rest) for case_id, at, *rest in rows]


def _drift(measure: DriftMeasure, cases: Sequence[_Case], key: Callable[[_Case], Hashable]) -> Drift:
    found = _windows(cases)
    if found is None:
        return Drift(measure)
    reference, newest = (Counter(key(each) for each in _within(cases, window)) for window in found)
    shares = None
    if measure is not DriftMeasure.CATEGORIES:
        shares = reference[True] / reference.total(), newest[True] / newest.total()
    return Drift(measure, found, (reference, newest), shares, psi(reference, newest))


def _unknown(session: Session, cases: Sequence[_Case], unknown_share: Callable[[str], float]) -> Drift:
    found = _windows(cases)
    if found is None:
        return Drift(DriftMeasure.UNKNOWN)
    reference, newest = (
        [unknown_share(text) for text in _texts(session, _within(cases, window))] for window in found
    )
    counts = Counter(map(band, reference)), Counter(map(band, newest))
    shares = sum(reference) / len(reference), sum(newest) / len(newest)
    return Drift(DriftMeasure.UNKNOWN, found, counts, shares, psi(*counts))


def _windows(cases: Iterable[_Case]) -> tuple[Window, Window] | None:
    return windows(Counter(each.day for each in cases))


def _within(cases: Iterable[_Case], window: Window) -> list[_Case]:
    return [each for each in cases if each.day in window]


def _texts(session: Session, cases: Sequence[_Case]) -> Sequence[str]:
    """Return the texts that the model read, of at most `TEXTS_READ` cases."""
    step = -(-len(cases) // TEXTS_READ)
    chosen = [each.case_id for each in cases[::step]]
    return session.scalars(
        select(ReceivedSubmission.text).where(ReceivedSubmission.case_id.in_(chosen))
    ).all()
