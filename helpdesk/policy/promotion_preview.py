"""What another model would make of the cases that came in lately, beside the one in use.

Decides nothing about which of the two is right: the newest cases may be among those that one learnt from.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.records.vocabulary import Category

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of a text; `decides` tells that it would sort the case alone."""

    category: Category
    decides: bool


@dataclass(frozen=True, slots=True)
class SaidAnew:
    """A case by its number, what the model in use says of its text, and what the other one does."""

    number: str
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class Preview:
    """So many cases, those that would get another suggestion by pair, and how many are decided alone.

    `shown` are the first of the cases that change, what would be decided alone before the rest.
    """

    cases: int
    changed: Mapping[tuple[Category, Category], int]
    decided: tuple[int, int]
    shown: tuple[SaidAnew, ...]


def preview(said: Sequence[SaidAnew]) -> Preview:
    """Return what would change, the most frequent pair first; the cases stay in the order given."""
    changed = [each for each in said if each.before.category is not each.after.category]
    pairs = Counter((each.before.category, each.after.category) for each in changed)
    first = sorted(changed, key=lambda each: not each.after.decides)
    return Preview(
        cases=len(said),
        changed=dict(sorted(pairs.items(), key=lambda item: (-item[1], item[0]))),
        decided=(sum(each.before.decides for each in said), sum(each.after.decides for each in said)),
        shown=tuple(first[:SHOWN]),
    )
