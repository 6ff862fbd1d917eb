"""How a message in the outbox lives: states, retries, leases. Which provider takes it is not decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.policy.notices import MessageChannel


class DeliveryState(StrEnum):
    """Where a message stands."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary_failure"
    PERMANENT_FAILURE = "permanent_failure"
    TECHNICAL_FAILURE = "technical_failure"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What a gateway says of one try."""

    SENT = "sent"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a gateway needs it."""

    id: int
    channel: MessageChannel
    recipient: str
    subject: str
    body: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a gateway says of one try."""

    verdict: Verdict
    provider: str
    provider_id: str | None = None
    error: str | None = None


RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360))
LEASE = timedelta(minutes=10)

_RANK: Mapping[DeliveryState, int] = {
    DeliveryState.CREATED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.TEMPORARY_FAILURE: 1,
    DeliveryState.SENT: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.PERMANENT_FAILURE: 3,
    DeliveryState.TECHNICAL_FAILURE: 3,
    DeliveryState.CANCELLED: 3,
}


def after_try(verdict: Verdict, *, attempts: int, now: datetime) -> tuple[DeliveryState, datetime | None]:
    """Return the state after the `attempts`-th try and when the next one may be made, if any."""
    if verdict is Verdict.SENT:
        return DeliveryState.SENT, None
    if verdict is Verdict.REFUSED:
        return DeliveryState.PERMANENT_FAILURE, None
    if attempts > len(RETRIES):
        return DeliveryState.TECHNICAL_FAILURE, None
    return DeliveryState.TEMPORARY_FAILURE, now + RETRIES[attempts - 1]


def after_receipt(state: DeliveryState, receipt: DeliveryState) -> DeliveryState:
    """Return the state after a provider's receipt: receipts come twice and out of order, ranks only rise."""
    return receipt if _RANK[receipt] > _RANK[state] else state
