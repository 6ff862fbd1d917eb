"""Who held a case how long, read from its history, as the case page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.policy.business_time import worked, working_day
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.stage_time import (
    TURNS,
    Holder,
    Holding,
    Party,
    StageTime,
    Turn,
    apportioned,
    holdings,
    stage_times,
)
from helpdesk.policy.time_in_words import amount_in_words
from knowledge_base.knowledge import Knowledge

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StageRow:
    """The working time of one holder; `percent` of the total, `shared` in words or empty.

    The minutes in `words` and the percentages of all rows add up to those of the total.
    """

    holder: str
    amount: timedelta
    words: str
    percent: int
    shared: str


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A stretch of the history, of one holder or several; `words` say its working time."""

    holders: str
    starts_at: datetime
    ends_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class StageTimes:
    """The rows in the order in which holders first held, the stretches in order of time."""

    rows: tuple[StageRow, ...]
    held: tuple[HoldingRow, ...]
    total: timedelta
    total_words: str


def stage_times_of(
    session: Session, case: Case, *, calendar: ServiceCalendar, knowledge: Knowledge, now: datetime
) -> StageTimes:
    """Return the stage times of a case until it was resolved, or until `now`, all by the desk's calendar."""
    held = holdings(case.opened_at, _turns(session, case), until=max(now, case.opened_at))
    times = stage_times(calendar, held)
    total = sum((time.amount for time in times), timedelta())
    day = working_day(calendar)
    return StageTimes(
        rows=tuple(_rows(times, total, day, knowledge)),
        held=tuple(_held(held, calendar, day, knowledge)),
        total=total,
        total_words=in_full(total // MINUTE * MINUTE, day),
    )


def in_full(amount: timedelta, working_day: timedelta) -> str:
    """Say an amount to the minute, e.g. 2 工作天 1 小時 10 分, so that rows can be added up."""
    days, rest = divmod(amount, working_day)
    said = [f"{days} 工作天"] if days else []
    if rest or not days:
        said.append(amount_in_words(rest, working_day))
    return " ".join(said)


def _turns(session: Session, case: Case) -> list[Turn]:
    lines = session.execute(
        select(CaseEvent.at, CaseEvent.kind, CaseEvent.referral_id, Referral.organisation)
        .outerjoin(Referral, Referral.id == CaseEvent.referral_id)
        .where(CaseEvent.case_id == case.id, CaseEvent.kind.in_(TURNS))
        .order_by(CaseEvent.sequence)
    )
    return [Turn(at, kind, referral_id, organisation or "") for at, kind, referral_id, organisation in lines]


def _rows(
    times: Sequence[StageTime], total: timedelta, day: timedelta, knowledge: Knowledge
) -> Iterable[StageRow]:
    minutes = apportioned([time.amount for time in times], MINUTE)
    percents = apportioned([100 * time.amount for time in times], total) if total else [0] * len(times)
    for time, minute, percent in zip(times, minutes, percents, strict=True):
        yield StageRow(
            holder=_named(time.holder, knowledge),
            amount=time.amount,
            words=in_full(minute * MINUTE, day),
            percent=percent,
            shared=in_full(time.shared // MINUTE * MINUTE, day) if time.shared else "",
        )


def _held(
    held: Sequence[Holding], calendar: ServiceCalendar, day: timedelta, knowledge: Knowledge
) -> Iterable[HoldingRow]:
    minutes = apportioned([worked(calendar, each.starts_at, each.ends_at) for each in held], MINUTE)
    for each, minute in zip(held, minutes, strict=True):
        yield HoldingRow(
            holders="、".join(_named(holder, knowledge) for holder in each.holders),
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            words=in_full(minute * MINUTE, day),
        )


def _named(holder: Holder, knowledge: Knowledge) -> str:
    """Return the holder's name on the screen; an organisation that is known no more keeps its slug."""
    if isinstance(holder, Party):
        return {Party.DESK: "服務窗口", Party.ENQUIRER: "業者"}[holder]
    known = knowledge.organisations.get(holder)
    return known.short_name if known else holder
