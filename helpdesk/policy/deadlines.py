"""How a clock lives: when it is due and warns, what state it is in, how that came about.

Decides nothing about which policy applies, who is told, or how working time counts (`business_time`).
Elapsed and remaining time are derived from instants; nothing here is a counter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.policy import business_time
from helpdesk.policy.business_time import Segment, Skipped, segments, skipped, worked
from helpdesk.policy.instants import NEVER, Pause, instant, moment, pause_spans
from helpdesk.policy.service_calendar import ServiceCalendar


class ClockState(StrEnum):
    """What a clock shows now; derived, never stored."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    BREACHED = "breached"
    PAUSED = "paused"
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a clock is due and when it warns; UTC."""

    due_at: datetime
    warn_at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a due date came about, each part in order of time.

    `projected` when a day of it lies after the last official office calendar.
    """

    segments: tuple[Segment, ...]
    skipped: tuple[Skipped, ...]
    pauses: tuple[Pause, ...]
    projected: bool


def merge_pauses(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the union of pauses: disjoint, sorted, in UTC; at most the last has no end.

    Raises ValueError for naive datetimes and for a pause that ends before it starts.
    """
    return tuple(
        (moment(paused), None if resumed == NEVER else moment(resumed))
        for paused, resumed in pause_spans(pauses)
    )


def deadline_for(
    calendar: ServiceCalendar,
    *,
    started_at: datetime,
    target: timedelta,
    warn_percent: int,
    pauses: Iterable[Pause] = (),
) -> Deadline | None:
    """Return when the clock is due and warns; None while an open pause holds it.

    `target` is working time; a working day of it is `business_time.working_day`.
    An open pause that began after the due date does not hold it: the promise was broken before.
    Raises ValueError for a percentage outside 1-100; NoWorkingTime as `business_time.due_at` does.
    """
    if not 1 <= warn_percent <= 100:
        raise ValueError(f"提醒百分比必須是 1 到 100：{warn_percent}")
    waits = merge_pauses(pauses)
    if waits and waits[-1][1] is None:
        held_from = max(waits[-1][0], started_at)
        if worked(calendar, started_at, held_from, waits) < target:
            return None
    return Deadline(
        due_at=business_time.due_at(calendar, started_at, target, waits),
        warn_at=business_time.due_at(calendar, started_at, target * warn_percent / 100, waits),
    )


def state_of(
    *,
    now: datetime,
    due_at: datetime | None,
    warn_at: datetime | None,
    met_at: datetime | None,
    breached_at: datetime | None,
    paused: bool,
    cancelled_at: datetime | None,
) -> ClockState:
    """Return the state of a clock. A breach stays one, whatever comes later.

    Met at the very instant of the due date is in time; not met by then is breached.
    """
    if cancelled_at is not None:
        return ClockState.CANCELLED
    if met_at is not None:
        late = breached_at is not None or (due_at is not None and met_at > due_at)
        return ClockState.MET_LATE if late else ClockState.MET
    if breached_at is not None or (due_at is not None and due_at <= now):
        return ClockState.BREACHED
    if paused or due_at is None:
        return ClockState.PAUSED
    return ClockState.DUE_SOON if warn_at is not None and warn_at <= now else ClockState.RUNNING


def remaining(calendar: ServiceCalendar, now: datetime, due_at: datetime) -> timedelta:
    """Return the working time left until the due date; negative is the working time overdue."""
    if instant(now) <= instant(due_at):
        return worked(calendar, now, due_at)
    return -worked(calendar, due_at, now)


def next_instant(
    *, due_at: datetime | None, warn_at: datetime | None, warned: bool, breached: bool, ended: bool
) -> datetime | None:
    """Return when the sweep must look at a clock next; None when never, or not until it resumes.

    `ended` is met or cancelled. Sweeping twice or late changes nothing.
    """
    if ended or breached or due_at is None:
        return None
    return due_at if warned or warn_at is None else warn_at


def explain(
    calendar: ServiceCalendar, started_at: datetime, due_at: datetime, pauses: Iterable[Pause] = ()
) -> Explanation:
    """Return the working periods used, the days and hours skipped by name, the pauses in between.

    For a paused clock give the present as `due_at`. Raises ValueError as `business_time.worked` does.
    """
    waits = merge_pauses(pauses)
    return Explanation(
        segments=segments(calendar, started_at, due_at, waits),
        skipped=skipped(calendar, started_at, due_at),
        pauses=tuple(
            (paused, resumed)
            for paused, resumed in waits
            if paused < due_at and (resumed is None or resumed > started_at)
        ),
        projected=calendar.is_projection(due_at.astimezone(calendar.zone).date()),
    )
