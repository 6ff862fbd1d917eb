"""The picture of a year's attainment, a bar a month: where each stands and how high a share reaches.

Lengths are units of the picture, from its upper left corner.
"""

from dataclasses import dataclass

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot between `left` and `right`, `top` (100%) and `base` (0%), with room for words around it."""

    left: int = 36
    top: int = 12
    base: int = 84
    slot: int = 18
    bar: int = 14
    gap: int = 4
    words_at: int = 101
    height: int = 106
    levels: tuple[int, ...] = (0, 50, 100)

    @property
    def right(self) -> int:
        """Return where the last month ends."""
        return self.left + MONTHS * self.slot

    @property
    def width(self) -> int:
        """Return the width of the whole."""
        return self.right + self.gap

    def x(self, place: int) -> int:
        """Return where the bar of a month begins, in the middle of its slot; the first month is 0."""
        return self.left + place * self.slot + (self.slot - self.bar) // 2

    def y(self, percent: int) -> float:
        """Return how far down a share is drawn."""
        return round(self.base - percent * (self.base - self.top) / 100, 2)


PICTURE = Picture()
