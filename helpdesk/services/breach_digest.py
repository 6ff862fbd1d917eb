"""Telling supervisors of broken promises: one mail for all that broke since the last one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from helpdesk.models.base import Instant
from helpdesk.models.case import Case
from helpdesk.models.outbox import BreachDigest
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import UNTOLD, ServiceClock
from helpdesk.policy.digest_slots import slot_before
from helpdesk.services import notifications
from helpdesk.services.equipment import Equipment

CLAIM = text(
    "INSERT INTO breach_digest (slot_at, written_at, breaches) VALUES (:slot, :now, 0) "
    "ON CONFLICT DO NOTHING RETURNING slot_at"
).bindparams(bindparam("slot", type_=Instant), bindparam("now", type_=Instant))


def write_due(session: Session, *, equipment: Equipment, now: datetime) -> int:
    """Write the digest of the newest slot unless somebody has; return how many broken promises it names.

    Of two sweepers at once one claims the slot. No message when nothing broke.
    """
    slot = slot_before(equipment.calendar, now)
    if slot is None or session.execute(CLAIM, {"slot": slot, "now": now}).first() is None:
        return 0
    broken = _untold(session)
    if not broken or not notifications.queue_digest(session, broken, equipment=equipment, now=now):
        return 0
    for clock, _, _ in broken:
        clock.digested_at = now
    session.get_one(BreachDigest, slot).breaches = len(broken)
    return len(broken)


def _untold(session: Session) -> Sequence[tuple[ServiceClock, Case, Referral | None]]:
    """Return the broken promises that no digest named, oldest first, with who should have kept them."""
    rows = session.execute(
        select(ServiceClock, Case, Referral)
        .join(Case, Case.id == ServiceClock.case_id)
        .outerjoin(Referral, Referral.id == ServiceClock.referral_id)
        .where(UNTOLD)
        .order_by(ServiceClock.breached_at, ServiceClock.id)
    )
    return [(clock, case, referral) for clock, case, referral in rows]
