"""What other targets and hours would change, and how hours are said.

Decides which due dates may differ; by how much is `deadlines`. What may be set is `level_rules`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from helpdesk.policy.service_calendar import WEEKDAYS
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.sla_policies import OpeningPeriod
from knowledge_base.records.vocabulary import Metric, Weekday

CLOSED = "不開放"


@dataclass(frozen=True, slots=True)
class LevelChange:
    """One target, or the hours of one weekday, that would be another."""

    name: str
    before: str
    after: str


def hours_in_words(opening: Sequence[OpeningPeriod], day: Weekday) -> str:
    """Say the hours of a weekday, e.g. 08:30–12:00、13:00–18:00; empty for a day that is closed."""
    return "、".join(period_in_words(period) for period in in_order(opening) if period.weekday is day)


def week_in_words(opening: Sequence[OpeningPeriod]) -> str:
    """Say a week's hours, e.g. 週一至週五 08:30–18:00；週六 09:00–12:00; days that are closed are not named."""
    days = [(name, hours_in_words(opening, day)) for name, day in zip(WEEKDAYS, Weekday, strict=True)]
    said = []
    for hours, group in groupby(days, key=lambda named: named[1]):
        names = [name for name, _ in group]
        if hours:
            said.append(f"{names[0]}{f'至{names[-1]}' if names[1:] else ''} {hours}")
    return "；".join(said)


def level_changes(held: Knowledge, proposed: Knowledge) -> tuple[LevelChange, ...]:
    """Return every target and weekday that differs, in the order of the policies and of the week."""
    targets = (
        LevelChange(policy.reason, held.policies[key].target.words, policy.target.words)
        for key, policy in proposed.policies.items()
        if policy.target != held.policies[key].target
    )
    hours = (
        LevelChange(f"{name}服務時間", before or CLOSED, after or CLOSED)
        for name, day in zip(WEEKDAYS, Weekday, strict=True)
        for before, after in [[hours_in_words(each.calendar.opening, day) for each in (held, proposed)]]
        if before != after
    )
    return (*targets, *hours)


def metrics_changed(held: Knowledge, proposed: Knowledge) -> frozenset[Metric]:
    """Return the metrics whose due dates may differ: of the targets that differ, or all with the hours."""
    if hours_differ(held, proposed):
        return frozenset(Metric)
    return frozenset(
        policy.metric
        for key, policy in proposed.policies.items()
        if policy.target != held.policies[key].target
    )


def hours_differ(held: Knowledge, proposed: Knowledge) -> bool:
    """Tell whether the week's hours are others, in whatever order they stand."""
    return in_order(held.calendar.opening) != in_order(proposed.calendar.opening)


def in_order(opening: Sequence[OpeningPeriod]) -> tuple[OpeningPeriod, ...]:
    """Return periods in the order of the week."""
    week = list(Weekday)
    return tuple(sorted(opening, key=lambda period: (week.index(period.weekday), period.opens)))


def period_in_words(period: OpeningPeriod) -> str:
    """Say a period, e.g. 08:30–12:00."""
    return f"{period.opens:%H:%M}–{period.closes:%H:%M}"
