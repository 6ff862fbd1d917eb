"""`flask referral`: who could act on a case, from the shell."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask.cli import AppGroup

from helpdesk.commands.json_lines import BadLine, answer_lines
from helpdesk.policy.routing import RoutingFacts, candidates
from helpdesk.runtime import runtime_of
from knowledge_base.lookup import normalise_county
from knowledge_base.records.vocabulary import Category, OrganisationKind, Theme

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
    }
)


@group.command("candidates")
def ranked() -> None:
    """JSON lines of case facts -> {candidates: [...], excluded: [...]}, best first, with reasons."""
    answer_lines(_candidates)


def _candidates(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    found = candidates(_facts(asked), runtime_of(current_app).knowledge)
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


def _facts(asked: Mapping[str, Any]) -> RoutingFacts:
    """Return the facts. Raises BadLine naming an unknown one; consent left out means all kinds."""
    knowledge = runtime_of(current_app).knowledge
    unknown = set(asked) - FACTS
    if unknown:
        raise BadLine(f"unknown facts: {', '.join(sorted(unknown))}")
    county = asked.get("county")
    known_county = normalise_county(knowledge, county) if county else None
    if county and known_county is None:
        raise BadLine(f"unknown county: {county}")
    for name, known in (("measure", knowledge.measures), ("sector", _sectors())):
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
    )


def _sectors() -> frozenset[str]:
    groups = runtime_of(current_app).knowledge.sectors.values()
    return frozenset(name for group in groups for name in (group.id, *group.sectors))
