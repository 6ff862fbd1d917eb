"""How often the measure that was meant is among the first three that are found.

`look_ups.tsv` holds what agents type while a caller speaks: query, measures meant, kind of look-up. It judges the
mechanisms and the nicknames; a query of it that finds nothing is no nickname by that alone.
"""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from helpdesk.policy.finding.findable import FoundKind
from helpdesk.policy.finding.index import Index
from knowledge_base.knowledge import Knowledge

LIST = Path(__file__).with_name("look_ups.tsv")
LEAST_LINES, LEAST_SHARE, SHOWN = 150, 0.95, 3


class LookUp(NamedTuple):
    query: str
    wanted: frozenset[str]
    kind: str


@pytest.fixture(scope="module")
def look_ups() -> list[LookUp]:
    lines = (line.split("\t") for line in LIST.read_text(encoding="utf-8").splitlines()[1:])
    return [LookUp(query, frozenset(wanted.split("|")), kind) for query, wanted, kind in lines]


def test_the_list_is_long_and_names_measures_of_the_catalogue(
    look_ups: list[LookUp], knowledge: Knowledge
) -> None:
    assert len({asked.query for asked in look_ups}) == len(look_ups) >= LEAST_LINES
    assert all(asked.wanted <= knowledge.measures.keys() for asked in look_ups)


def test_what_is_looked_up_is_among_the_first_three(look_ups: list[LookUp], knowledge: Knowledge) -> None:
    index = Index.of(knowledge)
    missed = []
    for asked in look_ups:
        found = [hit.id for hit in index.find(asked.query, kinds={FoundKind.MEASURE}, limit=SHOWN)]
        if not asked.wanted.intersection(found):
            missed.append((asked.kind, asked.query, found))
    share = 1 - len(missed) / len(look_ups)
    assert share >= LEAST_SHARE, f"{share:.1%}; {Counter(kind for kind, *_ in missed)}; {missed}"
