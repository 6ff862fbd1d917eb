"""Reading the terms that hold in this transaction: the shipped knowledge with the desk's amendments."""

from datetime import date
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import DeclaredClosure, LevelEdition, OfficialYear, TermsVersion
from helpdesk.policy.service_calendar import Closure, SpecialDay
from helpdesk.policy.service_terms import Amendments
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget


class Hold(Enum):
    """How long the terms stay as they were read: writers of clocks share them, a change takes them alone."""

    NOT = "not"
    SHARED = "shared"
    ALONE = "alone"


def version_in_force(session: Session, hold: Hold) -> tuple[int, str]:
    """Return version and token of the terms, kept from changing until the transaction ends when held.

    So no clock is written by terms that somebody replaces at the same time.
    """
    wanted = select(TermsVersion.version, TermsVersion.token).where(TermsVersion.id == 1)
    if hold is not Hold.NOT:
        wanted = wanted.with_for_update(read=hold is Hold.SHARED)
    version, token = session.execute(wanted).one()
    return version, token


def amendments_in_force(session: Session) -> Amendments:
    """Return all closures ever in force, every imported year, and the newest targets and hours."""
    closures = select(DeclaredClosure).where(DeclaredClosure.withdrawn_in.is_(None))
    newest = select(LevelEdition).order_by(LevelEdition.change_id.desc()).limit(1)
    levels = session.scalars(newest).first()
    return Amendments(
        closures=tuple(as_closure(row) for row in session.scalars(closures.order_by(DeclaredClosure.id))),
        official_years={row.year: _special_days(row) for row in session.scalars(select(OfficialYear))},
        targets={key: SlaTarget(**target) for key, target in levels.targets.items()} if levels else {},
        opening=tuple(OpeningPeriod(**period) for period in levels.opening)
        if levels and levels.opening is not None
        else None,
    )


def as_closure(row: DeclaredClosure) -> Closure:
    """Return a declared closure as the calendar takes it."""
    return Closure(row.starts_at, row.ends_at, frozenset(row.counties), row.reason)


def _special_days(row: OfficialYear) -> tuple[SpecialDay, ...]:
    return tuple(SpecialDay(date.fromisoformat(on), working, name) for on, working, name in row.days)
