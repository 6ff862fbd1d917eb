"""What an agent learns of an enterprise for the conditions of measures, and the measure that a case is about."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.events import EventKind
from helpdesk.policy.fact_values import FactValue
from helpdesk.queries.case_facts import ELSEWHERE, said_of
from helpdesk.services.timeline import acting, record
from knowledge_base.records.vocabulary import Fact

KEPT = tuple(fact.value for fact in Fact if fact not in ELSEWHERE)
"""Names of the facts that are kept with the case."""


def record_facts(
    session: Session, case: Case, said: Mapping[str, FactValue], *, account: Account, now: datetime
) -> tuple[str, ...]:
    """Keep all that was said of the case's facts; what is not in `said` is forgotten. Idempotent.

    The history says which facts changed, not their values. Returns the names that did.
    """
    kept = said_of(case)
    before = {name: kept[name] for name in KEPT if name in kept}
    after = {name: said[name] for name in KEPT if name in said}
    changed = tuple(name for name in KEPT if before.get(name) != after.get(name))
    if changed:
        others = {name: value for name, value in kept.items() if name not in KEPT}
        case.facts = {**others, **after}
        record(session, case, EventKind.CASE_FACTS, actor=acting(account), now=now, changed=list(changed))
    return changed


def choose_measure(session: Session, case: Case, measure: str, *, account: Account, now: datetime) -> None:
    """Let the case be about a measure. Idempotent."""
    if case.measure == measure:
        return
    changed = {"measure": [case.measure, measure]}
    case.measure = measure
    record(session, case, EventKind.CASE_DETAILS, actor=acting(account), now=now, changed=changed)
