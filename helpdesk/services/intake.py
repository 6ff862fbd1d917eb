"""Taking an inquiry in: from one `Submission` to a case that is sorted, promised and announced.

Every door builds a Submission and calls `receive`. Form is checked before; nothing here refuses.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.policy.blind_sample import in_blind_sample
from helpdesk.policy.case_number import format_case_number
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.notices import Happening
from helpdesk.policy.promises import NEVER_DUE
from helpdesk.policy.submission import Submission
from helpdesk.policy.text_rules import clean_text, comparable_name, first_line
from helpdesk.services import attachments, consents, notifications, sla_clocks, triage
from helpdesk.services.equipment import Equipment
from helpdesk.services.timeline import ENQUIRER, FIRST_HASH, acting, record
from knowledge_base.records.vocabulary import Channel, Metric, OrganisationKind

ROC_OFFSET = 1911
TAIPEI = ZoneInfo("Asia/Taipei")


@dataclass(frozen=True, slots=True)
class Received:
    """The case of a delivery; `is_new` is False when the delivery was known already."""

    case: Case
    is_new: bool


def receive(
    session: Session,
    submission: Submission,
    *,
    equipment: Equipment,
    now: datetime,
    agent: Account | None = None,
    missed_call: bool = False,
) -> Received:
    """Open the case of a submission: matched, sorted, its clocks started, its enquirer told.

    Idempotent by `submission.idempotency_key`. An `agent` who logs a call has answered it; a
    `missed_call` starts the callback clock instead.
    """
    if (known := find_delivery(session, submission.idempotency_key)) is not None:
        return Received(known, is_new=False)
    number = _next_number(session, now)
    # The counter's row lock lets one intake pass at a time: whoever waited may find the delivery there.
    if (known := find_delivery(session, submission.idempotency_key)) is not None:
        return Received(known, is_new=False)
    actor = acting(agent) if agent else ENQUIRER
    case = _open_case(session, submission, number, agent, now)
    session.add(
        ReceivedSubmission(
            case_id=case.id,
            idempotency_key=submission.idempotency_key,
            channel=submission.channel,
            text=submission.text,
            payload=_payload(submission),
            received_at=now,
        )
    )
    record(session, case, EventKind.CASE_OPENED, actor=actor, now=now, channel=submission.channel)
    kinds = [OrganisationKind(kind) for kind in submission.consent]
    consents.give(
        session, case, kinds, via=submission.channel, equipment=equipment, actor=actor, now=now, is_new=True
    )
    attachments.attach(session, case, submission.uploads, equipment=equipment, actor=actor, now=now)
    drawn_by = submission.idempotency_key if agent else number
    blind = in_blind_sample(drawn_by) and not missed_call  # a missed call has no words to sort
    triage.sort_by_model(session, case, submission.text, blind=blind, equipment=equipment, now=now)
    _promise(session, case, answered=agent is not None, missed_call=missed_call, equipment=equipment, now=now)
    notifications.queue(
        session, Happening.CASE_OPENED, case, equipment=equipment, now=now, on_the_phone=agent is not None
    )
    return Received(case, is_new=True)


def find_delivery(session: Session, idempotency_key: str) -> Case | None:
    """Return the case that a delivery opened, if it came before."""
    known = select(ReceivedSubmission.case_id).where(ReceivedSubmission.idempotency_key == idempotency_key)
    case_id = session.scalar(known)
    return session.get(Case, case_id) if case_id is not None else None


def match_enterprise(session: Session, submission: Submission, now: datetime) -> Enterprise | None:
    """Return the enterprise meant, created when new; unknown facts are filled in, known ones kept.

    A 統一編號 decides. Without one, the same name in the same (or an unknown) county is the same
    enterprise. None when nothing names it.
    """
    facts = submission.enterprise
    if not facts.ubn and not facts.name:
        return None
    comparable = comparable_name(facts.name) if facts.name else None
    found = None
    if facts.ubn:
        found = session.scalars(select(Enterprise).where(Enterprise.ubn == facts.ubn)).first()
    if found is None and comparable:
        same_name = session.scalars(select(Enterprise).where(Enterprise.comparable == comparable)).all()
        fitting = [
            e
            for e in same_name
            if not (facts.ubn and e.ubn) and (facts.county is None or e.county in {None, facts.county})
        ]
        found = fitting[0] if len(fitting) == 1 else None
    if found is None:
        found = Enterprise(created_at=now)
        session.add(found)
    for name, value in {**asdict(facts), "comparable": comparable}.items():
        if value is not None and getattr(found, name) is None:
            setattr(found, name, value)
    return found


def _open_case(
    session: Session, submission: Submission, number: str, agent: Account | None, now: datetime
) -> Case:
    enterprise = match_enterprise(session, submission, now)
    case = Case(
        number=number,
        status_key=secrets.token_urlsafe(16),
        channel=submission.channel,
        status=CaseStatus.TO_SORT,
        unfinished=True,
        urgency=submission.urgency,
        stated_category=submission.stated_category,
        subject=first_line(clean_text(submission.text)),
        theme=submission.theme,
        measure=submission.measure,
        wants_verification=submission.wants_verification,
        facts=dict(submission.facts),
        enterprise=enterprise,
        contact=_contact(session, submission, enterprise, now),
        assignee=agent,
        opened_at=now,
        queue_at=NEVER_DUE,
        event_count=0,
        event_hash=FIRST_HASH,
    )
    session.add(case)
    session.flush()
    return case


def _contact(
    session: Session, submission: Submission, enterprise: Enterprise | None, now: datetime
) -> Contact:
    """Return the same person of the same enterprise when phone and mail agree, else a new one."""
    facts = submission.contact
    if enterprise is not None and enterprise.id is not None and (facts.phone or facts.email):
        same = session.scalars(
            select(Contact).where(
                Contact.enterprise_id == enterprise.id,
                Contact.phone == facts.phone,
                Contact.email == facts.email,
                Contact.name == facts.name,
            )
        ).first()
        if same is not None:
            return same
    return Contact(
        enterprise=enterprise, name=facts.name, phone=facts.phone, email=facts.email, created_at=now
    )


def _promise(
    session: Session, case: Case, *, answered: bool, missed_call: bool, equipment: Equipment, now: datetime
) -> None:
    """Start the clocks of a new case; answering the phone and a sure model keep theirs at once."""
    metrics = [
        Metric.FIRST_RESPONSE,
        Metric.TRIAGE,
        Metric.RESOLUTION,
        *([Metric.CALLBACK] if missed_call else []),
    ]
    kept = {
        Metric.FIRST_RESPONSE: answered and case.channel is Channel.HOTLINE,
        Metric.TRIAGE: case.category is not None,
    }
    met = frozenset(metric for metric, holds in kept.items() if holds)
    sla_clocks.start_first(session, case, metrics, met=met, equipment=equipment, now=now)


def _next_number(session: Session, now: datetime) -> str:
    """Return the next case number of the ROC year; concurrent intakes wait for each other here."""
    roc_year = now.astimezone(TAIPEI).year - ROC_OFFSET
    sequence = session.execute(
        text(
            "INSERT INTO case_counter (roc_year, last) VALUES (:year, 1) "
            "ON CONFLICT (roc_year) DO UPDATE SET last = case_counter.last + 1 RETURNING last"
        ),
        {"year": roc_year},
    ).scalar_one()
    return format_case_number(roc_year, sequence)


def _payload(submission: Submission) -> dict[str, object]:
    """Return everything that was delivered beside the text, files by name."""
    return {
        "enterprise": asdict(submission.enterprise),
        "contact": asdict(submission.contact),
        "stated_category": submission.stated_category,
        "theme": submission.theme,
        "measure": submission.measure,
        "consent": sorted(submission.consent),
        "external_id": submission.external_id,
        "facts": dict(submission.facts),
        "uploads": [upload.filename for upload in submission.uploads],
    }
