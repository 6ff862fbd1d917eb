"""The answer about a measure that an agent can send as it is: figures, window, first judgement, whom to call.

Everything said is true of the day it is said on, and the programme has the last word.
"""

from collections.abc import Iterator

from helpdesk.policy.eligibility import Eligibility
from helpdesk.policy.matching import Match, MatchGroup
from helpdesk.policy.money_in_words import ntd
from helpdesk.policy.reason_words import ASSUMED
from helpdesk.policy.time_in_words import roc_date, roc_datetime
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import When, closes_at, edition_at, window_state
from knowledge_base.records.measures import Amount, Edition, Measure
from knowledge_base.records.references import Question
from knowledge_base.records.vocabulary import WindowState
from knowledge_base.requirements import requirements

CAVEAT = "以上為服務窗口依公開資料的初步說明，實際資格與金額由計畫審認。"
UNCHECKED = "（此項待主管機關確認）"


def measure_answer(match: Match, knowledge: Knowledge, when: When) -> str:
    """Return what an enterprise is told of one measure now or on a day, a line a point.

    Of a measure that takes no applications then it is told that, and where else to turn, no conditions.
    """
    return "\n".join(_lines(match, knowledge, when))


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

    An end that no source states is not told as a date. In brief, for staff, what may end it early is left out.
    """
    window, ends = edition.window, closes_at(edition)
    doubt = ASSUMED if brief else UNCHECKED
    general = "" if edition.origin_of("window").checked or _known_doubt(edition) else doubt
    opens = f"{roc_date(window.opens_at)} 起受理" if window.opens_at else "受理中"
    if state is WindowState.NOT_YET_OPEN and not window.opens_at:
        return f"尚未受理（{edition.key} 年度版）"
    if state is WindowState.NOT_YET_OPEN:
        return f"{opens}{doubt if window.opens_assumed else general}"
    if state is WindowState.CLOSED_BY_FUNDS and window.funds_exhausted_at:
        return f"經費已於 {roc_date(window.funds_exhausted_at)} 用罄"
    until = roc_date(ends) if (ends.hour, ends.minute) == (23, 59) else roc_datetime(ends)
    recorded = window.closed_early_at is not None
    if state is WindowState.CLOSED_BY_DATE:
        unsure = "" if recorded else doubt if window.closes_assumed else general
        return f"已於 {until} 截止{unsure}"
    if window.closes_assumed and not recorded:
        since = "" if window.opens_assumed else f"{opens}，"
        return f"{since}截止日未尋得，是否仍受理請先確認"
    early = "，經費用罄即提前截止" if window.or_funds_exhausted and not brief else ""
    return f"受理到 {until}{early}{'' if recorded else general}"


def judgement_in_words(match: Match, knowledge: Knowledge) -> str:
    """Return the first judgement with what decided it or what it waits for."""
    found = match.assessment
    if not found.known:
        return "資格條件未見於公開資料，請向承辦窗口確認"
    if found.result is Eligibility.ELIGIBLE:
        return "初步符合" + ("（部分條件為假設）" if found.assumed else "")
    if found.result is Eligibility.NOT_ELIGIBLE:
        return "不符合" + "、".join(f"「{words}」" for words in found.reasons)
    if not found.ask:
        return "已知的條件未排除，其餘條件未見於公開資料"
    return "還缺：" + "、".join(knowledge.facts[question.fact].label for question in found.ask)


def way_on_in_words(measure: Measure, when: When) -> str:
    """Return the name of another measure with how its window stands, unless that is open."""
    edition = edition_at(measure, when)
    state = window_state(edition, when)
    mark = "" if state is WindowState.OPEN else f"（{window_in_words(edition, state, brief=True)}）"
    return f"{measure.name}{mark}"


def _known_doubt(edition: Edition) -> bool:
    return edition.window.opens_assumed or edition.window.closes_assumed


def _lines(match: Match, knowledge: Knowledge, when: When) -> Iterator[str]:
    measure, edition = match.measure, match.edition
    yield f"關於「{measure.name}」（{edition.key} 年度版，{roc_date(when)} 查詢）："
    yield f"．受理期間：{window_in_words(edition, match.window)}"
    if edition.amounts:
        unsure = "" if edition.origin_of("amounts").checked else UNCHECKED
        yield f"．金額：{'；'.join(map(amount_in_words, edition.amounts))}{unsure}"
    if match.group is not MatchGroup.NOT_OPEN:
        yield from _conditions(match, knowledge)
    if match.window in {WindowState.OPEN, WindowState.NOT_YET_OPEN}:
        yield from _how_to_apply(measure, knowledge)
    yield from _ways_on(match, knowledge, when)
    yield CAVEAT


def _conditions(match: Match, knowledge: Knowledge) -> Iterator[str]:
    if wanted := requirements(knowledge, match.edition):
        yield "．資格：" + "；".join(each.text + (UNCHECKED if each.assumed else "") for each in wanted)
    yield f"．依您提供的資料：{judgement_in_words(match, knowledge)}"


def _ways_on(match: Match, knowledge: Knowledge, when: When) -> Iterator[str]:
    if match.nearest is not None:
        yield f"．可另外考慮：{way_on_in_words(match.nearest, when)}"
    if match.successor is not None:
        unsure = "" if match.measure.origin_of("successor").checked else "（服務窗口推定）"
        yield f"．接續的措施：{way_on_in_words(match.successor, when)}{unsure}"
    ways = [other for other in (match.nearest, match.successor) if other is not None]
    shut = match.window in {WindowState.CLOSED_BY_DATE, WindowState.CLOSED_BY_FUNDS}
    if shut and all(window_state(edition_at(other, when), when) is not WindowState.OPEN for other in ways):
        yield f"．目前未見受理中的接續措施，請撥服務窗口 {knowledge.service_window.phone.written}"


def _how_to_apply(measure: Measure, knowledge: Knowledge) -> Iterator[str]:
    if measure.documents:
        yield f"．應備文件：{'、'.join(measure.documents)}"
    if where := measure.apply_url or measure.apply_at:
        yield f"．申請：{where}"
    phones = measure.hotlines or (knowledge.service_window.phone,)
    yield f"．{'專線' if measure.hotlines else '服務窗口'}：{'；'.join(phone.written for phone in phones)}"
