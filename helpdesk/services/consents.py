"""What the enterprise allowed to be passed on, and taking it back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.intake_record import Consent
from helpdesk.policy.events import EventKind
from helpdesk.services.equipment import Equipment
from helpdesk.services.timeline import Actor, record
from knowledge_base.records.vocabulary import OrganisationKind


def give(
    session: Session,
    case: Case,
    kinds: Iterable[OrganisationKind],
    *,
    via: str,
    equipment: Equipment,
    actor: Actor,
    now: datetime,
    is_new: bool = False,
) -> None:
    """Record consent for each kind of organisation, with the items and the version of the text shown.

    What was agreed before stands as it is; a case that `is_new` has none.
    """
    standing = frozenset() if is_new else valid_kinds(session, case)
    for kind in sorted(set(kinds) - standing):
        text = equipment.knowledge.consents[kind]
        session.add(
            Consent(
                case_id=case.id,
                organisation_kind=kind,
                items=[str(item) for item in text.items],
                text_version=text.text_version,
                given_via=via,
                given_at=now,
            )
        )
        record(
            session, case, EventKind.CONSENT_GIVEN, actor=actor, now=now, kind_of_organisation=kind, via=via
        )


def withdraw(session: Session, case: Case, *, actor: Actor, now: datetime) -> bool:
    """Take back every consent of the case; return whether there was one. The caller ends the referrals."""
    rows = session.scalars(
        select(Consent).where(Consent.case_id == case.id, Consent.withdrawn_at.is_(None))
    ).all()
    for row in rows:
        row.withdrawn_at = now
    if rows:
        record(session, case, EventKind.CONSENT_WITHDRAWN, actor=actor, now=now)
    return bool(rows)


def valid_kinds(session: Session, case: Case) -> frozenset[OrganisationKind]:
    """Return the kinds of organisation that may be told of the case now."""
    kinds = session.scalars(
        select(Consent.organisation_kind).where(Consent.case_id == case.id, Consent.withdrawn_at.is_(None))
    )
    return frozenset(OrganisationKind(kind) for kind in kinds)


def consented_items(session: Session, case: Case, kind: OrganisationKind) -> frozenset[str]:
    """Return the items that an organisation of this kind may see now."""
    rows = session.scalars(
        select(Consent.items).where(
            Consent.case_id == case.id, Consent.organisation_kind == kind, Consent.withdrawn_at.is_(None)
        )
    )
    return frozenset(item for items in rows for item in items)
