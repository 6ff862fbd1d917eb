"""The intervals in which clocks wait, as they are written down."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.promises import WAITS_FOR_ENQUIRER, WAITS_ON_HOLD


def waits_of(session: Session, clock: ServiceClock) -> list[tuple[datetime, datetime | None]]:
    """Return the intervals that hold this clock: its referral's holds, or its case's waits for the enquirer."""
    waits = select(Pause).where(Pause.case_id == clock.case_id)
    if clock.metric in WAITS_ON_HOLD:
        waits = waits.where(Pause.referral_id == clock.referral_id)
    elif clock.metric in WAITS_FOR_ENQUIRER:
        waits = waits.where(Pause.referral_id.is_(None))
    else:
        return []
    return [(p.started_at, p.ended_at) for p in session.scalars(waits.order_by(Pause.started_at))]


def open_wait(session: Session, case: Case, referral: Referral | None) -> Pause | None:
    """Return the interval that lasts, of the referral or of the case itself."""
    owner = Pause.referral_id == referral.id if referral else Pause.referral_id.is_(None)
    return session.scalars(
        select(Pause).where(Pause.case_id == case.id, owner, Pause.ended_at.is_(None))
    ).first()
