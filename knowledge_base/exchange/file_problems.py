"""What is wrong with a file that staff gave, at the place where they see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

MOST_SHOWN = 200
_LONGEST, _LONGEST_REASON = 60, 1_000
_QUOTED = re.compile(r"「([^「」]*)」")


def shortened(text: str) -> str:
    """Return the beginning of what a file says, for quoting."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet of a workbook, a row of it (a line of a text file, which has no sheet), a column by its heading."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def words(self) -> str:
        """Say where it is: 「年度版」第 5 列「受理截止」, or 第 12 行; empty for the file as a whole."""
        row = f"第 {self.row} {'列' if self.sheet else '行'}" if self.row else ""
        sheet, column = (f"「{name}」" if name else "" for name in (self.sheet, self.column))
        return f"{sheet}{row}{column}"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One fault and where it is; of a value that is quoted, the beginning."""

    place: Place
    reason: str

    def __post_init__(self) -> None:
        quoted = _QUOTED.sub(lambda found: f"「{shortened(found[1])}」", self.reason)
        object.__setattr__(self, "reason", quoted[:_LONGEST_REASON])

    def __str__(self) -> str:
        return f"{self.place.words}：{self.reason}" if self.place.words else self.reason


class FileProblems(Exception):
    """The file cannot be used. `problems` are the first faults in the file's order, `total` counts all."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        distinct = tuple(dict.fromkeys(problems))
        self.problems, self.total = distinct[:MOST_SHOWN], len(distinct)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def of(cls, reason: str, *, sheet: str | None = None, row: int | None = None) -> Self:
        """Refuse for one reason."""
        return cls([FileProblem(Place(sheet, row), reason)])
