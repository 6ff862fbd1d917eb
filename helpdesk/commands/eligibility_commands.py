"""`flask knowledge eligible`: what a measure's conditions come to, from the shell."""

import re
from collections.abc import Mapping
from datetime import date, datetime
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
from knowledge_base.lookup import NotInKnowledge, When
from knowledge_base.records.measures import TAIPEI

KEYS = frozenset({"measure", "edition", "facts", "on"})
FIRST_YEAR, LAST_YEAR = 2000, 2100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@click.command("eligible")
@with_appcontext
def eligible() -> None:
    """JSON lines {measure, edition?, facts?, on?} -> {result, window, decisive, ask, ...} or {error}.

    Without an edition the one to speak of then. `on` is a day as 2023-11-30: the window is that of the whole
    day, open when applications are taken at any time of it. Without `on` this very moment is judged.
    """
    answer_lines(partial(_judged, in_force()))


def _judged(runtime: Runtime, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := sorted(set(asked) - KEYS):
        raise BadLine(f"unknown keys: {', '.join(unknown)}")
    knowledge, when = runtime.knowledge, moment_of(asked.get("on"))
    facts = read_facts(facts_in(asked), knowledge)
    try:
        measure = lookup.measure(knowledge, str(asked["measure"]))
        key = asked.get("edition")
        edition = lookup.edition(measure, str(key)) if key is not None else lookup.edition_at(measure, when)
    except NotInKnowledge as refusal:
        raise BadLine(str(refusal)) from None
    match = judge(knowledge, runtime.terms.rules, measure, facts, edition, when)
    found = match.assessment
    return {
        "measure": measure.id,
        "edition": edition.key,
        "on": _day(when).isoformat(),
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


def facts_in(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts that a line states; none when it has no key `facts`, or null. Raises BadLine."""
    given = asked.get("facts")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadLine("facts must be a JSON object")
    return given


def moment_of(on: object) -> When:
    """Return the day that a line names, else the present moment. Raises BadLine."""
    if on is None:
        return clock.now()
    try:
        day = date.fromisoformat(on) if isinstance(on, str) and _DAY.fullmatch(on) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadLine(f"on must be a day of {FIRST_YEAR} to {LAST_YEAR} as 2023-11-30, not {str(on)[:60]!r}")
    return day


def _day(when: When) -> date:
    return when.astimezone(TAIPEI).date() if isinstance(when, datetime) else when
