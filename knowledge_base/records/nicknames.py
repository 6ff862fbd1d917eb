"""What people call things, where that is not the name: 以大帶小, 碳盤, 國貿局."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .provenance import Slug, Sourced, Text


class Nickname(Sourced):
    """Words of speech and the records they mean.

    `hosts` names agencies as measures name theirs, then or now: the words then mean every measure in such
    an agency's charge, so that a change of agency is written once, at the measure.
    """

    id: Slug
    words: tuple[Text, ...] = Field(min_length=1)
    measures: tuple[Slug, ...] = ()
    organisations: tuple[Slug, ...] = ()
    hosts: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if not (self.measures or self.organisations or self.hosts):
            raise ValueError("須指明至少一項措施、單位或機關")
        if len(set(self.words)) < len(self.words):
            raise ValueError("同一個說法重複")
        return self
