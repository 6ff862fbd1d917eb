"""Which record holds which words, by spelling and by sound: built once, asked for each query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import NamedTuple

from helpdesk.policy.finding.chat import telling_spans
from helpdesk.policy.finding.findable import Findable, FoundKind
from helpdesk.policy.finding.folding import fold, sounds

Gram = tuple[str, ...]
"""Neighbouring units of a text, or their sounds."""


class Part(Enum):
    """Where words stand in a record, the most telling first: what an agreement counts, what it is called."""

    NAME = (1.0, "名稱")
    NICKNAME = (0.8, "暱稱")
    LEAD = (0.6, "內容")
    DETAIL = (0.35, "內容")

    def __init__(self, strength: float, label: str) -> None:
        self.strength = strength
        self.label = label


@dataclass(frozen=True, slots=True)
class Named:
    """A record by its number, and a name or nickname that it goes by, as the data write it."""

    number: int
    part: Part
    name: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of a record and its grams."""

    text: str
    grams: frozenset[Gram]


class _NameRead(NamedTuple):
    """A name's units, how they are read, and its grams in both."""

    units: Gram
    syllables: Gram
    grams: tuple[tuple[Gram, Gram], ...]


@dataclass(frozen=True, slots=True)
class Postings:
    """By gram, the numbers of the records that hold it and their most telling part; by whole name, whose it is.

    `heard` and `heard_names` are by sound, of names and nicknames alone. `spelled` are the names joined.
    `passages` are by number.
    """

    written: Mapping[Gram, dict[int, Part]] = field(default_factory=lambda: defaultdict(dict))
    heard: Mapping[Gram, dict[int, Part]] = field(default_factory=lambda: defaultdict(dict))
    names: Mapping[Gram, list[Named]] = field(default_factory=lambda: defaultdict(list))
    heard_names: Mapping[Gram, list[Named]] = field(default_factory=lambda: defaultdict(list))
    spelled: dict[Gram, str] = field(default_factory=dict)
    passages: list[tuple[Passage, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, records: Iterable[Findable]) -> "Postings":
        """Return the postings of records, which are numbered in their order."""
        postings = cls()
        read_name, read_line = cache(_name_read), cache(_line_read)  # many records share a nickname or a line
        for number, record in enumerate(records):
            for part, name in _names(record):
                postings._add_name(Named(number, part, name), read_name(name))
                if record.kind is not FoundKind.QUESTION:  # much of one question stands in any other
                    postings._add_whole(Named(number, part, name), read_name(name))
            for part, lines in ((Part.LEAD, record.leads), (Part.DETAIL, record.details)):
                for line in lines:
                    for gram in read_line(line).grams:
                        postings.written[gram].setdefault(number, part)
            postings.passages.append(tuple(map(read_line, (*record.leads, *record.details))))
        return postings

    def _add_name(self, named: Named, read: _NameRead) -> None:
        for gram, sound in read.grams:
            self.written[gram].setdefault(named.number, named.part)
            self.heard[sound].setdefault(named.number, named.part)

    def _add_whole(self, named: Named, read: _NameRead) -> None:
        self.names[read.units].append(named)
        self.spelled[read.units] = "".join(read.units)
        self.heard_names[read.syllables].append(named)


def _name_read(name: str) -> _NameRead:
    folded = fold(name)
    syllables = sounds(folded.units)
    grams = tuple((folded.units[span], syllables[span]) for span in telling_spans(folded))
    return _NameRead(folded.units, syllables, grams)


def _line_read(line: str) -> Passage:
    folded = fold(line)
    return Passage(line, frozenset(folded.units[span] for span in telling_spans(folded)))


def _names(record: Findable) -> Iterator[tuple[Part, str]]:
    for name in dict.fromkeys((record.title, *record.short_names)):
        yield Part.NAME, name
    for name in record.nicknames:
        yield Part.NICKNAME, name
