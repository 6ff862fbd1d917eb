from collections.abc import Sequence

import pytest

from helpdesk.policy.budget import BudgetReport, check
from helpdesk.policy.budget_change import Relief
from helpdesk.policy.budget_lines import BudgetLine
from helpdesk.policy.budget_verdicts import BudgetOutcome, RuleVerdict
from helpdesk.policy.instalments import instalments
from knowledge_base.loader import load
from knowledge_base.records import Fact, ItemKind, RuleSection, Theme

RULES = load().budget_rules
SINGLE, CHAIN, TARIFF = RULES["idb_single_112"], RULES["idb_supply_chain_112"], RULES["tariff_rd"]
PASS, FAIL, UNDECIDED, NOT_APPLICABLE, NOTE = BudgetOutcome


def line(kind: str, amount: int, subsidy: int = 0, label: str = "", *, domestic: bool = False) -> BudgetLine:
    return BudgetLine(ItemKind(kind), label, amount, subsidy, domestic)


def verdict(report: BudgetReport, words: str) -> RuleVerdict:
    return next(found for found in report.verdicts if words in found.rule)


def test_a_budget_as_the_briefing_wants_it_keeps_to_every_rule() -> None:
    report = check(
        [
            line("new_equipment", 4_000_000, 3_000_000, domestic=True),
            line("commissioned", 2_000_000, 1_500_000),
            line("consumables", 1_000_000, 400_000),
            line("personnel", 3_000_000),
        ],
        SINGLE,
    )
    assert (report.total_ntd, report.subsidy_ntd, report.self_fund_ntd) == (10_000_000, 4_900_000, 5_100_000)
    assert [found.outcome for found in report.verdicts] == [PASS, PASS, PASS, PASS, PASS, NOTE]
    assert report.complies
    assert report.largest_subsidy_ntd == 4_999_999
    assert all(change.before == change.after for change in report.complying)


def test_half_and_half_is_refused_by_the_briefing_and_one_dollar_is_enough() -> None:
    found = verdict(check([line("consumables", 1000, 500)], SINGLE), "自籌款須")
    assert (found.outcome, found.figure, found.limit, found.move) == (FAIL, 500, 501, 1)
    assert "辦法（補助不超過 50%）允許" in found.sentence
    assert "簡報要求自籌款大於 50%" in found.sentence
    assert "NT$ 1 " in found.sentence
    assert check([line("consumables", 1000, 499)], SINGLE).complies
    assert check([line("consumables", 1001, 500)], SINGLE).complies


def test_half_and_half_without_another_document_is_refused_by_its_own_rule() -> None:
    sentence = verdict(check([line("consumables", 1000, 500)], TARIFF), "自籌款須").sentence
    assert "辦法" not in sentence
    assert "須大於 50%" in sentence


@pytest.mark.parametrize("rules", ["tariff_orders", "commerce_energy_equip"])
def test_half_and_half_is_enough_where_the_rule_says_at_least(rules: str) -> None:
    assert check([line("consumables", 1000, 500)], RULES[rules]).complies
    over = check([line("consumables", 1001, 501)], RULES[rules]).verdicts[0]
    assert (over.outcome, over.move) == (FAIL, 1)


@pytest.mark.parametrize(
    ("lines", "words", "move"),
    [
        ([line("new_equipment", 500, 301), line("consumables", 500)], "全新設備", 1),
        ([line("new_equipment", 500, 300), line("consumables", 500)], "全新設備", 0),
        ([line("new_equipment", 900, 300), line("consumables", 100)], "全新設備", 0),
        ([line("new_equipment", 500, 200), line("new_equipment", 500, 200)], "全新設備", 100),
        ([line("commissioned", 500, 401), line("consumables", 500)], "委託研究", 1),
        ([line("personnel", 500, 7), line("intangible", 500, 5)], "人事費", 12),
        ([line("consumables", 20_000_000, 5_000_001)], "500 萬元", 1),
        ([line("consumables", 20_000_000, 5_000_000)], "500 萬元", 0),
    ],
)
def test_each_rule_of_the_single_case_says_what_to_move(
    lines: Sequence[BudgetLine], words: str, move: int
) -> None:
    found = verdict(check(lines, SINGLE), words)
    assert (found.outcome, found.move) == (FAIL if move else PASS, move)


def test_a_sentence_names_the_lines_and_the_dollars() -> None:
    report = check([line("consumables", 900), line("personnel", 100, 40, "工程師")], SINGLE)
    assert verdict(report, "人事費").sentence == "第 2 項「工程師」列有補助款共 NT$ 40：請全數改列自籌款。"


@pytest.mark.parametrize("rules", RULES.values(), ids=lambda rules: rules.id)
def test_an_item_that_the_rules_do_not_name_is_for_the_programme_to_say(rules) -> None:  # type: ignore[no-untyped-def]
    report = check([line("personnel", 900), line("other", 100, 40, "差旅")], rules)
    found = next(
        each for each in report.verdicts if "請向計畫窗口確認" in each.sentence and "差旅" in each.sentence
    )
    assert (found.outcome, found.section) == (UNDECIDED, RuleSection.BUDGET_ITEMS)
    assert ("未列於補助科目" in found.sentence) is (rules.subsidised is not None)
    assert report.complies
    assert report.outcome is UNDECIDED
    assert "請向計畫窗口確認" in report.headline
    assert report.sure_ntd == 0
    unasked = check([line("personnel", 900), line("other", 100)], rules)
    assert UNDECIDED not in {each.outcome for each in unasked.verdicts if each.unit == "元"}


def test_domestic_travel_is_self_funded_only_in_a_supply_chain() -> None:
    lines = [line("domestic_travel", 100, 10), line("consumables", 900)]
    assert verdict(check(lines, CHAIN), "國內差旅費").move == 10
    assert check(lines, SINGLE).complies


def test_an_amount_that_is_too_large_a_share_is_cut_or_the_others_grow() -> None:
    report = check([line("new_equipment", 500, 200), line("consumables", 500)], TARIFF)
    found = verdict(report, "全新設備")
    assert (found.figure, found.limit, found.move) == (500, 400, 167)
    assert "請刪減 NT$ 167" in found.sentence
    assert "增加 NT$ 250" in found.sentence
    assert report.largest_subsidy_ntd == 0
    assert report.relief == Relief((ItemKind.NEW_EQUIPMENT,), 167, 416, 250, 624)
    assert [change.cut_ntd for change in report.complying] == [167, 0]


def test_equipment_alone_cannot_be_cut_to_a_share_so_the_others_must_grow() -> None:
    found = verdict(check([line("new_equipment", 400)], TARIFF), "全新設備")
    assert (found.outcome, found.move) == (FAIL, 400)
    assert "刪減" not in found.sentence
    assert "其他科目須增加 NT$ 600" in found.sentence


@pytest.mark.parametrize(
    ("theme", "partners", "subsidy", "outcome", "limit"),
    [
        (Theme.LOW_CARBON, 10, 30_000_000, PASS, 30_000_000),
        (Theme.LOW_CARBON, 8, 30_000_000, PASS, 30_000_000),
        (Theme.LOW_CARBON, None, 30_000_001, FAIL, 30_000_000),
        (Theme.SMART, 4, 20_000_000, PASS, 20_000_000),
        (Theme.SMART, 10, 20_000_001, FAIL, 20_000_000),
        (None, None, 20_000_000, PASS, 20_000_000),
        (None, 12, 20_000_001, UNDECIDED, 20_000_000),
        (None, None, 30_000_000, UNDECIDED, 20_000_000),
        (None, None, 30_000_001, FAIL, 20_000_000),
    ],
)
def test_the_ceiling_of_a_supply_chain_follows_theme_and_partners(
    theme: Theme | None, partners: int | None, subsidy: int, outcome: BudgetOutcome, limit: int
) -> None:
    report = check([line("consumables", 90_000_000, subsidy)], CHAIN, theme=theme, partner_count=partners)
    found = verdict(report, "每案最高")
    assert (found.outcome, found.limit, report.largest_subsidy_ntd) == (outcome, limit, limit)


T, P = Fact.THEME, Fact.PARTNER_COUNT


@pytest.mark.parametrize(
    ("theme", "partners", "outcome", "limit", "move", "ask", "says"),
    [
        (Theme.LOW_CARBON, 10, PASS, 10, 0, (), "合作廠商 10 家，達到要求（低碳化須帶 10 家以上）。"),
        (Theme.LOW_CARBON, 9, FAIL, 10, 1, (), "合作廠商 9 家，不足（低碳化須帶 10 家以上）：至少還須增加 1 家。"),
        (Theme.LOW_CARBON, 0, FAIL, 10, 10, (), "至少還須增加 10 家。"),
        (Theme.LOW_CARBON, None, UNDECIDED, 10, 0, (P,), "家數不明；低碳化須帶 10 家以上，請先問明合作廠商家數。"),
        (Theme.SMART, 4, PASS, 4, 0, (), "達到要求（智慧化須帶 4 家以上）"),
        (Theme.SMART, 3, FAIL, 4, 1, (), "至少還須增加 1 家。"),
        (None, 3, FAIL, 4, 1, (), "不足（低碳化須帶 10 家以上、智慧化須帶 4 家以上）：至少還須增加 1 家。"),
        (None, 8, UNDECIDED, 10, 2, (T,), "請先問明主題。"),
        (None, 10, PASS, 10, 0, (), "達到要求（低碳化須帶 10 家以上、智慧化須帶 4 家以上）"),
        (None, None, UNDECIDED, 10, 0, (T, P), "請先問明主題與合作廠商家數。"),
    ],
)  # fmt: skip
def test_the_number_of_partners_is_a_rule_of_its_own(
    theme: Theme | None,
    partners: int | None,
    outcome: BudgetOutcome,
    limit: int,
    move: int,
    ask: tuple[Fact, ...],
    says: str,
) -> None:
    report = check([line("consumables", 90_000_000, 1)], CHAIN, theme=theme, partner_count=partners)
    found = verdict(report, "合作廠商家數")
    assert (found.outcome, found.figure, found.limit, found.move) == (outcome, partners, limit, move)
    assert (found.unit, found.ask, found.origin.source) == ("家", ask, "seed")
    assert says in found.sentence
    assert report.outcome is outcome
    assert "家中心廠" not in found.sentence
    assert all(change.before == change.after for change in report.complying)


@pytest.mark.parametrize("rules", ["idb_single_112", "tariff_rd", "tariff_orders"])
@pytest.mark.parametrize("partners", [None, 0, 1])
def test_who_may_apply_alone_is_not_asked_for_partners(rules: str, partners: int | None) -> None:
    report = check([line("consumables", 100, 1)], RULES[rules], partner_count=partners)
    assert {found.unit for found in report.verdicts} == {"元"}


@pytest.mark.parametrize(
    ("theme", "partners", "subsidy", "outcome", "headline", "sure"),
    [
        (None, None, 30_000_000, UNDECIDED, "還不能判定：請先問明主題與合作廠商家數。", 20_000_000),
        (None, 12, 25_000_000, UNDECIDED, "還不能判定：請先問明主題。", 20_000_000),
        (Theme.SMART, None, 20_000_000, UNDECIDED, "還不能判定：請先問明合作廠商家數。", 20_000_000),
        (None, 12, 20_000_000, PASS, "經費編列沒有不合規定之處；是否核定由計畫審認。", 20_000_000),
        (Theme.LOW_CARBON, 8, 30_000_000, FAIL, "有 1 項要調整，見下表。", 30_000_000),
        (None, 8, 40_000_000, FAIL, "有 1 項要調整，見下表。其餘還不能判定：請先問明主題。", 20_000_000),
    ],
)
def test_while_something_is_undecided_the_report_says_what_to_ask_and_pays_only_what_is_sure(
    theme: Theme | None, partners: int | None, subsidy: int, outcome: BudgetOutcome, headline: str, sure: int
) -> None:
    report = check([line("consumables", 90_000_000, subsidy)], CHAIN, theme=theme, partner_count=partners)
    assert (report.outcome, report.headline, report.sure_ntd) == (outcome, headline, sure)


def test_where_a_joint_ceiling_decides_partners_are_asked_only_then() -> None:
    small, large = (
        check([line("other", 20_000_000, n)], RULES["tariff_orders"]) for n in (5_000_000, 5_000_001)
    )
    assert verdict(small, "單一企業").outcome is PASS
    assert (verdict(large, "單一企業").outcome, verdict(large, "單一企業").ask) == (UNDECIDED, (P,))


@pytest.mark.parametrize(
    ("equipment", "asked", "kinds", "cut", "after_cut", "growth", "after_growth", "otherwise"),
    [
        (31_000_000, 0, (ItemKind.NEW_EQUIPMENT,), 1_428_572, 30_000_000, 3_333_334, 30_000_000, 30_000_000),
        (30_000_000, 0, None, 0, 0, 0, 0, 30_000_000),
        (
            50_000_000,
            0,
            (ItemKind.NEW_EQUIPMENT,),
            28_571_429,
            30_000_000,
            66_666_667,
            30_000_000,
            30_000_000,
        ),
    ],
)
def test_where_an_amount_is_too_large_the_way_out_and_the_other_reading_are_told(
    equipment: int,
    asked: int,
    kinds: tuple[ItemKind, ...] | None,
    cut: int,
    after_cut: int,
    growth: int,
    after_growth: int,
    otherwise: int,
) -> None:
    lines = [line("new_equipment", equipment, asked), line("consumables", 100_000_000 - equipment)]
    report = check(lines, CHAIN, theme=Theme.LOW_CARBON, partner_count=10)
    expected = Relief(kinds, cut, after_cut, growth, after_growth) if kinds else None
    assert report.relief == expected
    assert report.largest_subsidy_ntd == (0 if kinds else 30_000_000)
    assert report.largest_otherwise_ntd == otherwise
    assert "以經費計是假設；若以補助款計為 NT$ 0，未超過上限。" in verdict(report, "全新設備").sentence


@pytest.mark.parametrize("rules", RULES.values(), ids=lambda rules: rules.id)
def test_the_other_reading_is_told_only_where_the_source_leaves_it_open(rules) -> None:  # type: ignore[no-untyped-def]
    report = check([line("new_equipment", 10), line("consumables", 90)], rules)
    open_reading = any(not share.counts_checked for share in rules.shares)
    assert (report.largest_otherwise_ntd is not None) is open_reading
    assert any("是假設；若以" in found.sentence for found in report.verdicts) is open_reading
    assert check([line("consumables", 90)], rules).largest_otherwise_ntd is None


@pytest.mark.parametrize(("partners", "limit"), [(0, 5_000_000), (1, 20_000_000), (7, 20_000_000)])
def test_who_applies_with_another_has_the_joint_ceiling(partners: int, limit: int) -> None:
    report = check([line("other", 90_000_000)], RULES["tariff_orders"], partner_count=partners)
    assert report.largest_subsidy_ntd == limit


def test_a_share_that_no_source_states_is_not_invented() -> None:
    report = check([line("consumables", 1_000_000, 900_000)], RULES["factory_rd"])
    assert report.verdicts[0].outcome is UNDECIDED
    assert "請向計畫窗口確認" in report.verdicts[0].sentence
    assert report.complies
    assert report.headline == "還不能判定：2 項所讀資料未載明，請向計畫窗口確認。"
    assert check([line("consumables", 1_000_000)], RULES["factory_rd"]).verdicts[0].outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("rules", "domestic", "words", "move"),
    [
        (SINGLE, 49, "再改購國產 NT$ 1，", 1),
        (SINGLE, 50, "已達比例", 0),
        (CHAIN, 49, "設備購置共 NT$ 99", 0),
    ],
)
def test_domestic_equipment_is_a_note_and_never_fails(rules, domestic: int, words: str, move: int) -> None:  # type: ignore[no-untyped-def]
    lines = [
        line("new_equipment", domestic, domestic=True),
        line("new_equipment", 99 - domestic),
        line("consumables", 900),
    ]
    report = check(lines, rules)
    found = report.verdicts[-1]
    assert (found.outcome, found.move) == (NOTE, move)
    assert words in found.sentence
    assert report.complies


def test_a_budget_of_nothing_breaks_no_rule() -> None:
    for lines in ([], [line("new_equipment", 0)]):
        report = check(lines, SINGLE)
        assert (report.complies, report.largest_subsidy_ntd) == (True, 0)


def test_big_integers_are_exact() -> None:
    amount = 10**30
    assert verdict(check([line("consumables", amount, amount // 2)], SINGLE), "自籌款須").move == 1
    assert verdict(check([line("consumables", amount + 1, amount // 2)], SINGLE), "自籌款須").move == 0
    lines = [line("new_equipment", amount, 3 * amount // 10 + 1), line("consumables", 0)]
    assert verdict(check(lines, SINGLE), "全新設備").move == 1


def test_an_odd_dollar_goes_to_the_last_instalment() -> None:
    plain, fifth, full = (instalments(1_000_001, option) for option in SINGLE.payment_options)
    assert plain.payments == (("期中", 500_000), ("期末", 500_001))
    assert fifth.payments == (("簽約", 500_000), ("期末", 500_001))
    assert full.payments == (("簽約", 1_000_001),)
    assert (plain.guarantee_ntd, fifth.guarantee_ntd, full.guarantee_ntd) == (0, 200_001, 1_000_001)


def test_what_is_paid_by_progress_has_words_and_no_invented_figures() -> None:
    plain, fifth, full = (instalments(10_000_001, option) for option in CHAIN.payment_options)
    assert (plain.payments, plain.remainder_ntd, plain.then) == ((), 10_000_001, "依進度請領")
    assert (fifth.payments, fifth.remainder_ntd) == ((("簽約", 2_000_000),), 8_000_001)
    assert fifth.then == "後續依保證金額分期請領"
    assert (full.payments, full.remainder_ntd, full.then) == ((("簽約", 10_000_001),), 0, None)
