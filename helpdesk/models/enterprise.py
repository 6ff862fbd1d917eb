"""Enterprises and the people who speak for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.models.base import Base


class Enterprise(Base):
    """Who needs help. `comparable` is the name without legal form, for matching."""

    __tablename__ = "enterprise"

    id: Mapped[int] = mapped_column(primary_key=True)
    ubn: Mapped[str | None] = mapped_column(String(8), unique=True)
    name: Mapped[str | None] = mapped_column(String(120))
    comparable: Mapped[str | None] = mapped_column(String(120), index=True)
    county: Mapped[str | None] = mapped_column(String(10))
    sector: Mapped[str | None] = mapped_column(String(40))
    regular_employees: Mapped[int | None]
    created_at: Mapped[datetime]


class Contact(Base):
    """A person of an enterprise, or a caller whose enterprise is not known yet."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(30), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime]

    enterprise: Mapped[Enterprise | None] = relationship()
