"""One measure in full: its editions with every fact's source, and all that the desk knows around it."""

from dataclasses import dataclass
from itertools import groupby

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.answer_texts import amount_in_words
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.citations import cited
from helpdesk.web.installation import equipment
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import When, edition_at, window_state
from knowledge_base.records.budgets import BudgetRules
from knowledge_base.records.measures import Edition, RuleLine
from knowledge_base.records.vocabulary import RuleSection, WindowState
from knowledge_base.requirements import Requirement, requirements


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
    knowledge, now = equipment().knowledge, clock.now()
    measure = knowledge.measures.get(measure_id) or abort(404)
    spoken_of = edition_at(measure, now)
    editions = [edition_part(each, knowledge, now) for each in reversed(measure.editions)]
    return render_template(
        "agents/measure.html",
        measure=measure,
        day=clock.today(),
        state=window_state(spoken_of, now),
        spoken_of=spoken_of,
        editions=editions,
        predecessors=[each for each in knowledge.measures.values() if each.successor == measure_id],
        organisations=[each for each in knowledge.organisations.values() if measure_id in each.measures],
        questions=[each for each in knowledge.faq.values() if measure_id in each.measures],
        success_cases=[each for each in knowledge.success_cases.values() if measure_id in each.measures],
        sources=cited([measure, *(part.budget for part in editions)], knowledge),
    )


def edition_part(edition: Edition, knowledge: Knowledge, when: When) -> EditionPart:
    """Return an edition with its window's state then, its conditions in words and its rules by section."""
    sections = groupby(sorted(edition.rules, key=_section), key=lambda line: line.section)
    return EditionPart(
        edition,
        window_state(edition, when),
        tuple(map(amount_in_words, edition.amounts)),
        requirements(knowledge, edition),
        tuple((section, tuple(lines)) for section, lines in sections),
        knowledge.budget_rules.get(edition.budget or ""),
    )


def _section(line: RuleLine) -> int:
    return list(RuleSection).index(line.section)
