"""Reading the terms that hold in this transaction: the shipped knowledge with the desk's amendments."""

from dataclasses import replace
from datetime import date, tzinfo
from enum import Enum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import (
    CatalogueRecord,
    DeclaredClosure,
    LevelEdition,
    OfficialYear,
    RecordedClosing,
    TermsChange,
    TermsVersion,
)
from helpdesk.models.base import LARGEST_ID, Json
from helpdesk.policy.service_calendar import Closure, SpecialDay
from helpdesk.policy.service_terms import Amendments, Catalogue
from helpdesk.policy.window_closings import WindowClosing, with_closings
from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import amended
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
    """Return all closures ever in force, every imported year, the newest targets, all hours, the catalogue.

    Hours hold from the day in `zone` on which they were set.
    """
    closures = select(DeclaredClosure).where(DeclaredClosure.withdrawn_in.is_(None))
    held = Amendments(
        closures=tuple(as_closure(row) for row in session.scalars(closures.order_by(DeclaredClosure.id))),
        official_years={row.year: _special_days(row) for row in session.scalars(select(OfficialYear))},
        catalogue=catalogue_of(session),
        window_closings=closings_of(session),
    )
    editions = select(LevelEdition, TermsChange.at).join(
        TermsChange, TermsChange.id == LevelEdition.change_id
    )
    for levels, at in session.execute(editions.order_by(LevelEdition.change_id)):
        held = replace(held, targets={key: SlaTarget(**target) for key, target in levels.targets.items()})
        held = held.opened_from(at.astimezone(zone).date(), _opening(levels))
    return held


def catalogue_of(session: Session, version: int = LARGEST_ID) -> Catalogue:
    """Return the records that lay over the shipped ones at a version of the terms; without one, today's."""
    newest = (
        select(
            CatalogueRecord.section, CatalogueRecord.identity, func.max(CatalogueRecord.change_id).label("id")
        )
        .where(CatalogueRecord.change_id <= version)
        .group_by(CatalogueRecord.section, CatalogueRecord.identity)
        .subquery()
    )
    rows = session.scalars(
        select(CatalogueRecord)
        .join(
            newest,
            (CatalogueRecord.section == newest.c.section)
            & (CatalogueRecord.identity == newest.c.identity)
            & (CatalogueRecord.change_id == newest.c.id),
        )
        .where(CatalogueRecord.document.is_not(None))
        .order_by(CatalogueRecord.change_id, CatalogueRecord.section, CatalogueRecord.identity)
    )
    catalogue: dict[str, dict[str, Json]] = {}
    for row in rows:
        catalogue.setdefault(row.section, {})[row.identity] = row.document or {}
    return catalogue


def closings_of(session: Session, version: int = LARGEST_ID) -> tuple[WindowClosing, ...]:
    """Return the closings that held at a version of the terms; without one, today's."""
    held = select(RecordedClosing).where(
        RecordedClosing.recorded_in <= version,
        or_(RecordedClosing.withdrawn_in.is_(None), RecordedClosing.withdrawn_in > version),
    )
    return tuple(as_closing(row) for row in session.scalars(held.order_by(RecordedClosing.id)))


def catalogue_at(session: Session, version: int, shipped: Knowledge) -> Knowledge:
    """Return the catalogue of a version of the terms over what is shipped now.

    Raises KnowledgeError when its records no longer agree with that.
    """
    return with_closings(amended(shipped, catalogue_of(session, version)), closings_of(session, version))


def as_closing(row: RecordedClosing) -> WindowClosing:
    """Return a recorded closing as the catalogue takes it."""
    return WindowClosing(row.measure, row.edition, row.kind, row.at)


def as_closure(row: DeclaredClosure) -> Closure:
    """Return a declared closure as the calendar takes it."""
    return Closure(row.starts_at, row.ends_at, frozenset(row.counties), row.reason)


def _opening(levels: LevelEdition) -> tuple[OpeningPeriod, ...] | None:
    return None if levels.opening is None else tuple(OpeningPeriod(**period) for period in levels.opening)


def _special_days(row: OfficialYear) -> tuple[SpecialDay, ...]:
    return tuple(SpecialDay(date.fromisoformat(on), working, name) for on, working, name in row.days)
