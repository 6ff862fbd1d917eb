"""The reason that whoever changes the terms of service must give. A closure carries its own (`closure_rules`)."""

from helpdesk.policy.text_rules import clean_line

LONGEST_REASON = 200


class ReasonProblem(ValueError):
    """The reason is missing or too long; the message is for whoever wrote it."""


def parse_reason(text: str) -> str:
    """Return the reason on one line. Raises ReasonProblem."""
    try:
        reason = clean_line(text, limit=LONGEST_REASON)
    except ValueError as refusal:
        raise ReasonProblem(f"變更的原因{refusal}") from None
    if not reason:
        raise ReasonProblem("請填變更的原因")
    return reason
