"""Every way in which a workbook can be wrong names the sheet, the row, the column and the reason."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from knowledge_base.exchange.file_problems import FileProblems, Place
from knowledge_base.exchange.uploads import read_upload
from knowledge_base.knowledge import Knowledge

Refused = Callable[..., FileProblems]
Edited = Callable[[Callable[[Workbook], object]], bytes]

CASE = {"措施代碼": "idb10_mfg_case", "年度版": "114"}

CELLS = [
    # sheet, column, row by, new value, part of the reason
    ("措施", "名稱", {"代碼": "sbir"}, None, "不可空白"),
    ("措施", "種類", {"代碼": "sbir"}, "獎金", "應為 補助、輔導、貸款、課程"),
    ("措施", "一覽表序號", {"代碼": "sme9_mfg_case"}, "第一", "應為整數"),
    ("措施", "一覽表序號", {"代碼": "sme9_mfg_case"}, 1.5, "應為整數"),
    ("措施", "一覽表序號", {"代碼": "sme9_mfg_case"}, 0, "須至少為 1"),
    ("措施", "專線", {"代碼": "sbir"}, "888-968", "格式不符"),
    ("措施", "後續措施", {"代碼": "sbir"}, "nobody", "「nobody」"),
    ("措施", "來源", {"代碼": "sbir"}, "gossip", "來源代碼沒有「gossip」"),
    ("措施", "來源", {"代碼": "sbir"}, None, "不可空白"),
    ("措施", "已查證", {"代碼": "sbir"}, "大概", "應為 是 或 否"),
    ("年度版", "年度版", CASE, "1140", "格式不符"),
    ("年度版", "受理截止", CASE, "2025-02-30 18:00:00", "沒有這個日期或時刻：2025-02-30"),
    ("年度版", "受理截止", CASE, "114/13/1 18:00", "沒有這個日期或時刻：114/13/1"),
    ("年度版", "受理截止", CASE, "114/3/20", "須連同時刻"),
    ("年度版", "受理截止", CASE, "三月底", "應為日期與時刻"),
    ("年度版", "受理截止", CASE, 45736, "應為日期與時刻"),
    ("年度版", "經費用罄即截止", CASE, 1, "應為 是 或 否"),
    ("金額", "上限（元）", CASE, "五百萬", "應為整數，例如 6,000,000 或 600萬（填的是「五百萬」）"),
    ("金額", "上限（元）", CASE, "0.00001萬", "（填的是「0.00001萬」）"),
    ("金額", "上限（元）", CASE, -1, "（填的是「-1」）"),
    ("金額", "上限（元）", CASE, -1, "須至少為 0"),
    ("規則", "類別", {"措施代碼": "idb10_mfg_case"}, "雜項", "不在選項內"),
    ("資格條件", "事實", {**CASE, "編號": "1.4"}, "星座", "「星座」不在選項內"),
    ("資格條件", "比較", {**CASE, "編號": "1.4"}, "約為", "不在選項內"),
    ("資格條件", "比較", {**CASE, "編號": "1.5"}, "至少", "大小比較的 value 須為整數"),
    (
        "資格條件",
        "值",
        {**CASE, "編號": "1.4"},
        "十",
        "的值：應為整數，例如 6,000,000 或 600萬（填的是「十」）",
    ),
    ("資格條件", "值", {**CASE, "編號": "1.5"}, "不知道", "「分公司」的值：應為 是 或 否"),
    ("資格條件", "值", {**CASE, "編號": "1.4"}, None, "不可空白"),
    ("資格條件", "共用條件", {**CASE, "編號": "1.1"}, "rich", "共用條件沒有「rich」"),
    ("資格條件", "編號", {**CASE, "編號": "1.4"}, "一", "編號應如"),
    ("資格條件", "編號", {**CASE, "編號": "1.4"}, "1.3", "編號重複"),
    ("資格條件", "編號", {**CASE, "編號": "1.4"}, "1.40.1", "缺少上層的編號 1.40"),
    ("資格條件", "編號", {**CASE, "編號": "1.4"}, "2", "最上層只有一列"),
    ("資格條件", "編號", {**CASE, "編號": "1.4"}, "1.3.1", "不能有下層"),
    ("資格條件", "類型", {**CASE, "編號": "1.4"}, None, "不可空白"),
    ("資格條件", "類型", {**CASE, "編號": "1.4"}, "也許", "不在選項內"),
    ("資格條件", "說明文字", {**CASE, "編號": "1"}, "全部都要", "這一類的列不填這一欄"),
    ("資格條件", "條件代碼", {**CASE, "編號": "1.5"}, "emp_ge_10", "重複"),
    ("單位", "對象縣市", {"代碼": "itri"}, "新北市、東京都", "「東京都」"),
    ("單位", "統一編號", {"代碼": "itri"}, "123", "格式不符"),
    ("單位", "量能更新日", {"代碼": "itri"}, "114/2/30", "沒有這個日期"),
    ("單位", "主題", {"代碼": "itri"}, "低碳化、環保", "「環保」不在選項內"),
    ("共用條件", "名稱", {"代碼": "sme"}, None, "不可空白"),
    ("欄位出處", "欄位", {"代碼": "itri"}, "身高", "沒有「身高」"),
    ("欄位出處", "來源", {"代碼": "itri"}, "gossip", "「gossip」"),
    ("欄位出處", "年度版", {"代碼": "itri"}, "112", "「單位」沒有「itri 的 112」"),
    ("欄位出處", "代碼", {"代碼": "itri"}, "nobody", "「單位」沒有「nobody」"),
]


@pytest.mark.parametrize(("sheet", "column", "where", "value", "reason"), CELLS)
def test_a_wrong_cell_is_named_once_with_its_reason(
    refused: Refused,
    edited: Edited,
    cell: Any,
    *,
    sheet: str,
    column: str,
    where: Any,
    value: Any,
    reason: str,
) -> None:
    def change(workbook: Workbook) -> None:
        found = cell(workbook, sheet, column, **where)
        found.value, rows[0] = value, found.row

    rows = [0]
    problems = refused(edited(change)).problems
    found = [problem for problem in problems if problem.place.row == rows[0] and problem.place.sheet == sheet]
    assert len(found) == 1, problems
    assert reason in found[0].reason
    whole_row = "重複" in reason or "格式不符" in reason or "大小比較" in reason
    assert found[0].place.column == column or whole_row
    assert f"「{sheet}」第 {rows[0]} 列" in str(found[0])


def broken_headings() -> list[Any]:
    def rename(workbook: Workbook) -> None:
        workbook["金額"]["D1"] = "上限"

    def double(workbook: Workbook) -> None:
        workbook["金額"]["H1"] = "備註"

    def unnamed(workbook: Workbook) -> None:
        workbook["金額"]["J3"] = "多出來的"

    def add_sheet(workbook: Workbook) -> None:
        workbook.create_sheet("工作表1")

    def empty(workbook: Workbook) -> None:
        workbook["主題"].delete_rows(1, 500)

    def shifted(workbook: Workbook) -> None:
        workbook["主題"].insert_rows(1)

    return [
        (rename, Place("金額", 1, "上限（元）"), "缺少這一欄"),
        (rename, Place("金額", 1, "上限"), "不認得的欄位"),
        (double, Place("金額", 1, "備註"), "欄位重複"),
        (unnamed, Place("金額", 3), "沒有欄位名稱"),
        (add_sheet, Place("工作表1"), "不認得的工作表"),
        (empty, Place("主題"), "工作表是空的"),
        (shifted, Place("主題", 1), "第一列應為欄位名稱"),
    ]


@pytest.mark.parametrize(("change", "place", "reason"), broken_headings())
def test_a_sheet_that_is_not_as_laid_out_is_refused(
    refused: Refused, edited: Edited, *, change: Any, place: Place, reason: str
) -> None:
    problems = refused(edited(change)).problems
    assert any(found.place == place and reason in found.reason for found in problems), problems


def test_a_formula_is_refused_by_its_cell(refused: Refused, edited: Edited) -> None:
    def compute(workbook: Workbook) -> None:
        workbook["金額"]["D2"] = "=1000000*3"

    (found,) = [p for p in refused(edited(compute)).problems if "公式" in p.reason]
    assert str(found) == "「金額」第 2 列：儲存格 D2 是公式「=1000000*3」；請貼上值"


def test_merged_cells_are_refused_by_their_range(refused: Refused, edited: Edited) -> None:
    problems = refused(edited(lambda workbook: workbook["措施"].merge_cells("A2:A3"))).problems
    assert any("A2:A3" in found.reason and found.place.sheet == "措施" for found in problems)


def test_a_window_that_ends_before_it_starts_is_refused_at_its_row(
    refused: Refused, edited: Edited, cell: Any
) -> None:
    def turn(workbook: Workbook) -> None:
        cell(workbook, "年度版", "受理截止", **CASE).value = "113/3/20 18:00"

    (found,) = refused(edited(turn)).problems
    assert (found.place.sheet, found.place.column) == ("年度版", "受理開始")
    assert "結束早於開始" in found.reason


def test_a_years_edition_cannot_vanish(refused: Refused, edited: Edited, cell: Any) -> None:
    def forget(workbook: Workbook) -> None:
        for title in ("年度版", "金額", "資格條件", "規則", "欄位出處"):
            grid = workbook[title]
            for row in range(grid.max_row, 1, -1):
                values = [c.value for c in grid[row]]
                if "idb10_mfg_case" in values and "114" in values:
                    grid.delete_rows(row)

    (found,) = refused(edited(forget)).problems
    assert found.place.sheet == "措施"
    assert found.reason == "年度版不能刪除：缺少 114"


def test_the_same_code_twice_is_refused_at_the_second(refused: Refused, edited: Edited) -> None:
    def repeat(workbook: Workbook) -> None:
        for title in ("措施", "年度版"):
            workbook[title].append([c.value for c in workbook[title][2]])

    problems = refused(edited(repeat)).problems
    assert [(found.place.sheet, found.reason) for found in problems] == [
        ("措施", "「sme9_mfg_case」重複，已見於第 2 列"),
        ("年度版", "「112」重複，已見於第 2 列"),
    ]


def test_a_row_of_a_measure_or_edition_that_is_nowhere_is_refused(refused: Refused, edited: Edited) -> None:
    def add(workbook: Workbook) -> None:
        workbook["金額"].append(["no_such", "112", "上限", 1])
        workbook["金額"].append(["sbir", "112", "上限", 1])
        workbook["主題"].append([None, "低碳化", "節能"])

    problems = refused(edited(add)).problems
    assert [(found.place.sheet, found.place.column, found.reason) for found in problems] == [
        ("金額", "措施代碼", "「措施」沒有「no_such」"),
        ("金額", "年度版", "「年度版」沒有「sbir 的 112」"),
        ("主題", "措施代碼", "不可空白"),
    ]


def test_five_thousand_rows_are_refused_at_once(refused: Refused, edited: Edited) -> None:
    def grow(workbook: Workbook) -> None:
        for number in range(5_000):
            workbook["金額"].append(["sbir", "114", f"項目 {number}", 1])

    content = edited(grow)
    begun = perf_counter()
    (found,) = refused(content).problems
    assert perf_counter() - begun < 1
    assert found.place == Place("金額", 2_002)
    assert "超過 2,000 列" in found.reason


def test_at_most_200_faults_are_shown_and_all_are_counted(refused: Refused, edited: Edited) -> None:
    def spoil(workbook: Workbook) -> None:
        for number in range(300):
            workbook["金額"].append(["sbir", "114", f"項目 {number}", "很多"])

    problems = refused(edited(spoil))
    assert (len(problems.problems), problems.total) == (200, 300)


def test_faults_come_in_the_order_of_the_sheets(refused: Refused, edited: Edited) -> None:
    def spoil(workbook: Workbook) -> None:
        workbook["單位"]["B3"] = None
        workbook["措施"]["F5"] = None
        workbook["措施"]["C4"] = "獎金"

    places = [(p.place.sheet, p.place.row) for p in refused(edited(spoil)).problems]
    assert places == [("措施", 4), ("措施", 5), ("單位", 3)]


def zipped(**members: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(zipped(**{"xl/workbook.xml": b"x"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


UNREADABLE = [
    (b"", "檔案是空的"),
    (b"PK\x03\x04 and then nothing", "檔案已損壞"),
    (b"\x00\x01\xff\xfe" * 20, "不是 UTF-8 編碼"),
    (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "有密碼保護"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "舊版 XLS"),
    (encrypted_zip(), "有密碼保護"),
    (zipped(**{"xl/workbook.xml": b"0" * 41_000_000}), "解開後超過 40 MB"),
    (zipped(**{f"xl/{number}.xml": b"" for number in range(400)}), "解開後超過"),
    (zipped(**{"content.xml": b"<odf/>"}), "不是 XLSX 檔"),
    (zipped(**{"[Content_Types].xml": b"<a", "xl/workbook.xml": b"<b"}), "無法讀取"),
    (zipped(**{"[Content_Types].xml": b"", "xl/vbaProject.bin": b""}), "含有巨集"),
    ("代碼,名稱\n".encode("cp950"), "看來是 Big5 編碼"),
    ("代碼,名稱\n".encode(), "不是 XLSX 檔"),
    (b"PK" + bytes(5_000_001), "超過 5 MB"),
]


@pytest.mark.parametrize(("content", "reason"), UNREADABLE)
def test_what_is_no_plain_workbook_is_refused_with_what_it_is(
    refused: Refused, content: bytes, reason: str
) -> None:
    (found,) = refused(content).problems
    assert reason in found.reason


def test_a_macro_workbook_is_refused_by_its_name_and_by_its_type(refused: Refused, written: bytes) -> None:
    assert "巨集" in refused(written, "措施.xlsm").problems[0].reason
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(written)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            member = old.read(name)
            if name == "[Content_Types].xml":
                member = member.replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"macroEnabled.main"
                )
            new.writestr(name, member)
    assert "巨集" in refused(content.getvalue()).problems[0].reason


def test_entities_in_a_sheet_are_never_expanded(refused: Refused, written: bytes) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(written)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            member = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                member = bomb + member.split(b"?>", 1)[-1]
            new.writestr(name, member)
    (found,) = refused(content.getvalue()).problems
    assert "無法讀取" in found.reason


def test_real_dates_of_excel_count_only_with_a_time_of_day(
    knowledge: Knowledge, refused: Refused, edited: Edited, cell: Any
) -> None:
    def with_time(workbook: Workbook) -> None:
        found = cell(workbook, "年度版", "受理截止", **CASE)
        found.value, found.number_format = datetime(2025, 4, 1, 17, 30), "yyyy/m/d h:mm"  # noqa: DTZ001

    def without(workbook: Workbook) -> None:
        found = cell(workbook, "年度版", "受理截止", **CASE)
        found.value, found.number_format = date(2025, 4, 1), "yyyy/m/d"

    after = read_upload("a.xlsx", edited(with_time), knowledge).after
    edition = next(e for e in after.measures["idb10_mfg_case"].editions if e.key == "114")
    assert edition.window.closes_at.isoformat() == "2025-04-01T17:30:00+08:00"
    (found,) = refused(edited(without)).problems
    assert (found.place.column, "須連同時刻" in found.reason) == ("受理截止", True)


def test_any_damage_to_the_bytes_is_reported_and_never_a_crash(written: bytes, knowledge: Knowledge) -> None:
    for place in range(0, len(written), len(written) // 30):
        damaged = written[:place] + b"\x00\xff" + written[place + 2 :]
        with suppress(FileProblems):
            read_upload("a.xlsx", damaged, knowledge)


def test_the_workbook_still_opens_after_editing(edited: Edited) -> None:
    content = edited(lambda workbook: None)
    assert load_workbook(BytesIO(content)).sheetnames[0] == "說明"


def test_a_row_far_below_is_found_without_walking_to_it(refused: Refused, edited: Edited) -> None:
    def put_far_below(workbook: Workbook) -> None:
        workbook["金額"]["A1048576"] = "x"

    content = edited(put_far_below)
    begun = perf_counter()
    (found,) = refused(content).problems
    assert perf_counter() - begun < 1
    assert found.place == Place("金額", 1_048_576)


def test_rows_that_were_emptied_do_not_count(knowledge: Knowledge, edited: Edited) -> None:
    def paint(workbook: Workbook) -> None:
        for row in range(3_000, 3_100):
            workbook["金額"].cell(row, 1).number_format = "@"

    assert read_upload("a.xlsx", edited(paint), knowledge).after is knowledge
