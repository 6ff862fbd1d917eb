"""Which organisations a need is led to first. How the rules are matched and ranked is policy."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from .provenance import Count, Flag, Record, Slug, Sourced, Text
from .vocabulary import Category, OrganisationKind, Theme


class RoutingCondition(Record):
    """All named conditions must hold; within one, any value. `sectors` names groups or sub-sectors."""

    categories: tuple[Category, ...] = ()
    themes: tuple[Theme, ...] = ()
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    employees_min: Count | None = None
    employees_max: Count | None = None
    measures: tuple[Slug, ...] = ()
    wants_verification: Flag | None = None

    @model_validator(mode="after")
    def _band_is_ordered(self) -> Self:
        low, high = self.employees_min, self.employees_max
        if low is not None and high is not None and low > high:
            raise ValueError("員工人數下限大於上限")
        return self


class RoutingTarget(Record):
    """A kind of organisation, and the ones led to; none named means any of the kind."""

    kind: OrganisationKind
    organisations: tuple[Slug, ...] = ()


class RoutingRule(Sourced):
    """`weight`: the higher, the earlier. `reason` is the sentence that agents read."""

    id: Slug
    when: RoutingCondition
    then: RoutingTarget
    weight: Count
    reason: Text
