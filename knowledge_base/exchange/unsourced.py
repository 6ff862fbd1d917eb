"""What a change leaves without a source of its own: a new value under the old origin, and what is gone.

The origin that covers a value is that of the line it stands in (a rule, a condition), else of its field, else
of its edition or record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..knowledge import Knowledge
from ..records import AllOf, AnyOf, Leaf, Node, NotOf, Origin, Record, Sourced, Use, nodes
from .words import field_words

_NODES = (AllOf, AnyOf, NotOf, Leaf, Use)
_PARTS = frozenset({"host", "window"})
_OF_SOURCES = frozenset(
    {"origin", "field_origins", "opens_assumed", "closes_assumed", "conditions_partial", "as_of"}
)
"""What says how well the rest is known."""

_OF_THE_DESK = frozenset({"capacity", "capacity_on", "active"})
"""What the desk learns from an organisation day by day; no document states it."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to look at before a change is put in force. `place` is the record and field in words.

    `loud` ones lose a condition: who should be told no would be told something else.
    """

    place: str
    words: str
    loud: bool = False

    def __str__(self) -> str:
        return f"{self.place}：{self.words}"


def unsourced(former: Sourced, record: Sourced, place: str, knowledge: Knowledge) -> Iterator[Caution]:
    """Yield a caution for each value that changed under the same origin; `place` names the record."""
    for name in type(record).model_fields:
        old, new = getattr(former, name), getattr(record, name)
        if old == new or new in (None, ()) or name in _OF_SOURCES | _OF_THE_DESK:
            continue
        if name == "editions":
            for was, edition in pairs(old, new):
                yield from unsourced(was, edition, f"{place}年度版 {edition.key}", knowledge)
        else:
            for words, origin in _under_the_same(former, record, name):
                checked = "已查證" if origin.checked else "假設"
                title = knowledge.sources[origin.source].title
                said = f"改了，出處仍是「{title}」（{checked}）；請確認它寫的是新的內容，否則一併改出處"
                yield Caution(f"{place}「{words}」", said)


def losses(former: Sourced, record: Sourced, place: str) -> Iterator[Caution]:
    """Yield a caution for each field that had something and has nothing now, and for each condition gone."""
    for name in type(record).model_fields:
        old, new = getattr(former, name), getattr(record, name)
        if old == new or old in (None, ()) or name in _OF_THE_DESK:
            continue
        if name == "editions":
            for was, edition in pairs(old, new):
                yield from losses(was, edition, f"{place}年度版 {edition.key}")
        elif isinstance(old, _NODES):
            yield from _lost_conditions(old, new, f"{place}「{field_words(name)}」")
        elif new in (None, ()):
            yield Caution(f"{place}「{field_words(name)}」", "會變成「無」；不是要刪除的話，請補回檔案")


def pairs(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the editions that were there before and differ, with what they were."""
    former = {edition.key: edition for edition in old}
    for edition in new:
        was = former.get(edition.key)
        if was is not None and was != edition:
            yield was, edition


def _lost_conditions(old: Node, new: Node | None, place: str) -> Iterator[Caution]:
    lines = [node for node in nodes(old) if isinstance(node, Leaf | Use)]
    if new is None:
        said = f"會變成「無」（原有 {len(lines)} 項），之後顯示「條件未建檔」；不是要刪除的話，請把那些列補回檔案"
        yield Caution(place, said, loud=True)
        return
    left = [node for node in nodes(new) if isinstance(node, Leaf | Use)]
    kept = {_name(node) for node in left} | {_asked(node) for node in left}
    for node in lines:
        if _name(node) not in kept and _asked(node) not in kept:
            said = f"共用條件 {node.use}" if isinstance(node, Use) else node.text
            yield Caution(place, f"少了「{said}」這項條件；不是要刪除的話，請補回檔案", loud=True)


def _name(node: Leaf | Use) -> object:
    return node.use if isinstance(node, Use) else node.id


def _asked(node: Leaf | Use) -> object:
    return (node.use,) if isinstance(node, Use) else (node.fact, node.op, node.value)


def _under_the_same(former: Sourced, record: Sourced, name: str) -> Iterator[tuple[str, Origin]]:
    """Yield what changed of a field without its origin: in words, and that origin."""
    old, new = getattr(former, name), getattr(record, name)
    words = field_words(name)
    whole = _same(former.origin_of(name), record.origin_of(name))
    if isinstance(new, _NODES):
        yield from _conditions(old, new, words, record.origin_of(name) if whole else None)
    elif isinstance(new, tuple) and hasattr(new[0], "origin"):
        for was, line in _replaced(old, new):
            yield f"{words}：{line.text}", was.origin
    elif hasattr(new, "origin"):
        if old is not None and _same(old.origin, new.origin):
            yield words, new.origin
    elif whole:
        parts = _parts(old, new, name) if name in _PARTS else [words]
        if parts:
            yield "、".join(parts), record.origin_of(name)


def _parts(old: Record | None, new: Record, name: str) -> list[str]:
    return [
        field_words(f"{name}.{part}")
        for part in type(new).model_fields
        if part not in _OF_SOURCES and getattr(old, part, None) != getattr(new, part)
    ]


def _conditions(
    old: Node | None, new: Node, words: str, origin: Origin | None
) -> Iterator[tuple[str, Origin]]:
    """Compare condition by condition; how they are tied is covered by the field's own origin."""
    if old is None:
        return
    former: Mapping[object, Leaf] = {node.id: node for node in nodes(old) if isinstance(node, Leaf)}
    for leaf in (node for node in nodes(new) if isinstance(node, Leaf)):
        was = former.get(leaf.id)
        if was is not None and was != leaf and _same(was.origin, leaf.origin):
            yield f"{words}：{leaf.text}", leaf.origin
    asked = [{_asked(n) for n in nodes(tree) if isinstance(n, Leaf | Use)} for tree in (old, new)]
    if origin and asked[0] == asked[1] and _tied(old) != _tied(new):
        yield f"{words}的全部、任一、非", origin


def _tied(node: Node) -> object:
    match node:
        case Leaf() | Use():
            return _asked(node)
        case NotOf():
            return "not", _tied(node.not_)
        case AllOf():
            return "all", *map(_tied, node.all)
    return "any", *map(_tied, node.any)


def _replaced(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair each new line with one that is gone, of the same origin and about the same thing."""
    gone = [line for line in old if line not in new]
    for line in (line for line in new if line not in old):
        for was in gone:
            if _same(was.origin, line.origin) and _about(was) == _about(line):
                yield was, line
                gone.remove(was)
                break


def _about(line: Any) -> object:
    """Return what a line is about: a rule its section, a share its kinds, a ceiling its theme and partners."""
    names = ("section", "kinds", "theme", "partners_min", "guarantee_percent")
    return tuple(getattr(line, name, None) for name in names)


def _same(one: Origin, other: Origin) -> bool:
    return (one.source, one.checked, one.note) == (other.source, other.checked, other.note)
