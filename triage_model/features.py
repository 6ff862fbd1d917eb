"""What the model looks at, and where in the text it saw it.

The same functions serve training and scoring, so the two cannot diverge. A feature is a string
with its branch's letter in front.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage_model.lexicon import concepts_named

VERSION = 2
LATIN_LETTER = re.compile("[a-z]")
LATIN_TOKEN = re.compile(r"[a-z][a-z0-9]*(?:[ -]?\d[\d-]*)?")
START, END = "\x02", "\x03"  # control characters: a folded text holds none
ENDING = 25
"""How many characters at the end are looked at a second time: long stories come to the point there."""

Span = tuple[int, int]
Sighting = tuple[str, Span]


def characters(folded: str) -> list[Sighting]:
    """Return single characters and pairs, punctuation kept; the text's start and end count as characters."""
    size = len(folded)
    if not size:
        return []
    singles = [("c" + folded[i], (i, i + 1)) for i in range(size)]
    pairs = [("c" + folded[i : i + 2], (i, i + 2)) for i in range(size - 1)]
    edges = [("c" + START + folded[0], (0, 1)), ("c" + folded[-1] + END, (size - 1, size))]
    return _without_latin(singles + pairs + edges, folded)


def ending(folded: str) -> list[Sighting]:
    """Return the single characters and pairs of the last 25 characters."""
    size = len(folded)
    start = max(0, size - ENDING)
    singles = [("e" + folded[i], (i, i + 1)) for i in range(start, size)]
    pairs = [("e" + folded[i : i + 2], (i, i + 2)) for i in range(start, size - 1)]
    return _without_latin(singles + pairs, folded)


def gapped(folded: str) -> list[Sighting]:
    """Return pairs of characters with one between them: 要…要 survives whatever stands inside."""
    pairs = [("g" + folded[i] + folded[i + 2], (i, i + 3)) for i in range(len(folded) - 2)]
    return _without_latin(pairs, folded)


def words(folded: str) -> list[Sighting]:
    """Return the Latin tokens, a number that follows included: iso 14064-1, cbam."""
    return [("w" + match.group(), match.span()) for match in LATIN_TOKEN.finditer(folded)]


def concepts(folded: str) -> list[Sighting]:
    """Return the concepts that the text names; one that is turned away is a feature of its own."""
    return [
        ("l" + ("!" if denied else "") + concept, span) for concept, denied, span in concepts_named(folded)
    ]


def _without_latin(seen: list[Sighting], folded: str) -> list[Sighting]:
    """Return what holds no Latin letter: pieces of words would make any English text look familiar."""
    if LATIN_LETTER.search(folded) is None:
        return seen
    return [sighting for sighting in seen if LATIN_LETTER.search(sighting[0], 1) is None]


@dataclass(frozen=True, slots=True)
class Branch:
    """One kind of feature: its letter, how it is seen, its length in the union, and how many
    training texts must hold a feature."""

    letter: str
    look: Callable[[str], list[Sighting]]
    weight: float
    min_texts: int

    def features(self, folded: str) -> list[str]:
        """Return the features of a folded text, repeated as often as they occur."""
        return [feature for feature, _ in self.look(folded)]


BRANCHES = (
    Branch("c", characters, weight=1.0, min_texts=2),
    Branch("e", ending, weight=0.5, min_texts=2),
    Branch("g", gapped, weight=0.5, min_texts=2),
    Branch("w", words, weight=0.3, min_texts=1),
    Branch("l", concepts, weight=0.15, min_texts=1),
)


def sightings(folded: str) -> list[Sighting]:
    """Return every feature of a folded text with its place, branch by branch."""
    return [sighting for branch in BRANCHES for sighting in branch.look(folded)]
