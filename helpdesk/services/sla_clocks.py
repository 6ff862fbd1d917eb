"""Starting, meeting, cancelling and pausing the clocks of a case. How time counts is policy."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.deadlines import marks_at
from helpdesk.policy.running_promise import standing
from helpdesk.queries.waits import open_wait, waits_of
from helpdesk.services.clock_keeping import (
    OPEN,
    deadline_of,
    note,
    place_in_queue,
    promise_of,
    seat_of,
    set_standing,
)
from helpdesk.services.equipment import Equipment
from helpdesk.services.reckoning import reckon
from knowledge_base.records.vocabulary import Metric


def open_clocks(session: Session, case: Case) -> Sequence[ServiceClock]:
    """Return the clocks of the case that are neither met nor cancelled."""
    session.flush()
    return session.scalars(select(ServiceClock).where(ServiceClock.case_id == case.id, *OPEN)).all()


def start_first(
    session: Session,
    case: Case,
    metrics: Iterable[Metric],
    *,
    met: frozenset[Metric],
    equipment: Equipment,
    now: datetime,
) -> None:
    """Start the clocks of a case just opened; those in `met` are kept at the same instant."""
    clocks = [_new_clock(session, case, metric, equipment, now) for metric in metrics]
    for clock in clocks:
        if clock.metric in met:
            clock.met_at, clock.next_at = now, None
    session.add_all(clocks)
    place_in_queue(case, clocks)


def start(
    session: Session,
    case: Case,
    metrics: Iterable[Metric],
    *,
    equipment: Equipment,
    now: datetime,
    referral: Referral | None = None,
) -> None:
    """Start one clock for each metric; a metric that already runs for the same owner is left running."""
    running = {(clock.metric, clock.referral_id) for clock in open_clocks(session, case)}
    for metric in metrics:
        if (metric, referral.id if referral else None) not in running:
            session.add(_new_clock(session, case, metric, equipment, now, referral))
    refresh_queue(session, case)


def meet(
    session: Session,
    case: Case,
    metrics: Iterable[Metric],
    *,
    now: datetime,
    referral: Referral | None = None,
) -> None:
    """Mark the running clocks of these metrics as met at `now`; one met after its due date is breached."""
    for clock in _matching(session, case, metrics, referral):
        clock.met_at = now
        _judge(clock, now)
    refresh_queue(session, case)


def cancel(
    session: Session,
    case: Case,
    metrics: Iterable[Metric],
    *,
    now: datetime,
    referral: Referral | None = None,
) -> None:
    """End the running clocks of these metrics without a verdict; a breach that happened stays."""
    for clock in _matching(session, case, metrics, referral):
        clock.cancelled_at = now
        _judge(clock, now)
    refresh_queue(session, case)


def pause(
    session: Session,
    case: Case,
    *,
    reason: str,
    equipment: Equipment,
    now: datetime,
    referral: Referral | None = None,
) -> None:
    """Begin an interval in which the clocks wait. Idempotent while one lasts."""
    if open_wait(session, case, referral) is None:
        owner = referral.id if referral else None
        session.add(Pause(case_id=case.id, referral_id=owner, reason=reason, started_at=now))
        reckon(session, case, equipment.terms, now=now)


def resume(
    session: Session, case: Case, *, equipment: Equipment, now: datetime, referral: Referral | None = None
) -> None:
    """End the interval; due dates come back, later by the working time waited. Idempotent."""
    waiting = open_wait(session, case, referral)
    if waiting is not None:
        waiting.ended_at = now
        reckon(session, case, equipment.terms, now=now)


def refresh_queue(session: Session, case: Case) -> None:
    """Keep the case's place in the queue: the nearest due date of its running clocks."""
    place_in_queue(case, open_clocks(session, case))


def _new_clock(
    session: Session,
    case: Case,
    metric: Metric,
    equipment: Equipment,
    now: datetime,
    referral: Referral | None = None,
) -> ServiceClock:
    """Return a clock that starts now; a wait that lasts holds it as it holds the others."""
    clock = ServiceClock(
        case_id=case.id,
        referral_id=referral.id if referral else None,
        metric=metric,
        county=seat_of(referral, equipment.knowledge),
        started_at=now,
    )
    with session.no_autoflush:
        promise = promise_of(clock, case, referral, clock.county, waits_of(session, clock))
    set_standing(clock, standing(promise, equipment.terms), now=now)
    return clock


def _matching(
    session: Session, case: Case, metrics: Iterable[Metric], referral: Referral | None
) -> list[ServiceClock]:
    wanted = set(metrics)
    owner = referral.id if referral else None
    return [c for c in open_clocks(session, case) if c.metric in wanted and c.referral_id == owner]


def _judge(clock: ServiceClock, now: datetime) -> None:
    """Give the clock that ends at `now` its verdict: one that ends late was breached at its due date.

    A breach that was noted stays, whatever earlier instant somebody reports now.
    """
    marks = marks_at(deadline_of(clock), now)
    note(clock, replace(marks, breached_at=clock.breached_at or marks.breached_at))
    clock.next_at = None
