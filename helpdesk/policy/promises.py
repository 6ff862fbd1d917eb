"""Which clocks each happening starts, meets or cancels, and which wait for whom, as tables.

How long a promise is comes from the knowledge base; how time counts is `business_time`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from helpdesk.policy.referral_lifecycle import ReferralEvent
from knowledge_base.records.vocabulary import Metric

NEVER_DUE = datetime(9999, 12, 31, tzinfo=UTC)
"""Sorts behind every due date: a case none of whose clocks runs."""

CALL_ATTEMPTS = 3
"""So many calls that reach nobody end a callback. Source: service-level rules, metric `callback`."""

WAITS_FOR_ENQUIRER = frozenset({Metric.RESOLUTION})
WAITS_ON_HOLD = frozenset({Metric.FIRST_CONTACT, Metric.PROGRESS})
OF_A_REFERRAL = frozenset({Metric.REFERRAL_ACCEPTANCE, Metric.FIRST_CONTACT, Metric.PROGRESS})


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """What one event does to the clocks of its referral, in this order: meet, cancel, start."""

    meets: tuple[Metric, ...] = ()
    cancels: tuple[Metric, ...] = ()
    starts: tuple[Metric, ...] = ()


_M, _E = Metric, ReferralEvent
_ALL = (_M.REFERRAL_ACCEPTANCE, _M.FIRST_CONTACT, _M.PROGRESS)

RESOLVING = ClockEffect(meets=(_M.FIRST_RESPONSE, _M.TRIAGE, _M.RESOLUTION), cancels=(_M.CALLBACK,))
"""What solving a case does: it answers the enquirer, but nobody was called back, nor needs to be."""

WITHOUT_CONTACT = ClockEffect(cancels=(_M.FIRST_CONTACT,))
"""What a referral that ends without having reached the enterprise does first."""

REFERRAL_CLOCKS: Mapping[ReferralEvent, ClockEffect] = {
    _E.OFFER: ClockEffect(starts=(_M.REFERRAL_ACCEPTANCE,)),
    _E.RESUBMIT: ClockEffect(starts=(_M.REFERRAL_ACCEPTANCE,)),
    _E.ACCEPT: ClockEffect(meets=(_M.REFERRAL_ACCEPTANCE,), starts=(_M.FIRST_CONTACT,)),
    _E.DECLINE: ClockEffect(meets=(_M.REFERRAL_ACCEPTANCE,)),
    _E.RETURN: ClockEffect(meets=(_M.REFERRAL_ACCEPTANCE,), cancels=(_M.FIRST_CONTACT, _M.PROGRESS)),
    _E.REFER_ON: ClockEffect(meets=(_M.REFERRAL_ACCEPTANCE,), cancels=(_M.FIRST_CONTACT, _M.PROGRESS)),
    _E.EXPIRE: ClockEffect(cancels=_ALL),
    _E.RECALL: ClockEffect(cancels=_ALL),
    _E.START: ClockEffect(meets=(_M.FIRST_CONTACT,), starts=(_M.PROGRESS,)),
    _E.PROGRESS: ClockEffect(meets=(_M.PROGRESS,), starts=(_M.PROGRESS,)),
    _E.HOLD: ClockEffect(),
    _E.RESUME: ClockEffect(),
    _E.COMPLETE: ClockEffect(meets=(_M.FIRST_CONTACT, _M.PROGRESS)),
    _E.FAIL: ClockEffect(cancels=_ALL),
    _E.CANCEL: ClockEffect(cancels=_ALL),
    _E.RECLAIM: ClockEffect(cancels=_ALL),
    _E.VOID: ClockEffect(cancels=_ALL),
}
