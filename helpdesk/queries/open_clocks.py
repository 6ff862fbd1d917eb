"""Who holds the promises that run: counts by holder and state, and the clocks behind every count.

A holder is a key as it stands in addresses: `account:7`, `organisation:pmc`, `enquirer` or `nobody`.
Only open clocks are read, through their partial index, however many have ended.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select, tuple_
from sqlalchemy import type_coerce as read_as
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.base import Choice
from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.deadlines import ClockState, remaining
from helpdesk.policy.permissions import Permission, Role, may
from helpdesk.policy.promises import NEVER_DUE, WAITS_FOR_ENQUIRER
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.case_queue import Cursor
from helpdesk.queries.clock_rows import ClockRow, clock_row
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.vocabulary import Metric

PAGE = 50
OPEN_STATES = (ClockState.BREACHED, ClockState.DUE_SOON, ClockState.RUNNING, ClockState.PAUSED)
"""What a clock that has not ended can be, worst first."""

ENQUIRER, NOBODY = "enquirer", "nobody"
_OF_ACCOUNT, _OF_ORGANISATION = "account:", "organisation:"


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One holder and how many open clocks are theirs, by state."""

    holder: str
    name: str
    counts: Mapping[ClockState, int]

    @property
    def total(self) -> int:
        """Return all of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class OpenClock:
    """One open clock. `overdue` is the working time since its due date, None before it."""

    number: str
    enterprise: str
    subject: str
    holder: str
    clock: ClockRow
    overdue: timedelta | None


@dataclass(frozen=True, slots=True)
class OpenClocksPage:
    """Rows in order; `next` is None on the last page. Its cursor names an instant and a clock."""

    rows: tuple[OpenClock, ...]
    next: Cursor | None


def state_at(now: datetime) -> ColumnElement[ClockState]:
    """Return the state of an open clock in SQL, as `deadlines.state_of` derives it."""
    return read_as(
        case(
            (
                or_(ServiceClock.breached_at.is_not(None), ServiceClock.due_at < now),
                ClockState.BREACHED.value,
            ),
            (ServiceClock.due_at.is_(None), ClockState.PAUSED.value),
            (ServiceClock.warn_at <= now, ClockState.DUE_SOON.value),
            else_=ClockState.RUNNING.value,
        ),
        Choice(ClockState),
    )


def holder_key() -> ColumnElement[str]:
    """Return the key of who holds an open clock in SQL.

    A promise that waits for the enterprise is the enterprise's, one of a referral its organisation's.
    """
    waits = ServiceClock.due_at.is_(None) & ServiceClock.breached_at.is_(None)
    return case(
        (ServiceClock.metric.in_(WAITS_FOR_ENQUIRER) & waits, ENQUIRER),
        (ServiceClock.referral_id.is_not(None), literal(_OF_ORGANISATION) + Referral.organisation),
        (Case.assignee_id.is_not(None), literal(_OF_ACCOUNT) + cast(Case.assignee_id, String)),
        else_=NOBODY,
    )


def by_holder(session: Session, *, knowledge: Knowledge, now: datetime) -> list[HolderRow]:
    """Return who holds open clocks, and the agents who hold none; the most breached first."""
    standing = _open(holder_key().label("holder"), state_at(now).label("state")).subquery()
    counted = select(standing.c.holder, standing.c.state, func.count()).group_by(*standing.c)
    counts: dict[str, dict[ClockState, int]] = defaultdict(dict)
    for holder, state, count in session.execute(counted):
        counts[holder][state] = count
    names = holder_names(session, knowledge=knowledge)
    idle = [key for key in _agents(session) if key not in counts]
    rows = [HolderRow(key, names.get(key, key), counts.get(key, {})) for key in (*counts, *idle)]
    return sorted(rows, key=_worst_first)


def holder_names(session: Session, *, knowledge: Knowledge) -> Mapping[str, str]:
    """Return the words for every holder there can be."""
    people = session.execute(
        select(Account.id, Account.display_name, Account.active)
        .where(Account.role.in_([role for role in Role if may(role, Permission.CASE_WRITE)]))
        .order_by(Account.display_name)
    )
    return {
        NOBODY: "未指派",
        ENQUIRER: "業者",
        **{f"{_OF_ACCOUNT}{key}": name if on else f"{name}（已停用）" for key, name, on in people},
        **{_OF_ORGANISATION + slug: it.short_name for slug, it in knowledge.organisations.items()},
    }


def open_clocks(
    session: Session,
    *,
    calendar: ServiceCalendar,
    now: datetime,
    holder: str | None = None,
    state: ClockState | None = None,
    metric: Metric | None = None,
    after: Cursor | None = None,
    limit: int | None = PAGE,
) -> OpenClocksPage:
    """Return a page of open clocks of a holder, a state and a metric where given; longest overdue first.

    Clocks that wait come last. Without a limit it is all of them.
    """
    held_by, place = holder_key(), func.coalesce(ServiceClock.due_at, NEVER_DUE)
    wanted = (
        _open(ServiceClock, Case.number, Case.subject, Enterprise.name, Contact.name, held_by, place)
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(Enterprise, Enterprise.id == Case.enterprise_id)
        .order_by(place, ServiceClock.id)
    )
    if holder is not None:
        wanted = wanted.where(held_by == holder)
    if state is not None:
        wanted = wanted.where(state_at(now).in_([state]))
    if metric is not None:
        wanted = wanted.where(ServiceClock.metric == metric)
    if after is not None:
        wanted = wanted.where(tuple_(place, ServiceClock.id) > (after.queue_at, after.case_id))
    found = session.execute(wanted if limit is None else wanted.limit(limit + 1)).all()
    shown = found[:limit]
    last = shown[-1] if len(found) > len(shown) else None
    rows = tuple(_row(row, calendar, now) for row in shown)
    return OpenClocksPage(rows, Cursor(last[6], last[0].id) if last is not None else None)


def _open(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(ServiceClock)
        .join(Case, Case.id == ServiceClock.case_id)
        .outerjoin(Referral, Referral.id == ServiceClock.referral_id)
        .where(ServiceClock.met_at.is_(None), ServiceClock.cancelled_at.is_(None))
    )


def _agents(session: Session) -> Sequence[str]:
    wanted = select(Account.id).where(Account.role == Role.AGENT, Account.active.is_(True))
    return [f"{_OF_ACCOUNT}{account_id}" for account_id in session.scalars(wanted)]


def _worst_first(row: HolderRow) -> tuple[list[int], str]:
    return [-row.counts.get(state, 0) for state in OPEN_STATES], row.name


def _row(found: Any, calendar: ServiceCalendar, now: datetime) -> OpenClock:
    clock, number, subject, enterprise, contact, holder, _ = found
    overdue = None
    if clock.due_at is not None and clock.due_at < now:
        own = calendar.for_county(clock.county) if clock.county else calendar
        overdue = -remaining(own, now, clock.due_at)
    return OpenClock(
        number=number,
        enterprise=enterprise or contact or "未具名",
        subject=subject,
        holder=holder,
        clock=clock_row(clock, calendar, now=now),
        overdue=overdue,
    )
