"""Which ceiling holds for an application and how many partners it must bring, by theme and partners.

Either may be unknown; a verdict is definite only when it is the same whatever they turn out to be.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from helpdesk.policy.budget_verdicts import BudgetOutcome, RuleVerdict, to_ask
from helpdesk.policy.money_in_words import ntd
from knowledge_base.records.budgets import BudgetRules, Cap
from knowledge_base.records.vocabulary import Fact, RuleSection, Theme

Case = tuple[Theme, int]


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of who applies; `partner_count` counts the enterprises that join the applicant."""

    theme: Theme | None = None
    partner_count: int | None = None

    def cases(self, rules: BudgetRules) -> tuple[Case, ...]:
        """Return the themes and numbers of partners that are possible, as far as the rules tell them apart."""
        themes = [self.theme] if self.theme else list(Theme)
        apart = sorted({0, *(cap.partners_min for cap in rules.caps)})
        return tuple(product(themes, apart if self.partner_count is None else [self.partner_count]))


def wanted_facts(rules: BudgetRules) -> frozenset[Fact]:
    """Return which of theme and partners the rules depend on."""
    theme = {Fact.THEME} if any(cap.theme for cap in rules.caps) else set()
    partners = {Fact.PARTNER_COUNT} if any(cap.partners_min for cap in rules.caps) else set()
    return frozenset(theme | partners)


def caps_for(rules: BudgetRules, applicant: Applicant) -> tuple[Cap, ...]:
    """Return the ceilings that are possible: at most one, unless theme or partners are unknown."""
    possible = {_cap(rules, *case) for case in applicant.cases(rules)}
    return tuple(cap for cap in rules.caps if cap in possible)


def ceiling(rules: BudgetRules, applicant: Applicant, asked: int) -> RuleVerdict:
    """Return how a subsidy asked, in NT$, stands against the ceiling."""
    section = RuleSection.AMOUNT
    caps = caps_for(rules, applicant)
    if not caps:
        outcome = BudgetOutcome.UNDECIDED if asked else BudgetOutcome.NOT_APPLICABLE
        sentence = "所讀資料未載補助上限，請向計畫窗口確認。"
        return RuleVerdict(section, outcome, "補助上限未載", sentence, rules.origin)

    def stands(theme: Theme, partner_count: int) -> BudgetOutcome:
        cap = _cap(rules, theme, partner_count)
        if cap is None and asked:
            return BudgetOutcome.UNDECIDED
        return BudgetOutcome.FAIL if cap and asked > cap.cap_ntd else BudgetOutcome.PASS

    lowest = min(caps, key=lambda cap: cap.cap_ntd)
    each = "、".join(f"{cap.label} {ntd(cap.cap_ntd)}" for cap in caps)
    move = max(0, asked - lowest.cap_ntd)
    outcome, ask = _decided(applicant.cases(rules), stands)
    if outcome is BudgetOutcome.PASS:
        compared = f"，未超過上限（{each}）。"
    elif outcome is BudgetOutcome.FAIL:
        compared = f"，超過上限（{each}）：請由補助款改列自籌款 {ntd(move)}。"
    else:
        compared = f"；上限尚未確定（{each}），{to_ask(ask)}。"
    text = "；".join(cap.text for cap in caps)
    sentence = f"申請補助款 {ntd(asked)}{compared}"
    return RuleVerdict(
        section, outcome, text, sentence, lowest.origin, asked, lowest.cap_ntd, move, ask=ask
    )  # fmt: skip


def partners(rules: BudgetRules, applicant: Applicant) -> Iterator[RuleVerdict]:
    """Tell whether enough partners join, where an application must bring any.

    Where the theme is unknown, too few are held against the fewest that any theme accepts.
    """
    cases, count = applicant.cases(rules), applicant.partner_count
    entries = {theme: _entry(rules, theme) for theme, _ in cases}
    asking = list(dict.fromkeys(cap for cap in entries.values() if cap and cap.partners_min))
    if not asking:
        return

    def stands(theme: Theme, partner_count: int) -> BudgetOutcome:
        cap = entries[theme]
        return BudgetOutcome.FAIL if cap and partner_count < cap.partners_min else BudgetOutcome.PASS

    outcome, ask = _decided(cases, stands)
    bound = (min if outcome is BudgetOutcome.FAIL else max)(asking, key=lambda cap: cap.partners_min)
    each = "、".join(f"{cap.label}須帶 {cap.partners_min} 家以上" for cap in asking)
    move = 0 if count is None else max(0, bound.partners_min - count)
    if outcome is BudgetOutcome.PASS:
        compared = f"，達到要求（{each}）。"
    elif outcome is BudgetOutcome.FAIL:
        compared = f"，不足（{each}）：至少還須增加 {move} 家。"
    else:
        compared = f"；{each}，{to_ask(ask)}。"
    standing = "合作廠商家數不明" if count is None else f"合作廠商 {count} 家"
    yield RuleVerdict(
        RuleSection.SUBMISSION,
        outcome,
        f"合作廠商家數：{each}",
        f"{standing}{compared}",
        bound.origin,
        count,
        bound.partners_min,
        move,
        at_least=True,
        unit="家",
        ask=ask,
    )


def _cap(rules: BudgetRules, theme: Theme, partner_count: int) -> Cap | None:
    """Return the ceiling that asks for most of the partners that there are; with too few, the entry's."""
    met = [cap for cap in _fitting(rules, theme) if cap.partners_min <= partner_count]
    return max(met, key=lambda cap: cap.partners_min) if met else _entry(rules, theme)


def _entry(rules: BudgetRules, theme: Theme) -> Cap | None:
    """Return the ceiling that asks for fewest partners."""
    return min(_fitting(rules, theme), key=lambda cap: cap.partners_min, default=None)


def _fitting(rules: BudgetRules, theme: Theme) -> Sequence[Cap]:
    """Return the ceilings of a theme, or else the general ones."""
    own = [cap for cap in rules.caps if cap.theme is theme]
    return own or [cap for cap in rules.caps if cap.theme is None]


def _decided(
    cases: Sequence[Case], stands: Callable[[Theme, int], BudgetOutcome]
) -> tuple[BudgetOutcome, tuple[Fact, ...]]:
    """Return what all cases agree on; where they differ, undecided with the facts that make the difference."""
    found = {case: stands(*case) for case in cases}
    outcomes = set(found.values())
    if len(outcomes) == 1:
        return outcomes.pop(), ()
    apart = [(one, other) for one, other in product(cases, cases) if found[one] is not found[other]]
    ask = (
        *([Fact.THEME] if any(one[1] == other[1] for one, other in apart) else []),
        *([Fact.PARTNER_COUNT] if any(one[0] is other[0] for one, other in apart) else []),
    )
    return BudgetOutcome.UNDECIDED, ask
