"""The reckoning of a due date as rows: what counted and adds up, what did not and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from helpdesk.models.service_clock import Pause
from helpdesk.policy.business_time import Segment, Skipped, worked
from helpdesk.policy.service_calendar import WEEKDAYS, ServiceCalendar
from helpdesk.policy.time_in_words import amount_in_words

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the reckoning, of one day or of several; `hours` is empty for whole days.

    `counted` and the running `total` are whole minutes and add up; None where nothing counted, for which
    `words` give the reason.
    """

    starts_at: datetime
    first_on: date
    last_on: date
    hours: str
    words: str
    counted: timedelta | None = None
    total: timedelta | None = None

    @property
    def counted_words(self) -> str:
        """Say what counted, empty where nothing did."""
        return "" if self.counted is None else in_hours(self.counted)

    @property
    def total_words(self) -> str:
        """Say what had counted by then, empty where nothing did."""
        return "" if self.total is None else in_hours(self.total)


def due_steps(
    calendar: ServiceCalendar,
    within: Segment,
    *,
    counted: Sequence[Segment],
    skipped: Iterable[Skipped],
    pauses: Iterable[Pause],
) -> tuple[Step, ...]:
    """Return all rows in order of time, closed days in a row folded into one.

    `within` is from the clock's start to its due date; pauses are cut to it.
    """
    steps = [
        *_counted(calendar.zone, counted),
        *(_skipped(calendar.zone, each) for each in skipped),
        *(_paused(calendar, within, each) for each in pauses),
    ]
    folded: list[Step] = []
    for step in sorted(steps, key=attrgetter("starts_at")):
        words = _folded_words(folded[-1], step) if folded else None
        if words is None:
            folded.append(step)
        else:
            folded[-1] = replace(folded[-1], last_on=step.last_on, words=words)
    return tuple(folded)


def rounded_up(amount: timedelta) -> timedelta:
    """Return whole minutes. Up, because hours are shown rounded down: 12:36–18:00 is then 5 h 24 min."""
    return -(-amount // MINUTE) * MINUTE


def in_hours(amount: timedelta) -> str:
    """Say an amount in hours and minutes, as the hours of days are added up; never in working days."""
    return amount_in_words(amount, timedelta.max)


def _counted(zone: ZoneInfo, segments: Sequence[Segment]) -> Iterator[Step]:
    exact = shown = timedelta()
    for each in segments:
        exact += each.ends_at - each.starts_at
        before, shown = shown, rounded_up(exact)
        begun, ended = each.starts_at.astimezone(zone), each.ends_at.astimezone(zone)
        yield Step(begun, begun.date(), begun.date(), _hours(begun, ended), "", shown - before, shown)


def _skipped(zone: ZoneInfo, each: Skipped) -> Step:
    """Return the row of a closed day or, with hours, of a closure on it."""
    spans = [(part.starts_at.astimezone(zone), part.ends_at.astimezone(zone)) for part in each.hours]
    starts_at = spans[0][0] if spans else datetime.combine(each.on, time(), zone)
    return Step(starts_at, each.on, each.on, "、".join(_hours(*span) for span in spans), each.name)


def _paused(calendar: ServiceCalendar, within: Segment, pause: Pause) -> Step:
    begun, ended = (
        max(pause.started_at, within.starts_at),
        min(pause.ended_at or within.ends_at, within.ends_at),
    )
    first, last = begun.astimezone(calendar.zone), ended.astimezone(calendar.zone)
    hours = _hours(first, last) if first.date() == last.date() else f"{first:%H:%M} 起，到 {last:%H:%M}"
    if pause.ended_at is None:
        hours = f"{first:%H:%M} 起，還在暫停"
    words = f"暫停：{pause.reason}（{in_hours(worked(calendar, begun, ended))}）"
    return Step(first, first.date(), last.date(), hours, words)


def _folded_words(before: Step, after: Step) -> str | None:
    """Return the words of two closed days in a row: of a weekend, or of one holiday; None for others."""
    whole_days = not before.hours and not after.hours and after.first_on - before.last_on == DAY
    if whole_days and before.words == after.words:
        return before.words
    ordinary = after.words in WEEKDAYS and before.words.split("、")[-1] in WEEKDAYS
    return f"{before.words}、{after.words}" if whole_days and ordinary else None


def _hours(begun: datetime, ended: datetime) -> str:
    return f"{begun:%H:%M}–{ended:%H:%M}"
