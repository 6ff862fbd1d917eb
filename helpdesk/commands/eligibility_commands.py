"""`flask knowledge eligible`: what a measure's conditions come to, from the shell."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import click
from flask.cli import with_appcontext

from helpdesk import clock
from helpdesk.commands.amending import in_force
from helpdesk.commands.json_lines import BadLine, answer_lines
from helpdesk.policy.fact_values import read_facts
from helpdesk.policy.matching import judge
from helpdesk.runtime import Runtime
from knowledge_base import lookup
from knowledge_base.lookup import NotInKnowledge

KEYS = frozenset({"measure", "edition", "facts", "on"})


@click.command("eligible")
@with_appcontext
def eligible() -> None:
    """JSON lines {measure, edition?, facts?, on?} -> {result, window, decisive, ask, ...} or {error}.

    Without an edition the one to speak of on the day; without a day today. The window is that of the day: a
    day on which applications are taken at any time is open.
    """
    answer_lines(partial(_judged, in_force()))


def _judged(runtime: Runtime, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := sorted(set(asked) - KEYS):
        raise BadLine(f"unknown keys: {', '.join(unknown)}")
    knowledge, day = runtime.knowledge, day_of(asked.get("on"))
    given = asked.get("facts") or {}
    if not isinstance(given, dict):
        raise BadLine("facts must be a JSON object")
    facts = read_facts(given, knowledge)
    try:
        measure = lookup.measure(knowledge, str(asked["measure"]))
        key = asked.get("edition")
        edition = lookup.edition(measure, str(key)) if key is not None else lookup.edition_at(measure, day)
    except NotInKnowledge as refusal:
        raise BadLine(str(refusal)) from None
    match = judge(knowledge, runtime.terms.rules, measure, facts, edition, day)
    found = match.assessment
    return {
        "measure": measure.id,
        "edition": edition.key,
        "on": day.isoformat(),
        "result": found.result,
        "window": match.window,
        "decisive": list(found.decisive),
        "ask": [question.fact for question in found.ask],
        "rules_known": found.known,
        "leaves": [
            {"id": f.leaf.id, "fact": f.leaf.fact, "value": f.truth, "text": f.leaf.text}
            for f in found.findings
        ],
        "nearest": match.nearest and match.nearest.id,
        "successor": match.successor and match.successor.id,
    }


def day_of(text: object) -> date:
    """Return the date that a line names, today when it names none. Raises BadLine."""
    if text is None:
        return clock.today()
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadLine(f"on must be a date as 2023-11-30, not {text!r}") from None
