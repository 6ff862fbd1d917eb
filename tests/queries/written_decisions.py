"""Triage decisions as rows, written directly: what the model suggested, and what a person made of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.models.case import Case, TriageDecision
from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.triage_decision import Basis
from knowledge_base.records.vocabulary import Category, Channel
from tests.conftest import NOW
from tests.queries.written_clocks import a_case

C = Category


def suggested(
    session: Session,
    category: Category = C.PROBLEM,
    *,
    at: datetime = NOW,
    sure: bool = True,
    blind: bool = False,
    resolved: bool = False,
    text: str = "客戶要求碳盤查",
    **changes: Any,
) -> TriageDecision:
    """Return the model's decision of a new case: a sure one sorts it, unless it is of the blind sample."""
    by_model = category if sure and not blind else None
    case = a_case(session, opened_at=at, category=by_model)
    if resolved:
        case.status, case.unfinished, case.resolved_at = CaseStatus.RESOLVED, False, at
    session.add(
        ReceivedSubmission(
            case_id=case.id,
            idempotency_key=case.number,
            channel=Channel.HOTLINE,
            text=text,
            payload={},
            received_at=at,
        )
    )
    given: dict[str, Any] = {
        "probability": 0.95 if sure else 0.45,
        "basis": Basis.MODEL_SURE if by_model else Basis.MODEL_UNSURE,
        "model_version": "m1",
    }
    return _written(session, case, suggested=category, category=by_model, abstained=not sure, blind=blind,
                    at=at, **{**given, **changes})  # fmt: skip


def decided(session: Session, of: TriageDecision, category: Category) -> TriageDecision:
    """Return a person's decision beside the model's."""
    case = session.get_one(Case, of.case_id)
    case.category = category
    return _written(
        session, case, suggested=of.suggested, category=category, abstained=of.abstained, blind=of.blind,
        probability=of.probability, basis=Basis.PERSON, model_version=of.model_version, at=of.decided_at,
    )  # fmt: skip


def _written(
    session: Session, case: Case, *, at: datetime, probability: float, **given: Any
) -> TriageDecision:
    second = C.MEASURES if given["suggested"] is not C.MEASURES else C.PROBLEM
    made = TriageDecision(
        case_id=case.id, probability=probability, terms=[], shortlist=[given["suggested"]], decided_at=at,
        ranking=[{"category": given["suggested"], "probability": probability},
                 {"category": second, "probability": round(1 - probability, 4)}],
        **given,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
