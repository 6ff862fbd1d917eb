"""Conditions to three values: Kleene logic, brute force over every edition, decisive leaves, what to ask."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.condition_trees import Conditions, Tree, Truth, deciding_leaves, truth_of
from helpdesk.policy.eligibility import RULES_UNKNOWN, Assessment, Eligibility, assess, result_of, rule_book
from helpdesk.policy.fact_values import read_facts
from knowledge_base import loader
from knowledge_base.records.vocabulary import Fact, FactKind

KNOWLEDGE = loader.load()
RULES = rule_book(KNOWLEDGE)
NO, YES = False, True

LEAVES = [Tree("leaf", leaf=number) for number in range(3)]
KLEENE: list[tuple[str, tuple[Truth, ...], Truth]] = [
    ("all", (YES, YES), YES),
    ("all", (YES, None), None),
    ("all", (None, NO), NO),
    ("all", (NO, NO), NO),
    ("any", (NO, NO), NO),
    ("any", (NO, None), None),
    ("any", (None, YES), YES),
    ("any", (YES, NO), YES),
    ("not", (YES,), NO),
    ("not", (NO,), YES),
    ("not", (None,), None),
]


@pytest.mark.parametrize(("kind", "truths", "found"), KLEENE)
def test_truth_follows_kleene(kind: str, truths: tuple[Truth, ...], found: Truth) -> None:
    assert truth_of(Tree(kind, tuple(LEAVES[: len(truths)])), truths) is found


def trees(leaves: int = 4) -> st.SearchStrategy[Tree]:
    leaf = st.builds(Tree, st.just("leaf"), leaf=st.integers(0, leaves - 1))
    return st.recursive(
        leaf,
        lambda below: st.one_of(
            st.builds(
                Tree, st.sampled_from(["all", "any"]), st.lists(below, min_size=1, max_size=3).map(tuple)
            ),
            st.builds(Tree, st.just("not"), st.tuples(below)),
        ),
        max_leaves=8,
    )


@given(trees(), st.lists(st.sampled_from([True, False, None]), min_size=4, max_size=4))
def test_a_definite_truth_stays_whatever_the_unknown_leaves_turn_out_to_be(
    tree: Tree, truths: list[Truth]
) -> None:
    found = truth_of(tree, truths)
    choices = [(YES, NO) if truth is None else (truth,) for truth in truths]
    if found is not None:
        assert {truth_of(tree, known) for known in product(*choices)} == {found}


@given(trees(), st.lists(st.sampled_from([True, False, None]), min_size=4, max_size=4))
def test_the_decisive_leaves_fix_the_result_on_their_own(tree: Tree, truths: list[Truth]) -> None:
    decisive = set(deciding_leaves(tree, truths))
    found = truth_of(tree, truths)
    alone = [truth if number in decisive else None for number, truth in enumerate(truths)]
    assert truth_of(tree, alone) is found


Partial = tuple[tuple[bool, ...] | None, ...]
"""What each fact's leaves come to, in the order of `answers`; None where the fact is unknown."""


def with_truths(conditions: Conditions, partial: Partial) -> list[Truth]:
    truths: list[Truth] = [None] * len(conditions.leaves)
    for (_fact, numbers), row in zip(conditions.of_fact.items(), partial, strict=True):
        for number, truth in zip(numbers, row or (None,) * len(numbers), strict=True):
            truths[number] = truth
    return truths


def partials(conditions: Conditions) -> Iterator[Partial]:
    yield from product(*((None, *conditions.answers[fact]) for fact in conditions.of_fact))


def brute_force(conditions: Conditions) -> Mapping[Partial, frozenset[Truth]]:
    """Return for every partial knowledge all results that its completions can have."""
    facts = list(conditions.of_fact)

    @cache
    def possible(partial: Partial) -> frozenset[Truth]:
        if None not in partial:
            return frozenset({truth_of(conditions.tree, with_truths(conditions, partial))})
        place = partial.index(None)
        rows = conditions.answers[facts[place]]
        return frozenset().union(*(possible((*partial[:place], row, *partial[place + 1 :])) for row in rows))

    return {partial: possible(partial) for partial in partials(conditions)}


WEAKER: Mapping[tuple[str, str], int] = {}
"""Editions for which Kleene says unknown where every completion agrees, and in how many cases."""


@pytest.mark.parametrize("key", RULES, ids="-".join)
def test_no_answer_is_unsound_and_where_kleene_is_weaker_than_brute_force_is_listed(
    key: tuple[str, str],
) -> None:
    conditions = RULES[key]
    weaker = 0
    for partial, results in brute_force(conditions).items():
        found = truth_of(conditions.tree, with_truths(conditions, partial))
        if found is not None:
            assert results == {found}, partial
        elif len(results) == 1:
            weaker += 1
    assert weaker == WEAKER.get(key, 0)


def every_value(fact: Fact) -> Sequence[object]:
    """Return all values of a finite fact, and for a count all up to beyond every limit of the rules."""
    record = KNOWLEDGE.facts[fact]
    limits = [leaf.value for rules in RULES.values() for leaf in rules.leaves if leaf.fact is fact]
    match record.kind:
        case FactKind.YES_NO:
            return [True, False]
        case FactKind.CHOICE:
            return [choice.value for choice in record.choices]
        case FactKind.COUNTY:
            return list(KNOWLEDGE.counties)
        case FactKind.SECTOR:
            return [name for group in KNOWLEDGE.sectors.values() for name in group.sectors]
        case FactKind.COUNT:
            return [*range(250), *(limit + step for limit in limits for step in (-1, 0, 1)), 10**12]


@pytest.mark.parametrize("key", RULES, ids="-".join)
def test_the_rows_of_a_fact_are_all_that_its_values_can_give(key: tuple[str, str]) -> None:
    conditions = RULES[key]
    for fact, numbers in conditions.of_fact.items():
        given_by_values = {
            tuple(conditions.truths({fact: value})[number] for number in numbers)  # type: ignore[dict-item]
            for value in every_value(fact)
        }
        assert given_by_values == set(conditions.answers[fact])


def found(measure: str, edition: str, **facts: object) -> Assessment:
    return assess(RULES[measure, edition], read_facts(facts, KNOWLEDGE))


FACTORY = {"registration": "company", "factory_registration": "registered"}
EXAMPLES: list[tuple[str, str, dict[str, object], str, set[str], set[str]]] = [
    ("idb10_mfg_case", "112", {"regular_employees": 8}, "not_eligible", {"emp_ge_10"}, set()),
    (
        "idb10_mfg_case", "112", {**FACTORY, "regular_employees": 10}, "eligible",
        {"registered", "factory_registered", "sme_registered", "sme_employees", "emp_ge_10"}, set(),
    ),
    ("idb10_mfg_case", "112", {**FACTORY, "regular_employees": 300}, "need_more_info", set(), {"paid_in_capital"}),
    (
        "idb10_mfg_case", "112", {**FACTORY, "regular_employees": 300, "paid_in_capital": 100_000_001},
        "not_eligible", {"sme_capital", "sme_employees"}, set(),
    ),
    (
        "idb10_mfg_case", "112", {**FACTORY, "regular_employees": 300, "paid_in_capital": 100_000_000},
        "eligible", {"registered", "factory_registered", "sme_registered", "sme_capital", "emp_ge_10"}, set(),
    ),
    (
        "idb10_mfg_case", "112", {"registration": "limited_partnership"}, "not_eligible",
        {"sme_registered"}, set(),
    ),
    (
        "idb10_mfg_case", "114", {**FACTORY, "regular_employees": 30, "prc_capital": True}, "not_eligible",
        {"no_prc_capital"}, set(),
    ),
    ("sme9_mfg_case", "112", {**FACTORY, "regular_employees": 9}, "eligible",
     {"registered", "factory_registered", "sme_registered", "sme_employees", "emp_le_9"}, set()),
    ("idb_big_small", "112", {"supply_chain_role": "none"}, "not_eligible", {"in_chain"}, set()),
    (
        "idb_big_small", "112",
        {**FACTORY, "supply_chain_role": "centre", "regular_employees": 60, "partner_count": 4},
        "need_more_info", set(), {"theme"},
    ),
    (
        "idb_big_small", "112",
        {**FACTORY, "supply_chain_role": "centre", "regular_employees": 9, "partner_count": 12},
        "not_eligible", {"is_partner", "emp_ge_10"}, set(),
    ),
    (
        "street_shop", "112", {"regular_employees": 3, "sector": "餐飲", "county": "花蓮縣", "shops_in_group": 10},
        "eligible", {"emp_le_9", "commerce", "shops_ge_10", "in_islands_or_east"}, set(),
    ),
    (
        "street_shop", "112", {"regular_employees": 3, "sector": "餐飲", "county": "彰化縣", "shops_in_group": 10},
        "need_more_info", set(), {"remote_area"},
    ),
    ("mice_carbon", "112", {"sector": "金屬製品"}, "not_eligible", {"manufacturing"}, set()),
    ("loan_lowcarbon", "112-114", {"sector": "食品", "factory_registration": "special"}, "eligible",
     {"managed_or_special", "manufacturing"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "edition", "facts", "result", "decisive", "ask"), EXAMPLES)
def test_enterprises_are_told_what_the_rules_say_of_them_and_why(
    measure: str, edition: str, facts: dict[str, object], result: str, decisive: set[str], ask: set[str]
) -> None:
    assessment = found(measure, edition, **facts)
    assert assessment.result == result
    assert set(assessment.decisive) == decisive
    assert {question.fact for question in assessment.ask} == ask
    assert bool(assessment.reasons) is (result == "not_eligible")


def test_nobody_is_asked_about_the_factory_when_eight_employees_rule_a_measure_out() -> None:
    assert found("idb10_mfg_case", "112", regular_employees=8).ask == ()


SUPERFLUOUS: Mapping[tuple[str, str], set[Fact]] = {
    # nine people are few enough for any capital, which two leaves on different facts cannot know
    ("sme9_mfg_case", "112"): {Fact.PAID_IN_CAPITAL},
}


@pytest.mark.parametrize("key", RULES, ids="-".join)
def test_every_fact_that_can_change_the_answer_is_asked_and_superfluous_ones_are_listed(
    key: tuple[str, str],
) -> None:
    conditions = RULES[key]
    facts = list(conditions.of_fact)
    asked = {question.fact for question in assess(conditions, {}).ask}
    possible = brute_force(conditions)
    for place, fact in enumerate(facts):
        can_change = any(
            possible[partial] != possible[(*partial[:place], row, *partial[place + 1 :])]
            for partial in partials(conditions)
            if partial[place] is None
            for row in conditions.answers[fact]
        )
        assert (fact in asked) is (can_change or fact in SUPERFLUOUS.get(key, ()))


def test_the_fact_that_settles_most_is_asked_first() -> None:
    asked = found("idb10_mfg_case", "114").ask
    assert (
        asked[0].fact is Fact.REGISTRATION
    )  # two of three kinds of answers settle it, of others half or less
    assert [q.settles for q in asked] == sorted((q.settles for q in asked), reverse=True)
    last = found("tariff_rd_single", "114-115", sector="機械").ask
    assert [(q.fact, q.settles) for q in last] == [(Fact.TARIFF_AFFECTED, 1.0)]


def test_an_edition_whose_rules_are_not_known_is_never_decided() -> None:
    assert ("tariff_orders", "114-115") not in RULES
    assert assess(RULES.get(("tariff_orders", "114-115")), {}) == RULES_UNKNOWN
    assert RULES_UNKNOWN.result is Eligibility.NEED_MORE_INFO


REASONS: list[tuple[str, str, dict[str, object], tuple[str, ...]]] = [
    ("idb10_mfg_case", "112", {"regular_employees": 9}, ("經常僱用員工 10 人以上（現為 9）",)),
    (
        "idb10_mfg_case", "114", {"prc_capital": True, "is_branch": True},
        ("不含分公司", "不得有陸資投資"),
    ),
    (
        "idb10_mfg_case", "112",
        {**FACTORY, "regular_employees": 300, "paid_in_capital": 100_000_001},
        ("實收資本額 1 億元以下（現為 100,000,001），或經常僱用員工未滿 200 人（現為 300）",),
    ),
    (
        "street_shop", "112",
        {"regular_employees": 3, "sector": "餐飲", "county": "彰化縣", "shops_in_group": 12, "remote_area": False},
        (
            "一般縣市 30 家以上（現為 12），"
            "或（離島、花東及偏遠地區 10 家以上（現為 12），且（位於離島或花東，或位於偏遠地區））",
        ),
    ),
    ("mice_carbon", "112", {"sector": "金屬製品"}, ("會展業者",)),
    ("market_optimise", "112", {"sector": "金屬製品"}, ("列管市場、夜市或市集",)),
    (
        "sme9_mfg_case", "112", {"factory_registration": "none"},
        ("依法辦理工廠登記；依法免辦者檢附主管機關證明文件（假設）",),
    ),
    ("loan_lowcarbon", "112-114", {"sector": "餐飲", "excluded_trade": True}, ("不含金融保險業與特殊娛樂業",)),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "edition", "facts", "reasons"), REASONS)
def test_a_no_says_what_would_be_needed_with_alternatives_told_as_such(
    measure: str, edition: str, facts: dict[str, object], reasons: tuple[str, ...]
) -> None:
    assert found(measure, edition, **facts).reasons == reasons


def test_rules_that_are_not_all_that_there_are_can_only_rule_out() -> None:
    sme = {"registration": "company", "regular_employees": 20}
    kept_open = found("sbir", "115", **sme)
    assert (kept_open.result, kept_open.ask, kept_open.partial) == (Eligibility.NEED_MORE_INFO, (), True)
    assert found("sbir", "115", registration="none").result is Eligibility.NOT_ELIGIBLE
    assert result_of(RULES["sbir", "115"], read_facts(sme, KNOWLEDGE)) is Eligibility.NEED_MORE_INFO


def test_what_rests_on_an_assumption_says_so() -> None:
    small = {**FACTORY, "regular_employees": 9}
    assert found(
        "sme9_mfg_case", "112", **small
    ).assumed  # its registrations are taken from the measure beside it
    assert not found("idb10_mfg_case", "112", **{**small, "regular_employees": 10}).assumed
    assert found("sme9_mfg_case", "112", factory_registration="none").assumed
    assert not found("sme9_mfg_case", "112", factory_registration="none", regular_employees=10).assumed
