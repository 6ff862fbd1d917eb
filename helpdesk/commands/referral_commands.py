"""`flask referral`: who could act on a case, from the shell."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask.cli import AppGroup

from helpdesk.commands.amending import in_force
from helpdesk.commands.eligibility_commands import facts_in, moment_of
from helpdesk.commands.json_lines import BadLine, answer_lines
from helpdesk.policy.fact_values import FactValue, read_facts
from helpdesk.policy.routing import RoutingFacts, candidates
from helpdesk.runtime import Runtime
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import normalise_county
from knowledge_base.records.vocabulary import Category, Fact, OrganisationKind, Theme

group = AppGroup("referral", help="Referrals.")

FACTS = frozenset(
    {
        "category",
        "theme",
        "sector",
        "county",
        "regular_employees",
        "measure",
        "wants_verification",
        "consent",
        "tried",
        "facts",
        "on",
    }
)


@group.command("candidates")
def ranked() -> None:
    """JSON lines of case facts -> {candidates: [...], excluded: [...]}, best first, with reasons.

    `facts` are those of `knowledge eligible`; with a day `on` windows and conditions of measures count.
    """
    answer_lines(partial(_candidates, in_force()))


def _candidates(runtime: Runtime, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    found = candidates(_facts(asked, runtime.knowledge), runtime.knowledge, runtime.terms.rules)
    return {
        "candidates": [
            {
                "organisation": c.slug,
                "name": c.name,
                "kind": c.kind,
                "score": c.score,
                "reasons": list(c.reasons),
            }
            for c in found.ranked
        ],
        "excluded": [
            {"organisation": e.slug, "name": e.name, "kind": e.kind, "because": list(e.because)}
            for e in found.excluded
        ],
    }


def _facts(asked: Mapping[str, Any], knowledge: Knowledge) -> RoutingFacts:
    """Return the facts. Raises BadLine naming an unknown one; consent left out means all kinds."""
    unknown = set(asked) - FACTS
    if unknown:
        raise BadLine(f"unknown facts: {', '.join(sorted(unknown))}")
    county = asked.get("county")
    known_county = normalise_county(knowledge, county) if county else None
    if county and known_county is None:
        raise BadLine(f"unknown county: {county}")
    for name, known in (("measure", knowledge.measures), ("sector", _sectors(knowledge))):
        if asked.get(name) and asked[name] not in known:
            raise BadLine(f"unknown {name}: {asked[name]}")
    return RoutingFacts(
        category=Category(asked["category"]) if asked.get("category") else None,
        theme=Theme(asked["theme"]) if asked.get("theme") else None,
        sector=asked.get("sector"),
        county=known_county,
        regular_employees=asked.get("regular_employees"),
        measure=asked.get("measure"),
        wants_verification=bool(asked.get("wants_verification", False)),
        consented=frozenset(OrganisationKind(kind) for kind in asked.get("consent", list(OrganisationKind))),
        tried=frozenset(asked.get("tried", [])),
        known=_known(asked, knowledge),
        on=moment_of(asked["on"]) if asked.get("on") is not None else None,
    )


def _known(asked: Mapping[str, Any], knowledge: Knowledge) -> dict[Fact, FactValue]:
    """Return what conditions are held against: the facts, and those that have a place of their own."""
    own: dict[str, object] = {
        name: asked[name] for name in (Fact.THEME, Fact.COUNTY, Fact.REGULAR_EMPLOYEES) if name in asked
    }
    if asked.get("sector") not in knowledge.sectors:  # a group is no sub-sector
        own[Fact.SECTOR] = asked.get("sector")
    return read_facts({**facts_in(asked), **own}, knowledge)


def _sectors(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(name for group in knowledge.sectors.values() for name in (group.id, *group.sectors))
