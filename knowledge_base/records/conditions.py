"""Conditions of a measure as data: trees of `all`, `any` and `not` over leaves that compare one fact.

What a tree comes to for an enterprise is decided elsewhere. Source: eligibility rules, "Rule format".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from .provenance import MOST_NTD, Flag, Origin, Record, Slug, Sourced, Text
from .vocabulary import Fact, FactKind, Operator

SETS = frozenset({Operator.IN, Operator.NOT_IN})
EQUALITY = frozenset({Operator.EQUAL, Operator.UNEQUAL})


def _comparable(value: object) -> object:
    """Return what a fact can be held against; a list of words becomes a tuple."""
    if isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value):
        return tuple(value)
    if isinstance(value, int) and abs(value) > MOST_NTD:
        raise ValueError(f"不可大於 {MOST_NTD:,}")
    if isinstance(value, bool | int | str):
        return value
    raise ValueError("應為 true、false、整數、文字或文字清單")


LeafValue = Annotated[Any, AfterValidator(_comparable)]
"""A bool, an int, a str or a tuple of str."""


class Leaf(Record):
    """One comparison; `text` is what the desk reads out, `origin` the line of the document that says so."""

    id: Slug
    fact: Fact
    op: Operator
    value: LeafValue
    text: Text
    origin: Origin

    @model_validator(mode="after")
    def _compares_like_with_like(self) -> Self:
        if (self.op in SETS) is not isinstance(self.value, tuple):
            raise ValueError("in 與 not_in 的 value 須為清單，其他比較不得為清單")
        if self.op not in SETS | EQUALITY and type(self.value) is not int:
            raise ValueError("大小比較的 value 須為整數")
        return self


class Use(Record):
    """A shared criterion, demanded here by the document that `origin` names.

    An `unspoken` one saves a question whose answer is plain, and is no requirement of the programme.
    """

    use: Slug
    origin: Origin
    unspoken: Flag = False


class AllOf(Record):
    """Holds when every part does."""

    all: tuple[Node, ...] = Field(min_length=1)


class AnyOf(Record):
    """Holds when one part does."""

    any: tuple[Node, ...] = Field(min_length=1)


class NotOf(Record):
    """Holds when its part does not."""

    not_: Node = Field(alias="not")


def _kind_of(raw: object) -> str:
    """Name the kind of a node by the key that only it has; anything else is read as a leaf and refused as one."""
    keys = raw if isinstance(raw, Mapping) else dict(raw) if isinstance(raw, Record) else {}
    return next((f"<{key}>" for key in ("all", "any", "not", "not_", "use") if key in keys), "<leaf>")


Node = Annotated[
    Annotated[AllOf, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[NotOf, Tag("<not>")]
    | Annotated[Use, Tag("<use>")]
    | Annotated[Leaf, Tag("<leaf>")],
    Discriminator(_kind_of),
]


class Criterion(Sourced):
    """A condition that several measures share, with the law or rule that defines it."""

    id: Slug
    name: Text
    conditions: Node


class Choice(Record):
    value: Slug
    label: Text


class FactRecord(Sourced):
    """How a fact is asked: a short label, the question in words, its choices; `unit` of a count."""

    id: Fact
    label: Text
    question: Text
    kind: FactKind
    choices: tuple[Choice, ...] = ()
    unit: Text | None = None
    hint: Text | None = None


def nodes(tree: Node) -> Iterator[Node]:
    """Yield every node of a tree, parents first, in the order of the data."""
    yield tree
    for part in parts(tree):
        yield from nodes(part)


def parts(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below; none for a leaf or a reference."""
    match node:
        case AllOf():
            return node.all
        case AnyOf():
            return node.any
        case NotOf():
            return (node.not_,)
        case _:
            return ()


for _model in (AllOf, AnyOf, NotOf, Criterion):
    _model.model_rebuild()
