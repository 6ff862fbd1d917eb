"""Every change of the terms of service: what, who, why, and how many due dates moved with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import TermsChange
from helpdesk.models.base import LARGEST_ID
from helpdesk.policy.service_terms import TermsChangeKind

PAGE = 50
CATALOGUE = (
    TermsChangeKind.CATALOGUE_EDITED,
    TermsChangeKind.WINDOW_CLOSED,
    TermsChangeKind.WINDOW_REOPENED,
)
"""What makes a new edition of the catalogue."""


@dataclass(frozen=True, slots=True)
class TermsChangeRow:
    """One change; `version` is the version of the terms from then on."""

    version: int
    kind: TermsChangeKind
    words: str
    reason: str
    by: str
    at: datetime
    moved: int


def terms_history(
    session: Session, *, kinds: Sequence[TermsChangeKind] = tuple(TermsChangeKind), limit: int = PAGE
) -> list[TermsChangeRow]:
    """Return the newest changes of these kinds, newest first."""
    wanted = select(TermsChange).where(TermsChange.kind.in_(kinds)).order_by(TermsChange.id.desc())
    return [
        TermsChangeRow(
            version=change.id,
            kind=change.kind,
            words=change.words,
            reason=change.reason,
            by=change.actor_name,
            at=change.at,
            moved=change.moved,
        )
        for change in session.scalars(wanted.limit(limit))
    ]


def catalogue_history(session: Session) -> list[TermsChangeRow]:
    """Return every edition of the catalogue, newest first; what is shipped is none of them."""
    return terms_history(session, kinds=CATALOGUE, limit=LARGEST_ID)
