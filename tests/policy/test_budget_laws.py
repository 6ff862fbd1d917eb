"""What holds for every budget under every set of rules."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.budget import BudgetReport, check
from helpdesk.policy.budget_change import least_growth
from helpdesk.policy.budget_lines import BudgetLine
from helpdesk.policy.budget_verdicts import BudgetOutcome
from helpdesk.policy.instalments import instalments
from helpdesk.policy.money_in_words import ntd
from knowledge_base.loader import load
from knowledge_base.records import (
    BudgetRules,
    Cap,
    Fact,
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
        Share(
            kinds=tuple(some),
            max_percent=draw(percents),
            counts=draw(counted),
            counts_checked=draw(st.booleans()),
            **STATED,
        )
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


def keeps(report: BudgetReport) -> bool:
    """Say whether no rule for lines is broken; that partners are missing no line can mend."""
    return all(found.outcome is not BudgetOutcome.FAIL for found in report.verdicts if found.unit == "元")


def complies_anyhow(budget, rules, theme, partners) -> bool:  # type: ignore[no-untyped-def]
    """Say whether no rule is broken whatever the unknown theme and partners turn out to be."""
    possible = product([theme] if theme else Theme, PARTNERS if partners is None else [partners])
    return all(keeps(check(budget, rules, theme=t, partner_count=n)) for t, n in possible)


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
    assert keeps(check(after, rules, theme=theme, partner_count=partners))
    assert all(change.cut_ntd >= 0 and change.move_ntd >= 0 for change in before.complying)
    if keeps(before):
        assert after == budget


@given(st.lists(lines(6), max_size=3), rule_sets(), themes, partner_counts)
def test_the_change_takes_as_little_as_possible(budget, rules, theme, partners) -> None:  # type: ignore[no-untyped-def]
    before = check(budget, rules, theme=theme, partner_count=partners)
    after = [change.after for change in before.complying]
    unasked = product(*(range(line.amount_ntd + 1) for line in budget))
    uncut = max(
        sum(amounts)
        for amounts in unasked
        if keeps(check([BudgetLine(line.kind, "", a, 0) for line, a in zip(budget, amounts, strict=True)], rules))
    )  # fmt: skip
    assert sum(line.amount_ntd for line in after) == uncut
    if not keeps(before):
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
            assert found.move > 0
            named = f" {found.move} 家" if found.unit == "家" else ntd(found.move)
            assert named in found.sentence or "其他科目須增加" in found.sentence
        elif found.outcome is BudgetOutcome.PASS:
            assert found.move == 0


def of_applicant(report: BudgetReport) -> dict[str, BudgetOutcome]:
    """Return what the rules on ceiling and partners come to; a rule that does not speak of it is kept to."""
    found = {"partners": BudgetOutcome.PASS, "ceiling": BudgetOutcome.PASS}
    for each in report.verdicts:
        if each.unit == "家":
            found["partners"] = each.outcome
        elif (
            "補助款 NT$" in each.sentence and each.sentence.startswith("申請")
        ) or each.rule == "補助上限未載":
            found["ceiling"] = each.outcome
    absent = BudgetOutcome.NOT_APPLICABLE
    return {name: BudgetOutcome.PASS if outcome is absent else outcome for name, outcome in found.items()}


@given(st.lists(lines(20), max_size=3), rule_sets(), themes, partner_counts)
def test_a_verdict_is_definite_exactly_when_theme_and_partners_cannot_change_it(
    budget, rules, theme, partners
) -> None:  # type: ignore[no-untyped-def]
    possible = product([theme] if theme else Theme, PARTNERS if partners is None else [partners])
    cases = [of_applicant(check(budget, rules, theme=t, partner_count=n)) for t, n in possible]
    report = check(budget, rules, theme=theme, partner_count=partners)
    for name, outcome in of_applicant(report).items():
        outcomes = {case[name] for case in cases}
        assert outcome is (outcomes.pop() if len(outcomes) == 1 else BudgetOutcome.UNDECIDED)


@given(st.lists(lines(20), max_size=3), rule_sets(), themes, partner_counts)
def test_nobody_is_asked_for_what_is_known_or_settles_nothing(budget, rules, theme, partners) -> None:  # type: ignore[no-untyped-def]
    for found in check(budget, rules, theme=theme, partner_count=partners).verdicts:
        assert not found.ask or found.outcome is BudgetOutcome.UNDECIDED
        assert theme is None or Fact.THEME not in found.ask
        assert partners is None or Fact.PARTNER_COUNT not in found.ask


@given(st.lists(lines(6), max_size=3), rule_sets(), themes, partner_counts)
def test_the_way_out_is_what_the_lines_allow_after_it(budget, rules, theme, partners) -> None:  # type: ignore[no-untyped-def]
    report = check(budget, rules, theme=theme, partner_count=partners)
    too_large = [share for share in rules.shares if share.counts == "amount" and least_growth(share, budget)]
    assert (report.relief is not None) is bool(too_large)
    assert sum(change.after.subsidy_ntd for change in report.complying) >= report.sure_ntd
    if report.relief is None:
        return
    assert report.largest_subsidy_ntd == 0
    after = [change.after for change in report.complying]
    assert sum(change.cut_ntd for change in report.complying) == report.relief.cut_ntd
    cut = check(after, rules, theme=theme, partner_count=partners)
    assert cut.largest_subsidy_ntd == report.relief.subsidy_after_cut_ntd >= cut.subsidy_ntd
    limited = {kind for share in rules.shares for kind in share.kinds}
    kind = next(kind for kind in ItemKind if kind not in limited)
    grown = [*budget, BudgetLine(kind, "", report.relief.growth_ntd, 0)]
    after_growth = check(grown, rules, theme=theme, partner_count=partners)
    assert after_growth.relief is None
    assert report.relief.subsidy_after_growth_ntd <= after_growth.largest_subsidy_ntd
    short = [*budget, BudgetLine(kind, "", report.relief.growth_ntd - 1, 0)]
    assert check(short, rules, theme=theme, partner_count=partners).relief is not None
    asks = (
        asked for asked in subsidies([*(replace(e, subsidy_ntd=e.amount_ntd) for e in budget), grown[-1]])
    )
    complying = (asked for asked in asks if complies_anyhow(asked, rules, theme, partners))
    assert report.relief.subsidy_after_growth_ntd == max(
        sum(line.subsidy_ntd for line in asked) for asked in complying
    )


@given(st.lists(lines(6), max_size=3), rule_sets())
def test_the_other_reading_is_that_of_rules_that_say_so(budget, rules) -> None:  # type: ignore[no-untyped-def]
    read = [
        share.model_copy(update={"counts": "amount" if share.counts == "subsidy" else "subsidy"})
        for share in rules.shares
        if not share.counts_checked
    ]
    kinds = {kind for share in read for kind in share.kinds}
    flipped = rules.model_copy(
        update={"shares": (*(share for share in rules.shares if share.counts_checked), *read)}
    )
    report, other = check(budget, rules), check(budget, flipped)
    if any(line.amount_ntd for line in budget if line.kind in kinds):
        assert report.largest_otherwise_ntd == other.largest_subsidy_ntd
    else:
        assert report.largest_otherwise_ntd is None


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
