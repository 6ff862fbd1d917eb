"""The reason that whoever changes the terms of service must give, on one line."""

from helpdesk.policy.text_rules import clean_line

LONGEST_REASON = 200


class ReasonProblem(ValueError):
    """The reason is missing or too long; the message is for whoever wrote it."""


def parse_reason(text: str, *, limit: int = LONGEST_REASON) -> str:
    """Return the reason as `clean_line` leaves it. Raises ReasonProblem, also above `limit` characters."""
    try:
        reason = clean_line(text, limit=limit)
    except ValueError as refusal:
        raise ReasonProblem(f"原因{refusal}") from None
    if not reason:
        raise ReasonProblem("請填原因")
    return reason
