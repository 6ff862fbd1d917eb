"""What finding costs: building the index and answering a query, at today's size and at ten and a hundred times it.

    .venv/bin/python -m benchmarks.finding [--turns 5]

Prints one JSON object: how many of the look-ups in tests/knowledge_base/look_ups.tsv have a wanted measure among the
first three, and a table of times. These are CPU milliseconds: of building, the median of the turns; of a query, median
and 95th percentile over the queries here, typed right and with one character wrong, each asked once a turn. What is
added to grow is today's records with two characters of every name and line exchanged for others, so that words stay
as long and as common characters as they are but new pairs arise.
"""

import argparse
import csv
import json
import random
import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import process_time_ns

from helpdesk.policy.finding.findable import Findable, FoundKind, findables
from helpdesk.policy.finding.index import Index
from knowledge_base import loader

SIZES = (1, 10, 100)
SEED = 15
LOOK_UPS = Path(__file__).parents[1] / "tests" / "knowledge_base" / "look_ups.tsv"
QUERIES = (
    "以大帶小",
    "碳盤",
    "升級轉型",
    "工業局 10人以上",
    "三百萬補助",
    "餐廳換冷氣",
    "SBIR",
    "請問客戶要我們做碳盤查要找誰",
    "低碳智慧納管貸款",
    "員工免費上課",
    "今天天氣很好",
    "0800-000-257",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=5)
    turns = parser.parse_args().turns
    shipped = tuple(findables(loader.load()))
    Index.over(shipped)  # dictionaries are read once a process
    right, asked = judged(Index.over(shipped))
    found = {"look_ups": asked, "wanted_among_three": right}
    times_by_size = [measured(shipped, size, turns) for size in SIZES]
    print(json.dumps({**found, "times": times_by_size}, ensure_ascii=False, indent=2))


def judged(index: Index) -> tuple[int, int]:
    """Return how many look-ups have a wanted measure among the first three, and how many there are."""
    with LOOK_UPS.open(encoding="utf-8", newline="") as lines:
        look_ups = [
            (row["query"], set(row["wanted"].split("|"))) for row in csv.DictReader(lines, delimiter="\t")
        ]
    right = sum(
        bool(wanted & {hit.id for hit in index.find(query, kinds=(FoundKind.MEASURE,), limit=3)})
        for query, wanted in look_ups
    )
    return right, len(look_ups)


def measured(shipped: tuple[Findable, ...], size: int, turns: int) -> dict[str, object]:
    """Return the row of one size."""
    draw = random.Random(SEED)
    letters = sorted({letter for record in shipped for letter in record.title if not letter.isascii()})
    records = [*shipped, *(varied(record, letters, draw) for _ in range(size - 1) for record in shipped)]
    building = []
    for _ in range(turns if size < SIZES[-1] else 1):
        began = process_time_ns()
        index = Index.over(records)
        building.append((process_time_ns() - began) / 1e6)
    asking = sorted(times(index, letters, draw, turns))
    return {
        "times_today": size,
        "records": len(records),
        "names": len(index.postings.names),
        "build_ms": round(statistics.median(building), 1),
        "query_ms_median": round(statistics.median(asking), 2),
        "query_ms_p95": round(asking[int(0.95 * len(asking))], 2),
    }


def times(index: Index, letters: list[str], draw: random.Random, turns: int) -> Iterator[float]:
    """Yield what each query costs in milliseconds."""
    asked = [query for right in QUERIES for query in (right, mistaken(right, letters, draw))]
    for _ in range(turns):
        draw.shuffle(asked)
        for query in asked:
            began = process_time_ns()
            index.find(query)
            yield (process_time_ns() - began) / 1e6


def varied(record: Findable, letters: list[str], draw: random.Random) -> Findable:
    """Return a record that reads like another one."""

    def other(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mistaken(mistaken(text, letters, draw), letters, draw) for text in texts)

    return replace(
        record,
        title=other((record.title,))[0],
        short_names=other(record.short_names),
        nicknames=other(record.nicknames),
        leads=other(record.leads),
        details=other(record.details),
    )


def mistaken(text: str, letters: list[str], draw: random.Random) -> str:
    """Return a text with one character exchanged."""
    place = draw.randrange(len(text))
    return text[:place] + draw.choice(letters) + text[place + 1 :]


if __name__ == "__main__":
    main()
