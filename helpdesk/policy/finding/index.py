"""Finding records of the knowledge base by what somebody says on the phone.

What can be found is decided in `findable`, how words are folded in `folding`, what answers a query and in
which order in `ranking`.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from helpdesk.policy.finding.findable import Findable, FoundKind, findables
from helpdesk.policy.finding.postings import Gram, Postings
from helpdesk.policy.finding.query import Query
from helpdesk.policy.finding.ranking import Match, rank, weigh
from knowledge_base.knowledge import Knowledge

FEWEST_DIGITS = 6
"""Digits that make a query a telephone number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found. `why` says in words what agreed; `measures` are the measures that it is about.

    `snippet` is the record's line that says most of what was asked. `score` is at most 1.
    """

    kind: FoundKind
    id: str
    title: str
    snippet: str
    why: tuple[str, ...]
    score: float
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that can be found, ready for queries: built once for each version of the terms."""

    records: tuple[Findable, ...]
    postings: Postings

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Index":
        """Return the index of everything that `knowledge` holds."""
        return cls.over(tuple(findables(knowledge)))

    @classmethod
    def over(cls, records: Collection[Findable]) -> "Index":
        """Return the index of `records`; their order decides ties."""
        return cls(tuple(records), Postings.of(records))

    def find(
        self, query: str, *, kinds: Collection[FoundKind] | None = None, limit: int = 10
    ) -> tuple[Hit, ...]:
        """Return the best hits of the kinds asked for (by default any), best first; empty when nothing agrees.

        The same query on the same knowledge gives the same answer; ties keep the order of the data.
        """
        asked = Query.of(query)
        matches = self._with_phone(query) or rank(asked, self.postings)
        wanted = [m for m in matches if kinds is None or self.records[m.number].kind in kinds][:limit]
        weights = dict(zip(asked.grams, weigh(asked, self.postings), strict=True)) if wanted else {}
        return tuple(self._hit(match, weights) for match in wanted)

    def _with_phone(self, query: str) -> list[Match]:
        """Return the records that a query of digits alone is the number of, or a part of it."""
        plain = unicodedata.normalize("NFKC", query)
        digits = re.sub(r"\D", "", plain)
        if len(digits) < FEWEST_DIGITS or re.search(r"[^\d\s()#+-]", plain):
            return []
        return [
            Match(number, 1.0, ("電話",))
            for number, record in enumerate(self.records)
            if any(digits in phone or phone in digits for phone in record.phones)
        ]

    def _hit(self, match: Match, weights: Mapping[Gram, float]) -> Hit:
        record = self.records[match.number]
        passages = self.postings.passages[match.number]
        # of equals the first: what the record is, when no line says anything of what was asked
        best = max(
            passages,
            key=lambda passage: sum(weights[gram] for gram in weights.keys() & passage.grams),
            default=None,
        )
        snippet = best.text if best else record.title
        return Hit(record.kind, record.id, record.title, snippet, match.why, match.score, record.measures)
