"""Referrals: one offer of one case's need to one organisation."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.models.base import Base, Choice, Json
from helpdesk.models.case import Case
from helpdesk.policy.referral_lifecycle import DeclineReason, Outcome, ReferralStatus


class Referral(Base):
    """`organisation` and `kind` name a record of the knowledge base; `reasons` say why it was chosen.

    `eligibility` is what the measure's conditions came to when it was offered; None where none was asked for.
    """

    __tablename__ = "referral"
    __table_args__ = (Index(None, "organisation", "status", "id"), Index(None, "case_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    organisation: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40))
    status: Mapped[ReferralStatus] = mapped_column(Choice(ReferralStatus))
    need: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    offers: Mapped[int]
    offered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    held_until_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[DeclineReason | None] = mapped_column(Choice(DeclineReason))
    reason_text: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[Outcome | None] = mapped_column(Choice(Outcome))
    outcome_figures: Mapped[Json] = mapped_column(JSON)
    eligibility: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))

    case: Mapped[Case] = relationship()


class ReferralDelivery(Base):
    """An event that came with an id of its own: the same id again gets the same answer, no second row."""

    __tablename__ = "referral_delivery"

    event_key: Mapped[str] = mapped_column(String(120), primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    event: Mapped[str] = mapped_column(String(20))
    status_after: Mapped[ReferralStatus] = mapped_column(Choice(ReferralStatus))
    at: Mapped[datetime]
