"""How many promises were kept: by category, organisation or channel in one month, and month by month.

A verdict falls in the month of the breach, or of the end in time; what was cancelled unbroken has none.
Months are ranges of instants over the indexes of `breached_at` and `met_at`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.attainment import Dimension, Tally, last_months, month_span
from knowledge_base.records.vocabulary import Category, Channel, Metric

Key = Category | Channel | str | None
"""A category, a channel or an organisation's slug; None: not sorted yet, or a promise of the desk itself."""

Tallies = Mapping[Metric, Tally]

COLUMNS: Mapping[Dimension, InstrumentedAttribute[Any]] = {
    Dimension.CATEGORY: Case.category,
    Dimension.ORGANISATION: Referral.organisation,
    Dimension.CHANNEL: Case.channel,
}


def by_dimension(session: Session, dimension: Dimension, month: date) -> Mapping[Key, Tallies]:
    """Return the promises of a month, told apart by `dimension`; where most were broken comes first."""
    found = _tallies(session, month, dimension)
    worst_first = sorted(found, key=lambda key: (-sum(t.broken for t in found[key].values()), str(key)))
    return {key: found[key] for key in worst_first}


def by_month(session: Session, last: date) -> Mapping[date, Tallies]:
    """Return the promises of the twelve months up to `last`, newest first; a month without any is there too."""
    return {month: _tallies(session, month, None).get(None, {}) for month in last_months(last)}


def summed(parts: Iterable[Tallies]) -> Tallies:
    """Return the promises of all parts by metric."""
    total: dict[Metric, Tally] = defaultdict(Tally)
    for tallies in parts:
        for metric, tally in tallies.items():
            total[metric] += tally
    return total


def _tallies(session: Session, month: date, dimension: Dimension | None) -> Mapping[Key, Tallies]:
    begun, ended = month_span(month)
    grouped, unbroken = _grouped(dimension), ServiceClock.breached_at.is_(None)
    met = grouped.where(unbroken, ServiceClock.met_at >= begun, ServiceClock.met_at < ended)
    breached = grouped.where(ServiceClock.breached_at >= begun, ServiceClock.breached_at < ended)
    kept, broken = _counts(session, met), _counts(session, breached)
    found: dict[Key, dict[Metric, Tally]] = defaultdict(dict)
    for key, metric in kept | broken:
        found[key][metric] = Tally(kept[key, metric], broken[key, metric])
    return found


def _grouped(dimension: Dimension | None) -> Select[Any]:
    columns: list[Any] = [ServiceClock.metric, *([COLUMNS[dimension]] if dimension else [])]
    counted = select(func.count(), *columns).select_from(ServiceClock).group_by(*columns)
    if dimension is None:
        return counted
    if dimension is Dimension.ORGANISATION:
        return counted.outerjoin(Referral, Referral.id == ServiceClock.referral_id)
    return counted.join(Case, Case.id == ServiceClock.case_id)


def _counts(session: Session, grouped: Select[Any]) -> Counter[tuple[Key, Metric]]:
    rows = session.execute(grouped)
    return Counter({(key[0] if key else None, metric): count for count, metric, *key in rows})
