"""The texts on which a new model is compared with the one in use; neither learns from them there.

What the desk decided blind comes first: nothing that a model said had touched it.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from triage_model.corpus import CorpusError, Example
from triage_model.decisions import Decision, identity
from triage_model.labels import LABELS

TEXTS_OF_A_LABEL = 80
"""At least as many of each of the five outcomes. Source: rules of triage, section 5: at least 400 cases."""


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """`blind` of the examples are the desk's."""

    examples: tuple[Example, ...]
    blind: int

    def without(self, texts: Sequence[Example]) -> list[Example]:
        """Return the texts whose family and wording do not occur here, in their order."""
        families = {example.family for example in self.examples}
        wordings = {identity(example.text) for example in self.examples}
        return [each for each in texts if each.family not in families and identity(each.text) not in wordings]


def choose(
    decisions: Sequence[Decision], corpus: Sequence[Example], *, of_a_label: int = TEXTS_OF_A_LABEL
) -> FrozenSet:
    """Return every blind decision, and families of the corpus until each label has enough texts.

    Families come in the order of a fixed hash: a growing corpus puts new texts in the place of some, and
    none of the old ones that stood outside.
    Raises CorpusError when the corpus has too few texts of a label.
    """
    blind = [each.example for each in decisions if each.blind]
    chosen = list(blind)
    have = Counter(example.label for example in blind)
    families: dict[str, list[Example]] = {}
    for example in corpus:
        families.setdefault(example.family, []).append(example)
    for family in sorted(families, key=lambda name: hashlib.sha256(name.encode()).digest()):
        members = families[family]
        if any(have[example.label] < of_a_label for example in members):
            chosen += members
            have.update(example.label for example in members)
    if short := [label for label in LABELS if have[label] < of_a_label]:
        raise CorpusError(f"too few texts for a fair test: {', '.join(short)}")
    return FrozenSet(tuple(chosen), len(blind))
