"""What a change of the catalogue does, for its preview: records in words, answers, due dates, and a file of answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.case_answers import Answer
from helpdesk.policy.change_reason import LONGEST_REASON
from helpdesk.policy.move_summary import MoveSummary, summary_of
from helpdesk.policy.permissions import Permission, may
from helpdesk.queries.answer_changes import AnswerChange, AnswersChanged, answer_changes, counted
from helpdesk.services.reckoning import Move
from helpdesk.services.terms_changes import moves_under, terms_of
from helpdesk.services.terms_proposals import Proposal
from helpdesk.web.access import current_account
from helpdesk.web.admin.change_progress import new_token
from helpdesk.web.csv_file import csv_file
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from knowledge_base.exchange.cautions import cautions
from knowledge_base.exchange.differences import RecordChange, differences
from knowledge_base.exchange.unsourced import Caution

ANSWERS = (
    "案號", "業者", "措施", "列入原因",
    "現在年度版", "現在受理", "現在初判", "現在金額",
    "改為年度版", "改為受理", "改為初判", "改為金額",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effects:
    """All that a preview shows of a proposal."""

    words: str
    changes: tuple[RecordChange, ...]
    answers: AnswersChanged
    moved: MoveSummary[Move]
    cautions: tuple[Caution, ...]


def effects_of(proposal: Proposal) -> Effects:
    """Look at a proposal; nothing is written. Raises NoWorkingTime."""
    tools = equipment()
    after = terms_of(proposal, tools).knowledge
    moved = moves_under(db.session(), proposal, equipment=tools, now=clock.now())
    return Effects(
        words=proposal.words,
        changes=differences(tools.knowledge, after),
        answers=counted(_answers(proposal)),
        moved=summary_of(moved, tools.calendar),
        cautions=cautions(tools.knowledge, after),
    )


def answers_file(proposal: Proposal) -> Response:
    """Send every open case whose answer changes; who may not read cases is not told whose they are."""
    names = equipment().knowledge.measures
    shows_names = may(current_account().role, Permission.CASE_READ)
    return csv_file(
        "answers-that-change",
        ANSWERS,
        (
            (
                row.number,
                (row.enterprise or "") if shows_names else "",
                names[row.measure].name if row.measure in names else row.measure,
                label(row.ground),
                *_cells(row.before),
                *_cells(row.after),
            )
            for row in _answers(proposal)
        ),
    )


def carried(problem: str | None) -> dict[str, object]:
    """Return what every form that applies a preview holds: its version, the reason and what is wrong with it."""
    return {
        "based_on": equipment().terms.version,
        "progress": new_token(),
        "reason": request.form.get("reason", ""),
        "problems": {"reason": problem} if problem else {},
        "longest_reason": LONGEST_REASON,
    }


def _answers(proposal: Proposal) -> Iterator[AnswerChange]:
    tools = equipment()
    return answer_changes(db.session(), tools.terms, terms_of(proposal, tools), clock.now())


def _cells(answer: Answer | None) -> tuple[str, str, str, str]:
    if answer is None:
        return "", "不在目錄", "", ""
    result = label(answer.result) if answer.known else "條件未建檔"
    return answer.edition, label(answer.window), result, answer.amounts
