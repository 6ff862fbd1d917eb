"""Conditions as the desk reads them out, with the origins of all that they consist of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .knowledge import Knowledge
from .records import AllOf, AnyOf, Edition, Leaf, Node, NotOf, Origin, Use, nodes, parts


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in words; `assumed` when a document that should demand it was not found."""

    text: str
    origins: tuple[Origin, ...]

    @property
    def assumed(self) -> bool:
        """Tell whether a part of it is an assumption."""
        return not all(origin.checked for origin in self.origins)


def requirements(knowledge: Knowledge, edition: Edition) -> tuple[Requirement, ...]:
    """Return the conditions, one for each part of the outermost `all`; empty when not known.

    What stands in a tree only to save a question is no requirement.
    """
    tree = edition.conditions
    if tree is None:
        return ()
    outermost = tree.all if isinstance(tree, AllOf) else (tree,)
    return tuple(
        Requirement(_in_words(knowledge, part), tuple(dict.fromkeys(_origins(part))))
        for part in outermost
        if not unspoken(part)
    )


def unspoken(node: Node) -> bool:
    """Tell whether a node stands in its tree only to save a question."""
    match node:
        case Use():
            return node.unspoken
        case Leaf():
            return False
    return all(unspoken(part) for part in parts(node))


def _in_words(knowledge: Knowledge, node: Node) -> str:
    match node:
        case Leaf():
            return node.text
        case Use():
            return knowledge.criteria[node.use].name
        case NotOf():
            return f"非「{_in_words(knowledge, node.not_)}」"
    spoken = [part for part in parts(node) if not unspoken(part)]
    several = len(spoken) > 1
    words = [
        f"（{_in_words(knowledge, part)}）"
        if several and isinstance(part, AllOf | AnyOf)
        else _in_words(knowledge, part)
        for part in spoken
    ]
    return ("，且" if isinstance(node, AllOf) else "，或").join(words)


def _origins(tree: Node) -> Iterator[Origin]:
    for node in nodes(tree):
        if isinstance(node, Leaf) or (isinstance(node, Use) and not node.unspoken):
            yield node.origin
