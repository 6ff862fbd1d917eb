"""Sorting a case: what the model suggests, what follows, and what a person decides beside it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, TriageDecision
from helpdesk.policy import lifecycle
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import CaseEvent
from helpdesk.policy.triage_decision import Basis, decide
from helpdesk.services import sla_clocks
from helpdesk.services.equipment import Equipment
from helpdesk.services.reckoning import reckon
from helpdesk.services.timeline import SYSTEM, acting, record
from knowledge_base.records.vocabulary import Category, Metric

TERMS_KEPT = 12


def sort_by_model(
    session: Session, case: Case, text: str, *, blind: bool, equipment: Equipment, now: datetime
) -> TriageDecision:
    """Classify the text and sort the case when the decision rule allows it; else it waits for a person.

    A `blind` case always waits, and shows nothing of what the model said.
    """
    found = equipment.classifier.classify(text)
    outcome = decide(
        Category(found.category), abstained=found.abstain, stated=case.stated_category, blind=blind
    )
    decision = TriageDecision(
        case_id=case.id,
        suggested=Category(found.category),
        probability=found.probability,
        abstained=found.abstain,
        ranking=[{"category": category, "probability": round(p, 4)} for category, p in found.ranking],
        shortlist=list(found.shortlist),
        terms=[
            {"text": term.text, "weight": round(term.weight, 4), "spans": [list(span) for span in term.spans]}
            for term in found.terms[:TERMS_KEPT]
        ],
        model_version=found.model_version,
        category=outcome.category,
        basis=outcome.basis,
        blind=blind,
        decided_at=now,
    )
    session.add(decision)
    if outcome.category is not None:
        case.category = outcome.category
        case.status = lifecycle.advance(case.status, CaseEvent.SORT)
        record(session, case, EventKind.CASE_SORTED, actor=SYSTEM, now=now,
               category=outcome.category, basis=outcome.basis, probability=round(found.probability, 4))  # fmt: skip
    return decision


def sort_by_person(
    session: Session, case: Case, category: Category, *, equipment: Equipment, account: Account, now: datetime
) -> TriageDecision:
    """Record a person's decision beside the model's; the case's clocks follow the new category.

    The first decision on a case of the blind sample was made without the model's view, and says so.

    Raises IllegalCaseEvent for a case that is resolved or closed.
    """
    shown = latest(session, case)
    decision = TriageDecision(
        case_id=case.id,
        suggested=shown.suggested,
        probability=shown.probability,
        abstained=shown.abstained,
        ranking=shown.ranking,
        shortlist=shown.shortlist,
        terms=shown.terms,
        model_version=shown.model_version,
        category=category,
        basis=Basis.PERSON,
        blind=shown.basis is Basis.BLIND,
        decided_by_id=account.id,
        decided_at=now,
    )
    session.add(decision)
    before = case.category
    case.status = lifecycle.advance(case.status, CaseEvent.SORT)
    case.category = category
    record(session, case, EventKind.CASE_SORTED, actor=acting(account), now=now,
           category=category, before=before, basis=Basis.PERSON)  # fmt: skip
    sla_clocks.meet(session, case, (Metric.TRIAGE,), now=now)
    if before is not category:
        why = f"類別改為「{equipment.knowledge.categories[category].label}」"
        reckon(session, case, equipment.terms, now=now, why=why, actor=acting(account))
    return decision


def latest(session: Session, case: Case) -> TriageDecision:
    """Return the newest decision; every case has the model's from its intake."""
    return session.scalars(
        select(TriageDecision).where(TriageDecision.case_id == case.id).order_by(TriageDecision.id.desc())
    ).first() or _missing(case)


def _missing(case: Case) -> TriageDecision:
    raise LookupError(f"{case.number} has no triage decision")
