"""What is kept of an assessment with a referral: the rules' edition, the facts used, the result, the day."""

from datetime import datetime

from helpdesk.policy.fact_values import Facts, FactValue
from helpdesk.policy.matching import judge
from helpdesk.policy.service_terms import ServiceTerms
from knowledge_base.lookup import edition_at
from knowledge_base.records.measures import TAIPEI


def snapshot_of(
    measure_id: str | None, facts: Facts, terms: ServiceTerms, *, now: datetime
) -> dict[str, object] | None:
    """Return the assessment of a case's measure as JSON keeps it; None for a case that names none.

    Source: eligibility rules, "Evaluation": kept with the referral.
    """
    if measure_id is None or measure_id not in terms.knowledge.measures:
        return None
    measure = terms.knowledge.measures[measure_id]
    edition = edition_at(measure, now)
    match = judge(terms.knowledge, terms.rules, measure, facts, edition, now)
    found = match.assessment
    used: dict[str, FactValue] = {
        finding.leaf.fact.value: facts[finding.leaf.fact]
        for finding in found.findings
        if finding.leaf.fact in facts
    }
    return {
        "measure": measure.id,
        "edition": edition.key,
        "terms_version": terms.version,
        "knowledge_version": terms.knowledge.version,
        "on": now.astimezone(TAIPEI).date().isoformat(),
        "window": match.window.value,
        "result": found.result.value,
        "rules_known": found.known,
        "facts": used,
        "reasons": list(found.reasons),
        "ask": [question.fact.value for question in found.ask],
    }
