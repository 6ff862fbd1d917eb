"""Facts as they are read: unknown, malformed and no fact at all are three things."""

import pytest

from helpdesk.policy.fact_values import BadFacts, fact_in_words, read_facts, typed_facts
from knowledge_base import loader
from knowledge_base.records.vocabulary import Fact

KNOWLEDGE = loader.load()


def test_what_is_not_known_is_left_out_whatever_way_it_was_said() -> None:
    raw = {"prc_capital": None, "is_branch": "unknown", "regular_employees": 9}
    assert read_facts(raw, KNOWLEDGE) == {Fact.REGULAR_EMPLOYEES: 9}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("registration", "limited_partnership", "limited_partnership"),
        ("county", "台中縣", "臺中市"),
        ("county", "彰化", "彰化縣"),
        ("sector", "金屬製品", "金屬製品"),
        ("regular_employees", 0, 0),
        ("tariff_affected", False, False),
        ("theme", "smart", "smart"),
    ],
)
def test_a_value_is_kept_as_conditions_compare_it(name: str, value: object, kept: object) -> None:
    assert read_facts({name: value}, KNOWLEDGE) == {Fact(name): kept}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("registration", "公司"),
        ("regular_employees", "9"),
        ("regular_employees", 9.0),
        ("regular_employees", True),
        ("regular_employees", -1),
        ("paid_in_capital", 10**14),
        ("prc_capital", "no"),
        ("prc_capital", 0),
        ("county", "東京都"),
        ("sector", "金屬機電"),
        ("theme", ["smart"]),
    ],
)
def test_a_malformed_value_is_refused_by_name_and_never_taken_for_no(name: str, value: object) -> None:
    with pytest.raises(BadFacts) as refused:
        read_facts({name: value, "is_branch": False}, KNOWLEDGE)
    assert list(refused.value.problems) == [name]
    assert KNOWLEDGE.facts[Fact(name)].label in refused.value.problems[name]


def test_a_name_that_is_no_fact_is_refused_beside_the_others() -> None:
    with pytest.raises(BadFacts) as refused:
        read_facts({"colour": "red", "regular_employees": "many"}, KNOWLEDGE)
    assert set(refused.value.problems) == {"colour", "regular_employees"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12", 12),
        ("１２ 人", 12),
        ("1,200", 1200),
        ("1億", 10**8),
        ("5000萬元", 5 * 10**7),
        ("1億2,000萬", 12 * 10**7),
    ],
)
def test_counts_are_read_as_people_type_them(text: str, count: int) -> None:
    assert typed_facts({"paid_in_capital": text}, KNOWLEDGE) == {"paid_in_capital": count}


def test_a_form_says_yes_no_unknown_or_nothing() -> None:
    typed = {"prc_capital": "no", "is_branch": "yes", "dissolved": "unknown", "bank_rejected": "", "x": "y"}
    kept = {"prc_capital": False, "is_branch": True, "dissolved": "unknown"}
    assert typed_facts(typed, KNOWLEDGE) == kept
    assert read_facts(kept, KNOWLEDGE) == {Fact.PRC_CAPITAL: False, Fact.IS_BRANCH: True}


def test_what_a_form_cannot_mean_is_refused_at_its_field() -> None:
    with pytest.raises(BadFacts) as refused:
        typed_facts({"prc_capital": "maybe", "regular_employees": "十幾個", "county": "彰化縣"}, KNOWLEDGE)
    assert set(refused.value.problems) == {"prc_capital", "regular_employees"}


def test_facts_are_read_out_in_words() -> None:
    words = [
        fact_in_words(KNOWLEDGE.facts[fact], value)
        for fact, value in [
            (Fact.PRC_CAPITAL, True),
            (Fact.FACTORY_REGISTRATION, "managed"),
            (Fact.PAID_IN_CAPITAL, 5_000_000),
            (Fact.COUNTY, "彰化縣"),
            (Fact.THEME, None),
        ]
    ]
    assert words == ["是", "納管工廠（已核定改善計畫）", "5,000,000 元", "彰化縣", "不知道"]
