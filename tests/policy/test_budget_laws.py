"""What holds for every budget under every set of rules."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.budget import BudgetOutcome, check
from helpdesk.policy.budget_change import least_growth
from helpdesk.policy.budget_lines import BudgetLine
from helpdesk.policy.instalments import instalments
from helpdesk.policy.money_in_words import ntd
from knowledge_base.loader import load
from knowledge_base.records import (
    BudgetRules,
    Cap,
    ItemKind,
    ItemList,
    Origin,
    PaymentOption,
    SelfFund,
    Share,
    Theme,
)

ORIGIN = Origin(source="seed", checked=True)
STATED = {"text": "某規定", "origin": ORIGIN}
SHIPPED = load().budget_rules
PARTNERS = range(4)
percents = st.integers(1, 99)


@st.composite
def rule_sets(draw: st.DrawFn) -> BudgetRules:
    """Rules of any figures, with ceilings small enough to matter for small budgets."""
    kinds = draw(st.permutations(list(ItemKind)))
    counted = st.sampled_from(["subsidy", "amount"])
    shares = tuple(
        Share(kinds=tuple(some), max_percent=draw(percents), counts=draw(counted), **STATED)
        for some in (kinds[:2], kinds[2:3])[: draw(st.integers(0, 2))]
    )
    self_fund = SelfFund(percent=draw(percents), strictly_more=draw(st.booleans()), **STATED)
    places = st.tuples(st.sampled_from([None, *Theme]), st.sampled_from(PARTNERS))
    caps = tuple(
        Cap(label="某", cap_ntd=draw(st.integers(0, 12)), theme=theme, partners_min=partners, **STATED)
        for theme, partners in draw(st.lists(places, max_size=3, unique=True))
    )
    return BudgetRules(
        id="some",
        name="某",
        self_fund=draw(st.sampled_from([None, self_fund])),
        shares=shares,
        self_fund_only=draw(st.sampled_from([None, ItemList(kinds=tuple(kinds[3:5]), **STATED)])),
        caps=caps,
        origin=ORIGIN,
    )


def lines(most: int) -> st.SearchStrategy[BudgetLine]:
    return st.builds(
        lambda kind, amount, percent: BudgetLine(kind, "", amount, amount * percent // 100),
        st.sampled_from(ItemKind),
        st.integers(0, most),
        st.integers(0, 100),
    )


themes = st.sampled_from([None, *Theme])
partner_counts = st.sampled_from([None, *PARTNERS])
any_rules = st.one_of(rule_sets(), st.sampled_from(list(SHIPPED.values())))


def complies_anyhow(budget, rules, theme, partners) -> bool:  # type: ignore[no-untyped-def]
    """Say whether no rule is broken whatever the unknown theme and partners turn out to be."""
    possible = product([theme] if theme else Theme, PARTNERS if partners is None else [partners])
    return all(check(budget, rules, theme=t, partner_count=n).complies for t, n in possible)


def subsidies(budget):  # type: ignore[no-untyped-def]
    """Yield the budget with every subsidy that its lines could ask."""
    for asked in product(*(range(line.subsidy_ntd + 1) for line in budget)):
        yield [replace(line, subsidy_ntd=part) for line, part in zip(budget, asked, strict=True)]


@given(st.lists(lines(6), max_size=3), rule_sets(), themes, partner_counts)
def test_the_largest_subsidy_is_the_largest_of_all_that_comply(budget, rules, theme, partners) -> None:  # type: ignore[no-untyped-def]
    all_of_it = [replace(line, subsidy_ntd=line.amount_ntd) for line in budget]
    complying = (asked for asked in subsidies(all_of_it) if complies_anyhow(asked, rules, theme, partners))
    best = max((sum(line.subsidy_ntd for line in asked) for asked in complying), default=0)
    assert check(budget, rules, theme=theme, partner_count=partners).largest_subsidy_ntd == best


@given(st.lists(lines(10**13), max_size=6), any_rules, themes, partner_counts)
def test_after_the_change_no_rule_is_broken_and_what_broke_none_is_left_alone(
    budget, rules, theme, partners
) -> None:  # type: ignore[no-untyped-def]
    before = check(budget, rules, theme=theme, partner_count=partners)
    after = [change.after for change in before.complying]
    assert [change.before for change in before.complying] == budget
    assert check(after, rules, theme=theme, partner_count=partners).complies
    assert all(change.cut_ntd >= 0 and change.move_ntd >= 0 for change in before.complying)
    if before.complies:
        assert after == budget


@given(st.lists(lines(6), max_size=3), rule_sets(), themes, partner_counts)
def test_the_change_takes_as_little_as_possible(budget, rules, theme, partners) -> None:  # type: ignore[no-untyped-def]
    before = check(budget, rules, theme=theme, partner_count=partners)
    after = [change.after for change in before.complying]
    unasked = product(*(range(line.amount_ntd + 1) for line in budget))
    uncut = max(
        sum(amounts)
        for amounts in unasked
        if check([BudgetLine(line.kind, "", a, 0) for line, a in zip(budget, amounts, strict=True)], rules).complies
    )  # fmt: skip
    assert sum(line.amount_ntd for line in after) == uncut
    if not before.complies:
        kept = [
            replace(new, subsidy_ntd=min(old.subsidy_ntd, new.amount_ntd))
            for old, new in zip(budget, after, strict=True)
        ]
        complying = (asked for asked in subsidies(kept) if complies_anyhow(asked, rules, theme, partners))
        assert sum(line.subsidy_ntd for line in after) == max(
            sum(line.subsidy_ntd for line in asked) for asked in complying
        )


@given(st.lists(lines(10**13), max_size=6), rule_sets())
def test_others_grow_by_exactly_what_is_needed(budget, rules) -> None:  # type: ignore[no-untyped-def]
    for share in rules.shares:
        growth = least_growth(share, budget)
        amount = sum(line.amount_ntd for line in budget if line.kind in share.kinds)
        total = sum(line.amount_ntd for line in budget) + growth
        assert amount * 100 <= share.max_percent * total
        assert growth == 0 or amount * 100 > share.max_percent * (total - 1)


@given(st.lists(lines(10**13), max_size=6), any_rules, themes, partner_counts)
def test_what_fails_says_by_how_much_and_what_holds_moves_nothing(budget, rules, theme, partners) -> None:  # type: ignore[no-untyped-def]
    for found in check(budget, rules, theme=theme, partner_count=partners).verdicts:
        assert found.sentence.endswith("。")
        if found.outcome is BudgetOutcome.FAIL:
            assert found.move_ntd > 0
            assert ntd(found.move_ntd) in found.sentence or "其他科目須增加" in found.sentence
        elif found.outcome is BudgetOutcome.PASS:
            assert found.move_ntd == 0


@given(st.integers(0, 10**30), st.lists(st.integers(1, 100), max_size=5), st.integers(0, 100))
def test_instalments_sum_exactly(subsidy, percents, guarantee) -> None:  # type: ignore[no-untyped-def]
    kept = [part for place, part in enumerate(percents) if sum(percents[: place + 1]) <= 100]
    option = PaymentOption(
        guarantee_percent=guarantee,
        instalments=tuple({"label": "期", "percent": part} for part in kept),  # type: ignore[misc]
        then=None if sum(kept) == 100 else "依進度請領",
        **STATED,
    )
    found = instalments(subsidy, option)
    assert sum(amount for _, amount in found.payments) + found.remainder_ntd == subsidy
    assert (found.then is None) <= (found.remainder_ntd == 0)
    assert 0 <= found.guarantee_ntd * 100 - guarantee * subsidy < 100
