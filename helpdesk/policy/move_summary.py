"""What a change of terms does to running promises, in figures: how many move, how far, which breaches change.

Decides what is counted and which moves are worth a line. Where a due date moves to is `deadlines`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import nsmallest
from statistics import median_high
from typing import Generic, Protocol, TypeVar

from helpdesk.policy.business_time import worked, working_day
from helpdesk.policy.service_calendar import ServiceCalendar
from knowledge_base.records.vocabulary import Metric

MOST_SHOWN = 50


class MovedPromise(Protocol):
    """A due date before and after; None where the promise waits."""

    @property
    def number(self) -> str: ...
    @property
    def metric(self) -> Metric: ...
    @property
    def organisation(self) -> str | None: ...
    @property
    def before(self) -> datetime | None: ...
    @property
    def after(self) -> datetime | None: ...
    @property
    def was_breached(self) -> bool: ...
    @property
    def is_breached(self) -> bool: ...


M = TypeVar("M", bound=MovedPromise)


@dataclass(frozen=True, slots=True)
class MoveSummary(Generic[M]):
    """How many promises move, later or earlier, and by metric, the commonest first.

    `largest` and `median` are shifts in working time, whichever way, None when nothing moves; of an even
    number `median` is the longer one in the middle. `working_day` is how long a day of work is, to say them
    in. `appear` and `vanish` count breaches. `shown` are at most 50 moves: those that change a breach
    first, then those that move most.
    """

    moved: int
    later: int
    earlier: int
    by_metric: Mapping[Metric, int]
    largest: timedelta | None
    median: timedelta | None
    appear: int
    vanish: int
    working_day: timedelta
    shown: tuple[M, ...]


def summary_of(moves: Iterable[M], calendar: ServiceCalendar) -> MoveSummary[M]:
    """Count the moves. Shifts are measured on the calendar's days without any closure.

    So a closure that is declared and one that is withdrawn shift by the same amount. Raises NoWorkingTime
    for a calendar with an empty week.
    """
    ordinary = replace(calendar, closures=(), county="")
    measured = [(_shift(move, ordinary), move) for move in moves]
    shifts = [shift for shift, _ in measured]
    found = [move for _, move in measured]
    ways = Counter(move.after > move.before for move in found if move.before and move.after)
    return MoveSummary(
        moved=len(found),
        later=ways[True],
        earlier=ways[False],
        by_metric=dict(Counter(move.metric for move in found).most_common()),
        largest=max(shifts, default=None),
        median=median_high(shifts) if shifts else None,
        appear=sum(move.is_breached and not move.was_breached for move in found),
        vanish=sum(move.was_breached and not move.is_breached for move in found),
        working_day=working_day(ordinary),
        shown=tuple(move for _, move in nsmallest(MOST_SHOWN, measured, key=_most_telling_first)),
    )


def _shift(move: MovedPromise, calendar: ServiceCalendar) -> timedelta:
    if move.before is None or move.after is None:
        return timedelta()
    return worked(calendar, min(move.before, move.after), max(move.before, move.after))


def _most_telling_first(measured: tuple[timedelta, MovedPromise]) -> tuple[bool, timedelta]:
    shift, move = measured
    return move.was_breached is move.is_breached, -shift
