"""The outbox: messages written with the change that causes them, sent later by the worker."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.models.base import Base, Choice
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.notices import Happening, MessageChannel


class Notification(Base):
    """One message to one recipient. `next_at` is when a sender may take it; None when none should."""

    __tablename__ = "notification"
    __table_args__ = (Index(None, "next_at"), Index(None, "case_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    happening: Mapped[Happening] = mapped_column(Choice(Happening))
    channel: Mapped[MessageChannel] = mapped_column(Choice(MessageChannel))
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(Choice(DeliveryState))
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    provider: Mapped[str | None] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(80), index=True)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class BreachDigest(Base):
    """The digest of one slot, whoever writes it first; `breaches` is how many promises it named."""

    __tablename__ = "breach_digest"

    slot_at: Mapped[datetime] = mapped_column(primary_key=True)
    written_at: Mapped[datetime]
    breaches: Mapped[int]
