"""What came in, kept as it came: submissions, files, and forms not sent yet."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.models.base import Base, Choice, Json
from knowledge_base.records.vocabulary import Channel


class ReceivedSubmission(Base):
    """What a channel delivered, verbatim. One delivery key makes one case, however often it comes."""

    __tablename__ = "received_submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[Channel] = mapped_column(Choice(Channel))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[Json] = mapped_column(JSON)
    received_at: Mapped[datetime]


class Attachment(Base):
    """A file of a case. `stored_as` is its name in the file store."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_as: Mapped[str] = mapped_column(String(80))
    added_by: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[datetime]


class FormDraft(Base):
    """A public form on its way: what was typed so far, found again by the browser's key."""

    __tablename__ = "form_draft"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    values: Mapped[Json] = mapped_column(JSON)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    changed_at: Mapped[datetime] = mapped_column(index=True)


class Consent(Base):
    """What the enterprise allowed to be passed on, to which kind of organisation, and how it said so."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    organisation_kind: Mapped[str] = mapped_column(String(40))
    items: Mapped[list[str]] = mapped_column(JSON)
    text_version: Mapped[str] = mapped_column(String(40))
    given_via: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
