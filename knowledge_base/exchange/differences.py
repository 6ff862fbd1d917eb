"""What differs between two states of the catalogue, field by field, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..knowledge import Knowledge
from ..records import AllOf, AnyOf, Leaf, NotOf, Record, Use
from .in_words import condition_lines, condition_sources, condition_words, words_for
from .plain import Plain, stored
from .sections import AMENDABLE, SECTION_WORDS
from .words import field_words

_NODES = (AllOf, AnyOf, NotOf, Leaf, Use)
_PARTS = frozenset({"host", "window"})
"""Fields whose own fields are compared one by one."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: its path in words (年度版 114／受理截止), and what it said before and says after.

    An empty text means that there was, or is, nothing. Of a list the two texts hold, one a line, only the
    items that differ.
    """

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record that was added or changed. `section_words` is 措施, 單位 ...; a new one lists all its fields."""

    section: str
    section_words: str
    id: str
    name: str
    added: bool
    fields: tuple[FieldChange, ...]


def differences(before: Knowledge, after: Knowledge) -> tuple[RecordChange, ...]:
    """Return what records of the amendable sections were added or changed, in the order of the sections."""
    changes = []
    for section in AMENDABLE:
        for identity, record in getattr(after, section).items():
            former = getattr(before, section).get(identity)
            if former != record:
                fields = tuple(_Comparison(before, after).fields(former, record, ""))
                name = str(getattr(record, "name", None) or getattr(record, "question", identity))
                words = SECTION_WORDS[section]
                changes.append(RecordChange(section, words, str(identity), name, former is None, fields))
    return tuple(changes)


def amendments(before: Knowledge, after: Knowledge) -> Mapping[str, Mapping[str, Plain]]:
    """Return the records that were added or changed, for JSON: what `loader.amended` makes `after` of."""
    found = {
        section: {
            str(identity): stored(record)
            for identity, record in getattr(after, section).items()
            if getattr(before, section).get(identity) != record
        }
        for section in AMENDABLE
    }
    return {section: records for section, records in found.items() if records}


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Knowledge
    after: Knowledge

    def fields(
        self, former: Record | None, record: Record, path: str, inside: str = ""
    ) -> Iterator[FieldChange]:
        """Yield what differs between two records of a kind. `path` is what stands before a field's words."""
        for name in type(record).model_fields:
            old, new = getattr(former, name, None), getattr(record, name)
            if old == new or (not old and new in ((), None)):
                continue
            words = path + field_words(f"{inside}.{name}" if inside else name)
            if name == "editions":
                yield from self._named(old or (), new, "key", words)
            elif name == "field_origins":
                yield from self._origins(old or (), new, words)
            elif isinstance(new if new is not None else old, _NODES):
                yield FieldChange(words, *self._conditions(old, new))
            elif name in _PARTS:
                yield from self.fields(old, new, path, name)
            elif isinstance(new, tuple):
                yield FieldChange(words, *_differing(_lines(old or ()), _lines(new)))
            else:
                yield FieldChange(words, words_for(old), words_for(new))

    def _named(self, old: Sequence[Any], new: Sequence[Any], key: str, words: str) -> Iterator[FieldChange]:
        former = {getattr(item, key): item for item in old}
        for item in new:
            name = getattr(item, key)
            if former.get(name) != item:
                yield from self.fields(former.get(name), item, f"{words} {name}／")

    def _origins(self, old: Sequence[Any], new: Sequence[Any], words: str) -> Iterator[FieldChange]:
        former, latter = ({own.field: own for own in origins} for origins in (old, new))
        for name in dict.fromkeys((*former, *latter)):
            if former.get(name) != latter.get(name):
                before, after = words_for(former.get(name)), words_for(latter.get(name))
                yield FieldChange(f"{words} {field_words(name)}", before, after)

    def _conditions(self, old: Any, new: Any) -> tuple[str, str]:
        """Say two trees by the conditions that differ; else by how they are tied; else by their sources."""
        trees = ((old, self.before), (new, self.after))
        for say in (condition_lines, condition_words, condition_sources):
            before, after = (say(tree, knowledge) if tree else [] for tree, knowledge in trees)
            if before != after:
                return _differing(before, after)
        return "", ""


def _lines(items: Sequence[Any]) -> list[str]:
    return [words_for(item) for item in items]


def _differing(before: list[str], after: list[str]) -> tuple[str, str]:
    """Return the lines that only one side has; both sides whole when they differ in order alone."""
    gone, come = (
        [line for line in one if line not in other] for one, other in ((before, after), (after, before))
    )
    return ("\n".join(gone), "\n".join(come)) if gone or come else ("\n".join(before), "\n".join(after))
