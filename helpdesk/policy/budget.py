"""Whether a budget keeps to the rules of a measure, rule by rule, and what to change where it does not.

Amounts are whole NT$. How a budget is brought to comply is `budget_change`; how a subsidy is paid out is
`instalments`. Source: eligibility rules, "Budget check".
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.policy.budget_change import (
    LineChange,
    caps_for,
    changes_to_comply,
    largest_subsidy,
    least_cut,
    least_growth,
    least_self_fund,
    of_kinds,
    subsidy_of,
    total_of,
)
from helpdesk.policy.budget_lines import BudgetLine
from helpdesk.policy.money_in_words import ntd
from knowledge_base.records.budgets import BudgetRules, Cap, ItemList, Priority, SelfFund, Share
from knowledge_base.records.provenance import Origin
from knowledge_base.records.vocabulary import ItemKind, RuleSection, Theme


class BudgetOutcome(StrEnum):
    """What a rule comes to; a note is no condition."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule, read out in `rule`; `sentence` says how the lines stand and exactly what to change.

    `figure_ntd` is held against `limit_ntd`, which is the least if `at_least`, else the most that the rule
    accepts. `move_ntd` is what must be moved or cut to comply with this rule alone.
    """

    section: RuleSection
    outcome: BudgetOutcome
    rule: str
    sentence: str
    origin: Origin
    figure_ntd: int | None = None
    limit_ntd: int | None = None
    move_ntd: int = 0
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class BudgetReport:
    """What the lines come to.

    `largest_subsidy_ntd` is the most that these amounts allow under all rules together; 0 where an amount
    itself is too large. `complying` has every line, before and after the least change that breaks no rule.
    """

    total_ntd: int
    subsidy_ntd: int
    self_fund_ntd: int
    verdicts: tuple[RuleVerdict, ...]
    largest_subsidy_ntd: int
    complying: tuple[LineChange, ...]

    @property
    def complies(self) -> bool:
        """Return whether no rule is broken."""
        return all(verdict.outcome is not BudgetOutcome.FAIL for verdict in self.verdicts)


def check(
    lines: Sequence[BudgetLine],
    rules: BudgetRules,
    *,
    theme: Theme | None = None,
    partner_count: int | None = None,
) -> BudgetReport:
    """Return how the lines stand against the rules.

    `partner_count` counts the enterprises that join the applicant. While theme or partners are unknown and
    several ceilings are possible, only what is above all of them fails; what may be asked keeps to the lowest.
    """
    caps = caps_for(rules.caps, theme, partner_count)
    cap_ntd = min((cap.cap_ntd for cap in caps), default=None)
    verdicts = (
        _self_fund(rules.self_fund, rules, lines),
        *(_share(share, lines) for share in rules.shares),
        *_self_fund_only(rules.self_fund_only, lines),
        _cap(caps, rules, lines, partner_count),
        *_unlisted(rules, lines),
        *_priority(rules.priority, lines),
    )
    failed = any(verdict.outcome is BudgetOutcome.FAIL for verdict in verdicts)
    unchanged = tuple(LineChange(line, line) for line in lines)
    return BudgetReport(
        total_of(lines),
        subsidy_of(lines),
        total_of(lines) - subsidy_of(lines),
        verdicts,
        largest_subsidy(lines, rules, cap_ntd),
        changes_to_comply(lines, rules, cap_ntd) if failed else unchanged,
    )


def _self_fund(rule: SelfFund | None, rules: BudgetRules, lines: Sequence[BudgetLine]) -> RuleVerdict:
    section, total = RuleSection.SELF_FUND, total_of(lines)
    if rule is None:
        sentence = "所讀資料未載自籌款比率，請向計畫窗口確認。"
        return RuleVerdict(section, BudgetOutcome.NOT_APPLICABLE, "自籌款比率未載", sentence, rules.origin)
    if not total:
        return RuleVerdict(section, BudgetOutcome.NOT_APPLICABLE, rule.text, "尚未編列經費。", rule.origin)
    paid, least = total - subsidy_of(lines), least_self_fund(rule, total)
    move = max(0, least - paid)
    if not move:
        sentence = f"自籌款 {ntd(paid)}，達到至少 {ntd(least)} 的要求。"
    elif paid * 100 == rule.percent * total:
        why = rule.when_exact or f"須大於 {rule.percent}%"
        sentence = f"自籌款恰為總經費的 {rule.percent}%：{why}。由補助款改列自籌款 {ntd(move)} 即可。"
    else:
        sentence = f"自籌款 {ntd(paid)}，至少須 {ntd(least)}：請由補助款改列自籌款 {ntd(move)}。"
    outcome = _outcome(move)
    return RuleVerdict(section, outcome, rule.text, sentence, rule.origin, paid, least, move, at_least=True)


def _share(rule: Share, lines: Sequence[BudgetLine]) -> RuleVerdict:
    section, concerned = RuleSection.BUDGET_ITEMS, of_kinds(lines, rule.kinds)
    if not concerned:
        return RuleVerdict(section, BudgetOutcome.NOT_APPLICABLE, rule.text, "未編列此科目。", rule.origin)
    limit = rule.max_percent * total_of(lines) // 100
    if rule.counts == "subsidy":
        figure = subsidy_of(concerned)
        move = max(0, figure - limit)
        standing = f"此科目的補助款 {ntd(figure)}"
        remedy = f"請由補助款改列自籌款 {ntd(move)}。"
    else:
        figure, move = total_of(concerned), least_cut(rule, lines)
        standing = f"此科目的經費 {ntd(figure)}"
        growth = f"其他科目須增加 {ntd(least_growth(rule, lines))}。"
        remedy = growth if move == figure else f"請刪減 {ntd(move)}；不刪減則{growth}"
    compared = f"超過上限 {ntd(limit)}：{remedy}" if move else f"未超過上限 {ntd(limit)}。"
    sentence = f"{standing}，{compared}"
    return RuleVerdict(section, _outcome(move), rule.text, sentence, rule.origin, figure, limit, move)


def _self_fund_only(rule: ItemList | None, lines: Sequence[BudgetLine]) -> Iterator[RuleVerdict]:
    if rule is None:
        return
    section, concerned = RuleSection.BUDGET_ITEMS, of_kinds(lines, rule.kinds)
    if not concerned:
        yield RuleVerdict(section, BudgetOutcome.NOT_APPLICABLE, rule.text, "未編列這些科目。", rule.origin)
        return
    asked = subsidy_of(concerned)
    places = _places(lines, {line.kind for line in concerned if line.subsidy_ntd})
    sentence = f"{places}列有補助款共 {ntd(asked)}：請全數改列自籌款。" if asked else "這些科目全數自籌。"
    yield RuleVerdict(section, _outcome(asked), rule.text, sentence, rule.origin, asked, 0, asked)


def _cap(
    caps: Sequence[Cap], rules: BudgetRules, lines: Sequence[BudgetLine], partner_count: int | None
) -> RuleVerdict:
    section, asked = RuleSection.AMOUNT, subsidy_of(lines)
    if not caps:
        sentence = "所讀資料未載補助上限，請向計畫窗口確認。"
        return RuleVerdict(section, BudgetOutcome.NOT_APPLICABLE, "補助上限未載", sentence, rules.origin)
    lowest, highest = min(caps, key=lambda cap: cap.cap_ntd), max(cap.cap_ntd for cap in caps)
    each = "、".join(f"{cap.label} {ntd(cap.cap_ntd)}" for cap in caps)
    move = max(0, asked - lowest.cap_ntd)
    outcome = _outcome(move)
    if not move:
        sentence = f"申請補助款 {ntd(asked)}，未超過上限（{each}）。"
    elif asked > highest:
        sentence = f"申請補助款 {ntd(asked)}，超過上限（{each}）：請由補助款改列自籌款 {ntd(move)}。"
    else:
        outcome = BudgetOutcome.NOT_APPLICABLE
        sentence = f"申請補助款 {ntd(asked)}；上限視主題與合作家數而定（{each}），請先問明。"
    if partner_count is not None and partner_count < lowest.partners_min:
        sentence += f"這項補助須帶 {lowest.partners_min} 家以上合作廠商，現為 {partner_count} 家。"
    text = "；".join(cap.text for cap in caps)
    return RuleVerdict(section, outcome, text, sentence, lowest.origin, asked, lowest.cap_ntd, move)


def _unlisted(rules: BudgetRules, lines: Sequence[BudgetLine]) -> Iterator[RuleVerdict]:
    """Tell of lines that no rule speaks of: whether they can be subsidised is the programme's to say."""
    unnamed = frozenset(ItemKind) - rules.named_kinds
    if not of_kinds(lines, unnamed):
        return
    known = rules.subsidised
    what = "未列於補助科目" if known else "：所讀資料未載是否為補助科目"
    yield RuleVerdict(
        RuleSection.BUDGET_ITEMS,
        BudgetOutcome.NOT_APPLICABLE,
        known.text if known else "補助科目未載",
        f"{_places(lines, unnamed)}{what}，請向計畫窗口確認；可請的補助額暫計入。",
        known.origin if known else rules.origin,
        subsidy_of(of_kinds(lines, unnamed)),
    )


def _priority(rule: Priority | None, lines: Sequence[BudgetLine]) -> Iterator[RuleVerdict]:
    purchases = of_kinds(lines, {ItemKind.NEW_EQUIPMENT})
    if rule is None or not purchases:
        return
    domestic = total_of([line for line in purchases if line.domestic])
    least = move = None
    sentence = f"國產設備 {ntd(domestic)}，設備購置共 {ntd(total_of(purchases))}；這是優先考量，不是條件。"
    if rule.domestic_equipment_percent is not None:
        least = -(-rule.domestic_equipment_percent * total_of(purchases) // 100)
        move = max(0, least - domestic)
        wanting = f"再改購國產 {ntd(move)}，即達比例" if move else "已達比例"
        sentence = f"國產設備 {ntd(domestic)}，{wanting}；這是優先考量，不是條件。"
    yield RuleVerdict(
        RuleSection.REVIEW,
        BudgetOutcome.NOTE,
        rule.text,
        sentence,
        rule.origin,
        domestic,
        least,
        move or 0,
        at_least=True,
    )


def _outcome(move: int) -> BudgetOutcome:
    return BudgetOutcome.FAIL if move else BudgetOutcome.PASS


def _places(lines: Sequence[BudgetLine], kinds: Collection[ItemKind]) -> str:
    """Return where lines of these kinds stand, counted from 1, with what they are called."""
    found = [(number, line.label) for number, line in enumerate(lines, start=1) if line.kind in kinds]
    return "、".join(f"第 {number} 項{f'「{label}」' if label else ''}" for number, label in found)
