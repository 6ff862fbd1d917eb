"""How much of a budget's lines may be subsidised, and the least change that makes a budget comply.

All in whole NT$; percentages are compared by cross-multiplication, so that nothing is rounded in between.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from helpdesk.policy.budget_lines import BudgetLine
from knowledge_base.records.budgets import BudgetRules, SelfFund, Share
from knowledge_base.records.vocabulary import ItemKind


@dataclass(frozen=True, slots=True)
class LineChange:
    """What becomes of a line: `cut_ntd` off its amount, its subsidy lower by `move_ntd`."""

    before: BudgetLine
    after: BudgetLine

    @property
    def cut_ntd(self) -> int:
        """Return by how much the amount is cut."""
        return self.before.amount_ntd - self.after.amount_ntd

    @property
    def move_ntd(self) -> int:
        """Return by how much less is asked as subsidy."""
        return self.before.subsidy_ntd - self.after.subsidy_ntd


@dataclass(frozen=True, slots=True)
class Relief:
    """What may be asked once no amount of `kinds` is too large a share of the total.

    Either these amounts are cut by `cut_ntd`, or self-funded items of other kinds grow by `growth_ntd`.
    """

    kinds: tuple[ItemKind, ...]
    cut_ntd: int
    subsidy_after_cut_ntd: int
    growth_ntd: int
    subsidy_after_growth_ntd: int


def total_of(lines: Sequence[BudgetLine]) -> int:
    """Return the amounts of all lines together."""
    return sum(line.amount_ntd for line in lines)


def subsidy_of(lines: Sequence[BudgetLine]) -> int:
    """Return the subsidy asked for all lines together."""
    return sum(line.subsidy_ntd for line in lines)


def of_kinds(lines: Sequence[BudgetLine], kinds: Collection[ItemKind]) -> tuple[BudgetLine, ...]:
    """Return the lines of these kinds, in order."""
    return tuple(line for line in lines if line.kind in kinds)


def least_self_fund(rule: SelfFund, total: int) -> int:
    """Return the smallest self-funded part of a total that the rule accepts."""
    if rule.strictly_more:
        return rule.percent * total // 100 + 1
    return -(-rule.percent * total // 100)


def least_cut(share: Share, lines: Sequence[BudgetLine]) -> int:
    """Return how much to cut off the amounts of the share's kinds, whose cut lowers the total as well."""
    amount = total_of(of_kinds(lines, share.kinds))
    others = total_of(lines) - amount
    return max(0, amount - share.max_percent * others // (100 - share.max_percent))


def least_growth(share: Share, lines: Sequence[BudgetLine]) -> int:
    """Return how much the other amounts would have to grow instead of that cut."""
    amount = total_of(of_kinds(lines, share.kinds))
    return max(0, -(-100 * amount // share.max_percent) - total_of(lines))


def largest_subsidy(lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None) -> int:
    """Return the most that may be asked for these lines; 0 when an amount itself is too large a share."""
    return 0 if _too_large(lines, rules) else subsidy_of(_moved(_asking_all(lines), rules, cap_ntd))


def relief(lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None) -> Relief | None:
    """Return what is left to ask once the amounts comply; None when none is too large a share."""
    shares = _too_large(lines, rules)
    if not shares:
        return None
    cut = _cut(lines, rules)
    growth = max(least_growth(share, lines) for share in shares)
    grown = (*_asking_all(lines), BudgetLine(ItemKind.OTHER, "", growth, 0))
    return Relief(
        tuple(kind for kind in ItemKind if any(kind in share.kinds for share in shares)),
        total_of(lines) - total_of(cut),
        largest_subsidy(cut, rules, cap_ntd),
        growth,
        subsidy_of(_moved(grown, rules, cap_ntd)),
    )


def read_otherwise(share: Share) -> Share:
    """Return the share as it would be if its limit counted the other figure of its items."""
    return share.model_copy(update={"counts": "subsidy" if share.counts == "amount" else "amount"})


def largest_read_otherwise(
    lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None
) -> int | None:
    """Return the largest subsidy if shares whose reading is assumed counted the other figure.

    None where no reading is assumed of any item that is budgeted.
    """
    if not any(not share.counts_checked and total_of(of_kinds(lines, share.kinds)) for share in rules.shares):
        return None
    shares = tuple(share if share.counts_checked else read_otherwise(share) for share in rules.shares)
    return largest_subsidy(lines, rules.model_copy(update={"shares": shares}), cap_ntd)


def changes_to_comply(
    lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None
) -> tuple[LineChange, ...]:
    """Return every line with the least change after which all comply.

    Amounts that are too large a share are cut, then subsidy is moved to the self-funded part; each from the
    last line back.
    """
    return tuple(map(LineChange, lines, _moved(_cut(lines, rules), rules, cap_ntd)))


def _too_large(lines: Sequence[BudgetLine], rules: BudgetRules) -> tuple[Share, ...]:
    """Return the shares that amounts themselves exceed, whatever is asked for them."""
    return tuple(share for share in rules.shares if share.counts == "amount" and least_cut(share, lines))


def _asking_all(lines: Sequence[BudgetLine]) -> tuple[BudgetLine, ...]:
    return tuple(replace(line, subsidy_ntd=line.amount_ntd) for line in lines)


def _cut(lines: Sequence[BudgetLine], rules: BudgetRules) -> tuple[BudgetLine, ...]:
    """Cut amounts until none is too large a share: one share's cut lowers the total of another."""
    left, before = tuple(lines), None
    while left != before:
        before = left
        for share in rules.shares:
            if share.counts == "amount":
                left = _with_amounts_cut(left, share.kinds, least_cut(share, left))
    return left


def _moved(lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None) -> tuple[BudgetLine, ...]:
    """Move subsidy that is too much: first of single kinds, as no other line can make up for it."""
    total, left = total_of(lines), tuple(lines)
    if rules.self_fund_only:
        left = _with_subsidy_at_most(left, rules.self_fund_only.kinds, 0)
    for share in rules.shares:
        if share.counts == "subsidy":
            left = _with_subsidy_at_most(left, share.kinds, share.max_percent * total // 100)
    ceiling = total if cap_ntd is None else cap_ntd
    if rules.self_fund:
        ceiling = min(ceiling, max(0, total - least_self_fund(rules.self_fund, total)))
    return _with_subsidy_at_most(left, tuple(ItemKind), ceiling)


def _with_subsidy_at_most(
    lines: Sequence[BudgetLine], kinds: Collection[ItemKind], limit: int
) -> tuple[BudgetLine, ...]:
    excess = subsidy_of(of_kinds(lines, kinds)) - limit
    left: list[BudgetLine] = []
    for line in reversed(lines):
        moved = min(line.subsidy_ntd, max(0, excess)) if line.kind in kinds else 0
        excess -= moved
        left.append(replace(line, subsidy_ntd=line.subsidy_ntd - moved))
    return tuple(reversed(left))


def _with_amounts_cut(
    lines: Sequence[BudgetLine], kinds: Collection[ItemKind], excess: int
) -> tuple[BudgetLine, ...]:
    left: list[BudgetLine] = []
    for line in reversed(lines):
        cut = min(line.amount_ntd, excess) if line.kind in kinds else 0
        excess -= cut
        amount = line.amount_ntd - cut
        left.append(replace(line, amount_ntd=amount, subsidy_ntd=min(line.subsidy_ntd, amount)))
    return tuple(reversed(left))
