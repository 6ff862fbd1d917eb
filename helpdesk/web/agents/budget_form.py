"""The form of the budget check: its rows as they were typed, and what they ask to be checked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from helpdesk.policy.budget_ceilings import wanted_facts
from helpdesk.policy.budget_lines import FIELDS, MOST_LINES, BudgetLine, parse_lines
from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.text_rules import folded
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.budgets import BudgetRules
from knowledge_base.records.measures import Edition, Measure
from knowledge_base.records.vocabulary import Fact, Theme

ROWS_SHOWN, MORE_ROWS = 8, 5
MOST_PARTNERS = 999
_COUNT = re.compile(r"0{0,9}[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Budgeted:
    """An edition of a measure with the rules that budgets are held against."""

    measure: Measure
    edition: Edition
    rules: BudgetRules

    @property
    def key(self) -> str:
        """Return how the form names it: idb10_mfg_case/112."""
        return f"{self.measure.id}/{self.edition.key}"


@dataclass(frozen=True, slots=True)
class BudgetForm:
    """What was typed, as it was typed; a row has the fields of `budget_lines.FIELDS`."""

    against: str
    theme: str
    partners: str
    rows: tuple[Mapping[str, str], ...]

    @property
    def may_grow(self) -> bool:
        """Tell whether there may be more rows."""
        return len(self.rows) < MOST_LINES

    def with_more_rows(self) -> "BudgetForm":
        """Return the form with five more empty rows, as far as there may be more."""
        more = min(MORE_ROWS, max(0, MOST_LINES - len(self.rows)))
        return replace(self, rows=(*self.rows, *({} for _ in range(more))))

    def filled_with(self, lines: Iterable[BudgetLine]) -> "BudgetForm":
        """Return the form with these lines in its rows and the rest of the rows empty."""
        rows = [_row(line) for line in lines]
        empty: list[dict[str, str]] = [{}] * (max(ROWS_SHOWN, len(self.rows)) - len(rows))
        return replace(self, rows=(*rows, *empty))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked against which rules."""

    budgeted: Budgeted
    lines: tuple[BudgetLine, ...]
    theme: Theme | None
    partner_count: int | None


def budgeted_editions(knowledge: Knowledge) -> Iterator[Budgeted]:
    """Yield every edition that has budget rules, the newest of a measure first."""
    for measure in knowledge.measures.values():
        for edition in reversed(measure.editions):
            if edition.budget is not None:
                yield Budgeted(measure, edition, knowledge.budget_rules[edition.budget])


def where_needed(fact: Fact, knowledge: Knowledge) -> str:
    """Return the names of the rules that depend on a fact of the applicant, in words."""
    return "、".join(rules.name for rules in knowledge.budget_rules.values() if fact in wanted_facts(rules))


def read_form(typed: Mapping[str, str]) -> BudgetForm:
    """Return what a form says, with at least eight rows; fields that are not there are empty."""
    count = sum(name.startswith("amount-") for name in typed)
    rows = (
        {name: typed.get(f"{name}-{number}", "") for name in FIELDS}
        for number in range(1, max(ROWS_SHOWN, min(count, MOST_LINES)) + 1)
    )
    return BudgetForm(
        typed.get("against", ""), typed.get("theme", ""), typed.get("partners", ""), tuple(rows)
    )


def what_is_asked(form: BudgetForm, knowledge: Knowledge) -> Asked:
    """Return what the form asks. Raises FieldProblems with a sentence for each field that cannot be read."""
    problems: dict[str, str] = {}
    budgeted = next((each for each in budgeted_editions(knowledge) if each.key == form.against), None)
    if budgeted is None:
        problems["against"] = "請選擇要依哪一項措施、哪一年的規定檢核。"
    partners = folded(form.partners)
    if partners and not _COUNT.fullmatch(partners):
        problems["partners"] = f"合作廠商家數請寫 0 到 {MOST_PARTNERS} 的整數，例如 10。"
    lines: tuple[BudgetLine, ...] = ()
    try:
        lines = parse_lines(form.rows)
    except FieldProblems as refusal:
        problems |= refusal.problems
    if problems or budgeted is None:
        raise FieldProblems(problems)
    theme = Theme(form.theme) if form.theme in {*Theme} else None
    return Asked(budgeted, lines, theme, int(partners) if partners else None)


def _row(line: BudgetLine) -> dict[str, str]:
    return {
        "kind": line.kind.value,
        "label": line.label,
        "amount": f"{line.amount_ntd:,}",
        "subsidy": f"{line.subsidy_ntd:,}",
        "domestic": "1" if line.domestic else "",
    }
