"""Tables: columns, constraints, relationships. No rule, no query.

Importing the package makes every table known to the metadata.
"""

from helpdesk.models import (
    account,
    amendment,
    call,
    case,
    enterprise,
    intake_record,
    outbox,
    referral,
    service_clock,
)

__all__ = [
    "account",
    "amendment",
    "call",
    "case",
    "enterprise",
    "intake_record",
    "outbox",
    "referral",
    "service_clock",
]
