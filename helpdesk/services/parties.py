"""Putting right who asks: the enterprise of a case and the person who speaks for it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.policy.events import EventKind
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts
from helpdesk.policy.text_rules import comparable_name
from helpdesk.services.timeline import acting, record


def correct_parties(
    session: Session,
    case: Case,
    *,
    enterprise: EnterpriseFacts,
    contact: ContactFacts,
    account: Account,
    now: datetime,
) -> None:
    """Let the agent's word win over what was known; what did not change was not said.

    The history names the fields that changed, never their values: its lines cannot be erased.
    Nothing happens when nothing changed.
    """
    said = _differing(asdict(enterprise), case.enterprise)
    speaks = _differing(asdict(contact), case.contact)
    if not said and not speaks:
        return
    if said:
        _correct_enterprise(session, case, enterprise, said, now)
    _correct_contact(session, case, speaks, now)
    changed = [*said, *("contact_name" if field == "name" else field for field in speaks)]
    record(session, case, EventKind.CASE_DETAILS, actor=acting(account), now=now, changed=changed)


def _correct_enterprise(
    session: Session, case: Case, facts: EnterpriseFacts, said: Mapping[str, Any], now: datetime
) -> None:
    """Change the enterprise that is meant: the one with the 統一編號, else the case's own.

    A case that shares its enterprise and is given another 統一編號, or none, leaves the others'
    as it is. What is left blank is no word about an enterprise that the agent did not see.
    """
    known = None
    if facts.ubn is not None and "ubn" in said:
        known = session.scalars(select(Enterprise).where(Enterprise.ubn == facts.ubn)).first()
    own = case.enterprise
    if known is not None:
        row, values = known, {name: value for name, value in said.items() if value is not None}
    elif own is None or (own.ubn and "ubn" in said and _shared(session, case, Case.enterprise_id == own.id)):
        row, values = Enterprise(created_at=now), asdict(facts)
        session.add(row)
    else:
        row, values = own, dict(said)
    for name, value in values.items():
        setattr(row, name, value)
    row.comparable = comparable_name(row.name) if row.name else None
    case.enterprise = row


def _correct_contact(session: Session, case: Case, speaks: Mapping[str, Any], now: datetime) -> None:
    """Change the person of this case alone; who speaks in other cases stays there as they are."""
    person = case.contact
    if not speaks and person.enterprise is case.enterprise:
        return
    if _shared(session, case, Case.contact_id == person.id):
        person = Contact(name=person.name, phone=person.phone, email=person.email, created_at=now)
        session.add(person)
        case.contact = person
    for name, value in speaks.items():
        setattr(person, name, value)
    person.enterprise = case.enterprise


def _differing(given: Mapping[str, Any], row: Enterprise | Contact | None) -> dict[str, Any]:
    """Return the facts that are not what the row holds; no row holds nothing."""
    return {name: value for name, value in given.items() if value != getattr(row, name, None)}


def _shared(session: Session, case: Case, same: ColumnElement[bool]) -> bool:
    """Tell whether another case has the same party."""
    return session.scalars(select(Case.id).where(same, Case.id != case.id).limit(1)).first() is not None
