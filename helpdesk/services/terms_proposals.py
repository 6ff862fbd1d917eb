"""What may be changed about the terms, as proposals: closures, office calendars, targets and hours.

A `Proposal` is all that would hold, and which open clocks it can touch. Looking at it and putting it in
force is `terms_changes`; what a closure, a calendar or a target may be is policy.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Session

from helpdesk.models.amendment import DeclaredClosure, LevelEdition, OfficialYear, TermsChange
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.closure_rules import closure_in_words
from helpdesk.policy.level_changes import hours_differ, metrics_changed
from helpdesk.policy.office_calendar_file import OfficeYear, differences
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.service_terms import Amendments, TermsChangeKind, terms_under
from helpdesk.policy.time_in_words import roc_year
from helpdesk.services.equipment import Equipment
from helpdesk.services.terms_in_force import amendments_in_force, as_closure
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget


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
    why: Callable[[str], str] | None = None

    def reason_for(self, policy: str) -> str:
        """Return what a clock of this policy is told: the whole change, unless it says it for each."""
        return self.why(policy) if self.why else self.words


def propose_closure(session: Session, closure: Closure, *, equipment: Equipment) -> Proposal:
    """Return the proposal to declare a closure that `closure_rules` let pass."""

    def write(session: Session, change: TermsChange) -> None:
        session.add(_as_row(closure, change))

    held = amendments_in_force(session, equipment.calendar.zone)
    return Proposal(
        kind=TermsChangeKind.CLOSURE_DECLARED,
        words=f"停班：{closure_in_words(closure, equipment.calendar.zone)}",
        amendments=replace(held, closures=(*held.closures, closure)),
        touching=_touched_by(closure),
        write=write,
    )


def propose_withdrawal(
    session: Session,
    declared: DeclaredClosure,
    *,
    equipment: Equipment,
    now: datetime,
    rest_only: bool = False,
) -> Proposal:
    """Return the proposal to withdraw a closure or, with `rest_only`, to end at `now` one that has begun.

    Raises NotInForce when it was withdrawn before, or is over: promises were judged by it.
    """
    if declared.withdrawn_in is not None:
        raise NotInForce("這次停班已經撤回。")
    if declared.ends_at <= now:
        raise NotInForce("這次停班已經結束，不能再撤回。")
    closure = as_closure(declared)
    kept = replace(closure, ends_at=now) if rest_only and closure.starts_at < now else None

    def write(session: Session, change: TermsChange) -> None:
        declared.withdrawn_in = change.id
        if kept:
            session.add(_as_row(kept, change))

    held = amendments_in_force(session, equipment.calendar.zone)
    others = tuple(other for other in held.closures if other != closure)
    words = closure_in_words(closure, equipment.calendar.zone)
    return Proposal(
        kind=TermsChangeKind.CLOSURE_WITHDRAWN,
        words=f"提前結束停班：{words}" if kept else f"撤回停班：{words}",
        amendments=replace(held, closures=(*others, kept) if kept else others),
        touching=_touched_by(closure),
        write=write,
    )


def _as_row(closure: Closure, change: TermsChange) -> DeclaredClosure:
    return DeclaredClosure(
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        counties=sorted(closure.counties),
        reason=closure.reason,
        declared_in=change.id,
    )


def propose_years(session: Session, years: Sequence[OfficeYear], *, equipment: Equipment) -> Proposal:
    """Return the proposal to take over official office calendars, whole years each."""

    def write(session: Session, change: TermsChange) -> None:
        for year in years:
            days = [[day.on.isoformat(), day.working, day.name] for day in year.days]
            session.merge(OfficialYear(year=year.year, days=days, imported_in=change.id))

    held = amendments_in_force(session, equipment.calendar.zone)
    calendar = equipment.calendar
    changed = [
        change.on for year in years for change in differences(calendar.special_days, year) if change.counts
    ]
    since = datetime.combine(min(changed), time(), calendar.zone) if changed else None
    return Proposal(
        kind=TermsChangeKind.CALENDAR_IMPORTED,
        words="匯入 " + "、".join(f"{roc_year(year.year)} 年" for year in years) + "的辦公日曆",
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
    now: datetime,
) -> Proposal:
    """Return the proposal to let these targets, by policy id, and hours hold over the shipped ones.

    Both are complete: a policy that is not named goes back to what was shipped, as do hours of None. Hours
    hold from today on: nobody worked yesterday by what is decided now.
    """

    def write(session: Session, change: TermsChange) -> None:
        session.add(
            LevelEdition(
                change_id=change.id,
                targets={key: _plain(target) for key, target in targets.items()},
                opening=None if opening is None else [_plain(period) for period in opening],
            )
        )

    zone, held_now = equipment.calendar.zone, equipment.knowledge
    held = replace(amendments_in_force(session, zone), targets=dict(targets))
    hours_proposed = None if opening is None else tuple(opening)
    amendments = held.opened_from(now.astimezone(zone).date(), hours_proposed)
    proposed = terms_under(equipment.shipped, amendments, equipment.terms.version).knowledge
    set_anew = {
        key: f"{policy.reason}改為 {policy.target.words}"
        for key, policy in proposed.policies.items()
        if policy.target != held_now.policies[key].target
    }
    hours = "服務時間變更" if hours_differ(held_now, proposed) else ""
    return Proposal(
        kind=TermsChangeKind.LEVELS_SET,
        words=in_one_line([*set_anew.values(), hours]),
        amendments=amendments,
        touching=ServiceClock.metric.in_(metrics_changed(held_now, proposed)),
        write=write,
        why=lambda policy: in_one_line([set_anew.get(policy, ""), hours]),
    )


def propose_release(session: Session, *, equipment: Equipment) -> Proposal:
    """Return the proposal to work out every open clock by the knowledge as it is shipped now."""
    return Proposal(
        kind=TermsChangeKind.KNOWLEDGE_RELEASED,
        words="知識庫的時效或服務時間更新",
        amendments=amendments_in_force(session, equipment.calendar.zone),
        touching=true(),
        write=lambda _session, _change: None,
    )


def in_one_line(said: Iterable[str]) -> str:
    """Return what is said, without what is empty."""
    return "；".join(words for words in said if words)


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
