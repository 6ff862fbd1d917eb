"""Reading the terms that hold in this transaction: the shipped knowledge with the desk's amendments."""

from dataclasses import replace
from datetime import date, tzinfo
from enum import Enum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import DeclaredClosure, LevelEdition, OfficialYear, TermsChange, TermsVersion
from helpdesk.policy.service_calendar import Closure, SpecialDay
from helpdesk.policy.service_terms import Amendments
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget

TERMS_LOCK = 0x7E215  # any number that no other advisory lock of this database uses


class Hold(Enum):
    """How long the terms stay as they were read: writers of clocks share them, a change takes them alone."""

    NOT = "not"
    SHARED = "shared"
    ALONE = "alone"


def version_in_force(session: Session, hold: Hold) -> tuple[int, str]:
    """Return version and token of the terms, kept from changing until the transaction ends when held.

    So no clock is written by terms that somebody replaces at the same time.
    """
    # SQLite has one writer anyway. PostgreSQL queues these: a change is not passed by ever new sharers.
    if hold is not Hold.NOT and session.get_bind().dialect.name == "postgresql":
        lock = "pg_advisory_xact_lock" if hold is Hold.ALONE else "pg_advisory_xact_lock_shared"
        session.execute(select(getattr(func, lock)(TERMS_LOCK)))
    wanted = select(TermsVersion.version, TermsVersion.token).where(TermsVersion.id == 1)
    version, token = session.execute(wanted).one()
    return version, token


def amendments_in_force(session: Session, zone: tzinfo) -> Amendments:
    """Return all closures ever in force, every imported year, the newest targets and all hours.

    Hours hold from the day in `zone` on which they were set.
    """
    closures = select(DeclaredClosure).where(DeclaredClosure.withdrawn_in.is_(None))
    held = Amendments(
        closures=tuple(as_closure(row) for row in session.scalars(closures.order_by(DeclaredClosure.id))),
        official_years={row.year: _special_days(row) for row in session.scalars(select(OfficialYear))},
    )
    editions = select(LevelEdition, TermsChange.at).join(
        TermsChange, TermsChange.id == LevelEdition.change_id
    )
    for levels, at in session.execute(editions.order_by(LevelEdition.change_id)):
        held = replace(held, targets={key: SlaTarget(**target) for key, target in levels.targets.items()})
        held = held.opened_from(at.astimezone(zone).date(), _opening(levels))
    return held


def as_closure(row: DeclaredClosure) -> Closure:
    """Return a declared closure as the calendar takes it."""
    return Closure(row.starts_at, row.ends_at, frozenset(row.counties), row.reason)


def _opening(levels: LevelEdition) -> tuple[OpeningPeriod, ...] | None:
    return None if levels.opening is None else tuple(OpeningPeriod(**period) for period in levels.opening)


def _special_days(row: OfficialYear) -> tuple[SpecialDay, ...]:
    return tuple(SpecialDay(date.fromisoformat(on), working, name) for on, working, name in row.days)
