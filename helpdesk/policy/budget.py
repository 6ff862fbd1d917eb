"""Whether a budget keeps to the rules of a measure, rule by rule, and what to change where it does not.

Amounts are whole NT$. How a budget is brought to comply is `budget_change`; how a subsidy is paid out is
`instalments`. Source: eligibility rules, "Budget check".
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from helpdesk.policy.budget_ceilings import Applicant, caps_for, ceiling, partners
from helpdesk.policy.budget_change import (
    LineChange,
    Relief,
    changes_to_comply,
    largest_read_otherwise,
    largest_subsidy,
    least_cut,
    least_growth,
    least_self_fund,
    of_kinds,
    read_otherwise,
    relief,
    subsidy_of,
    total_of,
)
from helpdesk.policy.budget_lines import BudgetLine
from helpdesk.policy.budget_verdicts import BudgetOutcome, RuleVerdict, to_ask
from helpdesk.policy.money_in_words import ntd
from knowledge_base.records.budgets import BudgetRules, ItemList, Priority, SelfFund, Share
from knowledge_base.records.vocabulary import ItemKind, RuleSection, Theme


@dataclass(frozen=True, slots=True)
class BudgetReport:
    """What the lines come to.

    `largest_subsidy_ntd` is the most that these amounts allow under all rules for lines together; 0 where an
    amount itself is too large, of which `relief` tells the way out. `largest_otherwise_ntd` is the same figure
    under the other reading of shares whose reading is assumed; None where nothing is assumed. `complying` has
    every line, before and after the least change that breaks no rule for lines; `sure_ntd` is what it asks as
    far as nothing undecided can take it away.
    """

    total_ntd: int
    subsidy_ntd: int
    self_fund_ntd: int
    verdicts: tuple[RuleVerdict, ...]
    largest_subsidy_ntd: int
    relief: Relief | None
    largest_otherwise_ntd: int | None
    complying: tuple[LineChange, ...]
    sure_ntd: int

    @property
    def complies(self) -> bool:
        """Return whether no rule is broken; some may be undecided."""
        return self.outcome is not BudgetOutcome.FAIL

    @property
    def unsure(self) -> bool:
        """Return whether some of the subsidy of the complying lines is not sure."""
        return self.sure_ntd < subsidy_of([change.after for change in self.complying])

    @property
    def outcome(self) -> BudgetOutcome:
        """Return what all rules come to: fail before undecided before pass."""
        found = {verdict.outcome for verdict in self.verdicts}
        for outcome in (BudgetOutcome.FAIL, BudgetOutcome.UNDECIDED):
            if outcome in found:
                return outcome
        return BudgetOutcome.PASS

    @property
    def headline(self) -> str:
        """Return the outcome in a sentence, with what to ask and of whom."""
        failing = sum(verdict.outcome is BudgetOutcome.FAIL for verdict in self.verdicts)
        undecided = [verdict for verdict in self.verdicts if verdict.outcome is BudgetOutcome.UNDECIDED]
        ask = [fact for verdict in undecided for fact in verdict.ask]
        unstated = sum(not verdict.ask for verdict in undecided)
        todo = [to_ask(ask)] if ask else []
        todo += [f"{unstated} 項所讀資料未載明，請向計畫窗口確認"] if unstated else []
        parts = [f"有 {failing} 項要調整，見下表。"] if failing else []
        parts += [f"{'其餘' if failing else ''}還不能判定：{'；'.join(todo)}。"] if todo else []
        return "".join(parts) or "經費編列沒有不合規定之處；是否核定由計畫審認。"


def check(
    lines: Sequence[BudgetLine],
    rules: BudgetRules,
    *,
    theme: Theme | None = None,
    partner_count: int | None = None,
) -> BudgetReport:
    """Return how the lines stand against the rules.

    `partner_count` counts the enterprises that join the applicant. While theme or partners are unknown, only
    what is so in every case passes or fails; what may be asked keeps to the lowest ceiling that is possible.
    """
    applicant = Applicant(theme, partner_count)
    cap_ntd = min((cap.cap_ntd for cap in caps_for(rules, applicant)), default=None)
    of_lines = (
        _self_fund(rules.self_fund, rules, lines),
        *(_share(share, lines) for share in rules.shares),
        *_self_fund_only(rules.self_fund_only, lines),
        ceiling(rules, applicant, subsidy_of(lines)),
        *_unlisted(rules, lines),
        *_priority(rules.priority, lines),
    )
    complying = tuple(LineChange(line, line) for line in lines)
    if any(verdict.outcome is BudgetOutcome.FAIL for verdict in of_lines):
        complying = changes_to_comply(lines, rules, cap_ntd)
    named = subsidy_of(of_kinds([change.after for change in complying], rules.named_kinds))
    return BudgetReport(
        total_of(lines),
        subsidy_of(lines),
        total_of(lines) - subsidy_of(lines),
        (*partners(rules, applicant), *of_lines),
        largest_subsidy(lines, rules, cap_ntd),
        relief(lines, rules, cap_ntd),
        largest_read_otherwise(lines, rules, cap_ntd),
        complying,
        named if cap_ntd is None else min(named, cap_ntd),
    )


def _self_fund(rule: SelfFund | None, rules: BudgetRules, lines: Sequence[BudgetLine]) -> RuleVerdict:
    section, total = RuleSection.SELF_FUND, total_of(lines)
    if rule is None:
        sentence = "所讀資料未載自籌款比率，請向計畫窗口確認。"
        return RuleVerdict(section, _unstated(subsidy_of(lines)), "自籌款比率未載", sentence, rules.origin)
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
    figure, limit, move = _held(rule, lines)
    if rule.counts == "subsidy":
        remedy = f"請由補助款改列自籌款 {ntd(move)}。"
    else:
        growth = f"其他科目須增加 {ntd(least_growth(rule, lines))}。"
        remedy = growth if move == figure else f"請刪減 {ntd(move)}；不刪減則{growth}"
    compared = f"超過上限 {ntd(limit)}：{remedy}" if move else f"未超過上限 {ntd(limit)}。"
    sentence = f"此科目的{COUNTED[rule.counts]} {ntd(figure)}，{compared}"
    if not rule.counts_checked:
        other = read_otherwise(rule)
        figure_then, _, move_then = _held(other, lines)
        then = (
            f"若以{COUNTED[other.counts]}計為 {ntd(figure_then)}，{'超過' if move_then else '未超過'}上限。"
        )
        sentence += f"以{COUNTED[rule.counts]}計是假設；{then}"
    return RuleVerdict(section, _outcome(move), rule.text, sentence, rule.origin, figure, limit, move)


COUNTED = {"subsidy": "補助款", "amount": "經費"}


def _held(rule: Share, lines: Sequence[BudgetLine]) -> tuple[int, int, int]:
    """Return the figure that counts, its limit, and what to move or cut, in NT$."""
    limit = rule.max_percent * total_of(lines) // 100
    concerned = of_kinds(lines, rule.kinds)
    if rule.counts == "subsidy":
        return subsidy_of(concerned), limit, max(0, subsidy_of(concerned) - limit)
    return total_of(concerned), limit, least_cut(rule, lines)


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


def _unlisted(rules: BudgetRules, lines: Sequence[BudgetLine]) -> Iterator[RuleVerdict]:
    """Tell of lines that no rule speaks of: whether they can be subsidised is the programme's to say."""
    unnamed = frozenset(ItemKind) - rules.named_kinds
    concerned = of_kinds(lines, unnamed)
    if not concerned:
        return
    known, asked = rules.subsidised, subsidy_of(concerned)
    what = "未列於補助科目" if known else "：所讀資料未載是否為補助科目"
    counted = f"；所列補助款暫計入（{ntd(asked)}）" if asked else ""
    yield RuleVerdict(
        RuleSection.BUDGET_ITEMS,
        _unstated(asked),
        known.text if known else "補助科目未載",
        f"{_places(lines, unnamed)}{what}，請向計畫窗口確認{counted}。",
        known.origin if known else rules.origin,
        asked,
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


def _unstated(asked: int) -> BudgetOutcome:
    """Return what a rule comes to that no source states: it decides nothing where no subsidy is asked."""
    return BudgetOutcome.UNDECIDED if asked else BudgetOutcome.NOT_APPLICABLE


def _outcome(move: int) -> BudgetOutcome:
    return BudgetOutcome.FAIL if move else BudgetOutcome.PASS


def _places(lines: Sequence[BudgetLine], kinds: Collection[ItemKind]) -> str:
    """Return where lines of these kinds stand, counted from 1, with what they are called."""
    found = [(number, line.label) for number, line in enumerate(lines, start=1) if line.kind in kinds]
    return "、".join(f"第 {number} 項{f'「{label}」' if label else ''}" for number, label in found)
