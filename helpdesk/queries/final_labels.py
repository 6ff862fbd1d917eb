"""What the desk decided at last, as texts to learn from: nobody's name, no case's number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.policy.anonymity import anonymous
from helpdesk.policy.triage_decision import Basis
from helpdesk.queries.model_quality import FINAL, Suggestion, Verdict, suggestions
from knowledge_base.records.vocabulary import Category, Channel

REGISTERS: Mapping[Channel, str] = {
    Channel.HOTLINE: "agent_note",
    Channel.MOBILE_FORM: "phone_typing",
    Channel.WEB: "phone_typing",
    Channel.SMS: "phone_typing",
    Channel.EMAIL: "long_mail",
    Channel.API: "long_mail",
}
"""How people write in a channel, in the corpus's words."""


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """One text with the category it ended in; `blind` when that was decided without the model's view."""

    text: str
    label: Category
    register: str
    basis: Basis
    blind: bool
    decided_at: datetime
    model_version: str
    suggested: Category


def final_labels(session: Session, *, since: datetime | None = None) -> Iterator[FinalLabel]:
    """Yield the final labels decided from `since` on, in the order of their decision.

    A case has one when a person sorted it, or when it was resolved as the model had sorted it.
    """
    decided_at = func.coalesce(Verdict.decided_at, Suggestion.decided_at, type_=Suggestion.decided_at.type)
    wanted = (
        suggestions(
            ReceivedSubmission.text, Case.channel, FINAL.label("label"), Verdict.blind,
            decided_at.label("decided_at"), Suggestion.model_version, Suggestion.suggested,
            Contact.name.label("contact"), Enterprise.name.label("enterprise"), Enterprise.comparable,
        )
        .join(ReceivedSubmission, ReceivedSubmission.case_id == Case.id)
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(FINAL.is_not(None))
        .order_by(decided_at, Suggestion.id)
    )  # fmt: skip
    if since is not None:
        wanted = wanted.where(decided_at >= since)
    for row in session.execute(wanted).yield_per(500):
        yield _final_label(row)


def _final_label(row: Any) -> FinalLabel:
    return FinalLabel(
        text=anonymous(row.text, (row.contact, row.enterprise, row.comparable)),
        label=row.label,
        register=REGISTERS[row.channel],
        basis=Basis.MODEL_SURE if row.blind is None else Basis.PERSON,
        blind=bool(row.blind),
        decided_at=row.decided_at,
        model_version=row.model_version,
        suggested=row.suggested,
    )
