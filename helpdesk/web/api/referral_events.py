"""A partner's own referrals for its machines: the list, and events on one of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.account import ApiKey
from helpdesk.policy.events import EventKind
from helpdesk.policy.referral_lifecycle import ReferralEvent, Side
from helpdesk.policy.text_rules import BadText, clean_line
from helpdesk.queries.partner_inbox import PartnerReferral, inbox
from helpdesk.services.referrals import acting
from helpdesk.services.timeline import Actor, record
from helpdesk.web.access import keyed
from helpdesk.web.api import bp
from helpdesk.web.api.answers import bad_fields, body_of_request, caller, refusal
from helpdesk.web.installation import equipment
from helpdesk.web.referral_input import TAIPEI, BadInput, parse_given
from helpdesk.web.transaction import writes


@bp.get("/referrals")
@keyed
@writes
def own_referrals() -> ResponseReturnValue:
    """List the key's organisation's referrals: to answer, in hand, done; each as far as it is disclosed."""
    key, now = caller(), clock.now()
    if key.organisation is None:
        return refusal(403, "這把金鑰不屬於任何單位。")
    lists = inbox(db.session(), key.organisation, calendar=equipment().calendar, now=now)
    rows = (*lists.to_answer, *lists.in_hand, *lists.done)
    _note_views(rows, key, now)
    return jsonify(referrals=[_shown(r) for r in rows])


@bp.post("/referrals/<int:referral_id>/events")
@keyed
def apply_event(referral_id: int) -> ResponseReturnValue:
    """Apply `{"event", "event_id"?, ...}`; an illegal event gets 409 with the allowed ones."""
    key, document, now = caller(), body_of_request(), clock.now()
    referral = (
        acting.locked(db.session(), referral_id, organisation=key.organisation) if key.organisation else None
    )
    if referral is None:
        return refusal(404, "找不到這件轉介。")
    if document.get("event") not in [*ReferralEvent]:
        return bad_fields({"event": f"只能是：{'、'.join(ReferralEvent)}。"})
    event = ReferralEvent(document["event"])
    acting.apply(
        db.session(),
        referral,
        event,
        parse_given(document, event, now=now),
        sides=frozenset({Side.TARGET}),
        actor=Actor(key.name),
        equipment=equipment(),
        now=now,
        event_key=_event_key(f"api:{key.id}:{referral_id}", document),
    )
    return jsonify(id=referral.id, status=referral.status)


def _event_key(sender: str, document: Mapping[str, Any]) -> str | None:
    """Return what makes a delivery the same again, if it says so. Raises BadInput."""
    event_id = document.get("event_id") or request.headers.get("Idempotency-Key")
    if not event_id:
        return None
    try:
        return f"{sender}:{clean_line(str(event_id), limit=80)}"
    except BadText as refusal:
        raise BadInput("event_id", str(refusal)) from None


def _note_views(rows: Iterable[PartnerReferral], key: ApiKey, now: datetime) -> None:
    """Record that packets were handed out, once a day for each: machines ask every few minutes."""
    today = now.astimezone(TAIPEI).date()
    for shown in rows:
        seen = any(
            line.kind is EventKind.REFERRAL_VIEWED
            and line.actor_name == key.name
            and line.at.astimezone(TAIPEI).date() == today
            for line, _ in shown.events
        )
        if shown.packet and not seen and (referral := acting.locked(db.session(), shown.id)):
            record(db.session(), referral.case, EventKind.REFERRAL_VIEWED, actor=Actor(key.name), now=now,
                   referral=referral)  # fmt: skip


def _shown(referral: PartnerReferral) -> Mapping[str, Any]:
    return {
        "id": referral.id,
        "reference": referral.reference,
        "status": referral.status,
        "disclosure": referral.disclosure,
        "need": referral.need,
        "measure": referral.measure,
        "county": referral.county,
        "sector": referral.sector,
        "size_band": referral.size_band,
        "offered_at": referral.offered_at.isoformat() if referral.offered_at else None,
        "allowed": list(referral.allowed),
        "clocks": [
            {"metric": c.metric, "state": c.state, "due_at": c.due_at.isoformat() if c.due_at else None}
            for c in referral.clocks
        ],
        "packet": dict(referral.packet),
    }
