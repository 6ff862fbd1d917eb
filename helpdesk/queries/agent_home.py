"""An agent's work today: what is due, what is new, what came back, whom to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.outbox import Notification
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.notices import MessageChannel
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.call_log import CallRow, calls_to_return
from helpdesk.queries.case_queue import QueueRow, QueueView, page

SHOWN = 10


@dataclass(frozen=True, slots=True)
class ToTelephone:
    """A message that no text or mail could carry."""

    id: int
    number: str
    version: int
    recipient: str
    body: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AgentHome:
    """Four lists of work, each nearest due first, at most ten rows."""

    mine: Sequence[QueueRow]
    to_sort: Sequence[QueueRow]
    unassigned: Sequence[QueueRow]
    calls: Sequence[CallRow]
    to_telephone: Sequence[ToTelephone]


def agent_home(session: Session, *, account_id: int, calendar: ServiceCalendar, now: datetime) -> AgentHome:
    """Return what waits for this agent and for anybody at the desk."""

    def rows(view: QueueView) -> Sequence[QueueRow]:
        return page(session, view, account_id=account_id, calendar=calendar, now=now, limit=SHOWN).rows

    return AgentHome(
        mine=rows(QueueView.MINE),
        to_sort=rows(QueueView.TO_SORT),
        unassigned=[row for row in rows(QueueView.UNASSIGNED) if row.category is not None],
        calls=calls_to_return(session, calendar=calendar, now=now),
        to_telephone=_to_telephone(session),
    )


def _to_telephone(session: Session) -> list[ToTelephone]:
    rows = session.execute(
        select(
            Notification.id,
            Case.number,
            Case.event_count,
            Notification.recipient,
            Notification.body,
            Notification.error,
        )
        .join(Case, Case.id == Notification.case_id)
        .where(
            Notification.channel == MessageChannel.PERSON,
            Notification.state == DeliveryState.CREATED,
        )
        .order_by(Notification.id)
        .limit(SHOWN)
    )
    return [ToTelephone(*row) for row in rows]
