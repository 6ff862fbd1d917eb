"""What the desk reads out beside the rules: questions often asked, success cases, briefings (說明會)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from .measures import Instant
from .provenance import Flag, Record, Slug, Sourced, Text, Url
from .vocabulary import Theme


class FaqTopic(StrEnum):
    ELIGIBILITY = "eligibility"
    AMOUNT = "amount"
    BUDGET = "budget"
    APPLICATION = "application"
    REVIEW = "review"
    PAYMENT = "payment"
    WINDOW = "window"
    COUNSELLING = "counselling"
    TRAINING = "training"
    LOAN = "loan"
    CARBON = "carbon"
    VERIFICATION = "verification"
    TARIFF = "tariff"
    DESK = "desk"
    PRIVACY = "privacy"


def _with_a_time_of_day(value: object) -> object:
    """Refuse a bare date or number: pydantic would read midnight or an epoch into it."""
    written = isinstance(value, str) and "T" in value
    if value is not None and not written and not isinstance(value, datetime):
        raise ValueError("須寫明日期、時刻與時區，例如 2026-02-04T10:00:00+08:00")
    return value


Moment = Annotated[Instant, BeforeValidator(_with_a_time_of_day)]


class Question(Sourced):
    """A question in the words of enterprises; `answer` is what was true on `as_of`."""

    id: Slug
    topic: FaqTopic
    question: Text
    answer: Text
    measures: tuple[Slug, ...] = ()
    as_of: date


class Result(Record):
    """What a case achieved, in the words of its source."""

    label: Text
    text: Text


class Figure(Record):
    """A figure of a case with its unit, exactly as its source prints it."""

    label: Text
    value: Text


class SuccessCase(Sourced):
    """A success case; `sector` is a sub-sector of `sectors.yaml`.

    A part that its source shows as a picture without words stays empty.
    """

    id: Slug
    title: Text
    sector: Text | None = None
    themes: tuple[Theme, ...] = Field(min_length=1)
    form: Literal["個案", "以大帶小"]
    problem: tuple[Text, ...] = ()
    solution: tuple[Text, ...] = ()
    results: tuple[Result, ...] = ()
    figures: tuple[Figure, ...] = ()
    measures: tuple[Slug, ...] = ()


class Briefing(Sourced):
    """An event at which measures are explained; without `counties` it is for all of them."""

    id: Slug
    title: Text
    starts_at: Moment
    ends_at: Moment | None = None
    online: Flag | None = None
    place: Text | None = None
    counties: tuple[Text, ...] = ()
    measures: tuple[Slug, ...] = ()
    sign_up_url: Url | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("說明會的結束早於開始")
        return self
