"""The desk's promises: how long each step may take, and the hours in which time counts.

How working time is counted is policy; these are the figures.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, field_validator, model_validator

from .provenance import Count, Flag, Record, Slug, Sourced, Text
from .vocabulary import Category, Channel, Metric, Urgency, Weekday

Halves = Annotated[float, Field(strict=True, gt=0, multiple_of=0.5)]
Percent = Annotated[int, Field(strict=True, gt=0, lt=100)]


class SlaMatch(Record):
    """Which cases a policy is for; an empty field matches every value."""

    category: Category | None = None
    urgency: Urgency | None = None
    channel: Channel | None = None
    organisation: Slug | None = None

    @cached_property
    def named(self) -> dict[str, str]:
        """Return the fields that restrict; how many there are is how specific the match is."""
        return {name: value for name, value in iter(self) if value is not None}


class SlaTarget(Record):
    """An amount of working time in exactly one unit; a working day is the calendar's opening time."""

    working_days: Halves | None = None
    working_hours: Halves | None = None
    working_minutes: Annotated[Count, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _has_one_unit(self) -> Self:
        if sum(value is not None for _, value in iter(self)) != 1:
            raise ValueError("目標須恰好寫一種單位：working_days、working_hours 或 working_minutes")
        return self

    @property
    def words(self) -> str:
        """Say it with its unit, e.g. 1.5 工作天."""
        amounts = (
            (self.working_days, "工作天"),
            (self.working_hours, "工作小時"),
            (self.working_minutes, "工作分鐘"),
        )
        return next(f"{amount:g} {unit}" for amount, unit in amounts if amount is not None)

    def length(self, working_day: timedelta) -> timedelta:
        """Return the target as working time, given the length of one working day."""
        return (
            (self.working_days or 0) * working_day
            + timedelta(hours=self.working_hours or 0)
            + timedelta(minutes=self.working_minutes or 0)
        )


class SlaPolicy(Sourced):
    """One promise. `remind_at_percent`, where given, comes before the warning."""

    id: Slug
    metric: Metric
    match: SlaMatch = SlaMatch()
    target: SlaTarget
    warn_at_percent: Percent
    remind_at_percent: Percent | None = None
    reason: Text


def _clock_time(value: object) -> time:
    """Read `"HH:MM"`. An unquoted 18:00 is the number 1080 to YAML and would become 00:18:00."""
    if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise ValueError('時刻須寫成加引號的 "HH:MM"')


ClockTime = Annotated[time, BeforeValidator(_clock_time)]


class OpeningHours(Record):
    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("服務時間的結束早於開始")
        return self


class OpeningPeriod(OpeningHours):
    weekday: Weekday


class DeskCalendar(Sourced):
    """The desk's week. `make_up` are the hours of a make-up working day, whatever its weekday.

    Days after the year `projection_after` come from a projection, not from a published calendar.
    """

    zone: Text
    opening: tuple[OpeningPeriod, ...] = Field(min_length=1)
    make_up: tuple[OpeningHours, ...] = Field(min_length=1)
    projection_after: Annotated[Count, Field(ge=2023)]

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"不是時區名稱：{value}") from error
        return value

    @model_validator(mode="after")
    def _periods_do_not_overlap(self) -> Self:
        for day in Weekday:
            periods = sorted((p for p in self.opening if p.weekday is day), key=lambda p: p.opens)
            if any(a.closes > b.opens for a, b in pairwise(periods)):
                raise ValueError(f"{day} 的服務時段重疊")
        return self


class OfficeDay(Record):
    """A line of the official calendar that overrides the computed one."""

    on: date
    working_day: Flag
    name: Text
    source: Slug
