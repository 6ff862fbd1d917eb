"""Where a fact comes from, and the two bases that every record builds on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MOST, MOST_NTD = 10**9, 10**13

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    r"|[\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, those that turn the direction of writing, and those without width; a line break is none."""


def _seen(text: str) -> str:
    """Refuse what nobody sees: two texts that look the same would differ, or one would read otherwise."""
    if found := _UNSEEN.search(text):
        raise ValueError(f"含有看不見的控制字元 U+{ord(found[0]):04X}，請刪除後重新輸入")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_seen)]
Url = Annotated[str, Field(pattern=r"^https?://\S+$"), AfterValidator(_seen)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Ntd = Annotated[int, Field(strict=True, ge=0, le=MOST_NTD)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Record(BaseModel):
    """A frozen value read from a file; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Origin(Record):
    """Say which source states a fact; `checked: false` marks an assumption that staff must see as one."""

    source: Slug
    checked: Flag
    note: Text | None = None


class FieldOrigin(Origin):
    """The origin of one field that differs from its record's."""

    field: Text


def _by_field(raw: object) -> object:
    """Turn the file's `{field: origin}` into hashable values."""
    if not isinstance(raw, Mapping):
        return raw
    return [
        {"field": name, **origin} if isinstance(origin, Mapping) else origin for name, origin in raw.items()
    ]


def _sorted(origins: tuple[FieldOrigin, ...]) -> tuple[FieldOrigin, ...]:
    """Order origins by field: which of them a file names first says nothing."""
    return tuple(sorted(origins, key=lambda own: own.field))


class Sourced(Record):
    """A record with a source, and other sources for the fields that have their own, ordered by field."""

    origin: Origin
    field_origins: Annotated[
        tuple[FieldOrigin, ...], BeforeValidator(_by_field), AfterValidator(_sorted)
    ] = ()

    @model_validator(mode="after")
    def _field_origins_name_fields(self) -> Self:
        unknown = [own.field for own in self.field_origins if own.field not in type(self).model_fields]
        if unknown:
            raise ValueError(f"field_origins 指向不存在的欄位：{'、'.join(unknown)}")
        return self

    def origin_of(self, field: str) -> Origin:
        """Return the origin of one field: its own if it has one, else the record's."""
        return next((own for own in self.field_origins if own.field == field), self.origin)


class Source(Record):
    """A document that facts are taken from; `url` is empty when it has no public address."""

    id: Slug
    title: Text
    url: Url | None = None
    read_on: date
    note: Text | None = None
