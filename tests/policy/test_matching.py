"""All measures judged at once: groups, days and years, where to turn instead, what to ask next."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.eligibility import Eligibility, rule_book
from helpdesk.policy.fact_values import Facts, read_facts
from helpdesk.policy.matching import Match, Matches, MatchGroup, judge, match_on, match_year
from knowledge_base import loader
from knowledge_base.lookup import edition_at
from knowledge_base.records.measures import TAIPEI
from knowledge_base.records.vocabulary import Fact, WindowState

KNOWLEDGE = loader.load()
RULES = rule_book(KNOWLEDGE)
TODAY = date(2026, 11, 24)
ELECTROPLATER: Facts = read_facts(
    {"regular_employees": 9, "sector": "金屬製品", "county": "彰化縣"}, KNOWLEDGE
)


def on(facts: Facts, day: date) -> Matches:
    return match_on(KNOWLEDGE, RULES, facts, day)


def ids(matches: Matches, group: MatchGroup) -> list[str]:
    return [match.measure.id for match in matches.groups[group]]


def every(matches: Matches) -> list[Match]:
    return [match for group in matches.groups.values() for match in group]


def test_a_nine_person_electroplater_today_and_in_112() -> None:
    today = on(ELECTROPLATER, TODAY)
    assert {"tariff_rd_single", "multi_dev_loan", "sbir"} <= set(ids(today, MatchGroup.NEED_MORE_INFO))
    assert ids(today, MatchGroup.NOT_ELIGIBLE) == ["commerce_resilience"]
    assert "sme9_mfg_case" in ids(today, MatchGroup.NOT_OPEN)
    assert today.questions[0] is Fact.TARIFF_AFFECTED
    then = match_year(KNOWLEDGE, RULES, ELECTROPLATER, 112, TODAY)
    assert set(ids(then, MatchGroup.ELIGIBLE)) == {"idb_training"}
    assert {"sme9_mfg_case", "idb_diagnosis"} <= set(ids(then, MatchGroup.NEED_MORE_INFO))
    excluded = then.of("idb10_mfg_case")
    assert excluded is not None
    assert (excluded.group, excluded.edition.key) == (MatchGroup.NOT_ELIGIBLE, "112")
    assert excluded.nearest is not None
    assert excluded.nearest.id == "sme9_mfg_case"
    assert then.of("sbir") is None


@pytest.mark.parametrize(
    ("measure", "day", "edition", "window"),
    [
        ("idb10_mfg_case", date(2023, 4, 16), "112", WindowState.NOT_YET_OPEN),
        ("idb10_mfg_case", date(2023, 4, 17), "112", WindowState.OPEN),
        ("idb10_mfg_case", date(2023, 11, 30), "112", WindowState.OPEN),
        ("idb10_mfg_case", date(2025, 3, 20), "114", WindowState.OPEN),  # until six in the evening
        ("idb10_mfg_case", date(2025, 3, 21), "114", WindowState.CLOSED_BY_DATE),
        ("market_optimise", date(2023, 6, 9), "112", WindowState.OPEN),
        ("market_optimise", date(2023, 6, 10), "112", WindowState.CLOSED_BY_DATE),
    ],
)
def test_a_day_speaks_of_its_edition_and_is_open_when_any_time_of_it_is(
    measure: str, day: date, edition: str, window: WindowState
) -> None:
    match = on({}, day).of(measure)
    assert match is not None
    assert (match.edition.key, match.window) == (edition, window)
    assert (match.group is MatchGroup.NOT_OPEN) is (window is not WindowState.OPEN)


AT_SIX = datetime(2025, 3, 20, 18, tzinfo=TAIPEI)


@pytest.mark.parametrize(
    ("at", "window"),
    [
        (AT_SIX - timedelta(minutes=1), WindowState.OPEN),
        (AT_SIX, WindowState.OPEN),
        (AT_SIX + timedelta(seconds=1), WindowState.CLOSED_BY_DATE),
    ],
)
def test_an_instant_is_judged_to_the_second_though_its_day_counts_as_open(
    at: datetime, window: WindowState
) -> None:
    match = match_on(KNOWLEDGE, RULES, {}, at).of("idb10_mfg_case")
    assert match is not None
    assert match.window is window
    assert (match.group is MatchGroup.NOT_OPEN) is (window is not WindowState.OPEN)


def test_funds_that_ran_out_this_morning_close_a_measure_this_afternoon() -> None:
    measure = KNOWLEDGE.measures["tariff_rd_single"]
    ten = datetime(2026, 11, 24, 10, tzinfo=TAIPEI)
    window = measure.editions[0].window.model_copy(update={"funds_exhausted_at": ten})
    edition = measure.editions[0].model_copy(update={"window": window})
    closed = measure.model_copy(update={"editions": (edition,)})
    knowledge = replace(KNOWLEDGE, measures={**KNOWLEDGE.measures, closed.id: closed})
    states = [
        match.window
        for at in (ten - timedelta(minutes=1), ten, ten + timedelta(hours=4))
        if (match := match_on(knowledge, RULES, ELECTROPLATER, at).of(closed.id))
    ]
    assert states == [WindowState.OPEN, WindowState.CLOSED_BY_FUNDS, WindowState.CLOSED_BY_FUNDS]


def test_a_successor_that_excludes_the_enterprise_is_not_named() -> None:
    facts = {**ELECTROPLATER, Fact.TARIFF_AFFECTED: False}
    match = on(facts, TODAY).of("sme9_mfg_case")
    assert match is not None
    assert match.successor is None


def test_a_closed_measure_names_what_followed_and_is_open_if_any_is() -> None:
    match = on(ELECTROPLATER, TODAY).of("sme9_mfg_case")
    assert match is not None
    assert match.successor is not None
    assert match.successor.id == "tariff_rd_single"


days = st.dates(date(2023, 1, 1), date(2027, 12, 31))
some_facts = st.fixed_dictionaries(
    {},
    optional={
        "regular_employees": st.integers(0, 400),
        "sector": st.sampled_from([name for g in KNOWLEDGE.sectors.values() for name in g.sectors]),
        "registration": st.sampled_from(["company", "business", "tax_only", "none"]),
        "factory_registration": st.sampled_from(["registered", "managed", "none"]),
        "tariff_affected": st.booleans(),
        "theme": st.sampled_from(["low_carbon", "smart"]),
    },
)


@given(some_facts, days)
def test_every_measure_stands_in_one_group_and_ways_on_are_never_excluded(
    raw: dict[str, object], day: date
) -> None:
    facts = read_facts(raw, KNOWLEDGE)
    matches = on(facts, day)
    assert sorted(match.measure.id for match in every(matches)) == sorted(KNOWLEDGE.measures)
    for match in every(matches):
        if match.assessment.result is Eligibility.NOT_ELIGIBLE:
            assert match.nearest is not None
            other = matches.of(match.nearest.id)
            assert other is not None
            assert other.assessment.result is not Eligibility.NOT_ELIGIBLE
        else:
            assert match.nearest is None
        alone = judge(KNOWLEDGE, RULES, match.measure, facts, edition_at(match.measure, day), day)
        assert alone == match


@given(some_facts)
def test_a_question_is_one_that_an_open_measure_waits_for(raw: dict[str, object]) -> None:
    matches = on(read_facts(raw, KNOWLEDGE), TODAY)
    waiting = {q.fact for m in matches.groups[MatchGroup.NEED_MORE_INFO] for q in m.assessment.ask}
    assert set(matches.questions) == waiting
    assert not waiting & {Fact(name) for name in raw}


def test_what_suits_best_comes_first() -> None:
    facts = read_facts({"registration": "company", "regular_employees": 20, "sector": "機械"}, KNOWLEDGE)
    for matches in (on(facts, TODAY), on(facts, TODAY - timedelta(days=900))):
        for group in matches.groups.values():
            unknown = [
                not match.assessment.known for match in group if match.assessment.result == "need_more_info"
            ]
            assert unknown == sorted(unknown)
