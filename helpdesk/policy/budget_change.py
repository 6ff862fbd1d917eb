"""How much of a budget's lines may be subsidised, and the least change that makes a budget comply.

All in whole NT$; percentages are compared by cross-multiplication, so that nothing is rounded in between.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import product

from helpdesk.policy.budget_lines import BudgetLine
from knowledge_base.records.budgets import BudgetRules, Cap, SelfFund, Share
from knowledge_base.records.vocabulary import ItemKind, Theme


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


def caps_for(caps: Sequence[Cap], theme: Theme | None, partner_count: int | None) -> tuple[Cap, ...]:
    """Return the ceilings that are possible: at most one, unless theme or partners are unknown."""
    themes = [theme] if theme else list(Theme)
    counts = {0, *(cap.partners_min for cap in caps)} if partner_count is None else {partner_count}
    possible = {_cap(caps, *known) for known in product(themes, counts)}
    return tuple(cap for cap in caps if cap in possible)


def _cap(caps: Sequence[Cap], theme: Theme, partner_count: int) -> Cap | None:
    """Return the ceiling of a theme before a general one, then the one that asks for most partners.

    With too few partners for any it is the one that asks for fewest.
    """
    fitting = [cap for cap in caps if cap.theme is theme] or [cap for cap in caps if cap.theme is None]
    met = [cap for cap in fitting if cap.partners_min <= partner_count]
    if met:
        return max(met, key=lambda cap: cap.partners_min)
    return min(fitting, key=lambda cap: cap.partners_min, default=None)


def largest_subsidy(lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None) -> int:
    """Return the most that may be asked for these lines; 0 when an amount itself is too large a share."""
    if any(least_cut(share, lines) for share in rules.shares if share.counts == "amount"):
        return 0
    asking_all = tuple(replace(line, subsidy_ntd=line.amount_ntd) for line in lines)
    return subsidy_of(_moved(asking_all, rules, cap_ntd))


def changes_to_comply(
    lines: Sequence[BudgetLine], rules: BudgetRules, cap_ntd: int | None
) -> tuple[LineChange, ...]:
    """Return every line with the least change after which all comply.

    Amounts that are too large a share are cut, then subsidy is moved to the self-funded part; each from the
    last line back.
    """
    return tuple(map(LineChange, lines, _moved(_cut(lines, rules), rules, cap_ntd)))


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
