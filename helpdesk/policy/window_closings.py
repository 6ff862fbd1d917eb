"""That a window closed before its printed deadline: which such fact may be recorded, and what it changes.

Decides on measure, edition, kind and instant. Who may record one is `permissions`; whether applications are
taken on a day is the knowledge base's `lookup`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType

from pydantic import ValidationError

from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.text_rules import folded
from helpdesk.policy.time_in_words import parse_date, parse_time, roc_datetime
from knowledge_base.knowledge import Knowledge, KnowledgeError, Problem
from knowledge_base.lookup import NotInKnowledge, closes_at, edition, measure
from knowledge_base.records.measures import TAIPEI, Edition, Measure, Window

END_OF_DAY = time(23, 59, 59)


class WindowClosingKind(StrEnum):
    """Why it closed: the money ran out, or the agency announced an earlier end."""

    FUNDS_EXHAUSTED = "funds_exhausted"
    CLOSED_EARLY = "closed_early"


FIELD: Mapping[WindowClosingKind, str] = {
    WindowClosingKind.FUNDS_EXHAUSTED: "funds_exhausted_at",
    WindowClosingKind.CLOSED_EARLY: "closed_early_at",
}
"""The field of a `Window` that says it."""

_WORDS = {WindowClosingKind.FUNDS_EXHAUSTED: "經費用罄", WindowClosingKind.CLOSED_EARLY: "提前截止"}


@dataclass(frozen=True, slots=True)
class WindowClosing:
    """One edition took no more applications from an instant on."""

    measure: str
    edition: str
    kind: WindowClosingKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingTyped:
    """What somebody typed: ids, a ROC or ISO date, a time HH:MM in Taipei."""

    measure: str
    edition: str
    kind: str
    on: str
    at: str = ""


class ClosingProblem(FieldProblems):
    """The closing may not be recorded; the fields are those of ClosingTyped."""


class RecordedAlready(ClosingProblem):
    """This very closing is recorded."""


def parse_closing(typed: ClosingTyped, knowledge: Knowledge, *, now: datetime) -> WindowClosing:
    """Return the closing that was typed.

    Without a time an earlier end is the end of its day; that funds ran out needs one. Raises ClosingProblem
    with everything that is wrong.
    """
    problems: dict[str, str] = {}
    found = _edition(typed, knowledge, problems)
    kind = None
    if typed.kind in {*WindowClosingKind}:
        kind = WindowClosingKind(typed.kind)
    else:
        problems["kind"] = "請選擇經費用罄或提前截止"
    at = _instant(typed, kind, problems)
    if problems or found is None or kind is None or at is None:
        raise ClosingProblem(problems)
    if getattr(found.window, FIELD[kind]) == at:
        raise RecordedAlready({"kind": f"這個{_WORDS[kind]}時間已經記錄過"})
    if refusal := _refusal(found, kind, at, now):
        raise ClosingProblem(dict([refusal]))
    return WindowClosing(typed.measure, typed.edition, kind, at)


def closing_in_words(closing: WindowClosing, knowledge: Knowledge) -> str:
    """Say what closed, why and when, e.g. 綠色貸款 115 年度版，經費用罄：115/11/23 (一) 17:00."""
    known = knowledge.measures.get(closing.measure)
    name = known.name if known else closing.measure
    return f"{name} {closing.edition} 年度版，{_WORDS[closing.kind]}：{roc_datetime(closing.at)}"


def with_closings(knowledge: Knowledge, closings: Iterable[WindowClosing]) -> Knowledge:
    """Return the knowledge with the windows closed, under a version of its own.

    Raises KnowledgeError naming every closing that the knowledge does not bear out: its edition is gone, or
    its window cannot close so.
    """
    measures, version, problems = dict(knowledge.measures), knowledge.version, []
    for closing in closings:
        version = _version(version, closing)
        try:
            measures[closing.measure] = _closed(measures, closing)
        except ValueError as refusal:
            key = f"measures[{closing.measure}].editions[{closing.edition}].window.{FIELD[closing.kind]}"
            problems.append(
                Problem("window_closing", key, f"服務窗口記錄的{_WORDS[closing.kind]}：{refusal}")
            )
    if problems:
        raise KnowledgeError(problems)
    return replace(knowledge, measures=MappingProxyType(measures), version=version)


def _version(before: str, closing: WindowClosing) -> str:
    said = (before, closing.measure, closing.edition, closing.kind, closing.at.astimezone(UTC).isoformat())
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]


def _closed(measures: Mapping[str, Measure], closing: WindowClosing) -> Measure:
    found = measures.get(closing.measure)
    if found is None or closing.edition not in {each.key for each in found.editions}:
        raise ValueError("目錄已經沒有這個年度版")
    editions = tuple(
        each.model_copy(update={"window": _shut(each.window, closing)})
        if each.key == closing.edition
        else each
        for each in found.editions
    )
    return found.model_copy(update={"editions": editions})


def _shut(window: Window, closing: WindowClosing) -> Window:
    try:
        # Built anew, not copied: the record refuses what cannot be.
        return Window(**{**dict(window), FIELD[closing.kind]: closing.at})
    except ValidationError as refused:
        raise ValueError("；".join(str(each["ctx"]["error"]) for each in refused.errors())) from None


def _edition(typed: ClosingTyped, knowledge: Knowledge, problems: dict[str, str]) -> Edition | None:
    try:
        found = measure(knowledge, typed.measure)
    except NotInKnowledge:
        problems["measure"] = "請選擇措施" if not typed.measure else f"沒有這項措施：「{typed.measure}」"
        return None
    try:
        return edition(found, typed.edition)
    except NotInKnowledge:
        keys = "、".join(each.key for each in found.editions)
        problems["edition"] = f"「{found.name}」沒有這個年度版，有的是：{keys}"
        return None


def _instant(
    typed: ClosingTyped, kind: WindowClosingKind | None, problems: dict[str, str]
) -> datetime | None:
    day: date | None = None
    clock: time | None = None
    try:
        day = parse_date(typed.on)
    except ValueError as refusal:
        problems["on"] = str(refusal) if typed.on.strip() else "請填日期，例如 115/11/23"
    try:
        clock = parse_time(typed.at) if folded(typed.at) else None
        if clock is None and kind is WindowClosingKind.CLOSED_EARLY:
            clock = END_OF_DAY
        elif clock is None:
            problems["at"] = "請填時間，例如 17:00"
    except ValueError as refusal:
        problems["at"] = str(refusal)
    return datetime.combine(day, clock, TAIPEI) if day and clock is not None else None


def _refusal(found: Edition, kind: WindowClosingKind, at: datetime, now: datetime) -> tuple[str, str] | None:
    """Return the field at which the closing is refused, and why."""
    window = found.window
    known: datetime | None = getattr(window, FIELD[kind])
    funds = kind is WindowClosingKind.FUNDS_EXHAUSTED
    ends = closes_at(found)
    if not funds and window.funds_exhausted_at:
        ends = min(ends, window.funds_exhausted_at)
    if funds and not window.or_funds_exhausted:
        return "kind", "這個年度版不因經費用罄而截止，只能記錄提前截止"
    if known:
        return "kind", f"已經記錄{_WORDS[kind]}：{roc_datetime(known)}。時間有誤請先撤回"
    if funds and at > now:
        return "on", "還沒有發生：經費用罄只能記錄已經發生的時間"
    if window.opens_at and at < window.opens_at:
        return "on", f"那時還沒有開始受理：{roc_datetime(window.opens_at)} 起受理"
    if at > ends or (at == ends and not funds):
        return "on", f"那時已經截止：{roc_datetime(ends)} 截止"
    return None
