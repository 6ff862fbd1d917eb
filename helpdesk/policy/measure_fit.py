"""Whether the measures that an office handles are for an enterprise, and still taken: what routing asks.

Nothing is judged without a day. An enterprise that was subsidised already needs the office for what comes
after, whatever windows and conditions say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.policy.answer_texts import window_in_words
from helpdesk.policy.eligibility import Assessment, Eligibility, RuleBook, assess
from helpdesk.policy.fact_values import Facts
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import When, edition_at, window_state
from knowledge_base.records.measures import Edition
from knowledge_base.records.vocabulary import Fact, WindowState


@dataclass(frozen=True, slots=True)
class Fit:
    """In words: `closed` why nothing is taken now, `unfit` what rules all measures out, `says` what is known."""

    closed: str = ""
    unfit: str = ""
    says: str = ""


def fit_of(
    measures: Sequence[str],
    facts: Facts,
    knowledge: Knowledge,
    rules: RuleBook,
    *,
    named: bool,
    on: When | None,
) -> Fit:
    """Return how an office's measures fit; windows are judged only for the one measure that a case `named`.

    Of several measures one that is not excluded is enough.
    """
    if on is None or not measures:
        return Fit()
    if named and facts.get(Fact.ALREADY_SUBSIDISED_UNDER_PROGRAMME) is True:
        return Fit(says="業者已獲本計畫補助，由承辦窗口協助後續")
    editions = {name: edition_at(knowledge.measures[name], on) for name in measures}
    found = {name: assess(rules.get((name, editions[name].key)), facts) for name in measures}
    excluded = all(each.result is Eligibility.NOT_ELIGIBLE for each in found.values())
    first = measures[0]
    return Fit(
        closed=_closed(editions[first], on) if named else "",
        unfit="、".join(found[first].reasons) if excluded else "",
        says=_said(found[first], editions[first], knowledge) if named and not excluded else "",
    )


def _closed(edition: Edition, on: When) -> str:
    state = window_state(edition, on)
    if state is WindowState.OPEN:
        return ""
    return f"{edition.key} 年度版{window_in_words(edition, state, brief=True)}"


def _said(assessment: Assessment, edition: Edition, knowledge: Knowledge) -> str:
    if not assessment.known:
        return ""
    if assessment.result is Eligibility.ELIGIBLE:
        return f"資格初步符合（{edition.key} 年度版）"
    if not assessment.ask:
        return "已知的資格條件未排除，其餘條件未見於公開資料"
    return "資格尚缺：" + "、".join(knowledge.facts[question.fact].label for question in assessment.ask)
