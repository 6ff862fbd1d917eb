"""What a due date and an amount of working time cost: ours, businesstimedelta, a walk minute by minute.

    .venv/bin/python -m benchmarks.working_time [--turns 16]

Prints one JSON table. All answer the same questions, from the same starts at any minute of 2023-2027, and take
turns of 25 questions, lengths mixed and in an order drawn anew, so that what disturbs one disturbs all. A turn is
answered twice and measured the second time: the first refills the caches that whoever went before has emptied.
Costs are CPU microseconds for each question, medians and quartiles over the turns; a year ahead the walk answers
one question a turn. Then the answers are compared: the library knows no make-up working days.
"""

import argparse
import json
import random
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import process_time_ns
from typing import Any
from zoneinfo import ZoneInfo

import pytz
from businesstimedelta import BusinessTimeDelta, HolidayRule, Rules, WorkDayRule

from helpdesk.policy.business_time import due_at, worked
from helpdesk.policy.instants import Pause
from helpdesk.policy.office_days import office_days
from helpdesk.policy.service_calendar import Closure, OpeningPeriod, ServiceCalendar

OPENS, CLOSES, FIVE_DAYS = time(8, 30), time(18), range(5)
TAIPEI = ZoneInfo("Asia/Taipei")
FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)
AHEAD = {
    "1 hour": timedelta(hours=1),
    "16 hours": timedelta(hours=16),
    "1 year": 250 * timedelta(hours=9, minutes=30),
}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TURN = 25
LONG_WALK, WALKED = ("1 year", "minute walk"), 12
FOUR_PAUSES = ((0.5, 3), (2, 5), (26, 30), (90, 170))  # hours from the start; two overlap
Asks = dict[str, Callable[["Question"], object]]


@dataclass(frozen=True)
class Question:
    """When `target` is worked from `start`, or how much is by `end`; `pauses` for who counts them."""

    start: datetime
    target: timedelta
    end: datetime
    pauses: tuple[Pause, ...]


@dataclass(frozen=True)
class Contender:
    """One way to answer both questions."""

    due: Callable[[Question], datetime]
    amount: Callable[[Question], timedelta]


def desk(closures: Iterable[Closure] = ()) -> ServiceCalendar:
    """Return the desk's calendar, as the office days of the government have it."""
    hours = (OpeningPeriod(OPENS, CLOSES),)
    return ServiceCalendar(
        name="單一服務窗口",
        zone=TAIPEI,
        weekly=dict.fromkeys(FIVE_DAYS, hours),
        makeup_periods=hours,
        special_days=office_days(),
        closures=tuple(closures),
    )


def twenty_closures() -> list[Closure]:
    """Return closures of a day and a half, one a quarter, from the first day on."""
    begun = datetime.combine(FIRST, OPENS, TAIPEI)
    days = [begun + 91 * quarter * DAY for quarter in range(20)]
    return [Closure(day, day + 1.5 * DAY, frozenset(), "停班") for day in days]


def questions(ahead: timedelta, starts: int) -> list[Question]:
    """Return the same varied questions in every run."""
    draw, calendar = random.Random(20230619), desk()
    minutes = ((LAST - FIRST) // DAY + 1) * 1440
    asked = []
    for _ in range(starts):
        start = datetime.combine(FIRST, OPENS, UTC) + draw.randrange(minutes) * MINUTE
        spans = [(start + begun * HOUR, start + ended * HOUR) for begun, ended in FOUR_PAUSES]
        asked.append(Question(start, ahead, due_at(calendar, start, ahead), tuple(spans)))
    return asked


def ours(calendar: ServiceCalendar) -> Contender:
    """Answer by look-up."""
    return Contender(
        lambda q: due_at(calendar, q.start, q.target), lambda q: worked(calendar, q.start, q.end)
    )


def ours_with_pauses(calendar: ServiceCalendar) -> Contender:
    """Answer by look-up, pauses not counted."""
    return Contender(
        lambda q: due_at(calendar, q.start, q.target, q.pauses),
        lambda q: worked(calendar, q.start, q.end, q.pauses),
    )


def library() -> Contender:
    """Answer by businesstimedelta; its days off are a set of dates, quicker than the `holidays` object."""
    zone = pytz.timezone(TAIPEI.key)
    off = HolidayRule(_days(working=False), tz=zone)
    rules = Rules([WorkDayRule(OPENS, CLOSES, list(FIVE_DAYS), tz=zone), off])
    return Contender(
        lambda q: q.start + BusinessTimeDelta(rules, timedelta=q.target),
        lambda q: rules.difference(q.start, q.end).timedelta,
    )


def walk() -> Contender:
    """Answer minute by minute, as is written first; it knows make-up days."""
    off, made_up = _days(working=False), _days(working=True)

    def is_open(minute: datetime) -> bool:
        local = minute.astimezone(TAIPEI)
        if not OPENS <= local.time() < CLOSES:
            return False
        day = local.date()
        return day in made_up or (day.weekday() in FIVE_DAYS and day not in off)

    def due(question: Question) -> datetime:
        minute, left = question.start, question.target
        while left:
            left -= MINUTE * is_open(minute)
            minute += MINUTE
        return minute

    def amount(question: Question) -> timedelta:
        minute, total = question.start, timedelta()
        while minute < question.end:
            total += MINUTE * is_open(minute)
            minute += MINUTE
        return total

    return Contender(due, amount)


def _days(*, working: bool) -> frozenset[date]:
    years = range(FIRST.year - 1, LAST.year + 4)
    return frozenset(on for on, day in office_days().items() if day.working is working and on.year in years)


def in_turn(asks: Asks, asked: dict[str, list[Question]]) -> dict[str, Any]:
    """Return median and quartiles of the CPU of one question, in microseconds, by length and contender."""
    spent: dict[str, dict[str, list[float]]] = {ahead: {name: [] for name in asks} for ahead in asked}
    order, draw = [(ahead, name) for ahead in asked for name in asks], random.Random(7)
    for first in range(0, len(asked["1 hour"]), TURN):
        draw.shuffle(order)
        for ahead, name in order:
            mine = asked[ahead][first : first + (1 if (ahead, name) == LONG_WALK else TURN)]
            spent[ahead][name].append(_microseconds(asks[name], mine))
    return {ahead: {name: _summary(values) for name, values in rows.items()} for ahead, rows in spent.items()}


def _microseconds(ask: Callable[[Question], object], asked: list[Question]) -> float:
    for _ in range(2):
        started = process_time_ns()
        for question in asked:
            ask(question)
        spent = process_time_ns() - started
    return spent / 1000 / len(asked)


def _summary(values: list[float]) -> dict[str, Any]:
    low, median, high = statistics.quantiles(values, n=4)
    return {"median_us": round(median, 2), "quartiles_us": [round(low, 2), round(high, 2)]}


def agreement(asked: list[Question], other: Contender) -> dict[str, int]:
    """Return how many questions another contender answers as we do, and why it does not."""
    found = {"asked": len(asked), "agree": 0, "a make-up day between": 0, "unexplained": 0}
    for question in asked:
        if other.due(question) == question.end and other.amount(question) == question.target:
            found["agree"] += 1
        elif _makes_up(question):
            found["a make-up day between"] += 1
        else:
            found["unexplained"] += 1
    return found


def _makes_up(question: Question) -> bool:
    first, last = (at.astimezone(TAIPEI).date() for at in (question.start, question.end))
    return any(first <= day <= last for day in _days(working=True))


def prepare(calendar: ServiceCalendar) -> float:
    """Ask for the whole time at once; return how long it takes, in milliseconds."""
    started = process_time_ns()
    first, last = (datetime.combine(day, OPENS, TAIPEI) for day in (FIRST, LAST + 1500 * DAY))
    worked(calendar, first - DAY, last)
    return (process_time_ns() - started) / 1e6


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=16)
    starts = parser.parse_args().turns * TURN
    calendars = desk(), desk(twenty_closures())
    prepared = [prepare(calendar) for calendar in calendars]
    contenders = {
        "ours": ours(calendars[0]),
        "ours, 20 closures": ours(calendars[1]),
        "ours, 4 pauses": ours_with_pauses(calendars[0]),
        "businesstimedelta": library(),
        "minute walk": walk(),
    }
    asked = {ahead: questions(target, starts) for ahead, target in AHEAD.items()}
    table: dict[str, Any] = {
        "due_at": in_turn({name: one.due for name, one in contenders.items()}, asked),
        "worked": in_turn({name: one.amount for name, one in contenders.items()}, asked),
    }
    table["ratios"] = {what: _ratios(costs) for what, costs in table.items()}
    table["agreement"] = {
        name: {
            ahead: agreement(rows[: WALKED if (ahead, name) == LONG_WALK else None], contenders[name])
            for ahead, rows in asked.items()
        }
        for name in ("businesstimedelta", "minute walk")
    }
    table["prepared once, ms"] = [round(spent, 1) for spent in prepared]
    print(json.dumps(table, ensure_ascii=False, indent=1))


def _ratios(costs: dict[str, Any]) -> dict[str, float]:
    def median(ahead: str, name: str = "ours") -> float:
        return float(costs[ahead][name]["median_us"])

    found = {"ours: 1 year over 1 hour": median("1 year") / median("1 hour")}
    for ahead in AHEAD:
        for name in ("businesstimedelta", "minute walk"):
            found[f"{name} over ours: {ahead}"] = median(ahead, name) / median(ahead)
    return {name: round(value, 2) for name, value in found.items()}


if __name__ == "__main__":
    main()
