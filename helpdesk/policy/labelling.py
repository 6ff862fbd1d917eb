"""Which cases teach the model most when a person sorts them next.

Decides the choice among cases that no person sorted; which those are is `queries.label_queue`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PICKED = 20


class PickReason(StrEnum):
    """Why a case was picked."""

    NARROW = "narrow"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Pick:
    """A case by its number; `margin` is how far the first category's probability is above the second's."""

    number: str
    margin: float
    reason: PickReason


def most_useful(margins: Mapping[str, float], *, day: date, count: int = PICKED) -> list[Pick]:
    """Return up to `count` cases: half with the smallest margin, smallest first, the rest drawn at random.

    The draw is the day's: a case that was drawn stays drawn while others come and go. The narrow ones
    alone would teach the model what is hard and let it forget what is common.
    """
    narrow = sorted(margins, key=lambda number: (margins[number], number))[: count // 2]
    rest = sorted(margins.keys() - set(narrow), key=lambda number: _lot(number, day))
    return [
        *(Pick(number, margins[number], PickReason.NARROW) for number in narrow),
        *(Pick(number, margins[number], PickReason.RANDOM) for number in rest[: count - len(narrow)]),
    ]


def _lot(number: str, day: date) -> bytes:
    return hashlib.sha256(f"{day.isoformat()} {number}".encode()).digest()
