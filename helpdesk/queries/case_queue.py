"""The queue: dense rows of cases, nearest due first, keyset-paged; counts that stay cheap at any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.base import LARGEST_ID
from helpdesk.models.case import Case, TriageDecision
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.instants import instant, moment
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.promises import NEVER_DUE
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.triage_decision import Basis
from helpdesk.queries.clock_rows import ClockRow, clock_row
from knowledge_base.records.vocabulary import Category, Channel, Urgency

PAGE = 50
COUNTED_TO = 100


class QueueView(StrEnum):
    """A saved view of the queue."""

    UNFINISHED = "unfinished"
    TO_SORT = "to_sort"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    REFERRED = "referred"
    WAITING = "waiting"
    OVERDUE = "overdue"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends: the next one starts behind it."""

    queue_at: datetime
    case_id: int

    def __str__(self) -> str:
        return f"{self.queue_at.isoformat()}~{self.case_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Return the cursor, or None for a text that is none: the first page is then shown."""
        at, _, case_id = text.partition("~")
        try:
            cursor = cls(moment(instant(datetime.fromisoformat(at))), int(case_id))
        except (ValueError, OverflowError):
            return None
        return cursor if 0 <= cursor.case_id <= LARGEST_ID else None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in the queue. `clock` is the nearest due of its running clocks."""

    number: str
    subject: str
    status: CaseStatus
    category: Category | None
    suggested: Category | None
    probability: float | None
    basis: Basis | None
    channel: Channel
    urgency: Urgency
    enterprise: str | None
    contact: str | None
    county: str | None
    assignee: str | None
    opened_at: datetime
    clock: ClockRow | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in order; `next` is None on the last page."""

    rows: tuple[QueueRow, ...]
    next: Cursor | None


def page(
    session: Session,
    view: QueueView,
    *,
    account_id: int,
    calendar: ServiceCalendar,
    now: datetime,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> QueuePage:
    """Return one page of a view, nearest due first."""
    wanted = (
        select(
            Case.id, Case.number, Case.subject, Case.status, Case.category, Case.channel, Case.urgency,
            Case.opened_at, Case.queue_at, Enterprise.name, Contact.name, Enterprise.county, Account.display_name,
        )
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(Enterprise, Enterprise.id == Case.enterprise_id)
        .outerjoin(Account, Account.id == Case.assignee_id)
        .where(_condition(view, account_id, now))
        .order_by(Case.queue_at, Case.id)
        .limit(limit + 1)
    )  # fmt: skip
    if after is not None:
        wanted = wanted.where(tuple_(Case.queue_at, Case.id) > (after.queue_at, after.case_id))
    found = session.execute(wanted).all()
    shown = found[:limit]
    ids = [row[0] for row in shown]
    clocks, decisions = _nearest_clocks(session, ids, calendar, now), _latest_decisions(session, ids)
    rows = tuple(_row(row, clocks, decisions) for row in shown)
    last = shown[-1] if len(found) > limit else None
    return QueuePage(rows, Cursor(last[8], last[0]) if last is not None else None)


def counts(session: Session, *, account_id: int, now: datetime) -> Mapping[QueueView, int]:
    """Return how many cases each view holds, counted no further than `COUNTED_TO`."""
    return {
        view: session.scalar(_capped(select(Case.id).where(_condition(view, account_id, now)))) or 0
        for view in QueueView
        if view is not QueueView.RESOLVED
    }


def _capped(wanted: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(wanted.limit(COUNTED_TO).subquery())


def _condition(view: QueueView, account_id: int, now: datetime) -> ColumnElement[bool]:
    unfinished = Case.unfinished == true()
    conditions: Mapping[QueueView, ColumnElement[bool]] = {
        QueueView.UNFINISHED: unfinished,
        QueueView.TO_SORT: Case.status == CaseStatus.TO_SORT,
        QueueView.MINE: and_(Case.assignee_id == account_id, unfinished),
        QueueView.UNASSIGNED: and_(Case.assignee_id.is_(None), unfinished),
        QueueView.REFERRED: Case.status == CaseStatus.REFERRED,
        QueueView.WAITING: Case.status == CaseStatus.WAITING,
        QueueView.OVERDUE: and_(unfinished, Case.queue_at <= now),
        QueueView.RESOLVED: Case.status == CaseStatus.RESOLVED,
    }
    return conditions[view]


def _nearest_clocks(
    session: Session, ids: Sequence[int], calendar: ServiceCalendar, now: datetime
) -> Mapping[int, ClockRow]:
    running = select(ServiceClock).where(
        ServiceClock.case_id.in_(ids),
        ServiceClock.met_at.is_(None),
        ServiceClock.cancelled_at.is_(None),
    )
    nearest: dict[int, ServiceClock] = {}
    for clock in session.scalars(running):
        before = nearest.get(clock.case_id)
        if before is None or (clock.due_at or NEVER_DUE) < (before.due_at or NEVER_DUE):
            nearest[clock.case_id] = clock
    return {case_id: clock_row(clock, calendar, now=now) for case_id, clock in nearest.items()}


def _latest_decisions(session: Session, ids: Sequence[int]) -> Mapping[int, Any]:
    rows = session.execute(
        select(
            TriageDecision.case_id, TriageDecision.suggested, TriageDecision.probability, TriageDecision.basis
        )
        .where(TriageDecision.case_id.in_(ids))
        .order_by(TriageDecision.id)
    )
    return {row.case_id: row for row in rows}


def _row(found: Any, clocks: Mapping[int, ClockRow], decisions: Mapping[int, Any]) -> QueueRow:
    (case_id, number, subject, status, category, channel, urgency,
     opened_at, _, enterprise, contact, county, assignee) = found  # fmt: skip
    decision = decisions.get(case_id)
    return QueueRow(
        number=number,
        subject=subject,
        status=status,
        category=category,
        suggested=decision.suggested if decision else None,
        probability=decision.probability if decision else None,
        basis=decision.basis if decision else None,
        channel=channel,
        urgency=urgency,
        enterprise=enterprise,
        contact=contact,
        county=county,
        assignee=assignee,
        opened_at=opened_at,
        clock=clocks.get(case_id),
    )
