"""One measure in full: its editions with every fact's source, and all that the desk knows around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.answer_texts import amount_in_words
from helpdesk.policy.matching import edition_on
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.citations import cited
from helpdesk.web.installation import equipment
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import requirements, window_state_on
from knowledge_base.records.budgets import BudgetRules
from knowledge_base.records.conditions import AllOf, Leaf, Use, nodes
from knowledge_base.records.measures import Edition, RuleLine
from knowledge_base.records.provenance import Origin
from knowledge_base.records.vocabulary import RuleSection, WindowState


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition in words, with where its parts come from."""

    text: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class EditionPart:
    """A year of a measure as the page shows it."""

    edition: Edition
    state: WindowState
    amounts: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    rules: tuple[tuple[RuleSection, tuple[RuleLine, ...]], ...]
    budget: BudgetRules | None


@bp.get("/measures/<measure_id>")
@requires(Permission.KNOWLEDGE_READ)
def show_measure(measure_id: str) -> ResponseReturnValue:
    """Show a measure, the newest edition first."""
    knowledge, day = equipment().knowledge, clock.today()
    measure = knowledge.measures.get(measure_id) or abort(404)
    spoken_of = edition_on(measure, day)
    editions = [edition_part(each, knowledge, day) for each in reversed(measure.editions)]
    return render_template(
        "agents/measure.html",
        measure=measure,
        day=day,
        state=window_state_on(spoken_of, day),
        spoken_of=spoken_of,
        editions=editions,
        predecessors=[each for each in knowledge.measures.values() if each.successor == measure_id],
        organisations=[each for each in knowledge.organisations.values() if measure_id in each.measures],
        questions=[each for each in knowledge.faq.values() if measure_id in each.measures],
        success_cases=[each for each in knowledge.success_cases.values() if measure_id in each.measures],
        sources=cited([measure, *(part.budget for part in editions)], knowledge),
    )


def edition_part(edition: Edition, knowledge: Knowledge, day: date) -> EditionPart:
    """Return an edition with its window's state on a day, its conditions in words and its rules by section."""
    sections = groupby(sorted(edition.rules, key=_section), key=lambda line: line.section)
    return EditionPart(
        edition,
        window_state_on(edition, day),
        tuple(map(amount_in_words, edition.amounts)),
        tuple(required(edition, knowledge)),
        tuple((section, tuple(lines)) for section, lines in sections),
        knowledge.budget_rules.get(edition.budget or ""),
    )


def required(edition: Edition, knowledge: Knowledge) -> Iterator[Requirement]:
    """Yield the conditions as `requirements` words them, each with the origins of all that it consists of."""
    tree = edition.conditions
    if tree is None:
        return
    parts = tree.all if isinstance(tree, AllOf) else (tree,)
    for part, text in zip(parts, requirements(knowledge, edition), strict=True):
        origins = (node.origin for node in nodes(part) if isinstance(node, Leaf | Use))
        yield Requirement(text, tuple(dict.fromkeys(origins)))


def _section(line: RuleLine) -> int:
    return list(RuleSection).index(line.section)
