"""Condition trees ready to be judged: criteria put in, groups of sectors spelt out, leaves numbered.

Truth is Kleene's: `all` is no if one part is no, yes if all are yes, else unknown; `any` is its dual; `not`
swaps. An unknown leaf is None.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from helpdesk.policy.fact_values import Facts, FactValue
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.conditions import AllOf, AnyOf, FactRecord, Leaf, Node, NotOf, Use, parts
from knowledge_base.records.vocabulary import Fact, FactKind, Operator

Truth = bool | None
Truths = Sequence[Truth]
"""What each leaf comes to, by its number."""

_COMPARE: Mapping[Operator, Callable[[FactValue, FactValue], bool]] = {
    Operator.EQUAL: eq,
    Operator.UNEQUAL: ne,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
}


@dataclass(frozen=True, slots=True)
class Tree:
    """A node: a leaf by its number, or `all`, `any` (of several) or `not` (of one) over others."""

    kind: str
    below: tuple["Tree", ...] = ()
    leaf: int = -1


@dataclass(frozen=True, slots=True)
class Conditions:
    """The rules of one edition. `answers` has for each fact the rows of truths that its values can give.

    A row has one truth for each leaf of the fact, in the order of `of_fact`: values that no leaf tells apart
    are one row. The leaves of a criterion that is only assumed to be demanded say so in their origin.
    `unspoken` leaves save a question and are no requirement; `partial` rules are not all that there are.
    """

    tree: Tree
    leaves: tuple[Leaf, ...]
    unspoken: frozenset[int]
    partial: bool
    of_fact: Mapping[Fact, tuple[int, ...]]
    answers: Mapping[Fact, tuple[tuple[bool, ...], ...]]

    def truths(self, facts: Facts) -> list[Truth]:
        """Return what each leaf comes to."""
        return [
            None if (value := facts.get(leaf.fact)) is None else holds(leaf, value) for leaf in self.leaves
        ]


def conditions_of(node: Node, knowledge: Knowledge, *, partial: bool = False) -> Conditions:
    """Return the conditions that a tree of the data stands for."""
    leaves: list[Leaf] = []
    unspoken: set[int] = set()
    tree = _numbered(node, knowledge, leaves, unspoken)
    of_fact = {
        fact: tuple(number for number, leaf in enumerate(leaves) if leaf.fact is fact)
        for fact in dict.fromkeys(leaf.fact for leaf in leaves)
    }
    answers = {
        fact: _rows(knowledge.facts[fact], [leaves[number] for number in numbers], knowledge)
        for fact, numbers in of_fact.items()
    }
    return Conditions(tree, tuple(leaves), frozenset(unspoken), partial, of_fact, answers)


def holds(leaf: Leaf, value: FactValue) -> bool:
    """Tell whether a known value fulfils a leaf."""
    if isinstance(leaf.value, tuple):
        return (value in leaf.value) is (leaf.op is Operator.IN)
    return _COMPARE[leaf.op](value, leaf.value)


def truth_of(tree: Tree, truths: Truths) -> Truth:
    """Return what a tree comes to. Source: eligibility rules, "Evaluation" (Kleene)."""
    if tree.kind == "leaf":
        return truths[tree.leaf]
    if tree.kind == "not":
        inner = truth_of(tree.below[0], truths)
        return None if inner is None else not inner
    settling = tree.kind == "any"  # one yes settles `any`, one no settles `all`
    unknown = False
    for part in tree.below:
        found = truth_of(part, truths)
        if found is settling:
            return settling
        unknown = unknown or found is None
    return None if unknown else not settling


def open_leaves(tree: Tree, truths: Truths) -> Iterator[int]:
    """Yield the unknown leaves that can still change what the tree comes to, in order."""
    if truth_of(tree, truths) is not None:
        return
    if tree.kind == "leaf":
        yield tree.leaf
    for part in tree.below:
        yield from open_leaves(part, truths)


def deciding_leaves(tree: Tree, truths: Truths) -> Iterator[int]:
    """Yield the leaves that alone fix what the tree comes to; none while it is unknown.

    Of an `all` that is no these are the parts that are no; of one that is yes, all of them; `any` likewise.
    """
    found = truth_of(tree, truths)
    if found is None:
        return
    if tree.kind == "leaf":
        yield tree.leaf
    for part in tree.below:
        if tree.kind == "not" or truth_of(part, truths) is found:
            yield from deciding_leaves(part, truths)


def failing_parts(conditions: Conditions, truths: Truths) -> Iterator[Tree]:
    """Yield the parts that a tree which is no would need: of `all` the parts that are no, any other part whole.

    For a part that only saves a question, what stands beside it is what would be needed.
    """
    yield from _failing(conditions.tree, truths, conditions.unspoken)


def _failing(tree: Tree, truths: Truths, unspoken: frozenset[int]) -> Iterator[Tree]:
    if tree.kind != "all":
        yield tree
        return
    failed = [part for part in tree.below if truth_of(part, truths) is False]
    if all(is_unspoken(part, unspoken) for part in failed):
        failed = [part for part in tree.below if not is_unspoken(part, unspoken)]
    for part in failed:
        yield from _failing(part, truths, unspoken) if part.kind == "all" else (part,)


def is_unspoken(tree: Tree, unspoken: frozenset[int]) -> bool:
    """Tell whether a part of a tree only saves a question."""
    if tree.kind == "leaf":
        return tree.leaf in unspoken
    return all(is_unspoken(part, unspoken) for part in tree.below)


def _numbered(node: Node, knowledge: Knowledge, leaves: list[Leaf], unspoken: set[int]) -> Tree:
    match node:
        case Leaf():
            leaves.append(_spelt_out(node, knowledge))
            return Tree("leaf", leaf=len(leaves) - 1)
        case Use():
            begun = len(leaves)
            tree = _numbered(knowledge.criteria[node.use].conditions, knowledge, leaves, unspoken)
            if node.unspoken:
                unspoken.update(range(begun, len(leaves)))
            if not node.origin.checked:
                leaves[begun:] = [leaf.model_copy(update={"origin": node.origin}) for leaf in leaves[begun:]]
            return tree
    kinds: Mapping[type[Node], str] = {AllOf: "all", AnyOf: "any", NotOf: "not"}
    below = tuple(_numbered(part, knowledge, leaves, unspoken) for part in parts(node))
    return Tree(kinds[type(node)], below)


def _spelt_out(leaf: Leaf, knowledge: Knowledge) -> Leaf:
    """Return a leaf on sectors with groups replaced by their sub-sectors."""
    if leaf.fact is not Fact.SECTOR:
        return leaf
    named = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    groups = knowledge.sectors
    spelt = tuple(name for word in named for name in (groups[word].sectors if word in groups else (word,)))
    inside = leaf.op in {Operator.IN, Operator.EQUAL}
    return leaf.model_copy(update={"value": spelt, "op": Operator.IN if inside else Operator.NOT_IN})


def _rows(record: FactRecord, leaves: Sequence[Leaf], knowledge: Knowledge) -> tuple[tuple[bool, ...], ...]:
    values = _domain(record, leaves, knowledge)
    return tuple(dict.fromkeys(tuple(holds(leaf, value) for leaf in leaves) for value in values))


def _domain(record: FactRecord, leaves: Sequence[Leaf], knowledge: Knowledge) -> Sequence[FactValue]:
    """Return values of a fact among which is one of every kind that the leaves tell apart."""
    match record.kind:
        case FactKind.YES_NO:
            return (True, False)
        case FactKind.CHOICE:
            return [choice.value for choice in record.choices]
        case FactKind.COUNTY:
            return list(knowledge.counties)
        case FactKind.SECTOR:
            return [name for group in knowledge.sectors.values() for name in group.sectors]
        case FactKind.COUNT:
            limits = {leaf.value + step for leaf in leaves for step in (-1, 0, 1)}
            return sorted(limit for limit in limits if limit >= 0)
