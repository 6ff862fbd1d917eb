"""What a person may set as targets and opening hours, read from the words of a form.

Decides on amounts, units and periods. Who may set them is `permissions`; what they move is `deadlines`.
A form is a mapping of field to text: `amount-<policy>`, `unit-<policy>`, `opening-<weekday>` and `reason`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from helpdesk.policy.business_time import NoWorkingTime, due_at, working_day
from helpdesk.policy.change_reason import ReasonProblem, parse_reason
from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.level_changes import hours_in_words, in_order, period_in_words
from helpdesk.policy.service_calendar import WEEKDAYS
from helpdesk.policy.service_terms import ServiceTerms
from helpdesk.policy.text_rules import first_line, folded
from helpdesk.policy.time_in_words import DESK_DAY, parse_time
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget
from knowledge_base.records.vocabulary import Weekday

LONGEST_DAYS = 250
"""No target is longer, in working days of the desk: about the working days of one year."""

_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DASH = re.compile("[-–—−~〜]")
_BETWEEN_PERIODS = re.compile(r"[,、;]")
_QUOTED = 20
"""So many characters of what was typed stand in a refusal: a field is no room for more."""

_Problems = dict[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a target may be counted in: a whole number of steps, at most so many."""

    words: str
    step: Decimal
    most: int


UNITS: Mapping[str, Unit] = {
    "working_days": Unit("工作天", Decimal("0.5"), LONGEST_DAYS),
    "working_hours": Unit("工作小時", Decimal("0.5"), LONGEST_DAYS * DESK_DAY // timedelta(hours=1)),
    "working_minutes": Unit("工作分鐘", Decimal(1), LONGEST_DAYS * DESK_DAY // timedelta(minutes=1)),
}
"""By the name that SlaTarget gives them."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What the desk sets over the shipped data; what equals it is left out. `opening` None is as shipped."""

    targets: Mapping[str, SlaTarget]
    opening: tuple[OpeningPeriod, ...] | None
    reason: str


class LevelProblem(FieldProblems):
    """The levels may not be set."""


def parse_levels(typed: Mapping[str, str], shipped: Knowledge) -> Levels:
    """Return the targets and hours that were typed, with the reason.

    Every shipped policy needs an amount and a unit; a weekday without text is closed.
    Raises LevelProblem with everything that is wrong.
    """
    problems: _Problems = {}
    targets = {}
    for key in _policies_named(typed, shipped):
        if key not in shipped.policies:
            problems[f"amount-{key}"] = f"沒有這項時效：「{first_line(key, limit=_QUOTED)}」"
            continue
        target = _target(key, shipped.policies[key].reason, typed, problems)
        if target is not None and target != shipped.policies[key].target:
            targets[key] = target
    opening = tuple(
        period
        for day, name in zip(Weekday, WEEKDAYS, strict=True)
        for period in _opening(day, name, typed, problems)
    )
    if not opening and not any(name.startswith("opening-") for name in problems):
        problems[f"opening-{Weekday.MON}"] = "一週至少要有一段服務時間"
    reason = ""
    try:
        reason = parse_reason(typed.get("reason", ""))
    except ReasonProblem as refusal:
        problems["reason"] = str(refusal)
    if problems:
        raise LevelProblem(problems)
    return Levels(targets, None if opening == in_order(shipped.calendar.opening) else opening, reason)


def refuse_unreachable(terms: ServiceTerms, *, now: datetime) -> None:
    """Let terms pass under which every promise made now comes due.

    Raises LevelProblem naming the targets for which three years have too little opening time.
    """
    calendar, problems = terms.calendar, {}
    for key, policy in terms.knowledge.policies.items():
        try:
            due_at(calendar, now, policy.target.length(working_day(calendar)))
        except NoWorkingTime as refusal:
            problems[f"amount-{key}"] = f"{policy.reason}：{refusal}"
    if problems:
        raise LevelProblem(problems)


def typed_levels(knowledge: Knowledge) -> dict[str, str]:
    """Return what a form shows for the targets and hours of this knowledge; `parse_levels` reads it back."""
    typed = {}
    for key, policy in knowledge.policies.items():
        unit, amount = next((name, value) for name, value in iter(policy.target) if value is not None)
        typed[f"amount-{key}"], typed[f"unit-{key}"] = f"{amount:g}", unit
    return typed | {f"opening-{day}": hours_in_words(knowledge.calendar.opening, day) for day in Weekday}


def _policies_named(typed: Mapping[str, str], shipped: Knowledge) -> Iterator[str]:
    """Yield the shipped policies, then what the form names besides."""
    yield from shipped.policies
    named = (name.partition("-")[::2] for name in typed)
    yield from dict.fromkeys(
        key for kind, key in named if kind in {"amount", "unit"} and key not in shipped.policies
    )


def _target(key: str, name: str, typed: Mapping[str, str], problems: _Problems) -> SlaTarget | None:
    """Return the target of a policy; None when a problem with it was noted."""
    unit = typed.get(f"unit-{key}", "")
    if unit not in UNITS:
        problems[f"unit-{key}"] = f"{name}：請選擇單位"
    try:
        amount = _amount(typed.get(f"amount-{key}", ""), unit)
    except ValueError as refusal:
        problems[f"amount-{key}"] = f"{name}：{refusal}"
        return None
    if unit not in UNITS:
        return None
    return SlaTarget.model_validate({unit: int(amount) if unit == "working_minutes" else float(amount)})


def _amount(text: str, unit: str) -> Decimal:
    """Read a number; what it may be depends on the unit, if that is known. Raises ValueError."""
    written = folded(text)
    if not written:
        raise ValueError("請填數字")
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"「{first_line(text, limit=_QUOTED)}」不是數字")
    amount, counted = Decimal(written), UNITS.get(unit)
    if amount <= 0:
        raise ValueError("不可以是負數" if amount else "不可以是 0")
    if counted and amount > counted.most:
        raise ValueError(f"最多 {counted.most:,} {counted.words}")
    if counted and amount % counted.step:
        raise ValueError(f"{counted.words}只能填整數" + ("" if counted.step == 1 else "或一半，例如 1.5"))
    return amount


def _opening(
    day: Weekday, name: str, typed: Mapping[str, str], problems: _Problems
) -> tuple[OpeningPeriod, ...]:
    """Return the periods of a weekday in order; none when it is closed or a problem was noted."""
    field = f"opening-{day}"
    written = folded(typed.get(field, ""))
    try:
        periods = in_order(
            [_period(day, part or written) for part in _BETWEEN_PERIODS.split(written) if written]
        )
        for earlier, later in pairwise(periods):
            if earlier.closes > later.opens:
                raise ValueError(f"時段重疊，{period_in_words(earlier)} 與 {period_in_words(later)}")
    except ValueError as refusal:
        problems[field] = f"{name}：{refusal}"
        return ()
    return periods


def _period(day: Weekday, text: str) -> OpeningPeriod:
    try:
        opens, closes = map(parse_time, _DASH.split("".join(text.split())))
    except ValueError:  # also more or fewer than two times
        raise ValueError(
            f"看不懂「{first_line(text, limit=_QUOTED)}」，請填如 08:30-12:00, 13:00-18:00，最晚到 23:59"
        ) from None
    if opens >= closes:
        raise ValueError(f"「{first_line(text, limit=_QUOTED)}」的結束必須晚於開始")
    written = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}  # as the record reads them
    return OpeningPeriod.model_validate({"weekday": day, **written})
