"""The case, the counter of its numbers and its append-only history."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.models.account import Account
from helpdesk.models.base import Base, Choice, Json
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.policy.conversation import MessageKind
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.triage_decision import Basis
from knowledge_base.records.vocabulary import Category, Channel, Theme, Urgency


class CaseCounter(Base):
    """The last sequence number given out in a ROC year."""

    __tablename__ = "case_counter"

    roc_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Case(Base):
    """The unit of work.

    `queue_at` is the nearest due date of the clocks that run (or a date past all others), kept
    by the clocks so that a queue is one index range. `event_count` is the case's version.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index(None, "unfinished", "queue_at", "id"),
        Index(None, "status", "queue_at", "id"),
        Index(None, "assignee_id", "unfinished", "queue_at", "id"),
        Index(None, "enterprise_id", "unfinished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    status_key: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[Channel] = mapped_column(Choice(Channel))
    status: Mapped[CaseStatus] = mapped_column(Choice(CaseStatus))
    unfinished: Mapped[bool]
    urgency: Mapped[Urgency] = mapped_column(Choice(Urgency))
    category: Mapped[Category | None] = mapped_column(Choice(Category))
    stated_category: Mapped[Category | None] = mapped_column(Choice(Category))
    subject: Mapped[str] = mapped_column(String(80))
    theme: Mapped[Theme | None] = mapped_column(Choice(Theme))
    measure: Mapped[str | None] = mapped_column(String(60))
    wants_verification: Mapped[bool]
    facts: Mapped[Json] = mapped_column(JSON)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    queue_at: Mapped[datetime]
    event_count: Mapped[int]
    event_hash: Mapped[str] = mapped_column(String(64))

    enterprise: Mapped[Enterprise | None] = relationship()
    contact: Mapped[Contact] = relationship()
    assignee: Mapped[Account | None] = relationship()


class CaseEvent(Base):
    """One line of a case's history; each holds the hash of the one before."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"), index=True)
    data: Mapped[Json] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Message(Base):
    """A text of a case: an answer or a question to the enquirer, a word from them, an internal note."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "case_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[MessageKind] = mapped_column(Choice(MessageKind))
    body: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]


class TriageDecision(Base):
    """What the model suggested and what was decided; a person's decision is a row of its own.

    `shortlist` holds the categories that the screen offers as the model's view, most probable first;
    `blind` tells that it offered none to whoever decided, or is to decide.
    """

    __tablename__ = "triage_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    suggested: Mapped[Category] = mapped_column(Choice(Category))
    probability: Mapped[float]
    abstained: Mapped[bool]
    ranking: Mapped[list[Json]] = mapped_column(JSON)
    shortlist: Mapped[list[str]] = mapped_column(JSON)
    terms: Mapped[list[Json]] = mapped_column(JSON)
    model_version: Mapped[str] = mapped_column(String(64))
    category: Mapped[Category | None] = mapped_column(Choice(Category))
    basis: Mapped[Basis] = mapped_column(Choice(Basis))
    blind: Mapped[bool]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
