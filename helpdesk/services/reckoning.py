"""Working out the due dates of open clocks anew, of one case or of many, keeping what was waited.

A clock's instants are a function of its history and the terms in force; ended clocks are never touched.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, not_, select, true
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.deadlines import marks_at
from helpdesk.policy.events import EventKind
from helpdesk.policy.promises import NEVER_DUE
from helpdesk.policy.running_promise import Standing, standing
from helpdesk.policy.service_terms import ServiceTerms
from helpdesk.queries.waits import holding, waits_of_cases
from helpdesk.services.clock_keeping import (
    OPEN,
    deadline_of,
    place_in_queue,
    promise_of,
    seat_of,
    set_standing,
)
from helpdesk.services.timeline import Actor, next_line
from knowledge_base.records.vocabulary import Metric

CASES_AT_ONCE = 500

Report = Callable[[int, int], None]
"""Told how many cases are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Move:
    """One open clock whose due date differs under other terms; None is a clock that waits."""

    clock_id: int
    number: str
    metric: Metric
    organisation: str | None
    before: datetime | None
    after: datetime | None
    was_breached: bool
    is_breached: bool


@dataclass(frozen=True, slots=True)
class _Reckoned:
    clock: ServiceClock
    referral: Referral | None
    county: str | None
    standing: Standing

    @property
    def moved(self) -> bool:
        return self.clock.due_at != self.standing.deadline.due_at

    @property
    def changed(self) -> bool:
        found, clock = self.standing, self.clock
        held = (clock.policy, clock.county, deadline_of(clock))
        return (found.policy, self.county, found.deadline) != held


def reckon(
    session: Session,
    case: Case,
    terms: ServiceTerms,
    *,
    now: datetime,
    why: str | None = None,
    actor: Actor | None = None,
) -> None:
    """Work out the open clocks of a case anew.

    With `why` and `actor` every due date that moved is a line in the history: old, new and the reason.
    """
    session.flush()
    lines: list[CaseEvent] = []
    for found_case, clocks in _reckoned(session, [case.id], terms, true()):
        lines += _write(found_case, clocks, now=now, why=lambda _: why, actor=actor)
    session.add_all(lines)


def reckon_all(
    session: Session,
    terms: ServiceTerms,
    *,
    touching: ColumnElement[bool],
    why: Callable[[str], str],
    actor: Actor,
    now: datetime,
    report: Report = lambda done, total: None,
) -> int:
    """Work out anew every case with an open clock that fits `touching`; return how many clocks moved.

    `why` gives the reason for a policy's clocks.
    """
    case_ids, moved = _cases(session, touching), 0
    for done, part in _in_parts(case_ids):
        lines: list[CaseEvent] = []
        others = _nearest_untouched(session, part, touching)
        for case, clocks in _reckoned(session, part, terms, touching):
            nearest = others.get(case.id, NEVER_DUE)
            lines += _write(case, clocks, now=now, why=why, actor=actor, others=nearest)
        session.flush()
        # Nobody needs their ids: without those the database takes all rows in one statement.
        session.bulk_save_objects(lines)
        moved += len(lines)
        report(done, len(case_ids))
    return moved


def moves(
    session: Session,
    terms: ServiceTerms,
    *,
    touching: ColumnElement[bool],
    now: datetime,
    report: Report = lambda done, total: None,
) -> Iterator[Move]:
    """Yield what `reckon_all` would move; writes nothing."""
    case_ids = _cases(session, touching)
    for done, part in _in_parts(case_ids):
        for case, clocks in _reckoned(session, part, terms, touching):
            yield from (_move(case, found, now) for found in clocks if found.moved)
        report(done, len(case_ids))


def _move(case: Case, found: _Reckoned, now: datetime) -> Move:
    clock, after = found.clock, found.standing.deadline
    return Move(
        clock_id=clock.id,
        number=case.number,
        metric=clock.metric,
        organisation=found.referral.organisation if found.referral else None,
        before=clock.due_at,
        after=after.due_at,
        was_breached=marks_at(deadline_of(clock), now).breached_at is not None,
        is_breached=marks_at(after, now).breached_at is not None,
    )


def _write(
    case: Case,
    clocks: Sequence[_Reckoned],
    *,
    now: datetime,
    why: Callable[[str], str | None],
    actor: Actor | None,
    others: datetime = NEVER_DUE,
) -> list[CaseEvent]:
    """Write how the clocks stand; return a line for each that moved when there is a reason to tell."""
    lines = []
    for found in clocks:
        if not found.changed:
            continue
        clock, before, has_moved = found.clock, found.clock.due_at, found.moved
        was_breached = clock.breached_at is not None
        clock.county = found.county
        set_standing(clock, found.standing, now=now)
        reason = why(clock.policy)
        if has_moved and reason is not None and actor is not None:
            lines.append(
                next_line(
                    case, EventKind.CLOCK_MOVED, actor=actor, now=now, referral=found.referral,
                    metric=clock.metric, clock=clock.id, before=before and before.isoformat(),
                    after=clock.due_at and clock.due_at.isoformat(), policy=clock.policy, why=reason,
                    lifted=was_breached and clock.breached_at is None,
                )
            )  # fmt: skip
    place_in_queue(case, (found.clock for found in clocks), others)
    return lines


def _cases(session: Session, touching: ColumnElement[bool]) -> Sequence[int]:
    wanted = select(ServiceClock.case_id).where(*OPEN, touching).distinct()
    return session.scalars(wanted.order_by(ServiceClock.case_id)).all()


def _in_parts(case_ids: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    for start in range(0, len(case_ids), CASES_AT_ONCE):
        part = case_ids[start : start + CASES_AT_ONCE]
        yield start + len(part), part


def _nearest_untouched(
    session: Session, case_ids: Sequence[int], touching: ColumnElement[bool]
) -> Mapping[int, datetime]:
    """Return by case the nearest due date among the open clocks that do not fit `touching`."""
    nearest = func.min(ServiceClock.due_at)
    rows = session.execute(
        select(ServiceClock.case_id, nearest)
        .where(ServiceClock.case_id.in_(case_ids), *OPEN)
        .where(not_(func.coalesce(touching, false())))  # a clock of no county fits no list of counties
        .group_by(ServiceClock.case_id)
    )
    return {case_id: due_at for case_id, due_at in rows if due_at is not None}


def _reckoned(
    session: Session, case_ids: Sequence[int], terms: ServiceTerms, touching: ColumnElement[bool]
) -> Iterator[tuple[Case, list[_Reckoned]]]:
    """Yield each case with how those of its open clocks stand that fit `touching`."""
    waits = waits_of_cases(session, case_ids)
    by_case: dict[Case, list[_Reckoned]] = defaultdict(list)
    rows = session.execute(
        select(Case, ServiceClock, Referral)
        .join(ServiceClock, ServiceClock.case_id == Case.id)
        .outerjoin(Referral, Referral.id == ServiceClock.referral_id)
        .where(Case.id.in_(case_ids), *OPEN, touching)
        .order_by(Case.id, ServiceClock.id)
    )
    for case, clock, referral in rows:
        county = seat_of(referral, terms.knowledge)
        promise = promise_of(clock, case, referral, county, holding(clock, waits))
        by_case[case].append(_Reckoned(clock, referral, county, standing(promise, terms)))
    yield from by_case.items()
