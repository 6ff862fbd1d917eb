"""A small file that unpacks to more than a workbook of the catalogue can hold is refused at once, at its place."""

import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO
from time import perf_counter

import pytest
from openpyxl import Workbook

from knowledge_base.exchange.file_problems import FileProblems, Place
from knowledge_base.exchange.uploads import read_upload
from knowledge_base.knowledge import Knowledge

Refused = Callable[..., FileProblems]
Edited = Callable[[Callable[[Workbook], object]], bytes]
Change = Callable[[bytes], bytes]

SHEET, WORKBOOK = "xl/worksheets/sheet2.xml", "xl/workbook.xml"
TITLE = "措施"


def with_part(content: bytes, name: str, change: Change) -> bytes:
    changed = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for member in old.namelist():
            part = old.read(member)
            new.writestr(member, change(part) if member == name else part)
    return changed.getvalue()


def appended(rows: bytes) -> Change:
    return lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>")


def text_cell(place: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>x</t></is></c>'.encode()


def number(text: str) -> bytes:
    return f'<row r="900"><c r="B900"><v>{text}</v></c></row>'.encode()


FAULTS: list[tuple[str, Change, Place, str]] = [
    (SHEET, appended(b'<row r="900">' + b"<c/>" * 9_000_000 + b"</row>"), Place(TITLE, 900), "超過 60 欄"),
    (SHEET, appended(b"<row/>" * 5_000_000), Place(TITLE, 10_001), "超過 2,000 列"),
    (SHEET, appended(b"<x/>" * 9_000_000), Place(TITLE, 5), "內容太多"),
    (SHEET, appended(b"<x>" * 9_000_000), Place(TITLE, 5), "內容太多"),
    (SHEET, appended(b"<?x?>" * 7_000_000), Place(TITLE, 5), "內容太多"),
    (SHEET, appended(b"<!---->" * 5_000_000), Place(TITLE, 5), "內容太多"),
    (SHEET, appended(b"<x " + b" " * 30_000_000 + b"/>"), Place(), "內容太多"),
    (
        SHEET,
        lambda part: part.replace(
            b"</sheetData>", b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:B1"/>' * 1_200_000
        ),
        Place(TITLE, 5),
        "超過 200 處合併儲存格",
    ),
    (SHEET, appended(b"<row r='9000'>" + text_cell("A9000") + b"</row>"), Place(TITLE, 9_000), "超過 2,000"),
    (SHEET, appended(b'<row r="900">' + text_cell("XFD900") + b"</row>"), Place(TITLE, 900), "第 16,384 欄"),
    (SHEET, appended(b'<row r="2">' + text_cell("A2") + b"</row>"), Place(TITLE, 2), "列號重複或顛倒"),
    (SHEET, appended(b'<row r="900">' + text_cell("A7") + b"</row>"), Place(TITLE, 900), "位置「A7」"),
    (SHEET, appended(b'<row r="9e9"/>'), Place(TITLE, 5), "列號「9e9」"),
    (SHEET, appended(number("9" * 400)), Place(TITLE, 900), "第 2 欄的數字「999"),
    (SHEET, appended(number("9" * 5_001)), Place(TITLE, 900), "太大或不正確"),
    (SHEET, appended(number("1e400")), Place(TITLE, 900), "太大或不正確"),
    (SHEET, appended(number("NaN")), Place(TITLE, 900), "太大或不正確"),
    (
        SHEET,
        appended(b'<row r="900"><c r="A900" t="str"><v>' + b"x" * 38_000_000 + b"</v></c></row>"),
        Place(TITLE, 900),
        "文字超過 32,767 字",
    ),
    (
        WORKBOOK,
        lambda part: part.replace(
            b"</sheets>",
            b"".join(b'<sheet name="s%d" sheetId="%d" r:id="r%d"/>' % (i, i, i) for i in range(2_000))
            + b"</sheets>",
        ),
        Place(),
        "超過 60 張工作表",
    ),
    (
        WORKBOOK,
        lambda part: part.replace(b'r:id="rId2"', b'r:id="rId1"'),
        Place(TITLE),
        "同一份內容",
    ),
    (
        "xl/styles.xml",
        lambda part: part.replace(b"</fonts>", b"<font/>" * 5_000_000 + b"</fonts>"),
        Place(),
        "內容太多",
    ),
]


@pytest.mark.parametrize(
    ("part_name", "change", "place", "reason"), FAULTS, ids=[fault[3] for fault in FAULTS]
)
def test_what_is_too_much_or_out_of_reach_is_refused_at_once_without_filling_the_memory(
    refused: Refused,
    edited: Edited,
    part_name: str,
    change: Change,
    place: Place,
    reason: str,
) -> None:
    content = with_part(edited(lambda workbook: None), part_name, change)
    tracemalloc.start()
    begun = perf_counter()
    (found,) = refused(content).problems
    lasted, (_, peak) = perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.place == place
    assert reason in found.reason
    assert len(found.reason) < 200
    assert lasted < 30  # traced, which is many times slower
    assert peak < 60_000_000


def test_words_like_a_row_in_a_comment_cost_nothing(knowledge: Knowledge, edited: Edited) -> None:
    def comment(part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b"</sheetData><!--" + b"<row " * 100_000 + b"-->")

    content = with_part(edited(lambda workbook: None), SHEET, comment)
    begun = perf_counter()
    assert read_upload("a.xlsx", content, knowledge).after is knowledge
    assert perf_counter() - begun < 5


SHARED = b'<row r="900"><c r="A900" t="s"><v>1</v></c></row>'
OVERRIDE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def with_shared_texts(content: bytes, *texts: bytes) -> bytes:
    content = with_part(content, SHEET, appended(SHARED))
    content = with_part(content, "[Content_Types].xml", lambda part: part.replace(b"</Types>", OVERRIDE))
    items = b"".join(b"<si><r><t>" + text + b"</t></r></si>" for text in texts)
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    changed = BytesIO(content)
    with zipfile.ZipFile(changed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b'<sst xmlns="' + namespace + b'">' + items + b"</sst>")
    return changed.getvalue()


def test_a_shared_text_is_read_and_refused_where_it_stands_when_it_is_too_long(
    refused: Refused, edited: Edited
) -> None:
    content = edited(lambda workbook: None)
    short = refused(with_shared_texts(content, b"", b"Not a code")).problems
    assert {found.place.row for found in short} == {900}
    assert any("Not a code" in found.reason for found in short)
    (long,) = refused(with_shared_texts(content, b"", b"x" * 32_768)).problems
    assert (long.place, long.reason) == (Place(TITLE, 900), "第 1 欄的文字超過 32,767 字")
    (unused,) = refused(with_shared_texts(content, b"", b"a", b"x" * 38_000_000)).problems
    assert unused.reason == "有一格的文字超過 32,767 字"
    (missing,) = refused(with_shared_texts(content, b"")).problems
    assert (missing.place, missing.reason) == (Place(TITLE, 900), "第 1 欄的文字編號不正確")


def test_a_bad_value_is_quoted_by_its_beginning_alone(refused: Refused, edited: Edited) -> None:
    def spoil(workbook: Workbook) -> None:
        workbook[TITLE]["C2"] = "獎" * 30_000
        workbook[TITLE]["Z9"] = "x" * 30_000

    problems = refused(edited(spoil)).problems
    assert problems
    for found in problems:
        assert "獎" * 61 not in found.reason
        assert "x" * 61 not in found.reason
