"""Tables: columns, constraints, relationships. No rule, no query.

Importing the package makes every table known to the metadata.
"""

from helpdesk.models import (
    account,
    breach_digest,
    call,
    case,
    enterprise,
    intake_record,
    outbox,
    referral,
    service_clock,
    service_terms,
)

__all__ = [
    "account",
    "breach_digest",
    "call",
    "case",
    "enterprise",
    "intake_record",
    "outbox",
    "referral",
    "service_clock",
    "service_terms",
]
