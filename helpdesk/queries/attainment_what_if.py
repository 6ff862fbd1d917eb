"""How many promises of a month would have been kept under other targets or hours.

Every clock that ran at some time in the month is worked out anew from its start, with its waits, as its
case is sorted now and by every closure in force. Broken counts in the month of the due date, kept in the
month of the end; what was cancelled before it was due has no verdict, as in `attainment_rows`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.attainment import Dimension, Tally, month_span, verdict
from helpdesk.policy.level_changes import metrics_changed
from helpdesk.policy.promises import WAITS_FOR_ENQUIRER, WAITS_ON_HOLD
from helpdesk.policy.running_promise import RunningPromise, standing
from helpdesk.policy.service_terms import ServiceTerms
from helpdesk.queries.attainment_rows import by_dimension, summed
from helpdesk.queries.waits import holding, waits_of_cases
from knowledge_base.records.vocabulary import Metric

CLOCKS_AT_ONCE = 2000
WAITING = WAITS_FOR_ENQUIRER | WAITS_ON_HOLD


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The promises of one metric in a month, as they were and as they would have been."""

    metric: Metric
    before: Tally
    after: Tally


def attainment_under(
    session: Session, proposed: ServiceTerms, *, held: ServiceTerms, month: date, now: datetime
) -> list[WhatIf]:
    """Return the metrics with promises in the month, in order; those that do not change are as they were.

    Nothing is written. Raises NoWorkingTime when a promise could never come due.
    """
    metrics = metrics_changed(held.knowledge, proposed.knowledge)
    before = summed([*by_dimension(session, Dimension.CATEGORY, month).values()])
    after = {
        **{metric: tally for metric, tally in before.items() if metric not in metrics},
        **_tallies(session, proposed, metrics, month=month, now=now),
    }
    return [
        WhatIf(metric, before.get(metric, Tally()), after.get(metric, Tally()))
        for metric in Metric
        if metric in before or metric in after
    ]


def _tallies(
    session: Session, terms: ServiceTerms, metrics: Iterable[Metric], *, month: date, now: datetime
) -> dict[Metric, Tally]:
    begun, ended = month_span(month)
    verdicts: Counter[tuple[Metric, bool]] = Counter()
    for clock, promise in _promises(session, metrics, begun, ended):
        due_at = standing(promise, terms).deadline.due_at
        found = verdict(due_at=due_at, met_at=clock.met_at, cancelled_at=clock.cancelled_at, now=now)
        if found is not None and begun <= found[0] < ended:
            verdicts[clock.metric, found[1]] += 1
    return {metric: Tally(verdicts[metric, True], verdicts[metric, False]) for metric, _ in verdicts}


def _promises(
    session: Session, metrics: Iterable[Metric], begun: datetime, ended: datetime
) -> Iterator[tuple[ServiceClock, RunningPromise]]:
    """Yield the clocks that ran at some instant from `begun` to `ended`, whatever their due date was."""
    wanted = (
        select(ServiceClock, Case.category, Case.urgency, Case.channel, Referral.organisation)
        .join(Case, Case.id == ServiceClock.case_id)
        .outerjoin(Referral, Referral.id == ServiceClock.referral_id)
        .where(
            ServiceClock.metric.in_(list(metrics)),
            ServiceClock.started_at < ended,
            or_(ServiceClock.met_at.is_(None), ServiceClock.met_at >= begun),
            or_(ServiceClock.cancelled_at.is_(None), ServiceClock.cancelled_at >= begun),
        )
    )
    streamed = session.execute(wanted.execution_options(yield_per=CLOCKS_AT_ONCE))
    for part in streamed.partitions():
        waits = waits_of_cases(session, {clock.case_id for clock, *_ in part if clock.metric in WAITING})
        for clock, category, urgency, channel, organisation in part:
            promise = RunningPromise(
                metric=clock.metric,
                started_at=clock.started_at,
                category=category,
                urgency=urgency,
                channel=channel,
                organisation=organisation,
                county=clock.county,
                waits=holding(clock, waits),
            )
            yield clock, promise
