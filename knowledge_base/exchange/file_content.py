"""What was read of a file: raw records, where each of their fields stands, and what is wrong so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..faults import MISSING_KEY
from ..knowledge import Problem
from .file_problems import FileProblem, Place, shortened
from .plain import Plain
from .sections import REFERENCE_WORDS

BLANK = "不可空白"
_LAST_STEP = re.compile(r"(\.[^.\[\]]+|\[[^\[\]]*\])$")


@dataclass(slots=True)
class FileContent:
    """`raw` are the records by section and id; `places` tells the place of a Problem's key, `faulty` holds the
    places that something is wrong with already, `said` what stands in a cell.
    """

    raw: dict[str, dict[str, Plain]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    faulty: set[Place] = field(default_factory=set)
    said: dict[Place, str] = field(default_factory=dict)

    def add(self, section: str, identity: str, record: Plain) -> None:
        """Take in a record."""
        self.raw.setdefault(section, {})[identity] = record

    def complain(self, place: Place, reason: str) -> None:
        """Note a fault, with what stands in the cell unless the reason says it."""
        said = self.said.get(place, "")
        if said and f"{said}」" not in reason:
            reason = f"{reason}（填的是「{shortened(said)}」）"
        self.problems.append(FileProblem(place, reason))
        self.faulty.add(place)

    def lacks(self, place: Place) -> None:
        """Note that a cell should not be blank, unless it is not: what was in it may have been refused."""
        if place not in self.faulty:
            self.complain(place, BLANK)

    def place_of(self, key: str) -> Place | None:
        """Return where a key stands, or what it stands in; None for what the file does not hold."""
        while key:
            if key in self.places:
                return self.places[key]
            shorter = _LAST_STEP.sub("", key)
            key = shorter if shorter != key else ""
        return None

    def take_over(self, problems: Iterable[Problem]) -> None:
        """Note what the records were refused for; a cell that could not be read is not complained of twice."""
        faulty = set(self.faulty)
        for problem in problems:
            place = self.place_of(problem.key)
            if place is None:
                self.complain(Place(), f"{shortened(problem.key)}：{problem.reason}")
            elif place not in faulty:
                blank = problem.reason == MISSING_KEY and place.column
                self.complain(place, BLANK if blank else _in_words(problem.reason))


def _in_words(reason: str) -> str:
    """Call a section by its words: the checks call it as the files do."""
    section, lacks, name = reason.partition(" 沒有「")
    return f"{REFERENCE_WORDS[section]}沒有{lacks[-1]}{name}" if section in REFERENCE_WORDS else reason


def in_order(problems: Iterable[FileProblem], sheets: Mapping[str, int]) -> list[FileProblem]:
    """Sort faults as a reader of the file meets them."""
    return sorted(problems, key=lambda found: (sheets.get(found.place.sheet or "", -1), found.place.row or 0))
