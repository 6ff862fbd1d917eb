"""What the people of an organisation see of a case that was referred to it.

Another organisation's referral is never seen; that is a query's matter, not a degree.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.policy.referral_lifecycle import ReferralStatus

PACKET_KEPT = timedelta(days=30)


class Disclosure(StrEnum):
    """How much of the case is shown."""

    NOTHING = "nothing"
    PREVIEW = "preview"
    PACKET = "packet"
    RECEIPT = "receipt"


_S, _D = ReferralStatus, Disclosure

SHOWN: Mapping[ReferralStatus, Disclosure] = {
    _S.DRAFT: _D.NOTHING,
    _S.OFFERED: _D.PREVIEW,
    _S.ACCEPTED: _D.PACKET,
    _S.IN_PROGRESS: _D.PACKET,
    _S.ON_HOLD: _D.PACKET,
    _S.COMPLETED: _D.PACKET,
    _S.RETURNED: _D.RECEIPT,
    _S.DECLINED: _D.RECEIPT,
    _S.REFERRED_ON: _D.RECEIPT,
    _S.EXPIRED: _D.RECEIPT,
    _S.RECALLED: _D.RECEIPT,
    _S.FAILED: _D.RECEIPT,
    _S.CANCELLED: _D.RECEIPT,
    _S.RECLAIMED: _D.RECEIPT,
    _S.VOIDED: _D.NOTHING,
}


def disclosure_of(status: ReferralStatus, *, ended_at: datetime | None, now: datetime) -> Disclosure:
    """Return what is shown at `now`; a completed referral's packet becomes a receipt after 30 days."""
    shown = SHOWN[status]
    if status is ReferralStatus.COMPLETED and ended_at is not None and now - ended_at > PACKET_KEPT:
        return Disclosure.RECEIPT
    return shown
