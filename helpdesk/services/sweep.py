"""Looking at the clocks whose next instant has come: remind, warn and mark a breach once; offers expire."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.deadlines import Marks, marks_at
from helpdesk.policy.events import EventKind
from helpdesk.policy.notices import Happening
from helpdesk.policy.referral_lifecycle import ReferralEvent, ReferralStatus, Side
from helpdesk.services import notifications
from helpdesk.services.clock_keeping import deadline_of, note
from helpdesk.services.equipment import Equipment
from helpdesk.services.referrals.acting import apply, next_candidate
from helpdesk.services.timeline import SYSTEM, record
from knowledge_base.records.vocabulary import Metric

Cursor = tuple[datetime, int]
FROM_THE_FIRST: Cursor = (datetime(1, 1, 1, tzinfo=UTC), 0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one pass did; `last` is where the next one goes on, None when nothing is left.

    A clock that `failed` is as it was, and is tried again in the next round.
    """

    looked_at: int = 0
    reminded: int = 0
    due_soon: int = 0
    breached: int = 0
    expired: int = 0
    failed: int = 0
    last: Cursor | None = None


def sweep(
    session: Session,
    *,
    equipment: Equipment,
    now: datetime,
    after: Cursor = FROM_THE_FIRST,
    limit: int = 200,
) -> Swept:
    """Look at up to `limit` clocks, the longest due first. Repeated or late, the result is the same.

    A case that somebody is changing is left to the next round.
    """
    # The case is locked with its clock, as every writer locks it: its history has one writer at a time.
    due = session.scalars(
        select(ServiceClock)
        .join(Case, Case.id == ServiceClock.case_id)
        .where(ServiceClock.next_at <= now, tuple_(ServiceClock.next_at, ServiceClock.id) > after)
        .order_by(ServiceClock.next_at, ServiceClock.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    places = [(clock.next_at, clock.id) for clock in due]
    swept = Swept()
    for clock, (_, clock_id) in zip(due, places, strict=True):
        try:
            with session.begin_nested():
                swept = _look_at(session, clock, swept, equipment=equipment, now=now)
        except Exception:
            # One clock that cannot be worked out must not stop the promises of all the others.
            log.exception("clock %s could not be swept", clock_id)
            swept = replace(swept, failed=swept.failed + 1)
    more = places[-1] if len(places) == limit else None
    return replace(swept, looked_at=len(places), last=more)  # type: ignore[arg-type]


def _look_at(
    session: Session, clock: ServiceClock, swept: Swept, *, equipment: Equipment, now: datetime
) -> Swept:
    """Note what has happened to the clock and tell of the gravest thing that is new."""
    before = Marks(clock.reminded_at, clock.warned_at, clock.breached_at)
    marks = marks_at(deadline_of(clock), now)
    case = session.get_one(Case, clock.case_id)
    referral = session.get(Referral, clock.referral_id) if clock.referral_id else None
    note(clock, marks)
    if marks.breached_at and not before.breached_at:
        _tell(session, clock, case, referral, Happening.BREACHED, EventKind.CLOCK_BREACHED, equipment, now)
        expired = _expire(session, clock, case, referral, equipment=equipment, at=marks.breached_at)
        return replace(swept, breached=swept.breached + 1, expired=swept.expired + expired)
    if marks.warned_at and not before.warned_at:
        _tell(session, clock, case, referral, Happening.DUE_SOON, EventKind.CLOCK_DUE_SOON, equipment, now)
        return replace(swept, due_soon=swept.due_soon + 1)
    if marks.reminded_at and not before.reminded_at:
        _remind(session, clock, case, referral, equipment, now)
        return replace(swept, reminded=swept.reminded + 1)
    return swept


def _expire(
    session: Session,
    clock: ServiceClock,
    case: Case,
    referral: Referral | None,
    *,
    equipment: Equipment,
    at: datetime,
) -> int:
    """Let an offer that nobody answered expire at the instant it was due; return how many did.

    Not when the sweep comes by: what follows from it must not depend on that.
    """
    unanswered = referral is not None and referral.status is ReferralStatus.OFFERED
    if clock.metric is not Metric.REFERRAL_ACCEPTANCE or referral is None or not unanswered:
        return 0
    following = next_candidate(session, case, equipment=equipment, now=at)
    apply(session, referral, ReferralEvent.EXPIRE, {"next": following}, sides=frozenset({Side.SYSTEM}),
          actor=SYSTEM, equipment=equipment, now=at)  # fmt: skip
    return 1


def _tell(
    session: Session,
    clock: ServiceClock,
    case: Case,
    referral: Referral | None,
    happening: Happening,
    kind: EventKind,
    equipment: Equipment,
    now: datetime,
) -> None:
    due = clock.due_at.isoformat() if clock.due_at else None
    record(session, case, kind, actor=SYSTEM, now=now, referral=referral,
           metric=clock.metric, clock=clock.id, due=due)  # fmt: skip
    notifications.queue(
        session, happening, case, equipment=equipment, now=now, referral=referral, clock=clock
    )
    if happening is Happening.DUE_SOON:
        _remind(session, clock, case, referral, equipment, now)


def _remind(
    session: Session,
    clock: ServiceClock,
    case: Case,
    referral: Referral | None,
    equipment: Equipment,
    now: datetime,
) -> None:
    """Remind the organisation that holds the promise, if one does."""
    notifications.queue(
        session, Happening.REMINDER, case, equipment=equipment, now=now, referral=referral, clock=clock
    )


def resume_holds(session: Session, *, equipment: Equipment, now: datetime) -> int:
    """Resume the referrals whose hold has run out; return how many.

    A hold ends with its last day, at the midnight after it, however late this comes by.
    """
    zone = equipment.calendar.zone
    today = now.astimezone(zone).date()
    over = session.scalars(
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.status == ReferralStatus.ON_HOLD, Referral.held_until_on < today)
        .with_for_update(skip_locked=True)
    ).all()
    resumed = 0
    for referral in over:
        last = referral.held_until_on or today
        ended_at = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
        try:
            with session.begin_nested():
                apply(session, referral, ReferralEvent.RESUME, {}, sides=frozenset({Side.TARGET}),
                      actor=SYSTEM, equipment=equipment, now=ended_at)  # fmt: skip
            resumed += 1
        except Exception:
            log.exception("hold of referral %s could not be ended", referral.id)
    return resumed
