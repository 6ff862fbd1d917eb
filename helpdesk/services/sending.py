"""Claiming messages of the outbox and recording what became of them. Sending itself is a gateway's."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from helpdesk.models.outbox import Notification
from helpdesk.policy.delivery import (
    LEASE,
    DeliveryState,
    Outgoing,
    Receipt,
    Verdict,
    after_receipt,
    after_try,
)

SENDABLE = (DeliveryState.CREATED, DeliveryState.TEMPORARY_FAILURE)
MISSING_RECEIPT = "寄送途中程式中斷，無法確認是否送出，請人工確認。"


def claim(session: Session, *, sender: str, now: datetime, limit: int = 20) -> Sequence[Outgoing]:
    """Take due messages for one sender by one UPDATE; two senders never take the same one."""
    due = (
        select(Notification.id)
        .where(Notification.next_at <= now, Notification.state.in_(SENDABLE))
        .order_by(Notification.next_at)
        .limit(limit)
    )
    rows = session.execute(
        update(Notification)
        .where(Notification.id.in_(due), Notification.state.in_(SENDABLE))
        .values(
            state=DeliveryState.SENDING,
            claimed_by=sender,
            next_at=now + LEASE,
            attempts=Notification.attempts + 1,
        )
        .returning(Notification.id, Notification.channel, Notification.recipient,
                   Notification.subject, Notification.body, Notification.attempts),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    return [Outgoing(*row) for row in rows]


def record_try(session: Session, notification_id: int, receipt: Receipt, *, now: datetime) -> None:
    """Write down what a gateway said of the try."""
    row = session.get_one(Notification, notification_id)
    row.state, row.next_at = after_try(receipt.verdict, attempts=row.attempts, now=now)
    row.claimed_by = None
    row.provider, row.provider_id, row.error = receipt.provider, receipt.provider_id, receipt.error
    if receipt.verdict is Verdict.SENT:
        row.sent_at = now


def record_receipt(session: Session, provider_id: str, state: DeliveryState, *, error: str | None) -> bool:
    """Take in a provider's later word on a message; return whether the message is known. Idempotent."""
    row = session.scalars(select(Notification).where(Notification.provider_id == provider_id)).first()
    if row is None:
        return False
    row.state = after_receipt(row.state, state)
    row.error = error or row.error
    return True


def give_up_lost(session: Session, *, now: datetime) -> int:
    """Mark for a person the messages whose sender died between claim and receipt; return how many.

    They may have gone out: sending again could tell somebody twice.
    """
    result = session.execute(
        update(Notification)
        .where(
            Notification.state == DeliveryState.SENDING,
            or_(Notification.next_at <= now, Notification.next_at.is_(None)),
        )
        .values(state=DeliveryState.TECHNICAL_FAILURE, next_at=None, claimed_by=None, error=MISSING_RECEIPT)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
