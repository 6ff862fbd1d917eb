"""Training classes of the programme."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .provenance import Ntd, Slug, Sourced, Text, Url
from .vocabulary import Theme, Weekday

HalfDays = Annotated[float, Field(strict=True, gt=0, multiple_of=0.5)]


class Course(Sourced):
    """A class; `duration_days` in half days, empty where the programme names none."""

    id: Slug
    name: Text
    theme: Theme
    duration_days: HalfDays | None = None
    weekdays: tuple[Weekday, ...] = ()
    audience: Text
    topics: tuple[Text, ...] = Field(min_length=1)
    prerequisite: Slug | None = None
    fee_ntd: Ntd
    apply_url: Url | None = None
