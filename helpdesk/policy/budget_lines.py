"""The lines of a budget, and how they are read from what was typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.text_rules import BadText, clean_line, folded
from knowledge_base.records.vocabulary import ItemKind

MOST_LINES = 50
MOST_NTD = 10**12
FIELDS = ("kind", "label", "amount", "subsidy", "domestic")


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """An item in whole NT$, and how much of it is asked as subsidy; the rest is self-funded.

    `domestic` says that the equipment is made in Taiwan.
    """

    kind: ItemKind
    label: str
    amount_ntd: int
    subsidy_ntd: int
    domestic: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.subsidy_ntd <= self.amount_ntd:
            raise ValueError("the subsidy of a line lies between 0 and its amount")


def parse_lines(rows: Sequence[Mapping[str, str]]) -> tuple[BudgetLine, ...]:
    """Return the lines of typed rows, each with the `FIELDS`; rows without label and money are skipped.

    Money may be full-width, grouped by commas, and have 萬 or 億. An empty subsidy is none; any `domestic`
    is a yes. Raises FieldProblems with a sentence for each field, under `amount-2` for its row
    (rows from 1), or under `rows` for too many of them or none.
    """
    typed = [(number, row) for number, row in enumerate(rows, start=1) if _is_filled(row)]
    if not typed:
        raise FieldProblems({"rows": "請至少填寫一列經費。"})
    if len(typed) > MOST_LINES:
        raise FieldProblems({"rows": f"最多 {MOST_LINES} 列，現在有 {len(typed)} 列，請合併同科目的項目。"})
    lines: list[BudgetLine] = []
    problems: dict[str, str] = {}
    for number, row in typed:
        try:
            lines.append(_line(row))
        except FieldProblems as refusal:
            for field, reason in refusal.problems.items():
                problems[f"{field}-{number}"] = f"第 {number} 列「{_FIELD_WORDS[field]}」：{reason}"
    if problems:
        raise FieldProblems(problems)
    return tuple(lines)


_FIELD_WORDS = {"kind": "科目", "label": "項目名稱", "amount": "金額", "subsidy": "補助款"}


def _is_filled(row: Mapping[str, str]) -> bool:
    return any(row.get(field, "").strip() for field in ("label", "amount", "subsidy"))


def _line(row: Mapping[str, str]) -> BudgetLine:
    """Return the line of one row. Raises FieldProblems by field."""
    problems: dict[str, str] = {}
    label, amount, subsidy = "", 0, 0
    kind = row.get("kind", "").strip()
    if kind not in {*ItemKind}:
        problems["kind"] = "請從清單選擇經費科目。"
    try:
        label = clean_line(row.get("label", ""))
    except BadText as refusal:
        problems["label"] = str(refusal)
    try:
        amount = whole_ntd(row.get("amount", ""))
    except ValueError as refusal:
        problems["amount"] = str(refusal)
    try:
        subsidy = whole_ntd(row.get("subsidy", "").strip() or "0")
    except ValueError as refusal:
        problems["subsidy"] = str(refusal)
    if not problems and subsidy > amount:
        problems["subsidy"] = f"補助款 {subsidy:,} 元不能超過這一列的金額 {amount:,} 元。"
    if problems:
        raise FieldProblems(problems)
    return BudgetLine(ItemKind(kind), label, amount, subsidy, bool(row.get("domestic", "").strip()))


_NUMBER = r"([0-9]{1,30}(?:\.[0-9]{1,10})?|[0-9]{1,3}(?:,[0-9]{3}){1,10})"
_MONEY = re.compile(rf"(?:NT\$?|\$)?(?:{_NUMBER}億)?(?:{_NUMBER}萬)?{_NUMBER}?元?", re.IGNORECASE)
_LONGEST = 60


def whole_ntd(text: str) -> int:
    """Return an amount of money as typed: 1,234,000、１２３、500萬、1億2,000萬元、1.5億.

    Raises ValueError saying what is wrong with it, for the person who typed it.
    """
    written = re.sub(r"\s", "", folded(text))
    if not written:
        raise ValueError("請填寫金額，以整數元計。")
    found = _MONEY.fullmatch(written) if len(written) <= _LONGEST else None
    if written[0] in "-−":
        raise ValueError("金額不可為負數。")
    if not found or not any(found.groups()):
        raise ValueError("請填整數元，例如 1,234,000 或 500萬。")
    parts = (Fraction((part or "0").replace(",", "")) for part in found.groups())
    amount = sum((part * unit for part, unit in zip(parts, (10**8, 10**4, 1), strict=True)), Fraction(0))
    if amount.denominator != 1:
        raise ValueError("請填整數元，不到一元的部分請捨去。")
    if amount > MOST_NTD:
        raise ValueError("金額不能超過一兆元，請確認是否多打了幾個零。")
    return amount.numerator
