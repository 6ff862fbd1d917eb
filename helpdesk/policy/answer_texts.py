"""The answer about a measure that an agent can send as it is: figures, window, first judgement, whom to call.

Everything said is true of the day it is said on, and the programme has the last word.
"""

from collections.abc import Iterator
from datetime import date

from helpdesk.policy.eligibility import Eligibility
from helpdesk.policy.matching import Match
from helpdesk.policy.money_in_words import ntd
from helpdesk.policy.time_in_words import roc_date, roc_datetime
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import closes_at, requirements
from knowledge_base.records.measures import Amount, Edition, Measure
from knowledge_base.records.references import Question
from knowledge_base.records.vocabulary import WindowState

CAVEAT = "以上為服務窗口依公開資料的初步說明，實際資格與金額由計畫審認。"
UNCHECKED, ASSUMED = "（此項待主管機關確認）", "（假設）"


def measure_answer(match: Match, knowledge: Knowledge, day: date) -> str:
    """Return what an enterprise is told of one measure on a day, a line a point."""
    return "\n".join(_lines(match, knowledge, day))


def question_answer(question: Question) -> str:
    """Return the answer to a question often asked, with the day on which it was true."""
    unsure = "" if question.origin_of("answer").checked else UNCHECKED
    return f"{question.answer}{unsure}\n資料日期：{roc_date(question.as_of)}"


def amount_in_words(amount: Amount) -> str:
    """Return a ceiling with its label and note: 每案上限 500 萬元（補助比率50%）."""
    free = amount.cap_ntd == 0
    words = f"{amount.label} {'免費' if free else ntd(amount.cap_ntd)}"
    return words if free or not amount.note else f"{words}（{amount.note}）"


def window_in_words(edition: Edition, state: WindowState, *, brief: bool = False) -> str:
    """Return how a window stands, with its date and, where it is not midnight, its time.

    In brief, for staff, an assumption is called one and what may end it early is left out.
    """
    window, ends = edition.window, closes_at(edition)
    if state is WindowState.NOT_YET_OPEN and window.opens_at:
        return f"{roc_date(window.opens_at)} 起受理"
    if state is WindowState.CLOSED_BY_FUNDS and window.funds_exhausted_at:
        return f"經費已於 {roc_date(window.funds_exhausted_at)} 用罄"
    whole_day = (ends.hour, ends.minute) == (23, 59)
    until = roc_date(ends) if whole_day else roc_datetime(ends)
    unsure = "" if edition.origin_of("window").checked else ASSUMED if brief else UNCHECKED
    if state is WindowState.CLOSED_BY_DATE:
        return f"已於 {until} 截止{unsure}"
    early = "，經費用罄即提前截止" if window.or_funds_exhausted and not brief else ""
    return f"受理到 {until}{early}{unsure}"


def judgement_in_words(match: Match, knowledge: Knowledge) -> str:
    """Return the first judgement with what decided it or what it waits for."""
    found = match.assessment
    if not found.known:
        return "資格條件未見於公開資料，請向承辦窗口確認"
    if found.result is Eligibility.ELIGIBLE:
        return "初步符合"
    if found.result is Eligibility.NOT_ELIGIBLE:
        return "不符合：須" + "、".join(finding.leaf.text for finding in found.reasons)
    return "還缺：" + "、".join(knowledge.facts[question.fact].label for question in found.ask)


def _lines(match: Match, knowledge: Knowledge, day: date) -> Iterator[str]:
    measure, edition = match.measure, match.edition
    yield f"關於「{measure.name}」（{edition.key} 年度版，{roc_date(day)} 查詢）："
    yield f"．受理期間：{window_in_words(edition, match.window)}"
    if edition.amounts:
        unsure = "" if edition.origin_of("amounts").checked else UNCHECKED
        yield f"．金額：{'；'.join(map(amount_in_words, edition.amounts))}{unsure}"
    if wanted := requirements(knowledge, edition):
        yield f"．資格：{'；'.join(wanted)}"
    yield f"．依您提供的資料：{judgement_in_words(match, knowledge)}"
    if match.window in {WindowState.OPEN, WindowState.NOT_YET_OPEN}:
        yield from _how_to_apply(measure)
    for words, other in (("可另外考慮", match.nearest), ("接續的措施", match.successor)):
        if other is not None:
            yield f"．{words}：{other.name}"
    yield CAVEAT


def _how_to_apply(measure: Measure) -> Iterator[str]:
    if measure.documents:
        yield f"．應備文件：{'、'.join(measure.documents)}"
    if where := measure.apply_url or measure.apply_at:
        yield f"．申請：{where}"
    if measure.hotlines:
        yield f"．專線：{'；'.join(phone.written for phone in measure.hotlines)}"
