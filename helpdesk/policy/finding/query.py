"""What somebody asks for, folded: its grams, how they are read, and which parts of it may be names."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from helpdesk.policy.finding.chat import chat_in, telling_spans
from helpdesk.policy.finding.folding import Unit, fold, sounds

LONGEST = 200
"""Characters of a query that are read: nobody types more while a caller waits."""
LONGEST_NAME = 24
"""Units of the longest name that is looked for inside a query."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query's units and how each is read; where its grams stand; how many units ask for something."""

    units: tuple[Unit, ...]
    syllables: tuple[str, ...]
    spans: tuple[slice, ...]
    telling: int

    @classmethod
    def of(cls, text: str) -> "Query":
        """Return the query that a text asks; what exceeds 200 characters is not read."""
        folded = fold(text[:LONGEST])
        telling = len(folded.units) - len(chat_in(folded.units))
        return cls(folded.units, sounds(folded.units), tuple(telling_spans(folded)), telling)

    @property
    def grams(self) -> list[tuple[Unit, ...]]:
        return [self.units[span] for span in self.spans]

    @property
    def heard(self) -> list[tuple[str, ...]]:
        return [self.syllables[span] for span in self.spans]

    def share(self, stretch: slice) -> float:
        """Return how much of what asks for something a stretch is."""
        return min(1.0, len(self.units[stretch]) / self.telling)

    def stretches(self) -> Iterator[slice]:
        """Yield every stretch that may be a name, the shortest first."""
        for length in range(1, min(len(self.units), LONGEST_NAME) + 1):
            for start in range(len(self.units) - length + 1):
                yield slice(start, start + length)

    def held(self, places: Iterable[int]) -> float:
        """Return how much of what is compared the grams at `places` hold, by characters."""
        return self._characters(places) / self._characters(range(len(self.spans)))

    def _characters(self, places: Iterable[int]) -> int:
        units = {unit for place in places for unit in range(self.spans[place].start, self.spans[place].stop)}
        return sum(len(self.units[unit]) for unit in units)

    def inside(self, stretch: slice) -> list[int]:
        """Return which grams lie in a stretch."""
        return [
            place
            for place, span in enumerate(self.spans)
            if stretch.start <= span.start and span.stop <= stretch.stop
        ]


def whole_units(units: Sequence[Unit], start: int, end: int) -> slice:
    """Return the units that hold the characters from `start` up to `end` of the joined units."""
    ends = list(accumulate(map(len, units)))
    return slice(bisect_right(ends, start), bisect_left(ends, end) + 1)
