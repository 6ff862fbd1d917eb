"""The hotline's calls: whom to call back, nearest due first, and the latest calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.call import Call, CallState
from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.phone_numbers import usable_number
from helpdesk.policy.promises import NEVER_DUE
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.clock_rows import ClockRow, clock_row
from knowledge_base.records.vocabulary import Category, Metric


@dataclass(frozen=True, slots=True)
class CallRow:
    """A case whose caller waits to be called back. `phone` is None when no number was sent."""

    number: str
    subject: str
    phone: str | None
    contact: str | None
    choice: Category | None
    recording_seconds: int | None
    clock: ClockRow


@dataclass(frozen=True, slots=True)
class RecentCall:
    """One call. `caller` is None when no number was sent; `number` is the case it opened, if any."""

    caller: str | None
    started_at: datetime
    state: CallState
    within_hours: bool
    choice: Category | None
    number: str | None


def calls_to_return(session: Session, *, calendar: ServiceCalendar, now: datetime) -> tuple[CallRow, ...]:
    """Return the cases with a running callback clock, nearest due first."""
    rows = session.execute(
        select(ServiceClock, Case.number, Case.subject, Contact.phone, Contact.name,
               Call.choice, Call.recording_seconds)
        .join(Case, Case.id == ServiceClock.case_id)
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(Call, Call.case_id == Case.id)
        .where(
            ServiceClock.metric == Metric.CALLBACK,
            ServiceClock.met_at.is_(None),
            ServiceClock.cancelled_at.is_(None),
        )
    )  # fmt: skip
    found = sorted(rows, key=lambda row: row[0].due_at or NEVER_DUE)
    return tuple(
        CallRow(number, subject, phone, name, choice, seconds, clock_row(clock, calendar, now=now))
        for clock, number, subject, phone, name, choice, seconds in found
    )


def recent_calls(session: Session, limit: int = 50) -> Sequence[RecentCall]:
    """Return the latest calls, newest first."""
    rows = session.execute(
        select(Call.caller, Call.started_at, Call.state, Call.within_hours, Call.choice, Case.number)
        .outerjoin(Case, Case.id == Call.case_id)
        .order_by(Call.id.desc())
        .limit(limit)
    )
    return [
        RecentCall(usable_number(caller), started_at, state, within_hours, choice, number)
        for caller, started_at, state, within_hours, choice, number in rows
    ]
