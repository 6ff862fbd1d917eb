"""Clocks as every screen shows them: state, due date and the time left in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.deadlines import ClockState, remaining, state_of
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.time_in_words import in_words
from knowledge_base.records.vocabulary import Metric

ENDED = frozenset({ClockState.MET, ClockState.MET_LATE, ClockState.CANCELLED})


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock; `words` say what is left, e.g. 剩 2 小時 10 分, or that it waits or is over."""

    id: int
    metric: Metric
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    referral_id: int | None
    words: str

    @property
    def is_running(self) -> bool:
        """Tell whether it still counts."""
        return self.state not in ENDED


def clock_row(clock: ServiceClock, calendar: ServiceCalendar, *, now: datetime) -> ClockRow:
    """Return the clock as it stands at `now`; its calendar is the desk's, or its county's."""
    state = state_of(
        now=now,
        due_at=clock.due_at,
        warn_at=clock.warn_at,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
        paused=clock.due_at is None,
        cancelled_at=clock.cancelled_at,
    )
    return ClockRow(
        id=clock.id,
        metric=clock.metric,
        state=state,
        started_at=clock.started_at,
        due_at=clock.due_at,
        met_at=clock.met_at,
        referral_id=clock.referral_id,
        words=_words(state, clock, calendar, now),
    )


def by_urgency(rows: Iterable[ClockRow]) -> list[ClockRow]:
    """Return running clocks first, the nearest due before the others."""
    return sorted(
        rows, key=lambda row: (not row.is_running, row.due_at is None, row.due_at or row.started_at)
    )


def _words(state: ClockState, clock: ServiceClock, calendar: ServiceCalendar, now: datetime) -> str:
    if state is ClockState.PAUSED or clock.due_at is None:
        return "暫停計時"
    if state in ENDED:
        return {ClockState.MET: "如期完成", ClockState.MET_LATE: "逾期完成"}.get(state, "不再計時")
    own = calendar.for_county(clock.county) if clock.county else calendar
    return in_words(remaining(own, now, clock.due_at))
