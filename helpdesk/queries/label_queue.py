"""The unfinished cases that no person sorted yet, and which of them to sort next for the model's sake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.policy.labelling import Pick, most_useful
from helpdesk.queries.model_quality import Suggestion, Verdict, suggestions

CONSIDERED = 1000
"""So many of the newest such cases are looked at."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A case to sort; `subject` is for those who may read cases."""

    pick: Pick
    subject: str
    opened_at: datetime


def label_queue(session: Session, *, day: date) -> list[LabelRow]:
    """Return the cases to sort next, those between two categories first, then the day's draw.

    Those of the blind sample are left out: how torn the model is would show beside the number.
    """
    waiting = session.execute(
        suggestions(Case.number, Case.subject, Case.opened_at, Suggestion.ranking)
        .where(Case.unfinished, Verdict.id.is_(None), ~Suggestion.blind)
        .order_by(Case.id.desc())
        .limit(CONSIDERED)
    )
    cases = {row.number: row for row in waiting}
    picks = most_useful({number: _margin(row.ranking) for number, row in cases.items()}, day=day)
    return [LabelRow(pick, cases[pick.number].subject, cases[pick.number].opened_at) for pick in picks]


def _margin(ranking: Sequence[dict[str, Any]]) -> float:
    """Return how far the most probable category is above the second."""
    first, second, *_ = (float(each["probability"]) for each in ranking)
    return round(first - second, 4)
