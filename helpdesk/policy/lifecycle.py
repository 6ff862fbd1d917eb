"""When a case may change state.

Decides nothing about who may do it (`permissions`) or by when (`deadlines`).
"""

from collections.abc import Mapping
from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a case stands, seen from the desk."""

    TO_SORT = "to_sort"
    OPEN = "open"
    REFERRED = "referred"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class CaseEvent(StrEnum):
    """What can happen to a case as a whole."""

    SORT = "sort"
    OFFER = "offer"
    HAND_BACK = "hand_back"
    ASK = "ask"
    HEAR = "hear"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"


UNFINISHED = frozenset({CaseStatus.TO_SORT, CaseStatus.OPEN, CaseStatus.REFERRED, CaseStatus.WAITING})

TRANSITIONS: Mapping[tuple[CaseStatus, CaseEvent], CaseStatus] = {
    (CaseStatus.TO_SORT, CaseEvent.SORT): CaseStatus.OPEN,
    (CaseStatus.OPEN, CaseEvent.SORT): CaseStatus.OPEN,
    (CaseStatus.REFERRED, CaseEvent.SORT): CaseStatus.REFERRED,
    (CaseStatus.WAITING, CaseEvent.SORT): CaseStatus.WAITING,
    (CaseStatus.OPEN, CaseEvent.OFFER): CaseStatus.REFERRED,
    (CaseStatus.REFERRED, CaseEvent.OFFER): CaseStatus.REFERRED,
    (CaseStatus.WAITING, CaseEvent.OFFER): CaseStatus.REFERRED,
    (CaseStatus.OPEN, CaseEvent.HAND_BACK): CaseStatus.OPEN,  # the enquirer wrote while an organisation acts
    (CaseStatus.REFERRED, CaseEvent.HAND_BACK): CaseStatus.OPEN,
    (CaseStatus.WAITING, CaseEvent.HAND_BACK): CaseStatus.WAITING,
    (CaseStatus.RESOLVED, CaseEvent.HAND_BACK): CaseStatus.RESOLVED,
    (CaseStatus.CLOSED, CaseEvent.HAND_BACK): CaseStatus.CLOSED,
    (CaseStatus.OPEN, CaseEvent.ASK): CaseStatus.WAITING,
    (CaseStatus.REFERRED, CaseEvent.ASK): CaseStatus.WAITING,
    (CaseStatus.TO_SORT, CaseEvent.HEAR): CaseStatus.TO_SORT,
    (CaseStatus.OPEN, CaseEvent.HEAR): CaseStatus.OPEN,
    (CaseStatus.REFERRED, CaseEvent.HEAR): CaseStatus.REFERRED,
    (CaseStatus.WAITING, CaseEvent.HEAR): CaseStatus.OPEN,
    (CaseStatus.RESOLVED, CaseEvent.HEAR): CaseStatus.OPEN,
    (CaseStatus.OPEN, CaseEvent.RESOLVE): CaseStatus.RESOLVED,
    (CaseStatus.WAITING, CaseEvent.RESOLVE): CaseStatus.RESOLVED,
    (CaseStatus.RESOLVED, CaseEvent.REOPEN): CaseStatus.OPEN,
    (CaseStatus.CLOSED, CaseEvent.REOPEN): CaseStatus.OPEN,
    (CaseStatus.RESOLVED, CaseEvent.CLOSE): CaseStatus.CLOSED,
}


class IllegalCaseEvent(Exception):
    """The event is not allowed in this state; carries what would be."""

    def __init__(self, status: CaseStatus, event: CaseEvent) -> None:
        self.status, self.event, self.allowed = status, event, allowed(status)
        super().__init__(f"{event} is not allowed while {status}; allowed: {', '.join(self.allowed)}")


def allowed(status: CaseStatus) -> tuple[CaseEvent, ...]:
    """Return the events that `status` accepts, in the order of the enumeration."""
    return tuple(event for event in CaseEvent if (status, event) in TRANSITIONS)


def advance(status: CaseStatus, event: CaseEvent) -> CaseStatus:
    """Return the state after `event`.

    A referred case is resolved only after its referrals ended: no RESOLVE from REFERRED.
    Raises IllegalCaseEvent naming the allowed events.
    """
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise IllegalCaseEvent(status, event) from None
