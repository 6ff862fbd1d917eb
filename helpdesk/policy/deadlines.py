"""How a clock lives: when it is due and warns, what state it is in, how that came about.

Decides nothing about which policy applies, who is told, or how working time counts (`business_time`).
Elapsed and remaining time are derived from instants; nothing here is a counter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    """When a clock reminds, warns and is due; UTC. None where a wait that lasts holds it back."""

    due_at: datetime | None
    warn_at: datetime | None
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What was noted on a clock, each as the instant it happened, never when somebody looked."""

    reminded_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a due date came about, each part in order of time.

    `projected` when it reaches into a year that has no official office calendar yet.
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
    remind_percent: int | None = None,
    pauses: Iterable[Pause] = (),
) -> Deadline:
    """Return when the clock reminds, warns and is due, each None while an open pause holds it back.

    `target` is working time; a working day of it is `business_time.working_day`.
    An open pause that began after an instant does not hold it: it had come before.
    Raises ValueError for a percentage outside 1-100; NoWorkingTime as `business_time.due_at` does.
    """
    waits = merge_pauses(pauses)
    limit = None
    if waits and waits[-1][1] is None:
        limit = worked(calendar, started_at, max(waits[-1][0], started_at), waits)

    def reached(percent: int | None) -> datetime | None:
        if percent is None:
            return None
        if not 1 <= percent <= 100:
            raise ValueError(f"提醒百分比必須是 1 到 100：{percent}")
        amount = target * percent / 100
        if limit is not None and limit < amount:
            return None
        return business_time.due_at(calendar, started_at, amount, waits)

    return Deadline(due_at=reached(100), warn_at=reached(warn_percent), remind_at=reached(remind_percent))


def marks_at(deadline: Deadline, now: datetime) -> Marks:
    """Return all that has happened to a running clock at `now`; at its very due date it is still in time."""
    remind_at, warn_at, due_at = deadline.remind_at, deadline.warn_at, deadline.due_at
    return Marks(
        reminded_at=remind_at if remind_at is not None and remind_at <= now else None,
        warned_at=warn_at if warn_at is not None and warn_at <= now else None,
        breached_at=due_at if due_at is not None and due_at < now else None,
    )


def still_noted(noted: Marks, happened: Marks) -> Marks:
    """Return the marks of a clock worked out anew: what was noted, at the instants that hold now.

    What no longer has happened is taken back; what nobody noted yet is left to the sweep.
    """
    return Marks(
        happened.reminded_at if noted.reminded_at else None,
        happened.warned_at if noted.warned_at else None,
        happened.breached_at if noted.breached_at else None,
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
    """Return the state of a clock. What was met late stays so, whatever comes later.

    Met at the very instant of the due date is in time; after it, what is not met is breached.
    """
    if cancelled_at is not None:
        return ClockState.CANCELLED
    if met_at is not None:
        late = breached_at is not None or (due_at is not None and met_at > due_at)
        return ClockState.MET_LATE if late else ClockState.MET
    if breached_at is not None or (due_at is not None and due_at < now):
        return ClockState.BREACHED
    if paused or due_at is None:
        return ClockState.PAUSED
    return ClockState.DUE_SOON if warn_at is not None and warn_at <= now else ClockState.RUNNING


def remaining(calendar: ServiceCalendar, now: datetime, due_at: datetime) -> timedelta:
    """Return the working time left until the due date; negative is the working time overdue."""
    if instant(now) <= instant(due_at):
        return worked(calendar, now, due_at)
    return -worked(calendar, due_at, now)


def next_instant(deadline: Deadline, marks: Marks) -> datetime | None:
    """Return when the sweep must look at a running clock next; None when never, or not until it resumes."""
    if marks.breached_at is not None:
        return None
    awaited = (
        None if marks.reminded_at else deadline.remind_at,
        None if marks.warned_at else deadline.warn_at,
        deadline.due_at,
    )
    return min((at for at in awaited if at is not None), default=None)


def explain(
    calendar: ServiceCalendar, started_at: datetime, due_at: datetime, pauses: Iterable[Pause] = ()
) -> Explanation:
    """Return the working periods used, the days and hours skipped by name, the pauses in between.

    For a paused clock give the present as `due_at`. Raises ValueError as `business_time.worked` does.
    """
    waits = merge_pauses(pauses)
    first, last = (at.astimezone(calendar.zone).year for at in (started_at, due_at))
    return Explanation(
        segments=segments(calendar, started_at, due_at, waits),
        skipped=skipped(calendar, started_at, due_at),
        pauses=tuple(
            (paused, resumed)
            for paused, resumed in waits
            if paused < due_at and (resumed is None or resumed > started_at)
        ),
        projected=any(calendar.is_projection(date(year, 1, 1)) for year in range(first, last + 1)),
    )
