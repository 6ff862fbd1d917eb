"""Every way in which a YAML of the catalogue can be wrong names the line and the reason."""

from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.exchange.file_problems import FileProblems
from knowledge_base.exchange.uploads import read_upload
from knowledge_base.exchange.yaml_writing import write_yaml
from knowledge_base.knowledge import Knowledge

Refused = Callable[..., FileProblems]

FAULTS = [
    # replaced, by, what the line then holds, part of the reason
    ("kind: subsidy", "kind: prize", "kind: prize", "subsidy"),
    ("kind: subsidy", "kindd: subsidy", "kindd: subsidy", "不認得的鍵"),
    ("kind: subsidy", "kindd: subsidy", "- id: sme9_mfg_case", "缺少必填的鍵"),
    ("kind: subsidy", "kind: subsidy\n    kind: loan", "kind: loan", "鍵重複"),
    ("cap_ntd: 3000000", "cap_ntd: 很多", "cap_ntd: 很多", "應為整數"),
    ("2023-12-20T23:59:59+08:00", "2023-12-32T23:59:59+08:00", "2023-12-32", "沒有這個日期、時刻或數字"),
    ("2023-12-20T23:59:59+08:00", "2023-02-30", "2023-02-30", "沒有這個日期、時刻或數字"),
    ("2023-12-20T23:59:59+08:00", "2023-12-20", "closes_at: 2023-12-20\n", "須寫明日期、時刻與時區"),
    ("2023-12-20T23:59:59+08:00", "112/12/20 17:00", "112/12/20", "須寫明日期、時刻與時區"),
    ("opens_at: 2023-04-17", "opens_at: 2024-04-17", "window:", "結束早於開始"),
    ("fact: regular_employees", "fact: star_sign", "fact: star_sign", "regular_employees"),
    ("use: registered", "use: rich", "use: rich", "「rich」"),
    ("source: seed", "source: gossip", "source: gossip", "「gossip」"),
    ("successor: tariff_rd_single", "successor: x", "successor: x", "「x」"),
    ("key: '112'", "key: 112", "key: 112", "應為文字"),
    ("key: '112'", "key: '113'", "- id: sme9_mfg_case", "年度版不能刪除：缺少 112"),
    ("- id: sme9_mfg_case", "- id: idb10_mfg_case", "- id: idb10_mfg_case", "重複，已見於第"),
    ("- id: sme9_mfg_case", "- ids: sme9_mfg_case", "- ids: sme9_mfg_case", "缺少必填的鍵 id"),
    ("measures:", "measurs:", "measurs:", "不認得的鍵；可以有"),
    ("measures:\n", "zones: []\nmeasures:\n", "zones: []", "不認得的鍵"),
    ("measures:\n", "organisations: 1\nmeasures:\n", "organisations: 1", "應為清單"),
    ("measures:\n", "organisations: [itri]\nmeasures:\n", "organisations: [itri]", "應為一組鍵與值"),
    ("name: 中小型", "name: [中小型", "", "YAML 語法錯誤"),
    ("name: 中小型", "name: !!python/name:os.system 中小型", "!!python", ""),
    ("name: 中小型", "name: *name #", "*name", "別名"),
    ("name: 中小型", "name: 中\u202e小型", "name: 中", "看不見的控制字元 U+202E"),
    ("name: 中小型", "name: 中\u200b小型", "name: 中", "看不見的控制字元 U+200B"),
    ("cap_ntd: 3000000", "cap_ntd: " + "9" * 401, "cap_ntd: 9999", "數字太大"),
    ("cap_ntd: 3000000", "cap_ntd: " + "9" * 5_001, "cap_ntd: 9999", "數字太大"),
    ("cap_ntd: 3000000", "cap_ntd: 0x" + "f" * 5_000, "cap_ntd: 0x", "數字太大"),
    ("cap_ntd: 3000000", "cap_ntd: " + "9" * 14, "cap_ntd: 9999", "不可大於 10000000000000"),
    ("cap_ntd: 3000000", "cap_ntd: ³", "cap_ntd: ³", "應為整數"),
    ("value: 10", "value: " + "9" * 14, "value: 9999", "不可大於 10,000,000,000,000"),
    ("listed_no: 1", "listed_no: 1000000001", "listed_no: 10000", "不可大於 1000000000"),
    ("2023-12-20T23:59:59+08:00", "0001-01-01", "closes_at: 0001", "須寫明日期、時刻與時區"),
    ("2023-12-20T23:59:59+08:00", "0001-01-01T00:00:00+08:00", "closes_at: 0001", "年份須在 2000 至 2100"),
    ("2023-12-20T23:59:59+08:00", "'0001-01-01T00:00:00+08:00'", "closes_at: '0001", "年份須在 2000 至"),
    ("2023-12-20T23:59:59+08:00", "9999-12-31T23:59:59-08:00", "closes_at: 9999", "年份須在 2000 至 2100"),
    ("2023-12-20T23:59:59+08:00", "0000-01-01T00:00:00+08:00", "closes_at: 0000", "沒有這個日期"),
    ("key: '112'", "key: '112-112'", "key: '112-112'", "起年須早於迄年"),
    ("key: '112'", "key: '114-112'", "key: '114-112'", "起年須早於迄年"),
    ("key: '112'", "key: '１１２'", "key: '１１２'", "民國年寫成"),
    ("key: '112'", "key: '1¹²'", "key: '1¹²'", "民國年寫成"),
    ("apply_url: https://", "apply_url: javascript://", "apply_url: javascript", "網址以 https://"),
    ("apply_url: https://", "apply_url: https:// ", "apply_url: https:// ", "網址以 https://"),
    ("number: 0", "number: ٠", "number: ٠", "電話寫成"),
]


@pytest.fixture(scope="session")
def text(knowledge: Knowledge) -> str:
    return write_yaml(knowledge, ["measures"])


@pytest.mark.parametrize(("old", "new", "line", "reason"), FAULTS)
def test_a_fault_is_named_with_its_line(
    text: str, refused: Refused, *, old: str, new: str, line: str, reason: str
) -> None:
    assert old in text
    spoilt = text.replace(old, new, 1)
    problems = refused(spoilt.encode(), "措施.yaml").problems
    numbers = [n for n, words in enumerate(spoilt.splitlines(keepends=True), start=1) if line in words]
    matching = [found for found in problems if reason in found.reason and found.place.row in numbers]
    assert matching, problems
    assert str(matching[0]).startswith(f"第 {matching[0].place.row} 行")


def test_all_faults_come_at_once(text: str, refused: Refused) -> None:
    spoilt = text.replace("kind: subsidy", "kind: prize").replace("cap_ntd: ", "cap_ntd: x")
    problems = refused(spoilt.encode(), "a.yaml")
    assert problems.total > 20
    lines = [found.place.row for found in problems.problems]
    assert lines == sorted(lines, key=lambda line: line or 0)


def test_big5_is_named_with_the_line_where_it_begins(refused: Refused) -> None:
    content = b"# catalogue\nmeasures:\n  - name: " + "補助".encode("cp950")
    (found,) = refused(content, "a.yaml").problems
    assert found.place.row == 3
    assert "看來是 Big5 編碼" in found.reason
    assert "UTF-8" in found.reason


def test_utf16_is_named(refused: Refused) -> None:
    assert "UTF-16" in refused("measures: []".encode("utf-16"), "a.yaml").problems[0].reason


@pytest.mark.parametrize(
    "content", ["- 1", "measures", "{}", "measures: []", "# 只有註解", "a: 1\n---\nb: 2"]
)
def test_a_file_without_records_is_refused(refused: Refused, content: str) -> None:
    assert refused(content.encode(), "a.yaml").total == 1


def test_a_bomb_of_aliases_is_refused_at_once(refused: Refused) -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    begun = perf_counter()
    (found,) = refused(f"a0: &a0 [x]\n{levels}".encode(), "a.yaml").problems
    assert perf_counter() - begun < 1
    assert (found.place.row, "別名" in found.reason) == (2, True)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_limited(refused: Refused, opening: str) -> None:
    (found,) = refused((opening * 20_000).encode(), "a.yaml").problems
    assert found.place.row == 1


def test_two_megabytes_are_enough(refused: Refused) -> None:
    assert "超過 2 MB" in refused(b"#" * 2_000_001, "a.yaml").problems[0].reason


def test_a_mark_of_utf8_and_crlf_do_no_harm(text: str, knowledge: Knowledge) -> None:
    content = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert read_upload("a.yaml", content, knowledge).after is knowledge


def test_a_changed_line_changes_its_record_alone(text: str, knowledge: Knowledge) -> None:
    changed = text.replace("successor: tariff_rd_single", "successor: tariff_orders", 1)
    result = read_upload("a.yaml", changed.encode(), knowledge)
    assert list(result.amendments) == ["measures"]
    assert list(result.amendments["measures"]) == ["sme9_mfg_case"]
    assert result.after.measures["sme9_mfg_case"].successor == "tariff_orders"
    assert result.untouched["organisations"] == tuple(knowledge.organisations)


def test_too_many_parts_are_refused_at_once(refused: Refused) -> None:
    begun = perf_counter()
    (found,) = refused(("measures: [" + "{id: a}," * 200_000 + "]").encode(), "a.yaml").problems
    assert perf_counter() - begun < 1
    assert "超過 100,000 項" in found.reason


@given(
    place=st.floats(0, 1, exclude_max=True),
    insert=st.sampled_from(
        ["", "\t", ": ", "- ", "[", "}", "&a ", "*a ", "? ", "!!set ", "<<: ", "\x07", "null"]
    ),
    cut=st.integers(0, 60),
)
@settings(max_examples=60, deadline=None)
def test_any_damage_is_reported_and_never_a_crash(
    *, knowledge: Knowledge, text: str, place: float, insert: str, cut: int
) -> None:
    at = int(place * len(text))
    damaged = text[:at] + insert + text[at + cut :]
    with suppress(FileProblems):
        read_upload("a.yaml", damaged.encode(), knowledge)
