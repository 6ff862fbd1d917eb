"""What happens to a referral after the offer: one way in for every event, whoever causes it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral, ReferralDelivery
from helpdesk.policy import lifecycle
from helpdesk.policy.business_time import due_at, working_day
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import UNFINISHED, CaseEvent
from helpdesk.policy.notices import Happening
from helpdesk.policy.promises import REFERRAL_CLOCKS, WITHOUT_CONTACT
from helpdesk.policy.referral_lifecycle import (
    IN_HAND,
    MAX_HOLD_WORKING_DAYS,
    MAX_OFFERS,
    OPEN,
    SIDES,
    IllegalReferralEvent,
    MissingPart,
    Outcome,
    ReferralEvent,
    ReferralStatus,
    Side,
    advance,
    demand,
)
from helpdesk.policy.time_in_words import roc_date
from helpdesk.services import notifications, sla_clocks
from helpdesk.services.equipment import Equipment
from helpdesk.services.referrals.offering import announce, draft, propose, refuse_unfit
from helpdesk.services.timeline import Actor, record
from knowledge_base.records.vocabulary import Metric

_E = ReferralEvent

RECORDED_AS: Mapping[ReferralEvent, EventKind] = {
    _E.ACCEPT: EventKind.REFERRAL_ACCEPTED,
    _E.DECLINE: EventKind.REFERRAL_DECLINED,
    _E.RETURN: EventKind.REFERRAL_RETURNED,
    _E.REFER_ON: EventKind.REFERRAL_REFERRED_ON,
    _E.EXPIRE: EventKind.REFERRAL_EXPIRED,
    _E.RECALL: EventKind.REFERRAL_RECALLED,
    _E.START: EventKind.REFERRAL_STARTED,
    _E.PROGRESS: EventKind.REFERRAL_PROGRESS,
    _E.HOLD: EventKind.REFERRAL_HELD,
    _E.RESUME: EventKind.REFERRAL_RESUMED,
    _E.COMPLETE: EventKind.REFERRAL_COMPLETED,
    _E.FAIL: EventKind.REFERRAL_FAILED,
    _E.CANCEL: EventKind.REFERRAL_CANCELLED,
    _E.RECLAIM: EventKind.REFERRAL_RECLAIMED,
    _E.VOID: EventKind.REFERRAL_VOIDED,
}

TOLD: Mapping[ReferralEvent, Happening] = {
    _E.ACCEPT: Happening.REFERRAL_ACCEPTED,
    _E.DECLINE: Happening.REFERRAL_BACK,
    _E.RETURN: Happening.REFERRAL_BACK,
    _E.REFER_ON: Happening.REFERRAL_BACK,
    _E.EXPIRE: Happening.REFERRAL_BACK,
    _E.FAIL: Happening.REFERRAL_BACK,
    _E.COMPLETE: Happening.REFERRAL_ENDED,
}


OFFERING = frozenset({_E.OFFER, _E.RESUBMIT})


class HoldTooLong(Exception):
    """A hold may last 20 working days at most; the message says so to whoever asked."""


class NotYours(Exception):
    """The event belongs to the other side of the referral."""


def locked(session: Session, referral_id: int, *, organisation: str | None = None) -> Referral | None:
    """Return a referral for changing it, with its case locked; only `organisation`'s own when given."""
    now_as_it_is = {"populate_existing": True}
    # Every writer locks the case first, so none waits for another in a circle.
    case = select(Case).join(Referral, Referral.case_id == Case.id).where(Referral.id == referral_id)
    session.scalars(case.with_for_update(of=Case), execution_options=now_as_it_is).first()
    wanted = select(Referral).where(Referral.id == referral_id)
    if organisation is not None:
        wanted = wanted.where(Referral.organisation == organisation, Referral.status != ReferralStatus.DRAFT)
    return session.scalars(wanted, execution_options=now_as_it_is).first()


def apply(
    session: Session,
    referral: Referral,
    event: ReferralEvent,
    given: Mapping[str, Any],
    *,
    sides: frozenset[Side],
    actor: Actor,
    equipment: Equipment,
    now: datetime,
    event_key: str | None = None,
) -> Referral:
    """Apply one event with what it carries: `reason`, `text`, `contacted_at`, `until_on`,
    `outcome`, `figures`, `suggested`.

    Idempotent by `event_key`: the same key again changes nothing. Raises IllegalReferralEvent with
    the allowed events, MissingPart naming the field, HoldTooLong, NotACandidate for a draft that does
    not fit, NotYours when `sides` may not cause it.
    """
    if event_key is not None and session.get(ReferralDelivery, event_key) is not None:
        return referral
    after = _checked(session, referral, event, given, sides=sides, equipment=equipment, now=now)
    before, referral.status = referral.status, after
    _keep(referral, event, given, now)
    case = referral.case
    if event in OFFERING:
        announce(session, case, referral, actor=actor, equipment=equipment, now=now)
    else:
        record(session, case, RECORDED_AS[event], actor=actor, now=now, referral=referral,
               before=before, **_written(given))  # fmt: skip
    _run_clocks(session, referral, event, equipment=equipment, now=now)
    if after not in OPEN and before in OPEN:
        _hand_back(session, case, event, equipment=equipment, now=now)
    if event is ReferralEvent.REFER_ON:
        draft(session, referral, given["suggested"], equipment=equipment)
    if event in TOLD:
        notifications.queue(session, TOLD[event], case, equipment=equipment, now=now, referral=referral)
    if event_key is not None:
        session.add(
            ReferralDelivery(
                event_key=event_key, referral_id=referral.id, event=event, status_after=after, at=now
            )
        )
    return referral


def _checked(
    session: Session,
    referral: Referral,
    event: ReferralEvent,
    given: Mapping[str, Any],
    *,
    sides: frozenset[Side],
    equipment: Equipment,
    now: datetime,
) -> ReferralStatus:
    """Return the state after `event` when nothing speaks against it; raises as `apply` says."""
    if SIDES[event] not in sides:
        raise NotYours(f"{event} is for {SIDES[event]}")
    after = advance(referral.status, event, contacted=referral.contacted_at is not None)
    if event is ReferralEvent.RESUBMIT and referral.offers >= MAX_OFFERS:
        raise IllegalReferralEvent(referral.status, event)
    demand(event, given)
    if event is ReferralEvent.HOLD:
        _refuse_long_hold(given["until_on"], equipment=equipment, now=now)
    if event is ReferralEvent.REFER_ON and given["suggested"] == referral.organisation:
        raise MissingPart(event, "suggested")
    if event is ReferralEvent.OFFER:
        refuse_unfit(session, referral, equipment=equipment, now=now)
    return after


def end_all(
    session: Session, case: Case, *, text: str, actor: Actor, equipment: Equipment, now: datetime
) -> int:
    """Recall offers and cancel accepted referrals of a case, e.g. when consent is withdrawn; return how many."""
    ended = session.scalars(
        select(Referral).where(Referral.case_id == case.id, Referral.status.in_(OPEN))
    ).all()
    for referral in ended:
        event = ReferralEvent.CANCEL if referral.status in IN_HAND else ReferralEvent.RECALL
        apply(session, referral, event, {"text": text}, sides=frozenset({Side.DESK}), actor=actor,
              equipment=equipment, now=now)  # fmt: skip
    return len(ended)


def _refuse_long_hold(until_on: date, *, equipment: Equipment, now: datetime) -> None:
    calendar = equipment.calendar
    longest = due_at(calendar, now, MAX_HOLD_WORKING_DAYS * working_day(calendar))
    if until_on > longest.astimezone(calendar.zone).date():
        raise HoldTooLong(f"暫停最多 {MAX_HOLD_WORKING_DAYS} 個工作天，最晚到 {roc_date(longest)}。")


def _keep(referral: Referral, event: ReferralEvent, given: Mapping[str, Any], now: datetime) -> None:
    """Write what the event says onto the referral."""
    if event is ReferralEvent.ACCEPT:
        referral.accepted_at = now
    elif event is ReferralEvent.START:
        referral.contacted_at = given["contacted_at"]
    elif event is ReferralEvent.HOLD:
        referral.held_until_on = given["until_on"]
    elif event is ReferralEvent.RESUME:
        referral.held_until_on = None
    elif event is ReferralEvent.COMPLETE:
        referral.outcome, referral.outcome_figures = given["outcome"], dict(given.get("figures") or {})
    elif event in OFFERING:
        referral.offers, referral.offered_at, referral.ended_at = referral.offers + 1, now, None
        referral.reason, referral.reason_text = None, None
        referral.accepted_at = referral.contacted_at = referral.held_until_on = None
    if referral.status not in OPEN:
        referral.ended_at = now
        referral.reason, referral.reason_text = given.get("reason"), given.get("text")


def _run_clocks(
    session: Session, referral: Referral, event: ReferralEvent, *, equipment: Equipment, now: datetime
) -> None:
    case, effect = referral.case, REFERRAL_CLOCKS[event]
    met_at = now
    if event is ReferralEvent.START and referral.contacted_at and referral.accepted_at:
        met_at = max(referral.contacted_at, referral.accepted_at)
    if referral.outcome is Outcome.NO_CONTACT:
        sla_clocks.cancel(session, case, WITHOUT_CONTACT.cancels, now=now, referral=referral)
    sla_clocks.meet(session, case, effect.meets, now=met_at, referral=referral)
    sla_clocks.cancel(session, case, effect.cancels, now=now, referral=referral)
    if event is ReferralEvent.HOLD:
        sla_clocks.pause(session, case, reason="單位暫停", equipment=equipment, now=now, referral=referral)
    elif event not in OFFERING:
        sla_clocks.resume(session, case, equipment=equipment, now=now, referral=referral)
        sla_clocks.start(session, case, effect.starts, equipment=equipment, now=now, referral=referral)


def _hand_back(
    session: Session, case: Case, event: ReferralEvent, *, equipment: Equipment, now: datetime
) -> None:
    """Give the case back to the desk when no referral is open any more: its clock for the next step starts."""
    open_ones = select(Referral.id).where(Referral.case_id == case.id, Referral.status.in_(OPEN))
    if session.scalars(open_ones.limit(1)).first() is not None:
        return
    case.status = lifecycle.advance(case.status, CaseEvent.HAND_BACK)
    if case.status in UNFINISHED:
        sla_clocks.start(session, case, (Metric.TRIAGE,), equipment=equipment, now=now)


def next_candidate(session: Session, case: Case, *, equipment: Equipment, now: datetime) -> str | None:
    """Return the organisation that would be offered the case next, if any is left."""
    ranked = propose(session, case, equipment=equipment, now=now).ranked
    return ranked[0].slug if ranked else None


def _written(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event carried, as JSON for the history."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value not in (None, "", {})
    }
