"""Why a clock is due when it is: every stretch that counted, every day that did not, every pause and move."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.business_time import Segment, worked, working_day
from helpdesk.policy.deadlines import explain
from helpdesk.policy.events import EventKind
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.queries.clock_rows import ClockRow, clock_row
from helpdesk.queries.due_moves import DueMove, due_move
from helpdesk.queries.due_steps import Step, due_steps, in_hours, rounded_up
from helpdesk.queries.partner_inbox import HIDDEN
from helpdesk.queries.waits import pauses_of
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.sla_policies import SlaPolicy, SlaTarget


@dataclass(frozen=True, slots=True)
class ClockStory:
    """A clock and how its due date came about; steps and moves in order of time.

    `used` is what counted until `until`: the due date, or the present for a clock that waits. `target` is
    what the policy in force says, None when there is no such policy any more. `remaining`, in words, is
    what is left for a clock that waits, else empty.
    """

    clock: ClockRow
    policy: SlaPolicy | None
    target: timedelta | None
    target_words: str
    calendar_name: str
    county: str | None
    warn_at: datetime | None
    until: datetime
    steps: tuple[Step, ...]
    used: timedelta
    used_words: str
    paused_words: str
    remaining: str
    projected: bool
    calendar_changed: bool
    moves: tuple[DueMove, ...]

    @property
    def adds_up(self) -> bool:
        """Tell whether the stretches that counted are exactly the target, or may still become it."""
        if self.target is None or self.clock.due_at is None:
            return True
        return self.used == self.target


def clock_story(
    session: Session,
    clock_id: int,
    *,
    knowledge: Knowledge,
    calendar: ServiceCalendar,
    now: datetime,
    case_number: str | None = None,
    organisation: str | None = None,
) -> ClockStory | None:
    """Return the story of a clock of this case or, with `organisation`, of a referral to it.

    None for any other clock, exactly as for one that never was.
    """
    clock = _found(session, clock_id, case_number, organisation)
    if clock is None:
        return None
    own = calendar.for_county(clock.county) if clock.county else calendar
    policy = knowledge.policies.get(clock.policy)
    target = policy.target.length(working_day(own)) if policy else None
    until = max(clock.due_at or clock.met_at or clock.cancelled_at or now, clock.started_at)
    pauses = _pauses(session, clock, until)
    explained = explain(own, clock.started_at, until, [(p.started_at, p.ended_at) for p in pauses])
    used = sum((s.ends_at - s.starts_at for s in explained.segments), timedelta())
    waited = worked(own, clock.started_at, until) - used
    row = clock_row(clock, calendar, now=now)
    waiting = target is not None and row.is_running and clock.due_at is None
    return ClockStory(
        clock=row,
        policy=policy,
        target=target,
        target_words=_target_words(policy.target, target) if policy and target else "",
        calendar_name=own.name,
        county=clock.county,
        warn_at=clock.warn_at,
        until=until,
        steps=due_steps(
            own,
            Segment(clock.started_at, until),
            counted=explained.segments,
            skipped=explained.skipped,
            pauses=pauses,
        ),
        used=used,
        used_words=in_hours(rounded_up(used)),
        paused_words=in_hours(waited) if pauses else "",
        remaining=in_hours(max(target - used, timedelta())) if target and waiting else "",
        projected=explained.projected,
        # A running clock follows every change; one that ended keeps the date of its day.
        calendar_changed=not row.is_running and clock.calendar_version != own.version,
        moves=tuple(_moves(session, clock)),
    )


def _found(
    session: Session, clock_id: int, case_number: str | None, organisation: str | None
) -> ServiceClock | None:
    wanted = select(ServiceClock).where(ServiceClock.id == clock_id)
    if organisation is None:
        wanted = wanted.join(Case, Case.id == ServiceClock.case_id).where(Case.number == case_number)
    else:
        wanted = wanted.join(Referral, Referral.id == ServiceClock.referral_id).where(
            Referral.organisation == organisation, Referral.status.not_in(HIDDEN)
        )
    return session.scalars(wanted).first()


def _pauses(session: Session, clock: ServiceClock, until: datetime) -> list[Pause]:
    """Return the pauses that hold the clock before `until`, with their reasons."""
    return [
        pause
        for pause in pauses_of(session, clock)
        if pause.started_at < until and (pause.ended_at is None or pause.ended_at > clock.started_at)
    ]


def _moves(session: Session, clock: ServiceClock) -> Iterator[DueMove]:
    lines = session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == clock.case_id, CaseEvent.kind == EventKind.CLOCK_MOVED)
        .order_by(CaseEvent.sequence)
    )
    return (due_move(line.at, line.data) for line in lines if _is_of(line, clock))


def _is_of(line: CaseEvent, clock: ServiceClock) -> bool:
    """Tell whether a move is this clock's; lines written earlier name only the metric and the referral."""
    if "clock" in line.data:
        return bool(line.data["clock"] == clock.id)
    ended_at = clock.met_at or clock.cancelled_at
    return (
        line.data.get("metric") == clock.metric
        and line.referral_id == clock.referral_id
        and line.at >= clock.started_at
        and (ended_at is None or line.at <= ended_at)
    )


def _target_words(target: SlaTarget, length: timedelta) -> str:
    """Say a target as it was set, a number of working days with what they come to, e.g. 2 個工作天（19 小時）."""
    if target.working_days:
        return f"{target.working_days:g} 個工作天（{in_hours(length)}）"
    return in_hours(length)
