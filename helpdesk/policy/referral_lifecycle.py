"""When a referral may change state, who may cause it and what each change must carry.

Words follow HL7 Gravity's closed loop and the Taiwanese social-affairs guide. Decides
nothing about candidates (`routing`) or due dates (`deadlines`).
"""

from collections.abc import Mapping
from enum import StrEnum


class ReferralStatus(StrEnum):
    """Where one offer of one need to one organisation stands."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    COMPLETED = "completed"
    DECLINED = "declined"
    REFERRED_ON = "referred_on"
    EXPIRED = "expired"
    RECALLED = "recalled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RECLAIMED = "reclaimed"
    VOIDED = "voided"


class ReferralEvent(StrEnum):
    """What can happen to a referral."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    RETURN = "return"
    REFER_ON = "refer_on"
    EXPIRE = "expire"
    RECALL = "recall"
    RESUBMIT = "resubmit"
    START = "start"
    PROGRESS = "progress"
    HOLD = "hold"
    RESUME = "resume"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    RECLAIM = "reclaim"
    VOID = "void"


class Side(StrEnum):
    """Who causes an event."""

    DESK = "desk"
    TARGET = "target"
    SYSTEM = "system"
    SUPERVISOR = "supervisor"


class DeclineReason(StrEnum):
    """Why an organisation does not take a case, or gives it back."""

    NOT_ELIGIBLE = "not_eligible"
    OUT_OF_SCOPE = "out_of_scope"
    AT_CAPACITY = "at_capacity"
    OUT_OF_AREA = "out_of_area"
    ALREADY_SERVED = "already_served"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a completed referral."""

    ADVICE_GIVEN = "advice_given"
    DIAGNOSIS_DONE = "diagnosis_done"
    INVENTORY_DONE = "inventory_done"
    VERIFICATION_DONE = "verification_done"
    APPLICATION_SUBMITTED = "application_submitted"
    APPROVED = "approved"
    REJECTED_BY_PROGRAMME = "rejected_by_programme"
    APPLICANT_WITHDREW = "applicant_withdrew"
    NO_CONTACT = "no_contact"


_S, _E = ReferralStatus, ReferralEvent

TRANSITIONS: Mapping[tuple[ReferralStatus, ReferralEvent], ReferralStatus] = {
    (_S.DRAFT, _E.OFFER): _S.OFFERED,
    (_S.OFFERED, _E.ACCEPT): _S.ACCEPTED,
    (_S.OFFERED, _E.DECLINE): _S.DECLINED,
    (_S.OFFERED, _E.RETURN): _S.RETURNED,
    (_S.OFFERED, _E.REFER_ON): _S.REFERRED_ON,
    (_S.OFFERED, _E.EXPIRE): _S.EXPIRED,
    (_S.OFFERED, _E.RECALL): _S.RECALLED,
    (_S.RETURNED, _E.RESUBMIT): _S.OFFERED,
    (_S.ACCEPTED, _E.START): _S.IN_PROGRESS,
    (_S.ACCEPTED, _E.RETURN): _S.RETURNED,
    (_S.ACCEPTED, _E.REFER_ON): _S.REFERRED_ON,
    (_S.ACCEPTED, _E.HOLD): _S.ON_HOLD,
    (_S.ACCEPTED, _E.COMPLETE): _S.COMPLETED,
    (_S.ACCEPTED, _E.FAIL): _S.FAILED,
    (_S.ACCEPTED, _E.CANCEL): _S.CANCELLED,
    (_S.ACCEPTED, _E.RECLAIM): _S.RECLAIMED,
    (_S.IN_PROGRESS, _E.PROGRESS): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _E.RETURN): _S.RETURNED,
    (_S.IN_PROGRESS, _E.REFER_ON): _S.REFERRED_ON,
    (_S.IN_PROGRESS, _E.HOLD): _S.ON_HOLD,
    (_S.IN_PROGRESS, _E.COMPLETE): _S.COMPLETED,
    (_S.IN_PROGRESS, _E.FAIL): _S.FAILED,
    (_S.IN_PROGRESS, _E.CANCEL): _S.CANCELLED,
    (_S.IN_PROGRESS, _E.RECLAIM): _S.RECLAIMED,
    (_S.ON_HOLD, _E.REFER_ON): _S.REFERRED_ON,
    (_S.ON_HOLD, _E.RESUME): _S.IN_PROGRESS,  # or ACCEPTED when nobody had been contacted: see `advance`
    (_S.ON_HOLD, _E.COMPLETE): _S.COMPLETED,
    (_S.ON_HOLD, _E.FAIL): _S.FAILED,
    (_S.ON_HOLD, _E.CANCEL): _S.CANCELLED,
    (_S.ON_HOLD, _E.RECLAIM): _S.RECLAIMED,
    **{(status, _E.VOID): _S.VOIDED for status in _S if status is not _S.VOIDED},
}

SIDES: Mapping[ReferralEvent, Side] = {
    _E.OFFER: Side.DESK,
    _E.ACCEPT: Side.TARGET,
    _E.DECLINE: Side.TARGET,
    _E.RETURN: Side.TARGET,
    _E.REFER_ON: Side.TARGET,
    _E.EXPIRE: Side.SYSTEM,
    _E.RECALL: Side.DESK,
    _E.RESUBMIT: Side.DESK,
    _E.START: Side.TARGET,
    _E.PROGRESS: Side.TARGET,
    _E.HOLD: Side.TARGET,
    _E.RESUME: Side.TARGET,
    _E.COMPLETE: Side.TARGET,
    _E.FAIL: Side.TARGET,
    _E.CANCEL: Side.DESK,
    _E.RECLAIM: Side.SUPERVISOR,
    _E.VOID: Side.SUPERVISOR,
}

DEMANDS: Mapping[ReferralEvent, frozenset[str]] = {
    _E.DECLINE: frozenset({"reason"}),
    _E.RETURN: frozenset({"reason", "text"}),
    _E.REFER_ON: frozenset({"reason", "suggested"}),
    _E.RECALL: frozenset({"text"}),
    _E.START: frozenset({"contacted_at"}),
    _E.PROGRESS: frozenset({"text"}),
    _E.HOLD: frozenset({"text", "until_on"}),
    _E.COMPLETE: frozenset({"outcome"}),
    _E.FAIL: frozenset({"text"}),
    _E.CANCEL: frozenset({"text"}),
    _E.RECLAIM: frozenset({"text"}),
    _E.VOID: frozenset({"text"}),
}

OUTCOME_DEMANDS: Mapping[Outcome, str] = {
    Outcome.APPLICATION_SUBMITTED: "submitted_on",
    Outcome.APPROVED: "approved_ntd",
}

OPEN = frozenset({_S.OFFERED, _S.ACCEPTED, _S.IN_PROGRESS, _S.ON_HOLD})
IN_HAND = frozenset({_S.ACCEPTED, _S.IN_PROGRESS, _S.ON_HOLD})
MAX_OFFERS = 3  # of one referral, and unanswered or declined offers of one need before the supervisor decides
MAX_HOLD_WORKING_DAYS = 20


class IllegalReferralEvent(Exception):
    """The event is not allowed in this state; carries what would be."""

    def __init__(self, status: ReferralStatus, event: ReferralEvent) -> None:
        self.status, self.event, self.allowed = status, event, allowed(status)
        super().__init__(f"{event} is not allowed while {status}; allowed: {', '.join(self.allowed)}")


class MissingPart(Exception):
    """An event came without something that it must carry; `field` names it."""

    def __init__(self, event: ReferralEvent, field: str) -> None:
        self.event, self.field = event, field
        super().__init__(f"{event} needs {field}")


def allowed(status: ReferralStatus, *, side: Side | None = None) -> tuple[ReferralEvent, ...]:
    """Return the events that `status` accepts (from `side`, when given), in the enumeration's order."""
    return tuple(
        event
        for event in ReferralEvent
        if (status, event) in TRANSITIONS and (side is None or SIDES[event] is side)
    )


def advance(status: ReferralStatus, event: ReferralEvent, *, contacted: bool = False) -> ReferralStatus:
    """Return the state after `event`; a hold ends where it began, which `contacted` tells.

    Raises IllegalReferralEvent naming the allowed events.
    """
    try:
        after = TRANSITIONS[status, event]
    except KeyError:
        raise IllegalReferralEvent(status, event) from None
    if event is ReferralEvent.RESUME and not contacted:
        return ReferralStatus.ACCEPTED
    return after


def demand(event: ReferralEvent, given: Mapping[str, object]) -> None:
    """Raise MissingPart for the first thing (by name) that `event` must carry and does not.

    `other` is no reason by itself: it needs a text. An outcome may need a figure: `OUTCOME_DEMANDS`.
    """
    wanted = DEMANDS.get(event, frozenset())
    if given.get("reason") == DeclineReason.OTHER:
        wanted = wanted | {"text"}
    for name in sorted(wanted):
        if not given.get(name):
            raise MissingPart(event, name)
    figure = next(
        (name for outcome, name in OUTCOME_DEMANDS.items() if given.get("outcome") == outcome), None
    )
    figures = given.get("figures") or {}
    if figure is not None and isinstance(figures, Mapping) and figures.get(figure) is None:
        raise MissingPart(event, figure)
