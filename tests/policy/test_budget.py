from collections.abc import Sequence

import pytest

from helpdesk.policy.budget import BudgetOutcome, BudgetReport, RuleVerdict, check
from helpdesk.policy.budget_lines import BudgetLine
from helpdesk.policy.instalments import instalments
from knowledge_base.loader import load
from knowledge_base.records import ItemKind, RuleSection, Theme

RULES = load().budget_rules
SINGLE, CHAIN, TARIFF = RULES["idb_single_112"], RULES["idb_supply_chain_112"], RULES["tariff_rd"]
PASS, FAIL, NOT_APPLICABLE, NOTE = BudgetOutcome


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
    assert (found.outcome, found.figure_ntd, found.limit_ntd, found.move_ntd) == (FAIL, 500, 501, 1)
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
    assert (over.outcome, over.move_ntd) == (FAIL, 1)


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
    assert (found.outcome, found.move_ntd) == (FAIL if move else PASS, move)


def test_a_sentence_names_the_lines_and_the_dollars() -> None:
    report = check([line("consumables", 900), line("personnel", 100, 40, "工程師")], SINGLE)
    assert verdict(report, "人事費").sentence == "第 2 項「工程師」列有補助款共 NT$ 40：請全數改列自籌款。"


@pytest.mark.parametrize("rules", RULES.values(), ids=lambda rules: rules.id)
def test_an_item_that_the_rules_do_not_name_is_for_the_programme_to_say(rules) -> None:  # type: ignore[no-untyped-def]
    report = check([line("personnel", 900), line("other", 100, 40, "差旅")], rules)
    found = next(
        each for each in report.verdicts if "請向計畫窗口確認" in each.sentence and "差旅" in each.sentence
    )
    assert (found.outcome, found.section) == (NOT_APPLICABLE, RuleSection.BUDGET_ITEMS)
    assert ("未列於補助科目" in found.sentence) is (rules.subsidised is not None)
    assert report.complies


def test_domestic_travel_is_self_funded_only_in_a_supply_chain() -> None:
    lines = [line("domestic_travel", 100, 10), line("consumables", 900)]
    assert verdict(check(lines, CHAIN), "國內差旅費").move_ntd == 10
    assert check(lines, SINGLE).complies


def test_an_amount_that_is_too_large_a_share_is_cut_or_the_others_grow() -> None:
    report = check([line("new_equipment", 500, 200), line("consumables", 500)], TARIFF)
    found = verdict(report, "全新設備")
    assert (found.figure_ntd, found.limit_ntd, found.move_ntd) == (500, 400, 167)
    assert "請刪減 NT$ 167" in found.sentence
    assert "增加 NT$ 250" in found.sentence
    assert report.largest_subsidy_ntd == 0
    assert [change.cut_ntd for change in report.complying] == [167, 0]


def test_equipment_alone_cannot_be_cut_to_a_share_so_the_others_must_grow() -> None:
    found = verdict(check([line("new_equipment", 400)], TARIFF), "全新設備")
    assert (found.outcome, found.move_ntd) == (FAIL, 400)
    assert "刪減" not in found.sentence
    assert "其他科目須增加 NT$ 600" in found.sentence


@pytest.mark.parametrize(
    ("theme", "partners", "subsidy", "outcome", "limit"),
    [
        (Theme.LOW_CARBON, 10, 30_000_000, PASS, 30_000_000),
        (Theme.LOW_CARBON, None, 30_000_001, FAIL, 30_000_000),
        (Theme.SMART, 4, 20_000_000, PASS, 20_000_000),
        (Theme.SMART, 10, 20_000_001, FAIL, 20_000_000),
        (None, None, 20_000_000, PASS, 20_000_000),
        (None, 12, 20_000_001, NOT_APPLICABLE, 20_000_000),
        (None, None, 30_000_000, NOT_APPLICABLE, 20_000_000),
        (None, None, 30_000_001, FAIL, 20_000_000),
    ],
)
def test_the_ceiling_of_a_supply_chain_follows_theme_and_partners(
    theme: Theme | None, partners: int | None, subsidy: int, outcome: BudgetOutcome, limit: int
) -> None:
    report = check([line("consumables", 90_000_000, subsidy)], CHAIN, theme=theme, partner_count=partners)
    found = verdict(report, "家中心廠")
    assert (found.outcome, found.limit_ntd, report.largest_subsidy_ntd) == (outcome, limit, limit)


def test_too_few_partners_are_told_beside_the_ceiling() -> None:
    lines = [line("consumables", 90_000_000, 1)]
    report = check(lines, CHAIN, theme=Theme.LOW_CARBON, partner_count=9)
    assert "須帶 10 家以上合作廠商，現為 9 家" in verdict(report, "家中心廠").sentence


@pytest.mark.parametrize(("partners", "limit"), [(0, 5_000_000), (1, 20_000_000), (7, 20_000_000)])
def test_who_applies_with_another_has_the_joint_ceiling(partners: int, limit: int) -> None:
    report = check([line("other", 90_000_000)], RULES["tariff_orders"], partner_count=partners)
    assert report.largest_subsidy_ntd == limit


def test_a_share_that_no_source_states_is_not_invented() -> None:
    report = check([line("consumables", 1_000_000, 900_000)], RULES["factory_rd"])
    assert report.verdicts[0].outcome is NOT_APPLICABLE
    assert "請向計畫窗口確認" in report.verdicts[0].sentence
    assert report.complies


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
    assert (found.outcome, found.move_ntd) == (NOTE, move)
    assert words in found.sentence
    assert report.complies


def test_a_budget_of_nothing_breaks_no_rule() -> None:
    for lines in ([], [line("new_equipment", 0)]):
        report = check(lines, SINGLE)
        assert (report.complies, report.largest_subsidy_ntd) == (True, 0)


def test_big_integers_are_exact() -> None:
    amount = 10**30
    assert verdict(check([line("consumables", amount, amount // 2)], SINGLE), "自籌款須").move_ntd == 1
    assert verdict(check([line("consumables", amount + 1, amount // 2)], SINGLE), "自籌款須").move_ntd == 0
    lines = [line("new_equipment", amount, 3 * amount // 10 + 1), line("consumables", 0)]
    assert verdict(check(lines, SINGLE), "全新設備").move_ntd == 1


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
