"""Calls of the hotline: one row per CallSid, however often the provider delivers it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.models.base import Base, Choice
from knowledge_base.records.vocabulary import Category


class CallState(StrEnum):
    """How far a call has come."""

    MENU = "menu"
    RINGING = "ringing"
    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    ABANDONED = "abandoned"
    ENDED = "ended"


class Call(Base):
    """One call. `caller` is what the provider said, which can be empty or anonymous."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(64), unique=True)
    caller: Mapped[str] = mapped_column(String(40))
    state: Mapped[CallState] = mapped_column(Choice(CallState), index=True)
    within_hours: Mapped[bool]
    choice: Mapped[Category | None] = mapped_column(Choice(Category))
    recording_sid: Mapped[str | None] = mapped_column(String(64))
    recording_url: Mapped[str | None] = mapped_column(Text)
    recording_seconds: Mapped[int | None]
    recording_stored_at: Mapped[datetime | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
