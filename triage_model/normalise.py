"""How a text is spelt before its n-grams are counted. Never used for what is stored or shown.

Every step keeps account of where its characters came from, so a weight found in the normalised text
can be marked in the original. A change to any rule here needs a new `NORMALISATION_VERSION`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

NORMALISATION_VERSION = 1

# Private-use characters: one character each, so they count as one sign in every n-gram. Input cannot
# contain them, since private-use characters are removed with the control characters.
MASKS = {
    "url": ("\ue000", "〔網址〕"),
    "email": ("\ue001", "〔電子郵件〕"),
    "person_id": ("\ue002", "〔身分證號〕"),
    "phone": ("\ue003", "〔電話〕"),
    "ubn": ("\ue004", "〔統一編號〕"),
}
_SHOWN_MASKS = str.maketrans(dict(MASKS.values()))
_SEPARATOR = r"[-‐–—.\s]?"
_PRIVATE = re.compile(
    rf"""
    (?P<url>(?:https?://|www\.)[!-~]+)
    |(?P<email>[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)
    |(?P<person_id>(?<![a-z0-9])[a-z][1289a-d]\d{{8}}(?!\d))
    |(?P<phone>(?<![\da-z])(?:\+?886{_SEPARATOR}|\(?0)\d{{1,3}}\)?(?:{_SEPARATOR}\d{{3,4}}){{2}}(?!\d)
        (?:\s?(?:\#|分機|轉|ext\.?)\s?\d{{1,6}})?)
    |(?P<ubn>(?<![\d.,])\d{{8}}(?!\d|元))
    """,
    re.VERBOSE | re.ASCII,
)
_REMOVED = frozenset({"Cc", "Cf", "Co", "Cs"})
_HALF_WIDTH_MARKS = "ﾞﾟ"  # combine in NFKC although their combining class is 0


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and the way back.

    `text` feeds the n-grams; `spelling` has the same length but keeps the writer's script. Character i
    came from `original[starts[i]:ends[i]]`.
    """

    text: str
    spelling: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of the original behind `text[start:end]`."""
        return self.starts[start], self.ends[end - 1]

    def shown(self, start: int, end: int) -> str:
        """Return `text[start:end]` as a person may see it: own script, masks by their kind."""
        return self.spelling[start:end].translate(_SHOWN_MASKS)

    @property
    def says_something(self) -> bool:
        """Whether a letter, a digit or a Chinese character is left beside masks and signs."""
        return any(character.isalnum() for character in self.text)


def normalise(original: str) -> Normalised:
    """Spell `original` for counting: NFKC, lower case, no control characters, masks, one script.

    Runs of white space become one space. Source: triage pipeline, normalisation outside the model.
    """
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(original):
        for character in _compatible(original[start:end]):
            if character == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(character)
            starts.append(start)
            ends.append(end)
    spelling, starts, ends = _mask("".join(characters), starts, ends)
    return Normalised(spelling.translate(_one_script()), spelling, starts, ends)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of base characters with the marks that combine with them."""
    start = 0
    for position in range(1, len(text)):
        if not unicodedata.combining(text[position]) and text[position] not in _HALF_WIDTH_MARKS:
            yield start, position
            start = position
    if text:
        yield start, len(text)


@lru_cache(maxsize=16_384)
def _compatible(cluster: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).lower())
    spaced = (" " if character.isspace() else character for character in folded)
    return "".join(character for character in spaced if unicodedata.category(character) not in _REMOVED)


def _mask(text: str, starts: list[int], ends: list[int]) -> tuple[str, list[int], list[int]]:
    pieces: list[str] = []
    masked_starts: list[int] = []
    masked_ends: list[int] = []
    done = 0
    for match in _PRIVATE.finditer(text):
        begin, stop = match.span()
        pieces += text[done:begin], MASKS[str(match.lastgroup)][0]
        masked_starts += starts[done : begin + 1]
        masked_ends += [*ends[done:begin], ends[stop - 1]]
        done = stop
    return "".join([*pieces, text[done:]]), masked_starts + starts[done:], masked_ends + ends[done:]


@cache
def _one_script() -> dict[int, int]:
    """Read OpenCC's table of Traditional to Simplified characters, single characters only.

    Only its data is used: its converter works on phrases, which would change lengths.
    """
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split()[:2] for line in table.splitlines())
    return {ord(pair[0]): ord(pair[1]) for pair in pairs if len(pair[0]) == len(pair[1]) == 1}
