"""What a condition must agree on with the facts, the criteria and the places that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .records import (
    AllOf,
    AnyOf,
    FactKind,
    FactRecord,
    Leaf,
    Node,
    NotOf,
    Operator,
    Use,
    nodes,
    parts,
)
from .records.conditions import EQUALITY, SETS

Records = Mapping[str, Mapping[Any, Any]]
Fault = tuple[str, str]

MOST_LEAVES, DEEPEST = 200, 12
"""What a call can be led through: the longest shipped tree is a tenth of it."""

_OPERATORS: Mapping[FactKind, frozenset[Operator]] = {
    FactKind.CHOICE: EQUALITY | SETS,
    FactKind.SECTOR: EQUALITY | SETS,
    FactKind.COUNTY: EQUALITY | SETS,
    FactKind.COUNT: frozenset(Operator) - SETS,
    FactKind.YES_NO: EQUALITY,
}


def faults(tree: Node, path: str, records: Records) -> Iterator[Fault]:
    """Yield each fault of a tree with its place: its size, unknown criteria, values that its fact cannot take."""
    if depth_of(tree) > DEEPEST:
        yield path, f"條件最多 {DEEPEST} 層"
        return
    if sum(not parts(node) for node in nodes(tree)) > MOST_LEAVES:
        yield path, f"條件最多 {MOST_LEAVES} 項"
        return
    seen: set[str] = set()
    for place, node in _placed(tree, path):
        if isinstance(node, Use):
            yield from _reference(node, place, records, seen)
        elif isinstance(node, Leaf):
            yield from _twice(node, place, seen)
            fact = records.get("facts", {}).get(node.fact)
            if fact is not None:
                yield from _comparison(node, fact, place, records)


def depth_of(tree: Node) -> int:
    """Return the layers of a tree: 1 for a single condition."""
    return 1 + max((depth_of(part) for part in parts(tree)), default=0)


def _reference(node: Use, place: str, records: Records, seen: set[str]) -> Iterator[Fault]:
    criterion = records.get("criteria", {}).get(node.use)
    if criterion is None:
        if "criteria" in records:
            yield f"{place}.use", f"criteria 沒有「{node.use}」"
        return
    for inner_place, inner in _placed(criterion.conditions, place):
        if isinstance(inner, Use):
            yield f"{place}.use", f"共用條件「{node.use}」不可再引用別的共用條件"
        elif isinstance(inner, Leaf):
            yield from _twice(inner, inner_place, seen)


def _twice(leaf: Leaf, place: str, seen: set[str]) -> Iterator[Fault]:
    if leaf.id in seen:
        yield f"{place}.id", f"條件代碼「{leaf.id}」重複"
    seen.add(leaf.id)


def _comparison(leaf: Leaf, fact: FactRecord, place: str, records: Records) -> Iterator[Fault]:
    if leaf.op not in _OPERATORS[fact.kind]:
        yield f"{place}.op", f"「{fact.label}」不能用 {leaf.op} 比較"
        return
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    for value in values:
        if not _can_take(fact, value, records):
            yield f"{place}.value", f"「{fact.label}」不會是「{value}」"


def _can_take(fact: FactRecord, value: object, records: Records) -> bool:
    match fact.kind:
        case FactKind.YES_NO:
            return isinstance(value, bool)
        case FactKind.COUNT:
            return type(value) is int and value >= 0
        case FactKind.CHOICE:
            return value in {choice.value for choice in fact.choices}
        case FactKind.COUNTY:
            return "counties" not in records or value in records["counties"]
        case FactKind.SECTOR:
            groups = records.get("sectors", {}).values()
            return not groups or value in {name for group in groups for name in (group.id, *group.sectors)}


def _placed(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Yield every node with its place as the file writes it: `.conditions.all[0].any[1]`."""
    yield path, node
    key = {AllOf: "all", AnyOf: "any", NotOf: "not"}.get(type(node))
    for index, part in enumerate(parts(node)):
        step = f".{key}" if isinstance(node, NotOf) else f".{key}[{_name(part) or index}]"
        yield from _placed(part, path + step)


def _name(node: Node) -> str | None:
    """Return what a node calls itself, as problems of other records do."""
    return node.id if isinstance(node, Leaf) else None
