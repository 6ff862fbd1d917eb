"""How one running promise stands under given terms: its policy, its calendar, its deadline.

Decides which circumstances choose the policy and whose calendar counts. How time counts is
`business_time`; which policies exist is the knowledge base's.
"""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.policy.business_time import working_day
from helpdesk.policy.deadlines import Deadline, deadline_for
from helpdesk.policy.instants import Pause
from helpdesk.policy.promises import OF_A_REFERRAL
from helpdesk.policy.service_terms import ServiceTerms
from knowledge_base.lookup import policy_for
from knowledge_base.records.vocabulary import Category, Channel, Metric, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningPromise:
    """What decides the due date of a clock: the case's circumstances, its county, the waits so far."""

    metric: Metric
    started_at: datetime
    category: Category | None
    urgency: Urgency
    channel: Channel
    organisation: str | None = None
    county: str | None = None
    waits: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the terms make of it."""

    policy: str
    calendar_version: str
    terms_version: int
    deadline: Deadline


def standing(promise: RunningPromise, terms: ServiceTerms) -> Standing:
    """Return the policy, the calendar and the deadline of a promise. Raises NoWorkingTime."""
    policy = policy_for(
        terms.knowledge,
        promise.metric,
        category=promise.category,
        urgency=promise.urgency,
        channel=promise.channel,
        organisation=promise.organisation if promise.metric in OF_A_REFERRAL else None,
    )
    calendar = terms.calendar.for_county(promise.county) if promise.county else terms.calendar
    deadline = deadline_for(
        calendar,
        started_at=promise.started_at,
        target=policy.target.length(working_day(calendar)),
        warn_percent=policy.warn_at_percent,
        remind_percent=policy.remind_at_percent,
        pauses=promise.waits,
    )
    return Standing(policy.id, calendar.version, terms.version, deadline)
