"""Every closure that was declared: those to come and in force, those that are over, those withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models.amendment import DeclaredClosure, TermsChange
from helpdesk.policy.closure_rules import closure_in_words
from helpdesk.policy.service_calendar import Closure

MOST_PAST = 50


@dataclass(frozen=True, slots=True)
class ChangeMade:
    """Who declared or withdrew it, when and why, and how many promises moved."""

    by: str
    at: datetime
    reason: str
    moved: int


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """One closure; `words` say when, where and why. No counties mean everywhere."""

    id: int
    words: str
    starts_at: datetime
    ends_at: datetime
    counties: tuple[str, ...]
    reason: str
    declared: ChangeMade
    withdrawn: ChangeMade | None


@dataclass(frozen=True, slots=True)
class ClosureBook:
    """Closures that hold or will, the first to begin first; past and withdrawn ones, the newest first."""

    coming: tuple[ClosureRow, ...]
    past: tuple[ClosureRow, ...]
    withdrawn: tuple[ClosureRow, ...]


def closure_book(session: Session, *, zone: ZoneInfo, now: datetime, limit: int = MOST_PAST) -> ClosureBook:
    """Return all that is to come and, of what is over and what was withdrawn, the newest up to `limit`."""
    held, ends_at = DeclaredClosure.withdrawn_in.is_(None), DeclaredClosure.ends_at
    newest = (ends_at.desc(), DeclaredClosure.id)
    coming = _rows(session, zone, held, ends_at > now, order=(DeclaredClosure.starts_at, DeclaredClosure.id))
    return ClosureBook(
        coming=coming,
        past=_rows(session, zone, held, ends_at <= now, order=newest, limit=limit),
        withdrawn=_rows(
            session, zone, ~held, order=(DeclaredClosure.withdrawn_in.desc(), newest[1]), limit=limit
        ),
    )


def _rows(
    session: Session,
    zone: ZoneInfo,
    *conditions: ColumnElement[bool],
    order: Sequence[Any],
    limit: int | None = None,
) -> tuple[ClosureRow, ...]:
    wanted = (
        select(DeclaredClosure)
        .options(joinedload(DeclaredClosure.declaration), joinedload(DeclaredClosure.withdrawal))
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
    )
    return tuple(_row(found, zone) for found in session.scalars(wanted))


def _row(found: DeclaredClosure, zone: ZoneInfo) -> ClosureRow:
    closure = Closure(found.starts_at, found.ends_at, frozenset(found.counties), found.reason)
    return ClosureRow(
        id=found.id,
        words=closure_in_words(closure, zone),
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        counties=tuple(found.counties),
        reason=found.reason,
        declared=made(found.declaration),
        withdrawn=made(found.withdrawal) if found.withdrawal else None,
    )


def made(change: TermsChange) -> ChangeMade:
    """Return who made a change, when and why."""
    return ChangeMade(change.actor_name, change.at, change.reason, change.moved)
