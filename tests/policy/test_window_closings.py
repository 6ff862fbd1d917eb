"""That a window closed early: which such facts may be recorded, and what they change."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from helpdesk.policy.window_closings import (
    ClosingProblem,
    ClosingTyped,
    RecordedAlready,
    WindowClosing,
    WindowClosingKind,
    closing_in_words,
    parse_closing,
    with_closings,
)
from knowledge_base import loader
from knowledge_base.knowledge import KnowledgeError
from knowledge_base.lookup import edition, window_state
from knowledge_base.records.measures import TAIPEI
from knowledge_base.records.vocabulary import WindowState
from tests.conftest import NOW

SHIPPED = loader.load()
OPEN = next(
    (measure.id, each.key)
    for measure in SHIPPED.measures.values()
    for each in measure.editions
    if each.window.or_funds_exhausted and each.window.opens_at and window_state(each, NOW) is WindowState.OPEN
)
WITHOUT_FUNDS = next(
    (measure.id, each.key, each.window.closes_at)
    for measure in SHIPPED.measures.values()
    for each in measure.editions
    if not each.window.or_funds_exhausted
)
FUNDS, EARLY = WindowClosingKind.FUNDS_EXHAUSTED, WindowClosingKind.CLOSED_EARLY
YESTERDAY = datetime(2026, 11, 23, 17, tzinfo=TAIPEI)


def typed(which: Sequence[str] = OPEN, **changes: str) -> ClosingTyped:
    given = {
        "measure": which[0],
        "edition": which[1],
        "kind": "funds_exhausted",
        "on": "115/11/23",
        "at": "17:00",
    }
    return ClosingTyped(**{**given, **changes})


def refused(asked: ClosingTyped, knowledge: object = SHIPPED) -> dict[str, str]:
    with pytest.raises(ClosingProblem) as refusal:
        parse_closing(asked, knowledge, now=NOW)  # type: ignore[arg-type]
    return dict(refusal.value.problems)


def test_funds_that_ran_out_are_read_and_said_with_their_instant() -> None:
    closing = parse_closing(typed(), SHIPPED, now=NOW)
    assert closing == WindowClosing(*OPEN, FUNDS, YESTERDAY)
    name = SHIPPED.measures[OPEN[0]].name
    assert closing_in_words(closing, SHIPPED) == f"{name} {OPEN[1]} 年度版，經費用罄：115/11/23 (一) 17:00"


def test_an_earlier_end_without_a_time_is_the_end_of_its_day_and_may_be_announced_beforehand() -> None:
    closing = parse_closing(typed(kind="closed_early", on="2026-11-30", at=""), SHIPPED, now=NOW)
    assert closing.at == datetime(2026, 11, 30, 23, 59, 59, tzinfo=TAIPEI)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"measure": "nobody"}, "measure", "沒有這項措施"),
        ({"measure": ""}, "measure", "請選擇措施"),
        ({"edition": "199"}, "edition", "沒有這個年度版"),
        ({"kind": "x"}, "kind", "請選擇"),
        ({"on": ""}, "on", "請填日期"),
        ({"on": "昨天"}, "on", "看不懂日期"),
        ({"at": ""}, "at", "請填時間"),
        ({"at": "五點"}, "at", "看不懂時間"),
        ({"on": "115/11/24", "at": "10:01"}, "on", "還沒有發生"),
        ({"on": "99/1/1"}, "on", "那時還沒有開始受理"),
        ({"on": "130/1/1", "kind": "closed_early"}, "on", "那時已經截止"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes: dict[str, str], field: str, words: str) -> None:
    assert words in refused(typed(**changes))[field]


def test_an_edition_whose_window_does_not_end_with_the_funds_takes_only_an_earlier_end() -> None:
    *which, ends = WITHOUT_FUNDS
    before = f"{ends - timedelta(days=1):%Y-%m-%d}"
    assert "只能記錄提前截止" in refused(typed(which, on=before))["kind"]
    assert parse_closing(typed(which, on=before, kind="closed_early"), SHIPPED, now=NOW).kind is EARLY


def test_funds_cannot_run_out_after_the_window_closed_nor_a_window_close_after_the_funds() -> None:
    early = with_closings(SHIPPED, [WindowClosing(*OPEN, EARLY, datetime(2026, 11, 20, 18, tzinfo=TAIPEI))])
    assert "那時已經截止：115/11/20" in refused(typed(), early)["on"]
    spent = with_closings(SHIPPED, [WindowClosing(*OPEN, FUNDS, YESTERDAY)])
    assert (
        "那時已經截止：115/11/23" in refused(typed(kind="closed_early", on="115/11/25", at=""), spent)["on"]
    )


def test_the_end_as_printed_is_no_earlier_end() -> None:
    ends = edition(SHIPPED.measures[OPEN[0]], OPEN[1]).window.closes_at
    asked = typed(
        kind="closed_early", on=f"{ends:%Y-%m-%d}", at="" if f"{ends:%H:%M}" == "23:59" else f"{ends:%H:%M}"
    )
    assert "那時已經截止" in refused(asked)["on"]


def test_a_closing_is_recorded_once_and_another_instant_asks_to_withdraw_it_first() -> None:
    spent = with_closings(SHIPPED, [WindowClosing(*OPEN, FUNDS, YESTERDAY)])
    with pytest.raises(RecordedAlready):
        parse_closing(typed(), spent, now=NOW)
    assert "請先撤回" in refused(typed(at="16:00"), spent)["kind"]


def test_every_closing_that_the_knowledge_does_not_bear_out_is_named() -> None:
    closings = [
        WindowClosing("nobody", "115", FUNDS, YESTERDAY),
        WindowClosing(OPEN[0], "199", EARLY, YESTERDAY),
        WindowClosing(*WITHOUT_FUNDS[:2], FUNDS, YESTERDAY),
        WindowClosing(*OPEN, EARLY, datetime(2100, 1, 1, tzinfo=TAIPEI)),
    ]
    with pytest.raises(KnowledgeError) as refusal:
        with_closings(SHIPPED, closings)
    assert [problem.file for problem in refusal.value.problems] == ["window_closing"] * 4
    said = str(refusal.value)
    for words in ("nobody", "[199]", "未以經費用罄為截止條件", "提前截止的時間晚於原定截止時間"):
        assert words in said


def test_what_holds_with_a_closing_has_a_version_of_its_own() -> None:
    closings = [
        WindowClosing(*OPEN, FUNDS, YESTERDAY),
        WindowClosing(*OPEN, FUNDS, YESTERDAY.replace(hour=9)),
    ]
    versions = {with_closings(SHIPPED, [each]).version for each in closings}
    assert len(versions | {SHIPPED.version}) == 3
    assert with_closings(SHIPPED, []).version == SHIPPED.version
