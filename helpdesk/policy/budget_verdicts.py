"""What one rule comes to for the lines of a budget."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from knowledge_base.records.provenance import Origin
from knowledge_base.records.vocabulary import Fact, RuleSection


class BudgetOutcome(StrEnum):
    """What a rule comes to.

    Undecided is a rule that speaks of this budget while something that it rests on is not known; not applicable
    is one that does not speak of it; a note is no condition.
    """

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNDECIDED = "undecided"
    NOT_APPLICABLE = "not_applicable"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule, read out in `rule`; `sentence` says how the lines stand and exactly what to change.

    `figure` is held against `limit`, which is the least if `at_least`, else the most that the rule accepts;
    `move` is what must be moved, cut or added to comply with this rule alone. All three are whole NT$, or
    enterprises where `unit` says so. `ask` are the unknown facts that would decide it.
    """

    section: RuleSection
    outcome: BudgetOutcome
    rule: str
    sentence: str
    origin: Origin
    figure: int | None = None
    limit: int | None = None
    move: int = 0
    at_least: bool = False
    unit: Literal["元", "家"] = "元"
    ask: tuple[Fact, ...] = ()


ASKED_IN_WORDS = {Fact.THEME: "主題", Fact.PARTNER_COUNT: "合作廠商家數"}


def to_ask(facts: Iterable[Fact]) -> str:
    """Return the call to ask for these facts: 請先問明主題與合作廠商家數."""
    wanted = set(facts)
    return f"請先問明{'與'.join(words for fact, words in ASKED_IN_WORDS.items() if fact in wanted)}"
