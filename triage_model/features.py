"""What is counted in a normalised text: character n-grams and Latin words.

Training and scoring both count through this module, so they cannot drift apart. A change to what is
counted needs a new `FEATURES_VERSION`.
"""

import re
from dataclasses import dataclass

from triage_model.normalise import Normalised, normalise

FEATURES_VERSION = 1

Occurrences = dict[str, list[tuple[int, int]]]
"""N-gram -> half-open ranges of the normalised text, in reading order."""

_LATIN = re.compile(r"[a-z0-9]+(?:[-./][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Features:
    """The occurrences of one text, a dictionary a branch of the pipeline."""

    source: Normalised
    characters: Occurrences
    words: Occurrences


def extract(text: str) -> Features:
    """Normalise `text` and find its n-grams."""
    source = normalise(text)
    return Features(source, _characters(source.text), _words(source.text))


def character_tokens(features: Features) -> list[str]:
    """Return the character n-grams, each as often as it occurs: the analyser of that branch."""
    return [gram for gram, spans in features.characters.items() for _ in spans]


def word_tokens(features: Features) -> list[str]:
    """Return the Latin words and pairs, each as often as it occurs: the analyser of that branch."""
    return [gram for gram, spans in features.words.items() for _ in spans]


def _characters(text: str) -> Occurrences:
    """Find single characters and pairs, punctuation included: 怎麼, 有沒有 and ? are the signal."""
    found: Occurrences = {}
    for position, character in enumerate(text):
        found.setdefault(character, []).append((position, position + 1))
    for position in range(len(text) - 1):
        found.setdefault(text[position : position + 2], []).append((position, position + 2))
    return found


def _words(text: str) -> Occurrences:
    """Find Latin words kept whole, and a word with what follows it: cbam, iso, iso 14064-1."""
    found: Occurrences = {}
    previous = None
    for match in _LATIN.finditer(text):
        start, end = match.span()
        if previous and text[previous.end() : start] == " ":
            found.setdefault(text[previous.start() : end], []).append((previous.start(), end))
        is_word = not match[0].isdigit()
        if is_word:
            found.setdefault(match[0], []).append((start, end))
        previous = match if is_word else None
    return found
