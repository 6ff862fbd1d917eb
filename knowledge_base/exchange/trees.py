"""Condition trees as rows: an outline number (1, 1.2, 1.2.1) and the kind of node that the row is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..records import FactKind, FactRecord
from .cells import CellFault, CellValue, one_of, read_flag, read_ntd, read_text
from .plain import Plain

Facts = Mapping[Any, FactRecord]
Number = tuple[int, ...]

GROUPS = ("all", "any", "not")
_SETS = ("in", "not_in")
_BETWEEN = re.compile(r"\s*[、\n]\s*")  # a comma may be part of an answer
_NUMBER = re.compile(r"[1-9][0-9]{0,3}(\.[1-9][0-9]{0,3}){0,9}")
_TAKES = {"leaf": {"id", "fact", "op", "value", "text", "origin"}, "use": {"use", "origin", "unspoken"}}


def rows_of(tree: Plain, facts: Facts, number: str = "1") -> Iterator[Plain]:
    """Yield the rows of a tree, parents first; a leaf's value as its cell says it."""
    group = next((kind for kind in GROUPS if kind in tree), None)
    if group is None:
        kind = "use" if "use" in tree else "leaf"
        value = {"value": _written(tree["value"], facts[tree["fact"]])} if kind == "leaf" else {}
        yield {**tree, **value, "number": number, "type": kind}
        return
    yield {"number": number, "type": group}
    below = [tree[group]] if group == "not" else tree[group]
    for index, part in enumerate(below, start=1):
        yield from rows_of(part, facts, f"{number}.{index}")


def _written(value: object, fact: FactRecord) -> CellValue:
    labels: dict[str, str] = {
        choice.value: choice.label for choice in fact.choices if "、" not in choice.label
    }
    match value:
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(str(labels.get(word, word)) for word in value)
        case int():
            return value
        case _:
            return labels.get(str(value), str(value))


@dataclass(slots=True)
class Grown:
    """A tree made of rows. `paths` tells the place in the tree of each row by its index; `faults` the index of
    a row, the column and the reason.
    """

    tree: Plain = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Tell whether every row found its place, whatever is wrong with single conditions."""
        return not any(column in ("number", "type") for _, column, _ in self.faults)


def grow(rows: Sequence[Plain], facts: Facts) -> Grown:
    """Make a tree of the rows of one edition or criterion, in the order of their numbers."""
    grown = Grown()
    numbered: dict[Number, int] = {}
    for index, row in enumerate(rows):
        number = _number(row.get("number"))
        if number is None:
            grown.faults.append((index, "number", "編號應如 1、1.2、1.2.1，並以文字格式輸入"))
        elif number in numbered:
            grown.faults.append((index, "number", "編號重複；10 以後的編號須以文字格式輸入，例如 1.10"))
        else:
            numbered[number] = index
    for number, index in numbered.items():
        if len(number) == 1 and number != (1,):
            grown.faults.append((index, "number", "最上層只有一列，編號為 1；其餘從 1.1 起"))
        elif len(number) > 1 and number[:-1] not in numbered:
            above = ".".join(map(str, number[:-1]))
            grown.faults.append((index, "number", f"缺少上層的編號 {above}"))
    if (1,) not in numbered:
        grown.faults.append((0, "number", "缺少編號 1 的一列"))
    else:
        grown.tree = _node((1,), rows, numbered, grown, facts, "")
    return grown


def _number(text: object) -> Number | None:
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return None
    return tuple(map(int, text.split(".")))


def _node(
    number: Number,
    rows: Sequence[Plain],
    numbered: Mapping[Number, int],
    grown: Grown,
    facts: Facts,
    path: str,
) -> Plain:
    index = numbered[number]
    row, kind = rows[index], rows[index].get("type")
    grown.paths[index] = path
    below = sorted(other for other in numbered if other[:-1] == number)
    misplaced = sorted(set(row) - {"number", "type"} - _TAKES.get(str(kind), set()))
    if kind is not None and misplaced:
        grown.faults.append((index, misplaced[0], "這一類的列不填這一欄"))
    if kind not in GROUPS:
        grown.faults += [
            (numbered[other], "number", "上層不是 全部、任一 或 非，不能有下層") for other in below
        ]
        return _leaf(index, row, grown, facts) if kind == "leaf" else {**_only(row, "use")}
    if not below or (kind == "not" and len(below) > 1):
        reason = "「非」之下須恰有一列" if kind == "not" else "之下須至少有一列"
        grown.faults.append((index, "type", reason))
    parts = []
    for place, other in enumerate(below):
        name = rows[numbered[other]].get("id") or place
        step = ".not" if kind == "not" else f".{kind}[{name}]"
        parts.append(_node(other, rows, numbered, grown, facts, path + step))
    return {kind: parts[0] if parts else {}} if kind == "not" else {str(kind): parts}


def _only(row: Plain, kind: str) -> Plain:
    return {name: value for name, value in row.items() if name in _TAKES[kind]}


def _leaf(index: int, row: Plain, grown: Grown, facts: Facts) -> Plain:
    leaf = _only(row, "leaf")
    fact = facts.get(row.get("fact"))
    if fact is None or "value" not in row:
        return leaf
    try:
        if row.get("op") in _SETS:
            return leaf | {"value": [_read(word, fact) for word in _BETWEEN.split(read_text(row["value"]))]}
        return leaf | {"value": _read(row["value"], fact)}
    except CellFault as fault:
        grown.faults.append((index, "value", f"「{fact.label}」的值：{fault}"))
        return {name: value for name, value in leaf.items() if name != "value"}


def _read(value: CellValue, fact: FactRecord) -> Any:
    match fact.kind:
        case FactKind.YES_NO:
            return read_flag(value)
        case FactKind.COUNT:
            return read_ntd(value)
        case FactKind.CHOICE:
            return one_of({choice.value: choice.label for choice in fact.choices}).read(value)
        case _:
            return read_text(value)
