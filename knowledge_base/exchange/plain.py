"""Records as the plain mappings that a file would hold, and as JSON keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any

from ..records import FieldOrigin, Record

Plain = dict[str, Any]

_LAST = frozenset({"origin", "field_origins"})


def plain(record: Record, *, without: str = "") -> Plain:
    """Return the mapping that reads back as this very record; what is as by default is left out.

    Instants and dates stay what they are, as YAML reads them. `without` names a field to pass over.
    """
    return {name: value for name, value in _entries(record) if name != without}


def stored(record: Record) -> Plain:
    """Return the mapping for JSON, which reads back as this very record: instants and dates in ISO 8601."""
    result: Plain = _in_json(plain(record))
    return result


def _entries(record: Record) -> Iterator[tuple[str, Any]]:
    fields = type(record).model_fields
    for name in sorted(fields, key=_LAST.__contains__):
        field = fields[name]
        value = getattr(record, name)
        if field.is_required() or value != field.default:
            yield field.alias or name, _plain(value)


def _plain(value: object) -> Any:
    match value:
        case Record():
            return plain(value)
        case tuple() if value and isinstance(value[0], FieldOrigin):
            return {own.field: plain(own, without="field") for own in value}
        case tuple():
            return [_plain(item) for item in value]
        case Enum():
            return value.value
        case _:
            return value


def _in_json(value: object) -> Any:
    match value:
        case dict():
            return {name: _in_json(inner) for name, inner in value.items()}
        case list():
            return [_in_json(inner) for inner in value]
        case date():
            return value.isoformat()
        case _:
            return value
