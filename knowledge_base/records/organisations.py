"""Organisations that act on referrals, and the places and sectors they are matched by.

Impartiality goes by legal entity: two records of one legal person share `legal_entity`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from .measures import Phone
from .provenance import Count, Flag, Slug, Sourced, Text
from .vocabulary import Capacity, OrganisationKind, Theme


class Region(Sourced):
    id: Text


class County(Sourced):
    """One of the 22 counties; 台 and 臺 need no alias."""

    id: Text
    region: Text
    aliases: tuple[Text, ...] = ()


class SectorGroup(Sourced):
    """One of the four industry groups with its sub-sectors."""

    id: Text
    sectors: tuple[Text, ...] = Field(min_length=1)


class Organisation(Sourced):
    """An organisation in one role. Empty counties, sectors, themes or employees mean no limit.

    `seat` is the county of its office: a closure there stops its clocks, wherever it serves.
    `sectors` names groups or sub-sectors; `scopes` quotes a verification body's accreditation.
    """

    slug: Slug
    name: Text
    short_name: Text
    kind: OrganisationKind
    legal_entity: Slug
    ubn: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    region: Text | None = None
    seat: Text | None = None
    counties: tuple[Text, ...] = ()
    sectors: tuple[Text, ...] = ()
    themes: tuple[Theme, ...] = ()
    employees_min: Count | None = None
    employees_max: Count | None = None
    measures: tuple[Slug, ...] = ()
    specialities: tuple[Text, ...] = ()
    scopes: tuple[Text, ...] = ()
    phones: tuple[Phone, ...] = ()
    emails: tuple[Text, ...] = ()
    capacity: Capacity = Capacity.OPEN
    capacity_on: date | None = None
    active: Flag = True

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        low, high = self.employees_min, self.employees_max
        if low is not None and high is not None and low > high:
            raise ValueError("員工人數下限大於上限")
        if self.kind is OrganisationKind.SUBSIDY_CONTACT and not self.measures:
            raise ValueError("補助計畫窗口須列出所承辦的措施")
        return self
