"""The catalogue as one YAML text, which reads back as the same records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import yaml

from ..knowledge import Knowledge
from .plain import plain
from .sections import AMENDABLE

_WIDTH = 180
_SIMPLE = str | int | bool | None


class _Writer(yaml.SafeDumper):
    """Block style, with what is short and flat on one line, as the shipped files are written."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        return super().represent_mapping(tag, mapping, flow_style=_fits_a_line(mapping))

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        flat = all(isinstance(item, _SIMPLE) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=flat and _fits_a_line(sequence))

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _instant(writer: _Writer, value: datetime) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


_Writer.add_representer(datetime, _instant)


def _fits_a_line(value: Any) -> bool:
    """Tell whether a collection is short and holds nothing that needs lines of its own."""
    written = str(value)
    short = len(written) <= _WIDTH and "\\n" not in written and "datetime" not in written
    return short and not _holds_lists_of_records(value)


def _holds_lists_of_records(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(item, dict) and _holds_collections(item) for item in inner) or any(
        isinstance(item, list) and any(not isinstance(part, _SIMPLE) for part in item) for item in inner
    )


def _holds_collections(value: dict[str, Any]) -> bool:
    return any(isinstance(inner, dict | list) for inner in value.values())


def write_yaml(knowledge: Knowledge, sections: Iterable[str] = tuple(AMENDABLE)) -> str:
    """Write sections as YAML in the shape of the shipped files."""
    content = {name: [plain(record) for record in getattr(knowledge, name).values()] for name in sections}
    return yaml.dump(content, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=10_000)
