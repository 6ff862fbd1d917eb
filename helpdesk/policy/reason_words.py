"""What an enterprise would need, in words: the parts of conditions that rule it out, with its own figures."""

from helpdesk.policy.condition_trees import Conditions, Tree, Truths, failing_parts, is_unspoken
from helpdesk.policy.fact_values import Facts

ASSUMED = "（假設）"
_JOINTS = {"all": "，且", "any": "，或"}


def needed(conditions: Conditions, truths: Truths, facts: Facts) -> tuple[str, ...]:
    """Return what is missing of conditions that come to no, a sentence a part.

    Alternatives are told together: 「A，或 B」. A count that does not do is told beside its limit.
    """
    parts = failing_parts(conditions, truths)
    return tuple(dict.fromkeys(_in_words(part, conditions, facts) for part in parts))


def _in_words(tree: Tree, conditions: Conditions, facts: Facts) -> str:
    if tree.kind == "leaf":
        return _leaf(tree.leaf, conditions, facts)
    if tree.kind == "not":
        return f"非「{_in_words(tree.below[0], conditions, facts)}」"
    spoken = [part for part in tree.below if not is_unspoken(part, conditions.unspoken)]
    words = [_in_words(part, conditions, facts) for part in spoken]
    several = len(spoken) > 1
    bracketed = [
        f"（{each}）" if several and part.kind in _JOINTS else each
        for part, each in zip(spoken, words, strict=True)
    ]
    return _JOINTS[tree.kind].join(bracketed)


def _leaf(number: int, conditions: Conditions, facts: Facts) -> str:
    leaf = conditions.leaves[number]
    given = facts.get(leaf.fact)
    now = f"（現為 {given:,}）" if type(given) is int else ""
    return f"{leaf.text}{now}{'' if leaf.origin.checked else ASSUMED}"
