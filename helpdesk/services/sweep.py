"""Looking at the clocks whose next instant has come: warn once, mark a breach once, let offers expire."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.deadlines import next_instant
from helpdesk.policy.events import EventKind
from helpdesk.policy.notices import Happening
from helpdesk.policy.referral_lifecycle import ReferralEvent, ReferralStatus, Side
from helpdesk.services import notifications
from helpdesk.services.equipment import Equipment
from helpdesk.services.referrals.acting import apply, next_candidate
from helpdesk.services.timeline import SYSTEM, record
from knowledge_base.records.vocabulary import Metric


@dataclass(frozen=True, slots=True)
class Swept:
    """What one pass did."""

    looked_at: int
    due_soon: int
    breached: int
    expired: int


def sweep(session: Session, *, equipment: Equipment, now: datetime, limit: int = 200) -> Swept:
    """Look at up to `limit` clocks, the longest due first. Repeated or late, the result is the same.

    A case that somebody is changing is left to the next pass.
    """
    # The case is locked with its clock, as every writer locks it: its history has one writer at a time.
    due = session.scalars(
        select(ServiceClock)
        .join(Case, Case.id == ServiceClock.case_id)
        .where(ServiceClock.next_at <= now)
        .order_by(ServiceClock.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    warned = breached = expired = 0
    for clock in due:
        case = session.get_one(Case, clock.case_id)
        if clock.due_at is not None and clock.due_at <= now:
            breached += 1
            expired += _breach(session, clock, case, equipment=equipment, now=now)
        else:
            warned += 1
            _tell(session, clock, case, Happening.DUE_SOON, EventKind.CLOCK_DUE_SOON, equipment, now)
        clock.warned_at = clock.warned_at or clock.warn_at
        clock.next_at = next_instant(
            due_at=clock.due_at,
            warn_at=clock.warn_at,
            warned=True,
            breached=clock.breached_at is not None,
            ended=clock.met_at is not None or clock.cancelled_at is not None,
        )
    return Swept(len(due), warned, breached, expired)


def _breach(session: Session, clock: ServiceClock, case: Case, *, equipment: Equipment, now: datetime) -> int:
    """Mark the breach at the instant it happened; an offer nobody answered expires. Return expired offers."""
    clock.breached_at = clock.due_at
    _tell(session, clock, case, Happening.BREACHED, EventKind.CLOCK_BREACHED, equipment, now)
    if clock.metric is not Metric.REFERRAL_ACCEPTANCE or clock.referral_id is None:
        return 0
    referral = session.get_one(Referral, clock.referral_id)
    if referral.status is not ReferralStatus.OFFERED:
        return 0
    following = next_candidate(session, case, equipment=equipment, now=now)
    apply(session, referral, ReferralEvent.EXPIRE, {"next": following}, sides=frozenset({Side.SYSTEM}),
          actor=SYSTEM, equipment=equipment, now=now)  # fmt: skip
    return 1


def _tell(
    session: Session,
    clock: ServiceClock,
    case: Case,
    happening: Happening,
    kind: EventKind,
    equipment: Equipment,
    now: datetime,
) -> None:
    referral = session.get(Referral, clock.referral_id) if clock.referral_id else None
    due = clock.due_at.isoformat() if clock.due_at else None
    record(session, case, kind, actor=SYSTEM, now=now, referral=referral, metric=clock.metric, due=due)
    notifications.queue(
        session, happening, case, equipment=equipment, now=now, referral=referral, clock=clock
    )


def resume_holds(session: Session, *, equipment: Equipment, now: datetime) -> int:
    """Resume the referrals whose hold has run out; return how many. A hold ends with its last day."""
    today = now.astimezone(equipment.calendar.zone).date()
    over = session.scalars(
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.status == ReferralStatus.ON_HOLD, Referral.held_until_on < today)
        .with_for_update(skip_locked=True)
    ).all()
    for referral in over:
        apply(session, referral, ReferralEvent.RESUME, {}, sides=frozenset({Side.TARGET}),
              actor=SYSTEM, equipment=equipment, now=now)  # fmt: skip
    return len(over)
