"""What to look at before an edit of the catalogue is put in force; none of it keeps anybody from doing so.

Decided here: ceilings against the budget rules, a window's dates against its printed text, old figures that
are still told. What changed under its old source and what is gone is `unsourced`.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date, datetime

from ..knowledge import Knowledge
from ..records import BudgetRules, Edition, Measure, Stated, Window
from ..records.measures import TAIPEI
from .figures import amounts_in, money_in_words
from .sections import AMENDABLE, SECTION_WORDS
from .unsourced import Caution, losses, pairs, unsourced
from .words import field_words

_ROC = 1911
_SMALLEST_TOLD = 10_000
"""NT$; below it a number in a text may count anything."""

_DATES = {"opens_at": "opens_assumed", "closes_at": "closes_assumed"}


def cautions(before: Knowledge, after: Knowledge) -> tuple[Caution, ...]:
    """Return what to look at: lost conditions first, then in the order of the sections."""
    found = [
        *_records(before, after),
        *_ceilings(before, after),
        *_windows(before, after),
        *_outdated(before, after),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda caution: not caution.loud))


def _records(before: Knowledge, after: Knowledge) -> Iterator[Caution]:
    for section in AMENDABLE:
        for identity, record in getattr(after, section).items():
            former = getattr(before, section).get(identity)
            if former is not None and former != record:
                place = _place(section, record)
                yield from losses(former, record, place)
                yield from unsourced(former, record, place, after)


def _place(section: str, record: object) -> str:
    called = (getattr(record, each, None) for each in ("name", "question", "title", "id"))
    name = next(filter(None, called), "")
    return f"{SECTION_WORDS[section]}「{name}」"


def _ceilings(before: Knowledge, after: Knowledge) -> Iterator[Caution]:
    """Yield a caution where an edition and the rules that its budgets are checked by came to differ."""
    for measure in after.measures.values():
        former = before.measures.get(measure.id)
        held = {edition.key: edition for edition in former.editions} if former else {}
        for edition in measure.editions:
            named, caps = _caps(edition, after)
            was = held.get(edition.key)
            if named == caps or not named or not caps or (was and _caps(was, before) == (named, caps)):
                continue
            rules = after.budget_rules[edition.budget or ""]
            said = (
                f"金額上限是 {_money(named)}，經費規則「{rules.name}」的補助上限是 {_money(caps)}；"
                "經費檢核照經費規則，請一併修改（下載 YAML）"
            )
            yield Caution(f"{_place('measures', measure)}年度版 {edition.key}「金額」", said)


def _caps(edition: Edition, knowledge: Knowledge) -> tuple[frozenset[int], frozenset[int]]:
    rules = knowledge.budget_rules.get(edition.budget or "")
    caps = frozenset(cap.cap_ntd for cap in rules.caps) if rules else frozenset()
    return frozenset(amount.cap_ntd for amount in edition.amounts), caps


def _money(amounts: frozenset[int]) -> str:
    return "、".join(map(money_in_words, sorted(amounts)))


def _windows(before: Knowledge, after: Knowledge) -> Iterator[Caution]:
    for measure, former, edition in _editions(before, after):
        was, window = former.window, edition.window
        moved = [name for name in _DATES if getattr(was, name) != getattr(window, name)]
        words = "、".join(field_words(f"window.{name}") for name in moved)
        place = f"{_place('measures', measure)}年度版 {edition.key}"
        if moved and was.text == window.text:
            said = f"沒有跟著「{words}」改，仍是「{window.text}」"
            yield Caution(f"{place}「{field_words('window.text')}」", said)
        for name in moved:
            if _assumed(was, name) and _assumed(window, name):
                flag = field_words(f"window.{_DATES[name]}")
                yield Caution(f"{place}「{flag}」", f"仍是「是」，而「{field_words(f'window.{name}')}」改了")


def _assumed(window: Window, name: str) -> bool:
    return bool(getattr(window, _DATES[name], False))


def _editions(before: Knowledge, after: Knowledge) -> Iterator[tuple[Measure, Edition, Edition]]:
    for measure in after.measures.values():
        former = before.measures.get(measure.id)
        for was, edition in pairs(former.editions, measure.editions) if former else ():
            yield measure, was, edition


def _outdated(before: Knowledge, after: Knowledge) -> Iterator[Caution]:
    """Yield a caution for each text about a measure that still holds a figure or a date that it had."""
    for measure in after.measures.values():
        former = before.measures.get(measure.id)
        if former is None:
            continue
        now = {edition.key: edition for edition in measure.editions}
        gone: set[int] = set()
        left: set[date] = set()
        for was in (each for each in former.editions if each.key in now):
            edition = now[was.key]
            sums = _told(_sums(was) - _sums(edition))
            caps = _told(_caps(was, before)[1] - _caps(edition, after)[1])
            gone |= sums | caps
            left |= _days(was) - _days(edition)
            for place, text in _texts(measure, edition):
                yield from _still(place, text, sums, set(), measure)
            for place, text in _rule_texts(edition, after):
                yield from _still(place, text, caps, set(), measure)
        for question in after.faq.values() if gone or left else ():
            if measure.id in question.measures:
                yield from _still(f"{_place('faq', question)}「回答」", question.answer, gone, left, measure)


def _sums(edition: Edition) -> set[int]:
    figures = ((each.cap_ntd, each.government_ntd, each.enterprise_ntd) for each in edition.amounts)
    return {figure for each in figures for figure in each if figure is not None}


def _told(figures: Set[int]) -> set[int]:
    return {figure for figure in figures if figure >= _SMALLEST_TOLD}


def _days(edition: Edition) -> set[date]:
    return {_day(at) for at in (edition.window.opens_at, edition.window.closes_at) if at}


def _day(at: datetime) -> date:
    return at.astimezone(TAIPEI).date()


def _texts(measure: Measure, edition: Edition) -> Iterator[tuple[str, str]]:
    place = _place("measures", measure)
    yield f"{place}「{field_words('summary')}」", measure.summary
    for line in edition.rules:
        yield f"{place}年度版 {edition.key}「{field_words('rules')}」", line.text


def _rule_texts(edition: Edition, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    rules = knowledge.budget_rules.get(edition.budget or "")
    for stated in _stated(rules) if rules else ():
        yield f"{_place('budget_rules', rules)}「{stated.text}」", stated.text


def _stated(rules: BudgetRules) -> Iterator[Stated]:
    for _, value in rules:
        yield from (
            each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Stated)
        )


def _still(place: str, text: str, gone: set[int], left: set[date], measure: Measure) -> Iterator[Caution]:
    told = [money_in_words(amount) for amount in sorted(gone & amounts_in(text))]
    told += [_written(day) for day in sorted(left) if _written(day) in text.replace(" ", "")]
    if told:
        said = "、".join(told)
        yield Caution(place, f"還寫著 {said}，「{measure.name}」改掉的正是這個；請看要不要一併修改")


def _written(day: date) -> str:
    return f"{day.year - _ROC}/{day.month}/{day.day}"
