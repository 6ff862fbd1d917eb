"""A text cut into pieces by how much each decided: what `components/marked_text.html` shows."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

STRENGTHS = (0.15, 0.4, 0.7)


def marked_pieces(text: str, terms: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return the whole text as pieces with a strength of 0 to 3; only what spoke for the category is marked.

    A term is `{"weight", "spans": [[start, end], ...]}`, spans in characters of `text`.
    """
    strengths = [0] * len(text)
    strongest = max((term["weight"] for term in terms), default=0.0)
    for term in terms:
        share = term["weight"] / strongest if strongest > 0 else 0.0
        strength = sum(share >= step for step in STRENGTHS)
        for start, end in term["spans"]:
            for place in range(start, min(end, len(text))):
                strengths[place] = max(strengths[place], strength)
    pieces = []
    place = 0
    for strength, run in groupby(strengths):
        length = len(list(run))
        pieces.append((text[place : place + length], strength))
        place += length
    return pieces
