"""What is known of a case for the conditions of measures: from the enterprise, the case and what was said."""

from collections.abc import Mapping
from typing import Any

from helpdesk.models.case import Case
from helpdesk.policy.fact_values import UNKNOWN, BadFacts, FactValue, read_facts
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.vocabulary import Fact

OF_ENTERPRISE = (Fact.COUNTY, Fact.SECTOR, Fact.REGULAR_EMPLOYEES)
ELSEWHERE = (*OF_ENTERPRISE, Fact.THEME)
"""Facts that are kept in a place of their own, not among what was said of the case."""


def facts_of(case: Case, knowledge: Knowledge) -> dict[Fact, FactValue]:
    """Return the known facts. What was kept and is no longer a value of its fact counts as unknown."""
    said = said_of(case)
    kept: dict[str, object] = {name: said.get(name) for name in Fact if name not in ELSEWHERE}
    if case.enterprise is not None:
        kept |= {fact: getattr(case.enterprise, fact.value) for fact in OF_ENTERPRISE}
    kept[Fact.THEME] = case.theme.value if case.theme else None
    try:
        return read_facts(kept, knowledge)
    except BadFacts as stale:
        return read_facts({n: v for n, v in kept.items() if n not in stale.problems}, knowledge)


def declined_of(case: Case) -> frozenset[Fact]:
    """Return the facts that the enterprise was asked for and does not know."""
    return frozenset(
        Fact(name) for name, value in said_of(case).items() if value == UNKNOWN and name in {*Fact}
    )


def said_of(case: Case) -> Mapping[str, Any]:
    """Return what was said of the case; what was kept and is no object says nothing."""
    kept: object = case.facts
    return kept if isinstance(kept, dict) else {}
