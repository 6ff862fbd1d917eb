"""Writing what policy found onto a clock's row: its deadline, its marks, its case's place in the queue."""

from collections.abc import Iterable
from datetime import datetime

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.deadlines import Deadline, Marks, marks_at, next_instant, still_noted
from helpdesk.policy.instants import Pause
from helpdesk.policy.promises import NEVER_DUE
from helpdesk.policy.running_promise import RunningPromise, Standing
from knowledge_base.knowledge import Knowledge

OPEN = (ServiceClock.met_at.is_(None), ServiceClock.cancelled_at.is_(None))
"""The conditions of a clock that runs or waits."""


def deadline_of(clock: ServiceClock) -> Deadline:
    """Return the instants that the clock holds."""
    return Deadline(due_at=clock.due_at, warn_at=clock.warn_at, remind_at=clock.remind_at)


def note(clock: ServiceClock, marks: Marks) -> None:
    """Write what happened to a running clock, and when the sweep must look again."""
    clock.reminded_at, clock.warned_at = marks.reminded_at, marks.warned_at
    clock.breached_at = marks.breached_at
    clock.next_at = next_instant(deadline_of(clock), marks)


def set_standing(clock: ServiceClock, found: Standing, *, now: datetime) -> None:
    """Write how a running clock stands; marks that no longer hold are taken back."""
    noted = Marks(clock.reminded_at, clock.warned_at, clock.breached_at)
    deadline = found.deadline
    clock.policy, clock.calendar_version = found.policy, found.calendar_version
    clock.terms_version = found.terms_version
    clock.due_at, clock.warn_at, clock.remind_at = deadline.due_at, deadline.warn_at, deadline.remind_at
    note(clock, still_noted(noted, marks_at(deadline, now)))


def seat_of(referral: Referral | None, knowledge: Knowledge) -> str | None:
    """Return the county whose closures stop the clocks of a referral: that of its organisation's office."""
    organisation = knowledge.organisations.get(referral.organisation) if referral else None
    return organisation.seat if organisation else None


def promise_of(
    clock: ServiceClock, case: Case, referral: Referral | None, county: str | None, waits: Iterable[Pause]
) -> RunningPromise:
    """Return what decides the clock's due date."""
    return RunningPromise(
        metric=clock.metric,
        started_at=clock.started_at,
        category=case.category,
        urgency=case.urgency,
        channel=case.channel,
        organisation=referral.organisation if referral else None,
        county=county,
        waits=tuple(waits),
    )


def place_in_queue(case: Case, clocks: Iterable[ServiceClock], others: datetime = NEVER_DUE) -> None:
    """Keep the case's place in the queue: the nearest due date of its running clocks.

    `others` is the nearest of those that are not among `clocks`.
    """
    due = (c.due_at for c in clocks if c.due_at and c.met_at is None and c.cancelled_at is None)
    case.queue_at = min((others, *due))
