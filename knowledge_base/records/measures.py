"""Measures and their editions: who may be told what, until when, for how much.

A measure is a subsidy, counselling, a loan or a course; an edition is its rules for one year.
Whether an enterprise qualifies is decided elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, field_validator, model_validator

from .conditions import Node
from .provenance import Count, Flag, Ntd, Origin, Record, Slug, Sourced, Text, Url
from .vocabulary import MeasureKind, RuleSection, Theme

TAIPEI = ZoneInfo("Asia/Taipei")

FIRST_YEAR, LAST_YEAR = 2000, 2100
ONE_DAY = timedelta(days=1)


def _in_taipei(at: datetime) -> datetime:
    """Return the instant on Taipei's clock; one that no clock shows there, or centuries away, is a slip."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"年份須在 {FIRST_YEAR} 至 {LAST_YEAR} 之間")
    return at.astimezone(TAIPEI)


def years_in(key: str) -> range:
    """Return the ROC years that an edition's key spans: 112 or 114-115."""
    first, _, last = key.partition("-")
    return range(int(first), int(last or first) + 1)


def _forwards(key: str) -> str:
    if "-" in key and len(years_in(key)) < 2:
        raise ValueError("民國年的起年須早於迄年，例如 114-115")
    return key


Instant = Annotated[AwareDatetime, AfterValidator(_in_taipei)]
EditionKey = Annotated[str, Field(pattern=r"^1[0-9]{2}(-1[0-9]{2})?$"), AfterValidator(_forwards)]


class Phone(Record):
    """A number as the public dials it, with the extensions that answer for this matter."""

    number: Annotated[str, Field(pattern=r"^0[0-9]{1,3}-[0-9]{3,4}-?[0-9]{3,4}$")]
    extensions: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,6}$")], ...] = ()

    @property
    def written(self) -> str:
        """Return the printed form: `02-2709-0638#211、212`."""
        return f"{self.number}#{'、'.join(self.extensions)}" if self.extensions else self.number


class Window(Record):
    """When applications are taken. The second of `closes_at` still belongs to the window.

    `funds_exhausted_at` and `closed_early_at` are dated facts that a person records: the money ran out, or
    the agency announced an earlier end. `opens_assumed` and `closes_assumed` mark an instant that no source
    states: it stands in for one that was not found.
    """

    opens_at: Instant | None = None
    closes_at: Instant
    or_funds_exhausted: Flag
    funds_exhausted_at: Instant | None = None
    closed_early_at: Instant | None = None
    opens_assumed: Flag = False
    closes_assumed: Flag = False
    text: Text

    @field_validator("opens_at", "closes_at", "funds_exhausted_at", "closed_early_at", mode="before")
    @classmethod
    def _is_a_time_of_day(cls, value: object) -> object:
        """Refuse a bare date or number: pydantic would read midnight or an epoch into it."""
        written = isinstance(value, str) and "T" in value
        if value is not None and not written and not isinstance(value, datetime):
            raise ValueError("須寫明日期、時刻與時區，例如 2023-11-30T23:59:59+08:00")
        return value

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.opens_at and self.opens_at >= self.closes_at:
            raise ValueError("受理期間的結束早於開始")
        if self.funds_exhausted_at and not self.or_funds_exhausted:
            raise ValueError("未以經費用罄為截止條件，卻記錄了經費用罄時間")
        if self.closed_early_at and self.closed_early_at > self.closes_at:
            raise ValueError("提前截止的時間晚於原定截止時間")
        if self.funds_exhausted_at and self.funds_exhausted_at > self.closes_at + ONE_DAY:
            raise ValueError("經費用罄的時間晚於截止時間")
        if self.opens_at and any(at < self.opens_at for at in self._recorded):
            raise ValueError("經費用罄或提前截止的時間早於開始受理")
        return self

    @property
    def _recorded(self) -> tuple[datetime, ...]:
        return tuple(at for at in (self.funds_exhausted_at, self.closed_early_at) if at)


class Amount(Record):
    """A ceiling in whole NT$, with how government and enterprise share it where that is fixed."""

    label: Text
    cap_ntd: Ntd
    government_ntd: Ntd | None = None
    enterprise_ntd: Ntd | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        shares = (self.government_ntd, self.enterprise_ntd)
        if None not in shares and sum(filter(None, shares)) != self.cap_ntd:
            raise ValueError("政府與業者分攤金額的合計不等於總額")
        return self


class RuleLine(Record):
    """One rule as the desk reads it out, with the document that states it."""

    section: RuleSection
    text: Text
    origin: Origin


class Edition(Sourced):
    """A measure's rules for one ROC year or span of years (`112`, `114-115`).

    `conditions` None means that the rules are not known, not that there are none; `conditions_partial`, that
    there are others which the sources do not state. `budget` names the rule set that an application's budget
    is held against.
    """

    key: EditionKey
    window: Window
    amounts: tuple[Amount, ...] = ()
    conditions: Node | None = None
    conditions_partial: Flag = False
    budget: Slug | None = None
    rules: tuple[RuleLine, ...] = ()
    note: Text | None = None


class Host(Record):
    """The agency in charge under the name of the time and under today's."""

    then: Text
    now: Text


class ThemeText(Record):
    """What the measure asks for under a theme; without `theme` it holds for the whole measure."""

    theme: Theme | None = None
    text: Text


class Measure(Sourced):
    id: Slug
    name: Text
    kind: MeasureKind
    host: Host
    summary: Text
    editions: tuple[Edition, ...] = Field(min_length=1)
    apply_url: Url | None = None
    apply_at: Text | None = None
    execution_period: Text | None = None
    themes: tuple[ThemeText, ...] = ()
    hotlines: tuple[Phone, ...] = ()
    documents: tuple[Text, ...] = ()
    alternatives: tuple[Slug, ...] = ()
    successor: Slug | None = None
    listed_no: Annotated[Count, Field(ge=1)] | None = None
    """Place in the briefing's 措施一覽表 (1-13); empty for measures that are not in it."""

    @model_validator(mode="after")
    def _editions_are_distinct(self) -> Self:
        keys = [edition.key for edition in self.editions]
        if len(keys) != len(set(keys)):
            raise ValueError("年度版重複")
        for one, other in combinations(keys, 2):
            if {*years_in(one)} & {*years_in(other)}:
                raise ValueError(f"年度版 {one} 與 {other} 的年度重疊")
        return self
