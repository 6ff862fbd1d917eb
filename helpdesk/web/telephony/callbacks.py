"""What the provider reports afterwards: a call that ended, a text's way."""

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.delivery import DeliveryState
from helpdesk.services import calls, sending
from helpdesk.web.installation import equipment
from helpdesk.web.telephony import bp
from helpdesk.web.telephony.signature import signed
from helpdesk.web.telephony.voice import delivered_call

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
RECEIPTS: Mapping[str, DeliveryState] = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.PERMANENT_FAILURE,
    "failed": DeliveryState.PERMANENT_FAILURE,
    "canceled": DeliveryState.CANCELLED,
}


@bp.post("/status")
@signed
def call_status() -> ResponseReturnValue:
    """Close the row of a call that ended; whoever reached nobody, or only an error, is owed a callback."""
    if request.form.get("CallStatus") in ENDED:
        calls.call_ended(db.session(), delivered_call(), equipment=equipment(), now=clock.now())
    return "", 204


@bp.post("/receipts")
@signed
def message_status() -> ResponseReturnValue:
    """Take in what became of a text; intermediate words and unknown messages change nothing."""
    state = RECEIPTS.get(request.form.get("MessageStatus", ""))
    if state is not None:
        sending.record_receipt(
            db.session(), request.form["MessageSid"], state, error=request.form.get("ErrorCode") or None
        )
    return "", 204
