"""Values, records and condition trees as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from functools import singledispatch
from typing import Any

from ..knowledge import Knowledge
from ..records import AnyOf, Leaf, Node, NotOf, Origin, Phone, Record, Use, parts
from ..words import WORDS
from .cells import write_instant
from .words import field_words


@singledispatch
def words_for(value: object) -> str:
    """Say a value of a field; empty for none."""
    return "" if value is None else str(value)


@words_for.register
def _(value: bool) -> str:
    return "是" if value else "否"


@words_for.register
def _(value: int) -> str:
    return f"{value:,}"


@words_for.register
def _(value: Enum) -> str:
    return next((words[value.value] for kind, words in WORDS.items() if kind is type(value)), str(value))


@words_for.register
def _(value: datetime) -> str:
    return write_instant(value)


@words_for.register
def _(value: tuple) -> str:  # type: ignore[type-arg]  # dispatch goes by the bare class
    return "、".join(map(words_for, value))


@words_for.register
def _(value: Phone) -> str:
    return value.written


@words_for.register
def _(value: Origin) -> str:
    note = f"，{value.note}" if value.note else ""
    return f"{value.source}（{'已查證' if value.checked else '假設'}{note}）"


@words_for.register
def _(value: Record) -> str:
    return "；".join(_said(value))


def _said(record: Record) -> Iterator[str]:
    """Say each field of a small record that says something: a text by itself, others with their words."""
    for name, value in record:
        if value not in (None, ()):
            plain = isinstance(value, str | Origin)
            yield words_for(value) if plain else f"{field_words(name)} {words_for(value)}"


def condition_lines(tree: Node, knowledge: Knowledge) -> list[str]:
    """Return the conditions of a tree one by one, however they are tied."""
    match tree:
        case Leaf() | Use():
            return [_condition(tree, knowledge)]
        case NotOf():
            return [f"非「{'、'.join(condition_lines(tree.not_, knowledge))}」"]
    return [line for part in parts(tree) for line in condition_lines(part, knowledge)]


def condition_words(tree: Node, knowledge: Knowledge) -> list[str]:
    """Return a tree as one sentence that shows how its conditions are tied."""
    match tree:
        case Leaf() | Use():
            return [_condition(tree, knowledge)]
        case NotOf():
            return [f"非「{condition_words(tree.not_, knowledge)[0]}」"]
    said = [condition_words(part, knowledge)[0] for part in parts(tree)]
    inner = ("；或" if isinstance(tree, AnyOf) else "，且").join(said)
    return [f"（{inner}）"]


def condition_sources(tree: Node, knowledge: Knowledge) -> list[str]:
    """Return the conditions one by one with their code and where each comes from."""
    if isinstance(tree, Leaf | Use):
        code = tree.id if isinstance(tree, Leaf) else tree.use
        return [f"{_condition(tree, knowledge)}［{code}；{words_for(tree.origin)}］"]
    return [line for part in parts(tree) for line in condition_sources(part, knowledge)]


def _condition(node: Leaf | Use, knowledge: Knowledge) -> str:
    if isinstance(node, Use):
        return f"共用條件：{knowledge.criteria[node.use].name}"
    fact = knowledge.facts[node.fact]
    labels: dict[Any, str] = {choice.value: choice.label for choice in fact.choices}
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    said = "、".join(labels.get(value) or words_for(value) for value in values)
    return f"{node.text}（{fact.label} {words_for(node.op)} {said}）"
