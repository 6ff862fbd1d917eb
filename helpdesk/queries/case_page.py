"""Everything the desk's case page shows, as frozen rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, CaseEvent, Message, TriageDecision
from helpdesk.models.intake_record import Attachment, Consent, ReceivedSubmission
from helpdesk.models.outbox import Notification
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.conversation import MessageKind
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import CaseEvent as CaseChange
from helpdesk.policy.lifecycle import allowed
from helpdesk.policy.notices import MessageChannel
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.triage_decision import Basis
from helpdesk.queries.clock_rows import ClockRow, by_urgency, clock_row
from helpdesk.queries.due_moves import DueMove, due_move, instant_of
from knowledge_base.records.vocabulary import Category


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the history, with the text that belongs to it.

    `due_at` is the due date that a clock's warning or breach was about, `moved` where a clock's went.
    """

    sequence: int
    at: datetime
    kind: EventKind
    actor: str
    referral_id: int | None
    data: Mapping[str, Any]
    message_kind: MessageKind | None
    body: str | None
    due_at: datetime | None
    moved: DueMove | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with all that hangs on it; `version` goes into every form. Rows are read-only here.

    `stated` holds the enterprise's facts as they came in, where other ones are known now. `offered` is the
    model's view with its probabilities, best first, and `terms` what it rests on: both empty while a case
    of the blind sample waits for a person.
    """

    case: Case
    version: int
    text: str
    allowed: tuple[CaseChange, ...]
    decision: TriageDecision
    offered: tuple[tuple[Category, float], ...]
    terms: Sequence[Mapping[str, Any]]
    clocks: tuple[ClockRow, ...]
    timeline: tuple[TimelineEntry, ...]
    referrals: tuple[Referral, ...]
    attachments: tuple[Attachment, ...]
    consents: tuple[Consent, ...]
    to_telephone: tuple[Notification, ...]
    other_cases: tuple[Case, ...]
    stated: Mapping[str, object]


def case_page(session: Session, number: str, *, calendar: ServiceCalendar, now: datetime) -> CasePage | None:
    """Return the page of a case, newest line of the history first; None for an unknown number."""
    case = session.scalars(select(Case).where(Case.number == number)).first()
    if case is None:
        return None
    clocks = session.scalars(select(ServiceClock).where(ServiceClock.case_id == case.id))
    submission = session.scalars(
        select(ReceivedSubmission)
        .where(ReceivedSubmission.case_id == case.id)
        .order_by(ReceivedSubmission.id)
    ).first()
    decision = _rows(session, TriageDecision, case)[-1]
    hidden = decision.basis is Basis.BLIND
    return CasePage(
        case=case,
        version=case.event_count,
        text=submission.text if submission else "",
        allowed=allowed(case.status),
        decision=decision,
        offered=() if hidden else _offered(decision),
        terms=() if hidden else decision.terms,
        clocks=tuple(by_urgency(clock_row(clock, calendar, now=now) for clock in clocks)),
        timeline=timeline(session, case),
        referrals=tuple(reversed(_rows(session, Referral, case))),
        attachments=tuple(_rows(session, Attachment, case)),
        consents=tuple(_rows(session, Consent, case)),
        to_telephone=tuple(_to_telephone(session, case)),
        other_cases=tuple(_other_cases(session, case)),
        stated=_stated(submission, case) if submission else {},
    )


def timeline(session: Session, case: Case) -> tuple[TimelineEntry, ...]:
    """Return the history, newest first."""
    bodies = {m.id: m for m in session.scalars(select(Message).where(Message.case_id == case.id))}
    lines = session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.sequence.desc())
    )
    return tuple(_entry(line, bodies.get(line.data.get("message_id", 0))) for line in lines)


def _entry(line: CaseEvent, message: Message | None) -> TimelineEntry:
    return TimelineEntry(
        sequence=line.sequence,
        at=line.at,
        kind=line.kind,
        actor=line.actor_name,
        referral_id=line.referral_id,
        data=line.data,
        message_kind=message.kind if message else None,
        body=message.body if message else line.data.get("text"),
        due_at=instant_of(line.data, "due"),
        moved=due_move(line.at, line.data) if line.kind is EventKind.CLOCK_MOVED else None,
    )


def _offered(decision: TriageDecision) -> tuple[tuple[Category, float], ...]:
    return tuple(
        (Category(each["category"]), each["probability"])
        for each in decision.ranking
        if each["category"] in decision.shortlist
    )


def _rows(session: Session, table: Any, case: Case) -> Sequence[Any]:
    return session.scalars(select(table).where(table.case_id == case.id).order_by(table.id)).all()


def _stated(submission: ReceivedSubmission, case: Case) -> Mapping[str, object]:
    """Return what was said of the enterprise and is not what its row holds; the unsaid is left out."""
    said: Mapping[str, object] = submission.payload["enterprise"]
    return {
        name: value
        for name, value in said.items()
        if value is not None and value != getattr(case.enterprise, name, None)
    }


def _to_telephone(session: Session, case: Case) -> Sequence[Notification]:
    """Return the messages that nobody could send and somebody has to say."""
    return session.scalars(
        select(Notification).where(
            Notification.case_id == case.id,
            Notification.channel == MessageChannel.PERSON,
            Notification.state == DeliveryState.CREATED,
        )
    ).all()


def _other_cases(session: Session, case: Case) -> Sequence[Case]:
    """Return the enterprise's other cases, newest first, at most ten."""
    if case.enterprise_id is None:
        return []
    return session.scalars(
        select(Case)
        .where(Case.enterprise_id == case.enterprise_id, Case.id != case.id)
        .order_by(Case.id.desc())
        .limit(10)
    ).all()
