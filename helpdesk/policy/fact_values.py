"""The facts of an enterprise and its plan: which values each may take, and how they are read.

Three things are kept apart: a fact that is unknown (None, "unknown" or absent), a value that a fact cannot
take, and a name that is no fact. The last two are refused by name, never taken for a no.
"""

import re
from collections.abc import Mapping

from helpdesk.policy.budget_lines import whole_ntd
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import normalise_county
from knowledge_base.records.conditions import FactRecord
from knowledge_base.records.vocabulary import Fact, FactKind

UNKNOWN = "unknown"
_PEOPLE_OR_SHOPS = re.compile(r"[人位名家]\s*$")
LARGEST_COUNT = 10**13
_NAMES = frozenset(Fact)

FactValue = bool | int | str
Facts = Mapping[Fact, FactValue]
"""What is known; a fact that is not in it is unknown."""


class BadFacts(ValueError):
    """Facts that cannot be read; `problems` maps each name to a sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(f"{name}：{reason}" for name, reason in problems.items()))
        self.problems = dict(problems)


def read_facts(raw: Mapping[str, object], knowledge: Knowledge) -> dict[Fact, FactValue]:
    """Return the known facts of a JSON object: booleans, whole numbers and words as the fact's kind asks.

    A county may be written in any spelling. Raises BadFacts naming each fact.
    """
    known: dict[Fact, FactValue] = {}
    problems: dict[str, str] = {}
    for name, value in raw.items():
        if name not in _NAMES:
            problems[name] = "沒有這項事實"
        elif value is not None and value != UNKNOWN:
            try:
                known[Fact(name)] = _value(knowledge.facts[Fact(name)], value, knowledge)
            except ValueError as refusal:
                problems[name] = str(refusal)
    if problems:
        raise BadFacts(problems)
    return known


def typed_facts(typed: Mapping[str, str], knowledge: Knowledge) -> dict[str, FactValue]:
    """Return what a form says of the facts by name, as it is kept: a value each, or "unknown".

    An empty field says nothing, 不知道 says unknown. Yes and no are `yes` and `no`; counts may have
    separators, 萬 and 億. Raises BadFacts naming each fact.
    """
    said: dict[str, FactValue] = {}
    problems: dict[str, str] = {}
    for fact, record in knowledge.facts.items():
        text = typed.get(fact.value, "").strip()
        if not text:
            continue
        try:
            unknown = text in {UNKNOWN, "不知道"}
            said[fact.value] = UNKNOWN if unknown else _value(record, _typed(record, text), knowledge)
        except ValueError as refusal:
            problems[fact.value] = str(refusal)
    if problems:
        raise BadFacts(problems)
    return said


def fact_in_words(record: FactRecord, value: FactValue | None) -> str:
    """Return a value as people read it; None is 不知道."""
    if value is None or value == UNKNOWN:
        return "不知道"
    match record.kind:
        case FactKind.YES_NO:
            return "是" if value else "否"
        case FactKind.CHOICE:
            return next((c.label for c in record.choices if c.value == value), str(value))
        case FactKind.COUNT if isinstance(value, int):
            return f"{value:,} {record.unit or ''}".strip()
        case _:
            return str(value)


def _value(record: FactRecord, value: object, knowledge: Knowledge) -> FactValue:
    """Return the value as conditions compare it. Raises ValueError saying what the fact can be."""
    match record.kind:
        case FactKind.YES_NO if isinstance(value, bool):
            return value
        case FactKind.COUNT if type(value) is int and 0 <= value <= LARGEST_COUNT:
            return value
        case FactKind.CHOICE if isinstance(value, str) and any(c.value == value for c in record.choices):
            return value
        case FactKind.SECTOR if isinstance(value, str) and any(
            value in group.sectors for group in knowledge.sectors.values()
        ):
            return value
        case FactKind.COUNTY if isinstance(value, str) and (county := normalise_county(knowledge, value)):
            return county
    raise ValueError(_wanted(record))


def _wanted(record: FactRecord) -> str:
    words = {
        FactKind.YES_NO: "應為 true 或 false",
        FactKind.COUNT: f"應為 0 到 {LARGEST_COUNT:,} 的整數",
        FactKind.SECTOR: "應為行業細類之一",
        FactKind.COUNTY: "應為 22 縣市之一",
        FactKind.CHOICE: "應為 " + "、".join(choice.value for choice in record.choices) + " 之一",
    }
    return f"「{record.label}」{words[record.kind]}"


def _typed(record: FactRecord, text: str) -> object:
    """Return typed text as the kind of value that the fact takes; what cannot be is left as it is."""
    if record.kind is FactKind.YES_NO:
        return {"yes": True, "no": False}.get(text, text)
    if record.kind is FactKind.COUNT:
        return _count(text)
    return text


def _count(text: str) -> object:
    """Read 12人 as the budget reads money: 1,200、１２００、1億2,000萬元. What is no count is left as it is."""
    try:
        return whole_ntd(_PEOPLE_OR_SHOPS.sub("", text))
    except ValueError:
        return text
