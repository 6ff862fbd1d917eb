"""The texts of the cases that came in last, as they came, for trying another model on them."""

from sqlalchemy import or_
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.queries.model_quality import Suggestion, Verdict, suggestions

TRIED = 300


def newest_texts(session: Session, *, limit: int = TRIED) -> list[tuple[str, str]]:
    """Return number and text of the newest cases, newest first.

    Those of the blind sample wait until a person sorted them: what a model says would show beside the number.
    """
    wanted = (
        suggestions(Case.number, ReceivedSubmission.text)
        .join(ReceivedSubmission, ReceivedSubmission.case_id == Case.id)
        .where(or_(~Suggestion.blind, Verdict.id.is_not(None)))
        .order_by(Case.id.desc())
        .limit(limit)
    )
    return [(number, text) for number, text in session.execute(wanted)]
