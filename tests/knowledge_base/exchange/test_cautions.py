"""What to look at before an edit is applied: values under old sources, lost conditions, texts left behind."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from knowledge_base.exchange.cautions import cautions
from knowledge_base.exchange.plain import stored
from knowledge_base.exchange.unsourced import Caution
from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import amended

SINGLE, IDB, RULES = "tariff_rd_single", "idb10_mfg_case", "tariff_rd"
Document = dict[str, Any]
Edit = Callable[[Document], object]


def newest(measure: Document) -> Document:
    edition: Document = measure["editions"][-1]
    return edition


def amount(measure: Document) -> None:
    newest(measure)["amounts"][0]["cap_ntd"] = 6_000_000


def amount_by(source: str) -> Edit:
    def edit(measure: Document) -> None:
        amount(measure)
        newest(measure).setdefault("field_origins", {})["amounts"] = {"source": source, "checked": True}

    return edit


def window(**changes: Any) -> Edit:
    return lambda measure: newest(measure)["window"].update(changes)


def conditions(measure: Document) -> Document:
    tree: Document = newest(measure)["conditions"]
    return tree


def leaf(measure: Document) -> Document:
    return next(node for node in conditions(measure)["all"] if "id" in node)


def another_leaf(measure: Document) -> None:
    leaf(measure).update(text="另一個說法")


def sourced_leaf(measure: Document) -> None:
    leaf(measure).update(text="另一個說法", origin={"source": "law_reg", "checked": True})


def without_a_leaf(measure: Document) -> None:
    conditions(measure)["all"].remove(leaf(measure))


def renamed_leaf(measure: Document) -> None:
    leaf(measure)["id"] = "renamed"


def tied_otherwise(measure: Document) -> None:
    newest(measure)["conditions"] = {"any": conditions(measure)["all"]}


def rule(measure: Document) -> None:
    line = next(line for line in measure["editions"][0]["rules"] if line["section"] == "amount")
    line["text"] = "補助上限每案600萬元"


def cap(rules: Document) -> None:
    rules["caps"][0].update(cap_ntd=6_000_000, text="每案上限 600 萬元")


LATER = "2027-06-30T23:59:59+08:00"
OF_SINGLE = "年度版 114-115"

TABLE: list[tuple[str, str, Edit, list[tuple[str, str, bool]]]] = [
    # section, record, edit, every caution's end of place, part of its words, whether it is loud
    ("measures", SINGLE, lambda m: m.update(name=m["name"]), []),
    (
        "measures", SINGLE, amount,
        [
            ("「金額」", "改了，出處仍是「", False),
            ("「金額」", "金額上限是 600 萬元，經費規則「", False),
            ("「回答」", "還寫著 500 萬元", False),
        ],
    ),
    (
        "measures", SINGLE, window(closes_at=LATER),
        [
            ("「受理截止」", "改了，出處仍是", False),
            ("「受理期間說明」", "沒有跟著「受理截止」改", False),
            ("「截止為假設」", "仍是「是」，而「受理截止」改了", False),
        ],
    ),
    (
        "measures", SINGLE, window(closes_at=LATER, closes_assumed=False, text="受理至 116/6/30"),
        [("「受理截止、受理期間說明」", "改了，出處仍是", False)],
    ),
    ("measures", IDB, lambda m: newest(m).pop("conditions"), [("「資格條件」", "會變成「無」（原有", True)]),
    ("measures", IDB, without_a_leaf, [("「資格條件」", "少了「", True)]),
    ("measures", IDB, renamed_leaf, []),
    ("measures", IDB, another_leaf, [("「資格條件：另一個說法」", "改了，出處仍是", False)]),
    ("measures", IDB, sourced_leaf, []),
    ("measures", IDB, tied_otherwise, [("「資格條件的全部、任一、非」", "改了，出處仍是", False)]),
    (
        "budget_rules", RULES, lambda r: r["caps"][0].update(cap_ntd=6_000_000),
        [
            ("「補助上限：每案上限 500 萬元」", "改了，出處仍是", False),
            ("「每案上限 500 萬元」", "還寫著 500 萬元", False),
            ("「金額」", "金額上限是 500 萬元，經費規則", False),
            ("「回答」", "還寫著 500 萬元", False),
        ],
    ),
    ("measures", IDB, rule, [("「規則：補助上限每案600萬元」", "改了，出處仍是", False)]),
    ("measures", IDB, lambda m: m.pop("hotlines"), [("「專線」", "會變成「無」", False)]),
    ("organisations", "itri", lambda o: o.update(capacity="full", capacity_on="2026-11-24"), []),
    ("organisations", "itri", lambda o: o.update(short_name="院"), [("「簡稱」", "改了，出處仍是", False)]),
    ("faq", "tariff_rd", lambda q: q.update(as_of="2026-11-24"), []),
    ("faq", "tariff_rd", lambda q: q.update(answer="新的"), [("「回答」", "改了，出處仍是", False)]),
    ("criteria", "sme", lambda c: c["conditions"].update(deepcopy(c["conditions"])), []),
]  # fmt: skip


def after(knowledge: Knowledge, *edits: tuple[str, str, Edit]) -> tuple[Caution, ...]:
    raw: dict[str, dict[str, Document]] = {}
    for section, identity, edit in edits:
        document = stored(getattr(knowledge, section)[identity])
        edit(document)
        raw.setdefault(section, {})[identity] = document
    return cautions(knowledge, amended(knowledge, raw))


@pytest.mark.parametrize(("section", "identity", "edit", "expected"), TABLE)
def test_an_edit_is_told_what_to_look_at(
    knowledge: Knowledge, section: str, identity: str, edit: Edit, expected: list[tuple[str, str, bool]]
) -> None:
    found = list(after(knowledge, (section, identity, edit)))
    for place, words, loud in expected:
        [*told] = [c for c in found if c.place.endswith(place) and words in c.words and c.loud is loud]
        assert told, (place, words, found)
        found = [caution for caution in found if caution not in told]
    assert found == []


def test_a_source_that_changes_with_its_value_needs_no_look(knowledge: Knowledge) -> None:
    found = after(knowledge, ("measures", SINGLE, amount_by("law_reg")), ("budget_rules", RULES, cap))
    assert not [caution for caution in found if caution.place.endswith("「金額」")]


def test_a_ceiling_of_the_budget_rules_that_changes_alone_is_held_against_the_editions(
    knowledge: Knowledge,
) -> None:
    found = after(knowledge, ("budget_rules", RULES, cap))
    measure = knowledge.measures[SINGLE].name
    told = [c for c in found if c.place == f"措施「{measure}」{OF_SINGLE}「金額」"]
    assert len(told) == 1
    assert "的補助上限是 600 萬元" in told[0].words


def test_a_date_that_a_question_still_tells_is_named(knowledge: Knowledge) -> None:
    opens = window(opens_at="2025-08-08T00:00:00+08:00", text="自 114/8/8 起")
    found = [c for c in after(knowledge, ("measures", SINGLE, opens)) if "還寫著 114/8/7" in c.words]
    questions = [q for q in knowledge.faq.values() if SINGLE in q.measures and "114/8/7" in q.answer]
    assert len(found) == len(questions) > 0


def test_lost_conditions_come_first_and_nothing_is_said_twice(knowledge: Knowledge) -> None:
    found = after(
        knowledge, ("measures", SINGLE, amount), ("measures", IDB, lambda m: newest(m).pop("conditions"))
    )
    assert [caution.loud for caution in found] == sorted((c.loud for c in found), reverse=True)
    assert found[0].loud
    assert len(set(found)) == len(found)
    assert all(str(caution).startswith(caution.place) for caution in found)


def test_a_new_record_has_nothing_to_be_held_against(knowledge: Knowledge) -> None:
    new = {**stored(knowledge.measures[SINGLE]), "id": "brand_new", "name": "新措施"}
    assert cautions(knowledge, amended(knowledge, {"measures": {"brand_new": new}})) == ()
