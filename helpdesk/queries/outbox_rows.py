"""The outbox as staff read it, newest first, keyset-paged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.outbox import Notification
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.notices import Happening, MessageChannel

PAGE = 50


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message."""

    id: int
    number: str | None
    happening: Happening
    channel: MessageChannel
    recipient: str
    subject: str
    body: str
    state: DeliveryState
    attempts: int
    error: str | None
    created_at: datetime
    sent_at: datetime | None


def outbox_rows(
    session: Session, *, state: DeliveryState | None = None, before_id: int | None = None
) -> Sequence[OutboxRow]:
    """Return a page of messages, only those in `state` when given, older than `before_id` when given."""
    wanted = (
        select(
            Notification.id, Case.number, Notification.happening, Notification.channel, Notification.recipient,
            Notification.subject, Notification.body, Notification.state, Notification.attempts,
            Notification.error, Notification.created_at, Notification.sent_at,
        )
        .outerjoin(Case, Case.id == Notification.case_id)
        .order_by(Notification.id.desc())
        .limit(PAGE)
    )  # fmt: skip
    if state is not None:
        wanted = wanted.where(Notification.state == state)
    if before_id is not None:
        wanted = wanted.where(Notification.id < before_id)
    rows: Sequence[Sequence[object]] = session.execute(wanted).all()
    return [OutboxRow(*row) for row in rows]  # type: ignore[arg-type]
