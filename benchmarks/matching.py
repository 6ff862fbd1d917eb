"""What judging every measure for an enterprise costs: CPU milliseconds, for catalogues and crowds that grow.

    .venv/bin/python -m benchmarks.matching

Prints one JSON object beside the limit. Enterprises are invented and know each fact with a chance of one half; the
larger catalogues are copies of the shipped measures under other ids. Each enterprise is judged three times in turn
with the others and counted at its fastest, so that what else the machine does disturbs least.
"""

import json
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from time import perf_counter, process_time_ns
from typing import Any

from helpdesk.policy.eligibility import RuleBook, rule_book
from helpdesk.policy.fact_values import Facts, FactValue
from helpdesk.policy.matching import match_on
from knowledge_base import loader
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.conditions import FactRecord
from knowledge_base.records.vocabulary import FactKind

LIMIT_MS = 10
DAY = date(2026, 3, 2)
TURNS = 3
CROWDS = (1_000, 100_000)
CATALOGUES = (1, 10, 100)


def main() -> None:
    """Print the costs and the limit."""
    shipped = loader.load()
    rules = rule_book(shipped)
    chance = random.Random(5)
    enterprises = [invented(shipped, chance) for _ in range(1_000)]
    catalogues = {copies: grown(shipped, copies) for copies in CATALOGUES}
    found = {
        "measures": len(shipped.measures),
        "editions_with_conditions": len(rules),
        "rule_book_ms": round(fastest_ms(lambda: rule_book(shipped)), 2),
        "nothing_known_ms": round(fastest_ms(lambda: match_on(shipped, rules, {}, DAY)), 2),
        "one_enterprise_ms": spread([fastest_ms(judged(shipped, rules, each)) for each in enterprises]),
        "by_measures": {
            f"{len(grown_one.measures):,}": round(
                statistics.median(
                    fastest_ms(judged(grown_one, rule_book(grown_one), each)) for each in enterprises[:20]
                ),
                2,
            )
            for grown_one in catalogues.values()
        },
        "a_crowd": {f"{size:,}": crowd(shipped, rules, size) for size in CROWDS},
    }
    print(json.dumps({"found": found, "at_most_ms": LIMIT_MS}, ensure_ascii=False, indent=1))


def invented(knowledge: Knowledge, chance: random.Random) -> Facts:
    """Return an enterprise that knows about half of the facts."""
    return {
        fact: value(record, knowledge, chance)
        for fact, record in knowledge.facts.items()
        if chance.random() < 0.5
    }


def value(record: FactRecord, knowledge: Knowledge, chance: random.Random) -> FactValue:
    """Return some value of a fact."""
    match record.kind:
        case FactKind.YES_NO:
            return chance.random() < 0.5
        case FactKind.COUNT:
            return int(10 ** chance.uniform(0, 9 if record.unit == "元" else 3))
        case FactKind.CHOICE:
            return chance.choice(record.choices).value
        case FactKind.COUNTY:
            return chance.choice(list(knowledge.counties))
        case FactKind.SECTOR:
            return chance.choice([name for group in knowledge.sectors.values() for name in group.sectors])


def grown(knowledge: Knowledge, copies: int) -> Knowledge:
    """Return the knowledge with every measure several times."""
    measures = {
        f"{name}_{copy}": measure.model_copy(update={"id": f"{name}_{copy}"})
        for copy in range(copies)
        for name, measure in knowledge.measures.items()
    }
    return replace(
        knowledge, measures={**measures, **knowledge.measures} if copies > 1 else knowledge.measures
    )


def judged(knowledge: Knowledge, rules: RuleBook, facts: Facts) -> Callable[[], Any]:
    """Return what judges one enterprise."""
    return lambda: match_on(knowledge, rules, facts, DAY)


def crowd(knowledge: Knowledge, rules: RuleBook, size: int) -> dict[str, float]:
    """Return the seconds that a crowd takes one after the other, and the milliseconds for each."""
    chance = random.Random(size)
    begun, spent = perf_counter(), 0
    for _ in range(size):
        facts = invented(knowledge, chance)
        started = process_time_ns()
        match_on(knowledge, rules, facts, DAY)
        spent += process_time_ns() - started
    return {"wall_s": round(perf_counter() - begun, 1), "each_ms": round(spent / size / 1e6, 3)}


def fastest_ms(run: Callable[[], Any]) -> float:
    """Return the CPU time of the fastest of three turns, in milliseconds."""
    times = []
    for _ in range(TURNS):
        started = process_time_ns()
        run()
        times.append(process_time_ns() - started)
    return min(times) / 1e6


def spread(costs: Sequence[float]) -> dict[str, float]:
    """Return median, quartiles and the costliest."""
    first, median, third = statistics.quantiles(costs, n=4)
    return {name: round(cost, 2) for name, cost in
            {"first": first, "median": median, "third": third, "largest": max(costs)}.items()}  # fmt: skip


if __name__ == "__main__":
    main()
