"""Which sheets the catalogue's workbook has, and which column of which sheet holds which field."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ..knowledge import Knowledge
from ..records import Capacity, MeasureKind, Operator, OrganisationKind, RuleSection, Theme
from ..records.references import FaqTopic
from ..words import WORDS
from .cells import DAY, FLAG, INSTANT, LINES, NAMES, NTD, PHONES, TEXT, WHOLE, CellKind, one_of, some_of
from .layout import FIELD_COLUMN, Column, Shape, Sheet
from .sections import AMENDABLE
from .words import field_words


def _choice(members: type[StrEnum]) -> CellKind:
    return one_of(WORDS[members])


AS_IT_IS = CellKind(lambda value: value, lambda value: value)
"""The value of a condition, which its fact tells how to read."""

_ORIGIN = (
    Column("origin.source", TEXT, 16),
    Column("origin.checked", FLAG, 8),
    Column("origin.note", TEXT, 30),
)

_MEASURES = Sheet(
    "措施",
    "measures",
    (
        Column("id", TEXT, 24),
        Column("name", TEXT, 44),
        Column("kind", _choice(MeasureKind), 8),
        Column("host.then", TEXT, 20),
        Column("host.now", TEXT, 20),
        Column("summary", TEXT, 50),
        Column("apply_url", TEXT, 30),
        Column("apply_at", TEXT, 20),
        Column("execution_period", TEXT, 24),
        Column("hotlines", PHONES, 24),
        Column("documents", LINES, 30),
        Column("alternatives", NAMES, 24),
        Column("successor", TEXT, 24),
        Column("listed_no", WHOLE, 12),
        *_ORIGIN,
    ),
    identity="id",
)
_EDITIONS = Sheet(
    "年度版",
    "measures",
    (
        Column("key", TEXT, 10),
        Column("window.opens_at", INSTANT, 20),
        Column("window.closes_at", INSTANT, 20),
        Column("window.or_funds_exhausted", FLAG, 16),
        Column("window.funds_exhausted_at", INSTANT, 20),
        Column("window.closed_early_at", INSTANT, 20),
        Column("window.opens_assumed", FLAG, 12),
        Column("window.closes_assumed", FLAG, 12),
        Column("window.text", TEXT, 44),
        Column("conditions_partial", FLAG, 14),
        Column("budget", TEXT, 24),
        Column("note", TEXT, 30),
        *_ORIGIN,
    ),
    inside=("editions",),
    identity="key",
)
_AMOUNTS = Sheet(
    "金額",
    "measures",
    (
        Column("label", TEXT, 24),
        Column("cap_ntd", NTD),
        Column("government_ntd", NTD, 16),
        Column("enterprise_ntd", NTD, 16),
        Column("note", TEXT, 40),
    ),
    inside=("editions", "amounts"),
)
_RULES = Sheet(
    "規則",
    "measures",
    (Column("section", _choice(RuleSection)), Column("text", TEXT, 60), *_ORIGIN),
    inside=("editions", "rules"),
)
_THEMES = Sheet(
    "主題",
    "measures",
    (Column("theme", _choice(Theme), 10), Column("text", TEXT, 60)),
    inside=("themes",),
)
_ORGANISATIONS = Sheet(
    "單位",
    "organisations",
    (
        Column("slug", TEXT, 24),
        Column("name", TEXT, 40),
        Column("short_name", TEXT, 16),
        Column("kind", _choice(OrganisationKind), 18),
        Column("legal_entity", TEXT, 16),
        Column("ubn", TEXT, 12),
        Column("region", TEXT, 10),
        Column("seat", TEXT, 10),
        Column("counties", NAMES, 24),
        Column("sectors", NAMES, 24),
        Column("themes", some_of(WORDS[Theme]), 14),
        Column("employees_min", WHOLE),
        Column("employees_max", WHOLE),
        Column("measures", NAMES, 24),
        Column("specialities", LINES, 24),
        Column("scopes", LINES, 24),
        Column("phones", PHONES, 24),
        Column("emails", LINES, 24),
        Column("capacity", _choice(Capacity), 10),
        Column("capacity_on", DAY, 12),
        Column("active", FLAG, 10),
        *_ORIGIN,
    ),
    identity="slug",
)
_CRITERIA = Sheet(
    "共用條件",
    "criteria",
    (Column("id", TEXT, 24), Column("name", TEXT, 60), *_ORIGIN),
    identity="id",
)

_FAQ = Sheet(
    "常見問答",
    "faq",
    (
        Column("id", TEXT, 24),
        Column("topic", _choice(FaqTopic), 14),
        Column("question", TEXT, 40),
        Column("answer", TEXT, 70),
        Column("measures", NAMES, 24),
        Column("as_of", DAY, 12),
        *_ORIGIN,
    ),
    identity="id",
)
_BRIEFINGS = Sheet(
    "說明會",
    "briefings",
    (
        Column("id", TEXT, 24),
        Column("title", TEXT, 40),
        Column("starts_at", INSTANT, 20),
        Column("ends_at", INSTANT, 20),
        Column("online", FLAG, 8),
        Column("place", TEXT, 30),
        Column("counties", NAMES, 20),
        Column("measures", NAMES, 24),
        Column("sign_up_url", TEXT, 30),
        Column("note", TEXT, 40),
        *_ORIGIN,
    ),
    identity="id",
)

NODE_KINDS: Mapping[str, str] = {
    "all": "全部",
    "any": "任一",
    "not": "非",
    "leaf": "條件",
    "use": "共用條件",
}


def sheets(knowledge: Knowledge) -> tuple[Sheet, ...]:
    """Return the sheets in their order, a parent before what it holds; facts are called as they are asked."""
    tree = _tree_columns({str(fact.id): fact.label for fact in knowledge.facts.values()})
    found = (
        _MEASURES,
        _EDITIONS,
        _AMOUNTS,
        Sheet("資格條件", "measures", tree, inside=("editions", "conditions"), shape=Shape.TREE),
        _RULES,
        _THEMES,
        _ORGANISATIONS,
        _CRITERIA,
        Sheet("共用條件內容", "criteria", tree, inside=("conditions",), shape=Shape.TREE),
        _FAQ,
        _BRIEFINGS,
        Sheet("欄位出處", "", _FIELD_ORIGIN, shape=Shape.ORIGINS),
    )
    return tuple(sheet for sheet in found if sheet.section in {"", *AMENDABLE})


_FIELD_ORIGIN = (
    Column("field", TEXT, 20, FIELD_COLUMN),
    Column("source", TEXT, 16, field_words("origin.source")),
    Column("checked", FLAG, 8, field_words("origin.checked")),
    Column("note", TEXT, 40, field_words("origin.note")),
)


def _tree_columns(facts: Mapping[str, str]) -> tuple[Column, ...]:
    return (
        Column("number", TEXT, 10, "編號"),
        Column("type", one_of(NODE_KINDS), 10, "類型"),
        Column("id", TEXT, 24, "條件代碼"),
        Column("fact", one_of(facts), 20, "事實"),
        Column("op", _choice(Operator), 14, "比較"),
        Column("value", AS_IT_IS, 24, "值"),
        Column("text", TEXT, 44, "說明文字"),
        Column("use", TEXT, 20, "共用條件"),
        Column("unspoken", FLAG, 12, "只為省一問"),
        *_ORIGIN,
    )
