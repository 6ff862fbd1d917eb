"""What the desk itself decides about working time, targets and the catalogue, over what is shipped.

Every change is a row of `terms_change`; its id is the version of the terms from then on.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.models.base import Base, Choice, Json
from helpdesk.policy.service_terms import TermsChangeKind
from helpdesk.policy.window_closings import WindowClosingKind


class TermsVersion(Base):
    """The version in force, in one row; who holds it how long is `services/terms_in_force`.

    `token` is new with every change, a change that was rolled back included: what a process keeps of the
    terms is known by it.
    """

    __tablename__ = "terms_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    token: Mapped[str] = mapped_column(String(32))


class TermsChange(Base):
    """One change, who made it and why; `moved` open clocks got another due date. Never updated."""

    __tablename__ = "terms_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[TermsChangeKind] = mapped_column(Choice(TermsChangeKind))
    words: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    moved: Mapped[int]


class DeclaredClosure(Base):
    """An ad hoc closure; no counties mean everywhere. Withdrawn ones stay for the record."""

    __tablename__ = "declared_closure"
    __table_args__ = (Index(None, "withdrawn_in", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    counties: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200))
    declared_in: Mapped[int] = mapped_column(ForeignKey("terms_change.id"))
    withdrawn_in: Mapped[int | None] = mapped_column(ForeignKey("terms_change.id"))

    declaration: Mapped[TermsChange] = relationship(foreign_keys=declared_in)
    withdrawal: Mapped[TermsChange | None] = relationship(foreign_keys=withdrawn_in)


class OfficialYear(Base):
    """An imported office calendar of one year: the days that are not what their weekday says."""

    __tablename__ = "official_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    days: Mapped[list[Any]] = mapped_column(JSON)
    imported_in: Mapped[int] = mapped_column(ForeignKey("terms_change.id"))

    change: Mapped[TermsChange] = relationship()


class LevelEdition(Base):
    """All targets and opening hours that the desk set itself, complete; the newest one holds."""

    __tablename__ = "level_edition"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("terms_change.id"), primary_key=True, autoincrement=False
    )
    targets: Mapped[Json] = mapped_column(JSON)
    opening: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class CatalogueRecord(Base):
    """A record of the catalogue as a change left it; None is the shipped one again. The newest one holds.

    Never updated, never deleted: they are the editions of the catalogue.
    """

    __tablename__ = "catalogue_record"

    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    identity: Mapped[str] = mapped_column(String(120), primary_key=True)
    change_id: Mapped[int] = mapped_column(
        ForeignKey("terms_change.id"), primary_key=True, autoincrement=False
    )
    document: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))


class RecordedClosing(Base):
    """A measure's edition took no more applications from an instant on. Withdrawn ones stay for the record."""

    __tablename__ = "window_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    edition: Mapped[str] = mapped_column(String(20))
    kind: Mapped[WindowClosingKind] = mapped_column(Choice(WindowClosingKind))
    at: Mapped[datetime]
    recorded_in: Mapped[int] = mapped_column(ForeignKey("terms_change.id"))
    withdrawn_in: Mapped[int | None] = mapped_column(ForeignKey("terms_change.id"))

    recording: Mapped[TermsChange] = relationship(foreign_keys=recorded_in)
    withdrawal: Mapped[TermsChange | None] = relationship(foreign_keys=withdrawn_in)
