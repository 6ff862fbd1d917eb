"""What the enterprise sees of its own case: state, promises, the conversation, who acts on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, Message
from helpdesk.models.intake_record import Attachment, Consent
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.conversation import SEEN_BY_ENQUIRER
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.clock_rows import ClockRow, by_urgency, clock_row
from knowledge_base.records.vocabulary import Metric

TOLD_OF = (
    ReferralStatus.OFFERED,
    ReferralStatus.ACCEPTED,
    ReferralStatus.IN_PROGRESS,
    ReferralStatus.ON_HOLD,
    ReferralStatus.COMPLETED,
)
PROMISED = (Metric.CALLBACK, Metric.FIRST_RESPONSE, Metric.RESOLUTION)


@dataclass(frozen=True, slots=True)
class CaseStatusPage:
    """The page of one case, for whoever opened it. Messages oldest first; no internal note among them."""

    case: Case
    messages: tuple[Message, ...]
    referrals: tuple[Referral, ...]
    attachments: tuple[Attachment, ...]
    consented_kinds: tuple[str, ...]
    promises: tuple[ClockRow, ...]


def by_key(session: Session, status_key: str) -> Case | None:
    """Return the case of a private link."""
    return session.scalars(select(Case).where(Case.status_key == status_key)).first()


def by_number_and_fact(session: Session, number: str, fact: str) -> Case | None:
    """Return the case when the second fact fits: the phone's last three digits, or the e-mail address."""
    case = session.scalars(select(Case).where(Case.number == number)).first()
    if case is None or not fact:
        return None
    phone = (case.contact.phone or "").partition("#")[0]
    email = (case.contact.email or "").lower()
    fits = (bool(phone) and len(fact) == 3 and phone[-3:] == fact) or (bool(email) and email == fact.lower())
    return case if fits else None


def status_page(session: Session, case: Case, *, calendar: ServiceCalendar, now: datetime) -> CaseStatusPage:
    """Return what the enterprise sees."""
    clocks = session.scalars(
        select(ServiceClock).where(ServiceClock.case_id == case.id, ServiceClock.metric.in_(PROMISED))
    )
    rows = by_urgency(clock_row(clock, calendar, now=now) for clock in clocks)
    return CaseStatusPage(
        case=case,
        messages=tuple(
            session.scalars(
                select(Message)
                .where(Message.case_id == case.id, Message.kind.in_(SEEN_BY_ENQUIRER))
                .order_by(Message.at, Message.id)
            )
        ),
        referrals=tuple(
            session.scalars(
                select(Referral)
                .where(Referral.case_id == case.id, Referral.status.in_(TOLD_OF))
                .order_by(Referral.id)
            )
        ),
        attachments=tuple(
            session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id))
        ),
        consented_kinds=tuple(
            session.scalars(
                select(Consent.organisation_kind).where(
                    Consent.case_id == case.id, Consent.withdrawn_at.is_(None)
                )
            )
        ),
        promises=tuple(row for row in rows if row.is_running),
    )
