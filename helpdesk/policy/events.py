"""The kinds of lines in a case's history, and which of them change what a form was based on."""

from enum import StrEnum


class EventKind(StrEnum):
    """One kind of line."""

    CASE_OPENED = "case.opened"
    CASE_SORTED = "case.sorted"
    CASE_ASSIGNED = "case.assigned"
    CASE_DETAILS = "case.details"
    CASE_FACTS = "case.facts"
    CASE_ANSWERED = "case.answered"
    CASE_ASKED = "case.asked"
    CASE_NOTED = "case.noted"
    CASE_HEARD = "case.heard"
    CASE_RESOLVED = "case.resolved"
    CASE_CLOSED = "case.closed"
    CASE_REOPENED = "case.reopened"
    FILE_ADDED = "file.added"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CALL_REACHED = "call.reached"
    CALL_ATTEMPTED = "call.attempted"
    REFERRAL_OFFERED = "referral.offered"
    REFERRAL_ACCEPTED = "referral.accepted"
    REFERRAL_DECLINED = "referral.declined"
    REFERRAL_RETURNED = "referral.returned"
    REFERRAL_REFERRED_ON = "referral.referred_on"
    REFERRAL_EXPIRED = "referral.expired"
    REFERRAL_RECALLED = "referral.recalled"
    REFERRAL_STARTED = "referral.started"
    REFERRAL_PROGRESS = "referral.progress"
    REFERRAL_HELD = "referral.held"
    REFERRAL_RESUMED = "referral.resumed"
    REFERRAL_COMPLETED = "referral.completed"
    REFERRAL_FAILED = "referral.failed"
    REFERRAL_CANCELLED = "referral.cancelled"
    REFERRAL_RECLAIMED = "referral.reclaimed"
    REFERRAL_VOIDED = "referral.voided"
    REFERRAL_VIEWED = "referral.viewed"
    FILE_DOWNLOADED = "file.downloaded"
    CLOCK_DUE_SOON = "clock.due_soon"
    CLOCK_BREACHED = "clock.breached"
    CLOCK_MOVED = "clock.moved"
    RATING_GIVEN = "rating.given"


HARMLESS = frozenset(
    {
        EventKind.REFERRAL_VIEWED,
        EventKind.FILE_DOWNLOADED,
        EventKind.CLOCK_DUE_SOON,
        EventKind.CLOCK_BREACHED,
        EventKind.CLOCK_MOVED,
    }
)
"""Lines that make nobody's open form stale."""
