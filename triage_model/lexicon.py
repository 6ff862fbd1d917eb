"""What the desk's subject matter is called: concepts and their many names, from `lexicon.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from triage_model.normalise import fold

DATA = Path(__file__).with_name("lexicon.toml")
REACH = 4
"""How many characters before or after a name may turn it away."""


def concepts_named(folded: str) -> Iterator[tuple[str, bool, tuple[int, int]]]:
    """Yield each name of a concept in a folded text: concept, whether it is turned away, its place."""
    (concept_of, sizes_by_first), (before, after) = _lexicon(), _denials()
    for start, first in enumerate(folded):
        for size in sizes_by_first.get(first, ()):
            end = start + size
            concept = concept_of.get(folded[start:end])
            if concept is not None and end <= len(folded):
                denied = before.search(folded, max(0, start - REACH), start) or after.search(
                    folded, end, end + REACH
                )
                yield concept, denied is not None, (start, end)


@cache
def _lexicon() -> tuple[Mapping[str, str], Mapping[str, tuple[int, ...]]]:
    """Return the concept of every folded name, and how long the names are that begin with a character."""
    concept_of = {
        fold(name).text: concept for concept, names in _read()["concepts"].items() for name in names
    }
    sizes: dict[str, set[int]] = {}
    for name in concept_of:
        sizes.setdefault(name[0], set()).add(len(name))
    return concept_of, {first: tuple(sorted(found)) for first, found in sizes.items()}


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what turns a name away when it stands before it, and when it stands after it."""
    denials = _read()["denials"]
    before, after = (
        "|".join(re.escape(fold(word).text) for word in denials[side]) for side in ("before", "after")
    )
    return re.compile(before), re.compile(after)


def _read() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
