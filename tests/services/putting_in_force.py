"""Putting a change of terms in force, as the tests of closures, calendars and targets do it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import TermsChange
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.service_calendar import Closure
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import terms_changes
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.terms_proposals import Proposal
from helpdesk.services.timeline import Actor
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TAIPEI = ZoneInfo("Asia/Taipei")
SUPERVISOR = Actor("督導甲")
WEDNESDAY = datetime(2026, 11, 25, tzinfo=TAIPEI)


def closed(first: datetime, last: datetime, *counties: str) -> Closure:
    return Closure(first.astimezone(UTC), last.astimezone(UTC), frozenset(counties), "颱風停班")


def apply(
    session: Session,
    runtime: Runtime,
    propose: Callable[[Runtime], Proposal],
    *,
    now: datetime = NOW,
    based_on: int | None = None,
) -> tuple[TermsChange, Runtime]:
    """Look, then put in force; what was seen is what happens."""
    held = prevailing(runtime, session, Hold.ALONE)
    proposal = propose(held)
    seen = list(terms_changes.moves_under(session, proposal, equipment=held, now=now))
    version = held.terms.version if based_on is None else based_on
    change = terms_changes.put_in_force(
        session, proposal, based_on=version, reason="測試", actor=SUPERVISOR, equipment=held, now=now
    )
    session.flush()
    assert change.moved == len(seen)
    after = {clock.id: clock.due_at for clock in session.scalars(select(ServiceClock))}
    assert all(after[move.clock_id] == move.after for move in seen)
    return change, prevailing(runtime, session, Hold.SHARED)
