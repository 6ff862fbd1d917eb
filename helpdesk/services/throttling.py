"""How often something guarded may be tried: a password, a case number, the open form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpdesk.models.account import Attempt

QUARTER_HOUR, DAY = timedelta(minutes=15), timedelta(days=1)


class Throttled(Exception):
    """Too many tries; the message says when to come back."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` of one subject within `window`."""

    subject: str
    tries: int
    window: timedelta = QUARTER_HOUR


def refuse(session: Session, limits: Iterable[Limit], *, now: datetime) -> None:
    """Raise Throttled when any limit is reached."""
    for limit in limits:
        tried = (
            select(func.count())
            .select_from(Attempt)
            .where(Attempt.subject == limit.subject, Attempt.at > now - limit.window)
        )
        if (session.scalar(tried) or 0) >= limit.tries:
            raise Throttled(
                "嘗試次數太多，請 15 分鐘後再試。"
                if limit.window <= QUARTER_HOUR
                else "今天嘗試次數太多，請撥打服務專線。"
            )


def note(session: Session, limits: Iterable[Limit], *, now: datetime) -> None:
    """Count one try for every limit."""
    session.add_all(Attempt(subject=limit.subject, at=now) for limit in limits)


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget the tries that no limit counts any more."""
    session.execute(delete(Attempt).where(Attempt.at <= now - DAY))


def forget(session: Session, limits: Iterable[Limit]) -> None:
    """Forget the tries, after one that succeeded."""
    session.execute(delete(Attempt).where(Attempt.subject.in_([limit.subject for limit in limits])))
