"""What an organisation sees: its own referrals, each to the degree that its state discloses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.intake_record import Attachment, Consent, ReceivedSubmission
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.disclosure import Disclosure, disclosure_of
from helpdesk.policy.events import EventKind
from helpdesk.policy.referral_lifecycle import IN_HAND, OPEN, ReferralEvent, ReferralStatus, Side, allowed
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.clock_rows import ClockRow, by_urgency, clock_row
from helpdesk.queries.due_moves import DueMove, due_move
from knowledge_base.records.vocabulary import ConsentItem

HIDDEN = (ReferralStatus.DRAFT, ReferralStatus.VOIDED)
DONE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Inbox:
    """Three lists: to answer (nearest due first), in hand, done (newest first, at most 50)."""

    to_answer: tuple["PartnerReferral", ...]
    in_hand: tuple["PartnerReferral", ...]
    done: tuple["PartnerReferral", ...]


@dataclass(frozen=True, slots=True)
class PartnerReferral:
    """A referral as its organisation may see it; what is not disclosed is None or empty.

    `size_band` is shown instead of the head-count until the case is accepted. The case's number is
    never shown: with the phone's last digits it opens the enterprise's own page.
    """

    id: int
    reference: str
    status: ReferralStatus
    disclosure: Disclosure
    need: str
    measure: str | None
    county: str | None
    sector: str | None
    size_band: str
    offered_at: datetime | None
    contacted_at: datetime | None
    ended_at: datetime | None
    clocks: tuple[ClockRow, ...]
    allowed: tuple[ReferralEvent, ...]
    packet: Mapping[str, object]
    attachments: tuple[Attachment, ...]
    events: tuple[tuple[CaseEvent, DueMove | None], ...]


def inbox(session: Session, organisation: str, *, calendar: ServiceCalendar, now: datetime) -> Inbox:
    """Return the three lists of one organisation."""
    mine = select(Referral).where(Referral.organisation == organisation)
    open_ones = session.scalars(mine.where(Referral.status.in_(OPEN)).order_by(Referral.offered_at)).all()
    ended = mine.where(Referral.status.not_in([*OPEN, *HIDDEN])).order_by(Referral.ended_at.desc())
    rows = [_shown(session, r, calendar, now) for r in open_ones]
    return Inbox(
        to_answer=tuple(r for r in rows if r.status is ReferralStatus.OFFERED),
        in_hand=tuple(r for r in rows if r.status in IN_HAND),
        done=tuple(_shown(session, r, calendar, now) for r in session.scalars(ended.limit(DONE_SHOWN))),
    )


def partner_referral(
    session: Session, referral_id: int, organisation: str, *, calendar: ServiceCalendar, now: datetime
) -> PartnerReferral | None:
    """Return one referral of the organisation; None for another's, exactly as for one that never was."""
    referral = session.scalars(
        select(Referral).where(
            Referral.id == referral_id,
            Referral.organisation == organisation,
            Referral.status.not_in(HIDDEN),
        )
    ).first()
    return _shown(session, referral, calendar, now) if referral else None


def _shown(session: Session, referral: Referral, calendar: ServiceCalendar, now: datetime) -> PartnerReferral:
    case, enterprise = referral.case, referral.case.enterprise
    disclosure = disclosure_of(referral.status, ended_at=referral.ended_at, now=now)
    items = _items(session, referral) if disclosure is Disclosure.PACKET else frozenset()
    if disclosure is Disclosure.PACKET and not items:
        disclosure = Disclosure.RECEIPT  # the consent was withdrawn
    clocks = session.scalars(select(ServiceClock).where(ServiceClock.referral_id == referral.id))
    lines = select(CaseEvent).where(CaseEvent.referral_id == referral.id).order_by(CaseEvent.sequence.desc())
    return PartnerReferral(
        id=referral.id,
        reference=reference_of(referral.id),
        status=referral.status,
        disclosure=disclosure,
        need=referral.need if disclosure in {Disclosure.PREVIEW, Disclosure.PACKET} else "",
        measure=case.measure,
        county=enterprise.county if enterprise else None,
        sector=enterprise.sector if enterprise else None,
        size_band=size_band(enterprise.regular_employees if enterprise else None),
        offered_at=referral.offered_at,
        contacted_at=referral.contacted_at,
        ended_at=referral.ended_at,
        clocks=tuple(by_urgency(clock_row(clock, calendar, now=now) for clock in clocks)),
        allowed=allowed(referral.status, side=Side.TARGET),
        packet=_packet(session, case, items),
        attachments=tuple(_files(session, case)) if ConsentItem.DOCUMENTS in items else (),
        events=tuple(
            (line, due_move(line.at, line.data) if line.kind is EventKind.CLOCK_MOVED else None)
            for line in session.scalars(lines)
        ),
    )


def reference_of(referral_id: int) -> str:
    """Return what desk and organisation call a referral when they speak of it."""
    return f"R{referral_id:06d}"


def size_band(regular_employees: int | None) -> str:
    """Return the head-count as a band that does not give an enterprise away."""
    if regular_employees is None:
        return "人數未知"
    for limit, words in (
        (5, "未滿 5 人"),
        (10, "5–9 人"),
        (30, "10–29 人"),
        (100, "30–99 人"),
        (200, "100–199 人"),
    ):
        if regular_employees < limit:
            return words
    return "200 人以上"


def _items(session: Session, referral: Referral) -> frozenset[str]:
    """Return the items that the enterprise allows this kind of organisation to see now."""
    rows = session.scalars(
        select(Consent.items).where(
            Consent.case_id == referral.case_id,
            Consent.organisation_kind == referral.kind,
            Consent.withdrawn_at.is_(None),
        )
    )
    return frozenset(item for items in rows for item in items)


def _packet(session: Session, case: Case, items: frozenset[str]) -> Mapping[str, object]:
    """Return what the consented items hold, by field."""
    packet: dict[str, object] = {}
    enterprise, contact = case.enterprise, case.contact
    if ConsentItem.COMPANY_BASICS in items and enterprise:
        packet |= {
            "name": enterprise.name,
            "ubn": enterprise.ubn,
            "regular_employees": enterprise.regular_employees,
        }
    if ConsentItem.CONTACT in items:
        packet |= {"contact_name": contact.name, "phone": contact.phone, "email": contact.email}
    if ConsentItem.CALL_NOTES in items:
        packet["text"] = session.scalars(
            select(ReceivedSubmission.text)
            .where(ReceivedSubmission.case_id == case.id)
            .order_by(ReceivedSubmission.id)
        ).first()
    return packet


def _files(session: Session, case: Case) -> Sequence[Attachment]:
    """Return the documents; a recording is never passed on."""
    documents = select(Attachment).where(
        Attachment.case_id == case.id, Attachment.content_type.not_like("audio/%")
    )
    return session.scalars(documents.order_by(Attachment.id)).all()
