"""The unfinished cases that no person sorted yet, and which of them to sort next for the model's sake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from helpdesk.models.case import Case, TriageDecision
from helpdesk.policy.labelling import Pick, most_useful
from helpdesk.policy.triage_decision import Basis

CONSIDERED = 1000
"""So many of the newest such cases are looked at."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A case to sort; `subject` is for those who may read cases."""

    pick: Pick
    subject: str
    opened_at: datetime


def label_queue(session: Session, *, day: date) -> list[LabelRow]:
    """Return the cases to sort next, those between two categories first, then the day's draw."""
    by_person = aliased(TriageDecision)
    sorted_by_person = select(by_person.id).where(
        by_person.case_id == TriageDecision.case_id, by_person.basis == Basis.PERSON
    )
    waiting = session.execute(
        select(Case.number, Case.subject, Case.opened_at, TriageDecision.ranking)
        .join(TriageDecision, TriageDecision.case_id == Case.id)
        .where(Case.unfinished, TriageDecision.basis != Basis.PERSON, ~sorted_by_person.exists())
        .order_by(Case.id.desc())
        .limit(CONSIDERED)
    ).all()
    cases = {row.number: row for row in waiting}
    picks = most_useful({number: _margin(row.ranking) for number, row in cases.items()}, day=day)
    return [LabelRow(pick, cases[pick.number].subject, cases[pick.number].opened_at) for pick in picks]


def _margin(ranking: Sequence[dict[str, Any]]) -> float:
    """Return how far the most probable category is above the second."""
    first, second, *_ = (float(each["probability"]) for each in ranking)
    return round(first - second, 4)
