"""What is written reads back as the very same records, whole and in part, and nothing else moves."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from knowledge_base.exchange.layout import Shape
from knowledge_base.exchange.plain import plain, stored
from knowledge_base.exchange.sections import AMENDABLE
from knowledge_base.exchange.sheets import sheets
from knowledge_base.exchange.trees import grow, rows_of
from knowledge_base.exchange.uploads import Uploaded, read_upload
from knowledge_base.exchange.workbook_writing import write_workbook
from knowledge_base.exchange.yaml_writing import write_yaml
from knowledge_base.knowledge import Knowledge
from knowledge_base.records import (
    Amount,
    Criterion,
    Edition,
    Leaf,
    Measure,
    Organisation,
    RuleLine,
    ThemeText,
)
from knowledge_base.records.references import Briefing, Question

Upload = Callable[[Callable[[Workbook], object]], Uploaded]


def written_as(kind: str, knowledge: Knowledge) -> bytes:
    return write_yaml(knowledge).encode() if kind == "yaml" else write_workbook(knowledge)


def emptied(knowledge: Knowledge) -> Knowledge:
    """Give the knowledge with other words in every amendable record, so that a reading must bring all back."""
    changed = {
        section: {
            name: record.model_copy(update={"origin": record.origin.model_copy(update={"note": "別的"})})
            for name, record in getattr(knowledge, section).items()
        }
        for section in AMENDABLE
    }
    return replace(knowledge, **changed)


@pytest.mark.parametrize("section", AMENDABLE)
def test_a_record_and_its_plain_and_stored_mappings_are_the_same(knowledge: Knowledge, section: str) -> None:
    model = AMENDABLE[section].model
    for record in getattr(knowledge, section).values():
        assert model.model_validate(plain(record)) == record
        assert model.model_validate(stored(record)) == record


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_the_whole_catalogue_reads_back_as_it_was(knowledge: Knowledge, kind: str) -> None:
    upload = read_upload(f"catalogue.{kind}", written_as(kind, knowledge), emptied(knowledge))
    for section in AMENDABLE:
        if kind == "yaml" or section in {sheet.section for sheet in sheets(knowledge)}:
            assert dict(getattr(upload.after, section)) == dict(getattr(knowledge, section)), section


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_a_file_that_changes_nothing_amends_nothing(knowledge: Knowledge, kind: str) -> None:
    upload = read_upload(f"catalogue.{kind}", written_as(kind, knowledge), knowledge)
    assert (upload.after, upload.amendments, upload.changes) == (knowledge, {}, ())
    in_sheets = {sheet.section for sheet in sheets(knowledge)}
    assert all(not ids for section, ids in upload.untouched.items() if kind == "yaml" or section in in_sheets)


def test_a_section_may_be_written_alone(knowledge: Knowledge) -> None:
    text = write_yaml(knowledge, ["criteria"])
    assert list(yaml.safe_load(text)) == ["criteria"]
    upload = read_upload("criteria.yml", text.encode(), knowledge)
    assert upload.untouched["measures"] == tuple(knowledge.measures)
    assert upload.untouched["criteria"] == ()


def test_yaml_is_written_for_people(knowledge: Knowledge) -> None:
    text = write_yaml(knowledge)
    assert "host: {then: 工業局, now: 產業發展署}" in text
    assert "closes_at: 2025-03-20T18:00:00+08:00" in text
    assert "\\u" not in text


@pytest.mark.parametrize(
    ("model", "sections"),
    [
        (Measure, "措施 年度版 主題 欄位出處"),
        (Edition, "年度版 金額 資格條件 規則 欄位出處"),
        (Amount, "金額"),
        (RuleLine, "規則"),
        (ThemeText, "主題"),
        (Leaf, "資格條件"),
        (Criterion, "共用條件 共用條件內容 欄位出處"),
        (Organisation, "單位 欄位出處"),
        (Question, "常見問答 欄位出處"),
        (Briefing, "說明會 欄位出處"),
    ],
)
def test_every_field_has_a_place_in_the_workbook(knowledge: Knowledge, model: Any, sections: str) -> None:
    known = {sheet.title: sheet for sheet in sheets(knowledge)}
    own, *below = (known[title] for title in sections.split())
    held = {column.path.partition(".")[0] for column in own.columns}
    held |= {"field_origins" if s.shape is Shape.ORIGINS else s.inside[-1] for s in below}
    assert set(model.model_fields) <= held


def test_rows_left_out_leave_their_records_as_they_are(knowledge: Knowledge, upload: Upload) -> None:
    def keep_two(workbook: Workbook) -> None:
        kept = {workbook["措施"].cell(row, 1).value for row in (2, 3)}
        for title in ("措施", "年度版", "金額", "資格條件", "規則", "主題"):
            grid = workbook[title]
            for row in range(grid.max_row, 1, -1):
                if grid.cell(row, 1).value not in kept:
                    grid.delete_rows(row)
        del workbook["欄位出處"], workbook["單位"]

    result = upload(keep_two)
    assert result.after is knowledge
    assert len(result.untouched["measures"]) == len(knowledge.measures) - 2
    assert result.untouched["organisations"] == tuple(knowledge.organisations)


@pytest.mark.parametrize(
    "gone",
    [
        ["金額", "規則"],
        ["措施"],
        ["年度版"],
        ["措施", "年度版"],
        ["資格條件", "主題", "欄位出處"],
        ["措施", "年度版", "金額", "資格條件", "規則", "主題"],
        ["共用條件"],
        ["共用條件內容"],
    ],
)
def test_a_sheet_left_out_leaves_what_it_would_hold(
    knowledge: Knowledge, upload: Upload, gone: list[str]
) -> None:
    def remove(workbook: Workbook) -> None:
        for title in gone:
            del workbook[title]

    assert upload(remove).after is knowledge


def test_a_sheet_that_is_there_holds_all_of_its_kind(upload: Upload, cell: Any) -> None:
    def remove(workbook: Workbook) -> None:
        row = cell(workbook, "金額", "項目", 措施代碼="disaster_danas").row
        workbook["金額"].delete_rows(row)

    after = upload(remove).after
    assert after.measures["disaster_danas"].editions[0].amounts == ()


def test_a_new_measure_with_an_edition_is_added(upload: Upload) -> None:
    def add(workbook: Workbook) -> None:
        measure = ["new_one", "新措施", "補助", "經濟部", "經濟部", "摘要"]
        workbook["措施"].append([*measure, *[None] * 8, "seed", "否", "公告"])
        workbook["年度版"].append(
            [
                "new_one",
                116,
                "116/1/1 00:00",
                "2027-12-31 18:00",
                "是",
                None,
                None,
                None,
                "是",
                "至年底",
                None,
                None,
                None,
                "seed",
                "否",
            ]
        )
        workbook["資格條件"].append(
            [
                "new_one",
                "116",
                1,
                "條件",
                "few",
                "員工人數",
                "至多",
                "1,000",
                "千人以下",
                None,
                None,
                "seed",
                "是",
            ]
        )

    result = upload(add)
    measure = result.after.measures["new_one"]
    assert measure.editions[0].key == "116"
    assert measure.editions[0].window.closes_at.isoformat() == "2027-12-31T18:00:00+08:00"
    assert measure.editions[0].window.closes_assumed
    assert isinstance(measure.editions[0].conditions, Leaf)
    assert measure.editions[0].conditions.value == 1000
    assert list(result.amendments) == ["measures"]
    assert [(change.id, change.added) for change in result.changes] == [("new_one", True)]


def test_text_that_looks_like_a_formula_is_written_and_read_as_text(knowledge: Knowledge) -> None:
    texts = ("=HYPERLINK(1)", "+886", "-1", "@SUM(A1)")
    record = knowledge.measures["sbir"].model_copy(update={"documents": texts, "summary": "=1+1"})
    changed = replace(knowledge, measures={**knowledge.measures, "sbir": record})
    content = write_workbook(changed)
    for grid in load_workbook(BytesIO(content)):
        assert not [c.coordinate for row in grid.iter_rows() for c in row if c.data_type == "f"]
    assert read_upload("a.xlsx", content, knowledge).after.measures["sbir"] == record


def test_the_workbook_is_ready_to_be_filled_in(written: bytes) -> None:
    workbook = load_workbook(BytesIO(written))
    assert workbook.sheetnames[0] == "說明"
    for grid in workbook:
        assert grid.freeze_panes == "A2"
        assert grid.column_dimensions["A"].width > 8
    lists = {rule.formula1 for rule in workbook["措施"].data_validations.dataValidation}
    assert lists == {'"補助,輔導,貸款,課程"', '"是,否"'}


def test_the_shipped_size_is_read_in_less_than_a_second(knowledge: Knowledge, written: bytes) -> None:
    begun = perf_counter()
    read_upload("a.xlsx", written, knowledge)
    assert perf_counter() - begun < 1


LEAF = {
    "id": "some_leaf",
    "fact": "regular_employees",
    "op": ">=",
    "value": 10,
    "text": "十人以上",
    "origin": {"source": "seed", "checked": True},
}
USE = {"use": "sme", "origin": {"source": "seed", "checked": True}}
TREES = st.recursive(
    st.sampled_from([LEAF, USE]),
    lambda below: st.one_of(
        st.fixed_dictionaries({"all": st.lists(below, min_size=1, max_size=12)}),
        st.fixed_dictionaries({"any": st.lists(below, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": below}),
    ),
    max_leaves=20,
)


@given(tree=TREES, order=st.randoms())
@settings(max_examples=80, deadline=None)
def test_a_tree_is_the_same_after_its_rows_were_shuffled(knowledge: Knowledge, tree: Any, order: Any) -> None:
    rows = list(rows_of(tree, knowledge.facts))
    order.shuffle(rows)
    grown = grow(rows, knowledge.facts)
    assert grown.faults == []
    if max(row["number"].count(".") for row in rows) < 10:
        assert grown.tree == tree
