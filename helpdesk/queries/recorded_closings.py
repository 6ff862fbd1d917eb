"""Every closing of a window that was recorded: those that hold and those that were withdrawn, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models.amendment import RecordedClosing
from helpdesk.policy.window_closings import WindowClosingKind
from helpdesk.queries.declared_closures import ChangeMade, made


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """One closing; `recorded` and `withdrawn` say by whom, when and why."""

    id: int
    measure: str
    edition: str
    kind: WindowClosingKind
    at: datetime
    recorded: ChangeMade
    withdrawn: ChangeMade | None


@dataclass(frozen=True, slots=True)
class ClosingBook:
    """Closings that hold and those that were withdrawn."""

    held: tuple[ClosingRow, ...]
    withdrawn: tuple[ClosingRow, ...]


def closing_book(session: Session) -> ClosingBook:
    """Return every closing ever recorded."""
    held = RecordedClosing.withdrawn_in.is_(None)
    return ClosingBook(_rows(session, held), _rows(session, ~held))


def _rows(session: Session, condition: ColumnElement[bool]) -> tuple[ClosingRow, ...]:
    wanted = (
        select(RecordedClosing)
        .options(joinedload(RecordedClosing.recording), joinedload(RecordedClosing.withdrawal))
        .where(condition)
        .order_by(RecordedClosing.id.desc())
    )
    return tuple(
        ClosingRow(
            id=row.id,
            measure=row.measure,
            edition=row.edition,
            kind=row.kind,
            at=row.at,
            recorded=made(row.recording),
            withdrawn=made(row.withdrawal) if row.withdrawal else None,
        )
        for row in session.scalars(wanted)
    )
