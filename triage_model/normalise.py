"""How a text is folded before it is read, and where each folded character came from.

Versioned: a model only ever sees texts folded as its training texts were. Stored texts stay as they are.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import opencc

VERSION = 2
LONGEST = 20_000

# One private-use character each; a text cannot bring its own, since those are removed.
PHONE, EMAIL, LINK, PERSON_ID, UBN = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
MASK_NAMES = {
    PHONE: "〔電話〕",
    EMAIL: "〔電子郵件〕",
    LINK: "〔網址〕",
    PERSON_ID: "〔身分證號〕",
    UBN: "〔統一編號〕",
}

_MASKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (LINK, re.compile(r"(?:https?://|www\.)[\w./?&=%#~+:@!$*'-]+", re.ASCII)),
    (EMAIL, re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")),
    (PERSON_ID, re.compile(r"(?<![a-z0-9])[a-z][1289a-d]\d{8}(?!\d)")),
    (
        PHONE,
        # The extension's words are in the script that folding ends in.
        re.compile(
            r"(?<!\d)(?:\+?886[- ]?|\(?0)\d{1,3}[- )]?\d{3,4}[- ]?\d{3,4}(?!\d)(?: ?(?:#|分机|转) ?\d{1,6})?"
        ),
    ),
    (UBN, re.compile(r"(?<!\d)\d{8}(?!\d)")),
)


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text; character i came from `original[starts[i]:ends[i]]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(original: str) -> Folded:
    """Return the text in NFKC, lower case and one script, private data masked, white space single.

    Control characters go; only the first 20,000 characters are read.
    """
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(original[:LONGEST]):
        for folded in _fold_character(character):
            if folded == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(folded)
            places.append(place)
    if characters and characters[-1] == " ":
        characters.pop()
        places.pop()
    text = "".join(characters)
    masks = tuple(_masks(text))
    if not masks:
        return Folded(text, tuple(places), tuple(place + 1 for place in places))
    return _masked(text, places, masks)


@cache
def _fold_character(character: str) -> str:
    """Return what one character becomes: nothing for a control character, a space for white space."""
    if character.isspace():
        return " "
    kept = (c for c in unicodedata.normalize("NFKC", character).lower() if unicodedata.category(c)[0] != "C")
    return "".join(_one_script(c) for c in kept)


def _one_script(character: str) -> str:
    """Return a Chinese character in the one script that features use; others as they are."""
    converted = _converter().convert(character)
    return converted if len(converted) == 1 else character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _masks(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what is masked, in order and without overlap: start, end, placeholder."""
    if not any(c.isdigit() or c in "@:" or c == "w" for c in text):
        return
    found = sorted(
        (match.start(), order, match.end(), placeholder)
        for order, (placeholder, pattern) in enumerate(_MASKS)
        for match in pattern.finditer(text)
    )
    behind = 0
    for start, _, end, placeholder in found:
        if start >= behind:
            yield start, end, placeholder
            behind = end


def _masked(text: str, places: list[int], masks: tuple[tuple[int, int, str], ...]) -> Folded:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    behind = 0
    for start, end, placeholder in (*masks, (len(text), len(text), "")):
        pieces.append(text[behind:start])
        starts += places[behind:start]
        ends += [place + 1 for place in places[behind:start]]
        if placeholder:
            pieces.append(placeholder)
            starts.append(places[start])
            ends.append(places[end - 1] + 1)
        behind = end
    return Folded("".join(pieces), tuple(starts), tuple(ends))
