"""Who is calling: enterprises and open cases by phone, 統一編號, case number or name."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.policy.case_number import BadCaseNumber, parse_case_number
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.phone_numbers import BadPhone, parse_phone
from helpdesk.policy.text_rules import comparable_name
from helpdesk.policy.ubn import BadUbn, parse_ubn

SHOWN = 20


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case found for a caller, open ones first."""

    number: str
    subject: str
    status: CaseStatus
    unfinished: bool
    opened_at: datetime
    enterprise_id: int | None
    enterprise: str | None
    ubn: str | None
    county: str | None
    sector: str | None
    regular_employees: int | None
    contact: str | None
    phone: str | None
    email: str | None


def find_cases(session: Session, asked: str) -> list[FoundCase]:
    """Return cases that match a case number, a 統一編號, a phone number or the start of a name.

    At most 20, open ones first, then the newest. Fewer than two characters find nothing.
    """
    conditions = _conditions(asked.strip())
    if not conditions:
        return []
    rows = session.execute(
        select(
            Case.number, Case.subject, Case.status, Case.unfinished, Case.opened_at, Case.enterprise_id,
            Enterprise.name, Enterprise.ubn, Enterprise.county, Enterprise.sector, Enterprise.regular_employees,
            Contact.name, Contact.phone, Contact.email,
        )
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(or_(*conditions))
        .order_by((Case.unfinished == true()).desc(), Case.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    found: Sequence[Sequence[Any]] = rows.all()
    return [FoundCase(*row) for row in found]


def _conditions(asked: str) -> list[ColumnElement[bool]]:
    """Return what the text could mean; a number can be several things at once."""
    found: list[ColumnElement[bool]] = []
    with suppress(BadCaseNumber):
        found.append(Case.number == parse_case_number(asked))
    with suppress(BadUbn):
        found.append(Case.enterprise_id.in_(select(Enterprise.id).where(Enterprise.ubn == parse_ubn(asked))))
    with suppress(BadPhone):
        number = parse_phone(asked).e164
        same = or_(Contact.phone == number, Contact.phone.startswith(f"{number}#", autoescape=True))
        found.append(Case.contact_id.in_(select(Contact.id).where(same)))
    name = comparable_name(asked)
    if len(name) > 1 and not name.isdecimal():
        # A range, not LIKE: it uses the index on both databases.
        named = select(Enterprise.id).where(
            Enterprise.comparable >= name, Enterprise.comparable < name + "\U0010ffff"
        )
        found.append(Case.enterprise_id.in_(named.limit(200)))
    return found
