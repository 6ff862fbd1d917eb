"""Changing the terms: closures, office calendars, targets and hours; every open clock follows at once.

A `Proposal` is what would hold. `moves_under` looks at what it would move, `put_in_force` makes it so, in
the caller's one transaction. What a closure, a calendar or a target may be is policy.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from helpdesk.models.amendment import (
    DeclaredClosure,
    LevelEdition,
    OfficialYear,
    TermsChange,
    TermsVersion,
)
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.closure_rules import closure_in_words
from helpdesk.policy.office_calendar_file import OfficeYear, differences
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.service_terms import Amendments, ServiceTerms, TermsChangeKind, terms_under
from helpdesk.services.equipment import Equipment
from helpdesk.services.reckoning import Move, Report, moves, reckon_all
from helpdesk.services.terms_in_force import amendments_in_force, as_closure
from helpdesk.services.timeline import Actor
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget


class StaleTerms(Exception):
    """Somebody changed the terms after the preview; look again."""


class NotInForce(Exception):
    """The closure is over or withdrawn already; the message says which."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of terms: what it is in words, all that would hold, which open clocks it can touch."""

    kind: TermsChangeKind
    words: str
    amendments: Amendments
    touching: ColumnElement[bool]
    write: Callable[[Session, TermsChange], None]


def propose_closure(session: Session, closure: Closure, *, equipment: Equipment) -> Proposal:
    """Return the proposal to declare a closure that `closure_rules` let pass."""

    def write(session: Session, change: TermsChange) -> None:
        session.add(
            DeclaredClosure(
                starts_at=closure.starts_at, ends_at=closure.ends_at, counties=sorted(closure.counties),
                reason=closure.reason, declared_in=change.id,
            )
        )  # fmt: skip

    held = amendments_in_force(session)
    return Proposal(
        kind=TermsChangeKind.CLOSURE_DECLARED,
        words=f"停班：{closure_in_words(closure, equipment.calendar.zone)}",
        amendments=replace(held, closures=(*held.closures, closure)),
        touching=_touched_by(closure),
        write=write,
    )


def propose_withdrawal(
    session: Session, declared: DeclaredClosure, *, equipment: Equipment, now: datetime
) -> Proposal:
    """Return the proposal to withdraw a closure.

    Raises NotInForce when it was withdrawn before, or is over: promises were judged by it.
    """
    if declared.withdrawn_in is not None:
        raise NotInForce("這次停班已經撤回。")
    if declared.ends_at <= now:
        raise NotInForce("這次停班已經結束，不能再撤回。")
    closure = as_closure(declared)

    def write(_session: Session, change: TermsChange) -> None:
        declared.withdrawn_in = change.id

    left = select(DeclaredClosure).where(
        DeclaredClosure.withdrawn_in.is_(None), DeclaredClosure.id != declared.id
    )
    others = tuple(as_closure(row) for row in session.scalars(left.order_by(DeclaredClosure.id)))
    return Proposal(
        kind=TermsChangeKind.CLOSURE_WITHDRAWN,
        words=f"撤回停班：{closure_in_words(closure, equipment.calendar.zone)}",
        amendments=replace(amendments_in_force(session), closures=others),
        touching=_touched_by(closure),
        write=write,
    )


def propose_years(session: Session, years: Sequence[OfficeYear], *, equipment: Equipment) -> Proposal:
    """Return the proposal to take over official office calendars, whole years each."""

    def write(session: Session, change: TermsChange) -> None:
        for year in years:
            days = [[day.on.isoformat(), day.working, day.name] for day in year.days]
            session.merge(OfficialYear(year=year.year, days=days, imported_in=change.id))

    held = amendments_in_force(session)
    calendar = equipment.calendar
    changed = [
        change.on for year in years for change in differences(calendar.special_days, year) if change.counts
    ]
    since = datetime.combine(min(changed), time(), calendar.zone) if changed else None
    return Proposal(
        kind=TermsChangeKind.CALENDAR_IMPORTED,
        words="匯入 " + "、".join(f"{year.year - 1911} 年" for year in years) + "的辦公日曆",
        amendments=replace(
            held, official_years={**held.official_years, **{year.year: year.days for year in years}}
        ),
        touching=_due_after(since) if since else false(),
        write=write,
    )


def propose_levels(
    session: Session,
    targets: Mapping[str, SlaTarget],
    opening: Sequence[OpeningPeriod] | None,
    *,
    equipment: Equipment,
) -> Proposal:
    """Return the proposal to let these targets, by policy id, and hours hold over the shipped ones.

    Both are complete: a policy that is not named goes back to what was shipped, as do hours of None.
    """

    def write(session: Session, change: TermsChange) -> None:
        session.add(
            LevelEdition(
                change_id=change.id,
                targets={key: _plain(target) for key, target in targets.items()},
                opening=None if opening is None else [_plain(period) for period in opening],
            )
        )

    held = amendments_in_force(session)
    amendments = replace(held, targets=dict(targets), opening=None if opening is None else tuple(opening))
    proposed = terms_under(equipment.shipped, amendments, equipment.terms.version).knowledge
    now_held = equipment.knowledge.policies
    changed = [policy for key, policy in proposed.policies.items() if policy.target != now_held[key].target]
    hours_changed = proposed.calendar.opening != equipment.knowledge.calendar.opening
    return Proposal(
        kind=TermsChangeKind.LEVELS_SET,
        words="；".join(
            [f"{policy.reason}改為 {policy.target.words}" for policy in changed]
            + (["服務時間變更"] if hours_changed else [])
        ),
        amendments=amendments,
        touching=true() if hours_changed else ServiceClock.metric.in_({p.metric for p in changed}),
        write=write,
    )


def propose_release(session: Session) -> Proposal:
    """Return the proposal to work out every open clock by the knowledge as it is shipped now."""
    return Proposal(
        kind=TermsChangeKind.KNOWLEDGE_RELEASED,
        words="知識庫的時效或服務時間更新",
        amendments=amendments_in_force(session),
        touching=true(),
        write=lambda _session, _change: None,
    )


def terms_of(proposal: Proposal, equipment: Equipment) -> ServiceTerms:
    """Return the terms that would hold."""
    return terms_under(equipment.shipped, proposal.amendments, equipment.terms.version + 1)


def moves_under(
    session: Session, proposal: Proposal, *, equipment: Equipment, now: datetime
) -> Iterator[Move]:
    """Yield the open clocks that would move; nothing is written. Raises NoWorkingTime."""
    return moves(session, terms_of(proposal, equipment), touching=proposal.touching, now=now)


def put_in_force(
    session: Session,
    proposal: Proposal,
    *,
    based_on: int,
    reason: str,
    actor: Actor,
    equipment: Equipment,
    now: datetime,
    report: Report = lambda done, total: None,
) -> TermsChange:
    """Make the proposal hold and move every open clock it touches; each move is a line in its case.

    `based_on` is the version that the preview saw. Raises StaleTerms when another one holds, NoWorkingTime.
    The caller holds the terms alone (`Hold.ALONE`).
    """
    held = session.get_one(TermsVersion, 1, populate_existing=True)
    if held.version != based_on:
        raise StaleTerms("預覽之後服務條件又有變更，請重新預覽。")
    change = TermsChange(
        id=held.version + 1, kind=proposal.kind, words=proposal.words[:400], reason=reason,
        actor_id=actor.account_id, actor_name=actor.name, at=now, moved=0,
    )  # fmt: skip
    session.add(change)
    session.flush()
    proposal.write(session, change)
    held.version, held.token = change.id, secrets.token_hex(16)
    change.moved = reckon_all(
        session, terms_of(proposal, equipment), touching=proposal.touching, why=proposal.words,
        actor=actor, now=now, report=report,
    )  # fmt: skip
    return change


def _plain(record: SlaTarget | OpeningPeriod) -> dict[str, object]:
    """Return a record as JSON keeps it and the record reads it: times as HH:MM."""
    return {
        name: f"{value:%H:%M}" if isinstance(value, time) else value
        for name, value in iter(record)
        if value is not None
    }


def _touched_by(closure: Closure) -> ColumnElement[bool]:
    """Return the open clocks that a closure can move: of its counties, and not over before it begins."""
    due = _due_after(closure.starts_at)
    return and_(due, ServiceClock.county.in_(closure.counties)) if closure.counties else due


def _due_after(at: datetime) -> ColumnElement[bool]:
    return or_(ServiceClock.due_at.is_(None), ServiceClock.due_at > at)
