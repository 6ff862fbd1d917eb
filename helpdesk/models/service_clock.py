"""Running promises and the intervals in which they wait. Instants only; amounts are derived."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.models.base import Base, Choice
from knowledge_base.records.vocabulary import Metric

UNTOLD = text("breached_at IS NOT NULL AND (digested_at IS NULL OR breached_at > digested_at)")
"""The condition of a breach that no digest has named."""

PARTIAL = (
    ("ix_service_clock_open", ["due_at"], text("met_at IS NULL AND cancelled_at IS NULL")),
    (
        "ix_service_clock_untold",
        ["id"],
        UNTOLD,
    ),
    # Without the many rows that hold nothing: SQLite would look for those by these indexes.
    ("ix_service_clock_met_at", ["met_at", "metric"], text("met_at IS NOT NULL AND breached_at IS NULL")),
    ("ix_service_clock_breached_at", ["breached_at", "metric"], text("breached_at IS NOT NULL")),
)
"""Name, columns and condition of the indexes over some of the rows."""


class ServiceClock(Base):
    """One instance of a promise. `next_at` is the next instant a sweep must look at it, else None.

    `policy`, `calendar_version` and `terms_version` say by what its due date was worked out last;
    `digested_at` is when supervisors were told last: a breach after it is news.
    """

    __tablename__ = "service_clock"
    __table_args__ = (
        Index(None, "next_at"),
        Index(None, "case_id", "metric"),
        Index(None, "referral_id"),
        *(
            Index(name, *columns, sqlite_where=where, postgresql_where=where)
            for name, columns, where in PARTIAL
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    metric: Mapped[Metric] = mapped_column(Choice(Metric))
    policy: Mapped[str] = mapped_column(String(80))
    calendar_version: Mapped[str] = mapped_column(String(64))
    terms_version: Mapped[int]
    county: Mapped[str | None] = mapped_column(String(10))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]


class Pause(Base):
    """An interval in which the clocks of a case, or of one referral, wait; `ended_at` None while it lasts."""

    __tablename__ = "pause"
    __table_args__ = (Index(None, "case_id", "referral_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    reason: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
