"""Starting, meeting, pausing and moving the clocks of a case. How time counts is policy."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.business_time import working_day
from helpdesk.policy.deadlines import deadline_for, next_instant
from helpdesk.policy.events import EventKind
from helpdesk.policy.promises import NEVER_DUE, OF_A_REFERRAL
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.waits import open_wait, waits_of
from helpdesk.services.equipment import Equipment
from helpdesk.services.timeline import Actor, record
from knowledge_base.lookup import policy_for
from knowledge_base.records.sla_policies import SlaPolicy
from knowledge_base.records.vocabulary import Metric


def open_clocks(session: Session, case: Case) -> Sequence[ServiceClock]:
    """Return the clocks of the case that are neither met nor cancelled."""
    session.flush()
    return session.scalars(
        select(ServiceClock).where(
            ServiceClock.case_id == case.id,
            ServiceClock.met_at.is_(None),
            ServiceClock.cancelled_at.is_(None),
        )
    ).all()


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
    clocks = [_new_clock(case, metric, equipment, now) for metric in metrics]
    for clock in clocks:
        if clock.metric in met:
            clock.met_at, clock.next_at = now, None
    session.add_all(clocks)
    _place_in_queue(case, clocks)


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
            session.add(_new_clock(case, metric, equipment, now, referral))
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
        session.add(
            Pause(
                case_id=case.id, referral_id=referral.id if referral else None, reason=reason, started_at=now
            )
        )
        reckon(session, case, equipment=equipment)


def resume(
    session: Session, case: Case, *, equipment: Equipment, now: datetime, referral: Referral | None = None
) -> None:
    """End the interval; due dates come back, later by the working time waited. Idempotent."""
    waiting = open_wait(session, case, referral)
    if waiting is not None:
        waiting.ended_at = now
        reckon(session, case, equipment=equipment)


def reckon(
    session: Session,
    case: Case,
    *,
    equipment: Equipment,
    actor: Actor | None = None,
    now: datetime | None = None,
) -> None:
    """Work out the due dates of the open clocks anew, keeping their pauses.

    With `actor` and `now` every due date that moved is a line in the history. Ended clocks are untouched.
    """
    for clock in open_clocks(session, case):
        referral = session.get(Referral, clock.referral_id) if clock.referral_id else None
        policy = _policy(equipment, clock.metric, case, referral)
        before = clock.due_at
        clock.policy, clock.calendar_version = policy.id, calendar_of(clock, equipment).version
        if clock.breached_at is None:
            _set_due(clock, policy, equipment, waits_of(session, clock))
        if actor is not None and now is not None and clock.due_at != before:
            record(
                session, case, EventKind.CLOCK_MOVED, actor=actor, now=now, referral=referral,
                metric=clock.metric, before=before and before.isoformat(),
                after=clock.due_at and clock.due_at.isoformat(), policy=policy.id,
            )  # fmt: skip
    refresh_queue(session, case)


def refresh_queue(session: Session, case: Case) -> None:
    """Keep the case's place in the queue: the nearest due date of its running clocks."""
    _place_in_queue(case, open_clocks(session, case))


def calendar_of(clock: ServiceClock, equipment: Equipment) -> ServiceCalendar:
    """Return the calendar that the clock runs by: the desk's, or that of its organisation's county."""
    return equipment.calendar.for_county(clock.county) if clock.county else equipment.calendar


def _new_clock(
    case: Case, metric: Metric, equipment: Equipment, now: datetime, referral: Referral | None = None
) -> ServiceClock:
    """Return a clock that starts now. Nothing waits yet: a pause that began before does not hold it."""
    policy = _policy(equipment, metric, case, referral)
    clock = ServiceClock(
        case_id=case.id,
        referral_id=referral.id if referral else None,
        metric=metric,
        policy=policy.id,
        county=_county(equipment, referral),
        started_at=now,
    )
    clock.calendar_version = calendar_of(clock, equipment).version
    _set_due(clock, policy, equipment, ())
    return clock


def _place_in_queue(case: Case, clocks: Iterable[ServiceClock]) -> None:
    due = (c.due_at for c in clocks if c.due_at and c.met_at is None and c.cancelled_at is None)
    case.queue_at = min(due, default=NEVER_DUE)


def _matching(
    session: Session, case: Case, metrics: Iterable[Metric], referral: Referral | None
) -> list[ServiceClock]:
    wanted = set(metrics)
    owner = referral.id if referral else None
    return [c for c in open_clocks(session, case) if c.metric in wanted and c.referral_id == owner]


def _judge(clock: ServiceClock, now: datetime) -> None:
    """Give the clock that ends at `now` its verdict: one that ends late was breached at its due date."""
    clock.next_at = None
    if clock.due_at is not None and now > clock.due_at and clock.breached_at is None:
        clock.breached_at = clock.due_at


def _set_due(
    clock: ServiceClock,
    policy: SlaPolicy,
    equipment: Equipment,
    waits: Iterable[tuple[datetime, datetime | None]],
) -> None:
    calendar = calendar_of(clock, equipment)
    deadline = deadline_for(
        calendar,
        started_at=clock.started_at,
        target=policy.target.length(working_day(calendar)),
        warn_percent=policy.warn_at_percent,
        pauses=waits,
    )
    clock.due_at = deadline.due_at if deadline else None
    clock.warn_at = deadline.warn_at if deadline else None
    clock.next_at = next_instant(
        due_at=clock.due_at,
        warn_at=clock.warn_at,
        warned=clock.warned_at is not None,
        breached=clock.breached_at is not None,
        ended=False,
    )


def _policy(equipment: Equipment, metric: Metric, case: Case, referral: Referral | None) -> SlaPolicy:
    return policy_for(
        equipment.knowledge,
        metric,
        category=case.category,
        urgency=case.urgency,
        channel=case.channel,
        organisation=referral.organisation if referral and metric in OF_A_REFERRAL else None,
    )


def _county(equipment: Equipment, referral: Referral | None) -> str | None:
    """Return the county whose closures count: an organisation's own when it sits in just one."""
    if referral is None:
        return None
    counties = equipment.knowledge.organisations[referral.organisation].counties
    return counties[0] if len(counties) == 1 else None
