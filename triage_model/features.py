"""What the model looks at: character n-grams, and Latin tokens kept whole.

The same functions serve training and scoring, so the two cannot diverge. A feature is a string
with its branch in front: `c` for characters, `w` for words.
"""

import re
from collections.abc import Iterator

VERSION = 1
LATIN_TOKEN = re.compile(r"[a-z][a-z0-9]*(?:[ -]?\d[\d-]*)?")
BRANCHES = ("c", "w")


def character_features(folded: str) -> list[str]:
    """Return the single characters and the pairs of a folded text, in order, punctuation kept."""
    singles = ["c" + character for character in folded]
    return singles + ["c" + folded[i : i + 2] for i in range(len(folded) - 1)]


def word_features(folded: str) -> list[str]:
    """Return the Latin tokens of a folded text, a number that follows included: iso 14064-1, cbam."""
    return ["w" + match.group() for match in LATIN_TOKEN.finditer(folded)]


def occurrences(feature: str, folded: str) -> Iterator[tuple[int, int]]:
    """Yield where a feature stands in the folded text, as start and end."""
    token = feature[1:]
    if feature.startswith("w"):
        yield from (match.span() for match in LATIN_TOKEN.finditer(folded) if match.group() == token)
        return
    start = folded.find(token)
    while start >= 0:
        yield start, start + len(token)
        start = folded.find(token, start + 1)
