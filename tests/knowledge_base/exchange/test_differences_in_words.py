"""What changed is said field by field, in the words of the screens."""

from typing import Any

import pytest

from knowledge_base.exchange.differences import FieldChange, differences
from knowledge_base.exchange.plain import stored
from knowledge_base.exchange.sections import AMENDABLE
from knowledge_base.exchange.words import field_words
from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import amended
from knowledge_base.records import Amount, Edition, Host, Phone, Record, RuleLine, ThemeText, Window
from knowledge_base.records.budgets import (
    BudgetRules,
    Cap,
    Instalment,
    ItemList,
    PaymentOption,
    Priority,
    SelfFund,
    Share,
)
from knowledge_base.words import WORDS

budgets = (
    BudgetRules, Cap, Instalment, ItemList, PaymentOption, Priority, SelfFund, Share,
)  # fmt: skip
SEED = {"source": "seed", "checked": True}
LEAF = {
    "id": "emp_ge_20",
    "fact": "regular_employees",
    "op": ">=",
    "value": 20,
    "text": "經常僱用員工 20 人以上",
    "origin": SEED,
}


@pytest.fixture
def raw(knowledge: Knowledge) -> dict[str, Any]:
    return stored(knowledge.measures["idb10_mfg_case"])


def changes(knowledge: Knowledge, raw: dict[str, Any]) -> tuple[FieldChange, ...]:
    (change,) = differences(knowledge, amended(knowledge, {"measures": {raw["id"]: raw}}))
    assert (change.section, change.section_words, change.id) == ("measures", "措施", raw["id"])
    return change.fields


def test_nothing_changed_is_no_difference(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    assert differences(knowledge, amended(knowledge, {"measures": {raw["id"]: raw}})) == ()


def test_fields_are_called_as_on_the_sheets(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    raw["kind"], raw["host"]["now"] = "loan", "經濟部"
    edition = raw["editions"][1]
    edition["window"] |= {"closes_at": "2025-04-30T17:00:00+08:00", "or_funds_exhausted": False}
    assert changes(knowledge, raw) == (
        FieldChange("種類", "補助", "貸款"),
        FieldChange("現在的主管機關", "產業發展署", "經濟部"),
        FieldChange("年度版 114／受理截止", "2025-03-20 18:00:00", "2025-04-30 17:00:00"),
        FieldChange("年度版 114／經費用罄即截止", "是", "否"),
    )


def test_of_a_list_only_the_items_that_differ_are_said(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    raw["documents"].append("切結書")
    raw["hotlines"][0]["extensions"] = ["300"]
    raw["editions"][1]["amounts"][0]["cap_ntd"] = 6_000_000
    assert changes(knowledge, raw) == (
        FieldChange("年度版 114／金額", "每案上限；上限（元） 5,000,000", "每案上限；上限（元） 6,000,000"),
        FieldChange("專線", "02-2709-0638#211、212", "02-2709-0638#300"),
        FieldChange("申請文件", "", "切結書"),
    )


def test_another_order_shows_both_orders(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    raw["alternatives"].reverse()
    (change,) = changes(knowledge, raw)
    assert change.before.split("\n") == change.after.split("\n")[::-1]


def test_conditions_are_said_by_their_texts(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    parts = raw["editions"][0]["conditions"]["all"]
    parts[3] = LEAF
    parts[1] = {"not": {"use": "commerce", "origin": SEED}}
    assert changes(knowledge, raw) == (
        FieldChange(
            "年度版 112／資格條件",
            "共用條件：依法辦理工廠登記，或依法免辦並附證明\n經常僱用員工 10 人以上（員工人數 至少 10）",
            "非「共用條件：商業服務業」\n經常僱用員工 20 人以上（員工人數 至少 20）",
        ),
    )


def test_conditions_that_are_only_tied_otherwise_are_said_whole(
    knowledge: Knowledge, raw: dict[str, Any]
) -> None:
    edition = raw["editions"][0]
    edition["conditions"] = {"any": edition["conditions"]["all"]}
    (change,) = changes(knowledge, raw)
    assert ("，且" in change.before, "；或" in change.after) == (True, True)


def test_conditions_of_another_source_say_their_sources(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    raw["editions"][0]["conditions"]["all"][2]["origin"] = {"source": "general", "checked": False}
    (change,) = changes(knowledge, raw)
    assert "seed（已查證" in change.before
    assert "general（假設）" in change.after


def test_conditions_that_become_known_had_no_words_before(knowledge: Knowledge) -> None:
    raw = stored(knowledge.measures["tariff_orders"])
    raw["editions"][0]["conditions"] = LEAF
    (change,) = changes(knowledge, raw)
    assert (change.before, change.after) == ("", "經常僱用員工 20 人以上（員工人數 至少 20）")


def test_origins_of_fields_are_said_one_by_one(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    raw["field_origins"]["apply_url"]["checked"] = False
    raw["field_origins"]["name"] = {"source": "seed", "checked": True, "note": "封面"}
    assert changes(knowledge, raw) == (
        FieldChange("欄位出處 申請網址", "bip_newsletter（已查證）", "bip_newsletter（假設）"),
        FieldChange("欄位出處 名稱", "", "seed（已查證，封面）"),
    )


def test_a_new_record_lists_what_it_says(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    new = raw | {"id": "new", "name": "新措施"}
    (change,) = differences(knowledge, amended(knowledge, {"measures": {"new": new}}))
    assert (change.added, change.name) == (True, "新措施")
    assert FieldChange("年度版 114／受理截止", "", "2025-03-20 18:00:00") in change.fields
    assert all(field.before == "" and field.after for field in change.fields)


def test_a_change_of_a_criterion_is_its_own_alone(knowledge: Knowledge) -> None:
    raw = stored(knowledge.criteria["commerce"]) | {"name": "商業與服務業"}
    (change,) = differences(knowledge, amended(knowledge, {"criteria": {"commerce": raw}}))
    assert (change.section_words, change.fields) == (
        "共用條件",
        (FieldChange("名稱", "商業服務業", "商業與服務業"),),
    )


@pytest.mark.parametrize(
    "model",
    [
        *(section.model for section in AMENDABLE.values()),
        Edition,
        Amount,
        RuleLine,
        ThemeText,
        Phone,
        *budgets,
    ],
)
def test_every_field_has_words_that_no_other_field_of_the_record_has(model: type[Record]) -> None:
    inner = {"window": Window, "host": Host}
    words = [
        field_words(f"{name}.{own}" if own else name)
        for name in model.model_fields
        for own in (inner[name].model_fields if name in inner else ("",))
    ]
    assert not [name for name in words if name.isascii()]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("members", WORDS)
def test_every_member_of_a_closed_set_has_words(members: Any) -> None:
    assert set(WORDS[members]) == set(members)
    assert len(set(WORDS[members].values())) == len(members)
