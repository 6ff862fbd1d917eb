"""What the model suggested and what became of it, as counts of cases that are alike.

A case counts in the month of Taipei in which it came in, however late it is sorted.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from helpdesk.models.call import Call
from helpdesk.models.case import Case, TriageDecision
from helpdesk.policy.attainment import last_months, month_span
from helpdesk.policy.suggestion_quality import BINS, EDGES, CaseGroup
from helpdesk.policy.triage_decision import Basis
from knowledge_base.records.vocabulary import Category

Suggestion = aliased(TriageDecision)
"""The model's decision of a case, from its intake; one a case."""

Verdict = aliased(TriageDecision)
"""A person's decision of a case, where there is one: the unaided one of a case of the blind sample, whose
second thoughts came with the model's view before them, else the last."""

FINAL: ColumnElement[Category | None] = func.coalesce(
    Verdict.category,
    case((Case.resolved_at.is_not(None), Suggestion.category)),
    type_=Suggestion.category.type,
)
"""A case's final category: a person's, else the model's once the case was resolved without a change."""


def case_groups(session: Session, last: date, *, months: int = 12) -> list[CaseGroup]:
    """Return the cases that came in within the months up to `last`, grouped; in no order."""
    span = last_months(last, months)
    # Grouped outside: PostgreSQL takes an expression with parameters for another one each time.
    alike = (
        suggestions(
            _month(span).label("month"),
            Suggestion.suggested,
            FINAL.label("final"),
            Suggestion.category.is_not(None).label("by_model"),
            Verdict.id.is_not(None).label("by_person"),
            Suggestion.abstained,
            Suggestion.blind,
            Suggestion.model_version,
            _bin().label("bin"),
            Suggestion.probability,
        )
        .where(Suggestion.decided_at >= month_span(span[-1])[0], Suggestion.decided_at < month_span(last)[1])
        .subquery()
    )
    *columns, probability = alike.c
    counted = select(*columns, func.count(), func.sum(probability)).group_by(*columns)
    return [CaseGroup(span[place], *rest) for place, *rest in session.execute(counted)]


def suggestions(*columns: Any) -> Select[Any]:
    """Return the query of the model's decisions with the case and a person's decision beside each.

    Missed calls are left out: their text is the desk's own.
    """
    first, last = (
        select(which(TriageDecision.id))
        .where(TriageDecision.case_id == Suggestion.case_id, TriageDecision.basis == Basis.PERSON)
        .correlate(Suggestion)
        .scalar_subquery()
        for which in (func.min, func.max)
    )
    chosen = case((Suggestion.blind, first), else_=last)
    missed_call = select(Call.id).where(Call.case_id == Suggestion.case_id)
    return (
        select(*columns)
        .select_from(Suggestion)
        .join(Case, Case.id == Suggestion.case_id)
        .outerjoin(Verdict, and_(Verdict.case_id == Suggestion.case_id, Verdict.id == chosen))
        .where(Suggestion.basis != Basis.PERSON, ~missed_call.exists())
    )


def _month(span: Sequence[date]) -> ColumnElement[int]:
    """Return the place in `span`, newest first, of the month in which a case came in."""
    return case(*((Suggestion.decided_at >= month_span(month)[0], place) for place, month in enumerate(span)))


def _bin() -> ColumnElement[int]:
    return case(*((Suggestion.probability < edge, place) for place, edge in enumerate(EDGES)), else_=BINS - 1)
