"""Loading as a whole: unusable files, several faults at once, damage of any kind, the version."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.knowledge import KnowledgeError
from knowledge_base.loader import DATA, SECTIONS, check, load


@pytest.mark.parametrize(
    "file", [*dict.fromkeys(section.file for section in SECTIONS), "office_calendar.csv"]
)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "找不到檔案"),
        (b"", "檔案是空的"),
        (b"\n  \n", "檔案是空的"),
        ("措施: 補助".encode("big5"), "不是 UTF-8 編碼"),
    ],
)
def test_an_unusable_file_is_the_only_one_complained_about(
    tmp_path: Path, file: str, content: bytes | None, reason: str
) -> None:
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    (directory / file).unlink()
    if content is not None:
        (directory / file).write_bytes(content)
    problems = check(directory)
    assert [(p.file, p.key) for p in problems] == [(file, "")]
    assert reason in problems[0].reason


def test_faults_of_several_files_come_in_one_error(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    for file, old, new in (
        ("measures.yaml", "    kind: subsidy\n", ""),
        ("routing.yaml", "organisations: [pmc]", "organisations: [pcm]"),
        ("calendar.yaml", "Asia/Taipei", "Mars"),
    ):
        text = (directory / file).read_text(encoding="utf-8")
        (directory / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load(directory)
    assert [(problem.file, problem.key) for problem in refused.value.problems] == [
        ("measures.yaml", "measures[sme9_mfg_case].kind"),
        ("calendar.yaml", "calendar.zone"),
        ("routing.yaml", "routing_rules[lead_central].then.organisations"),
    ]
    assert "routing.yaml: routing_rules[lead_central].then.organisations: " in str(refused.value)


@given(
    file=st.sampled_from(sorted(path.name for path in DATA.iterdir())),
    place=st.floats(0, 1, exclude_max=True),
    insert=st.sampled_from(
        ["", "\t", ": ", "- ", "[", "}", "&a ", "*a ", "!!python/name:os.system ", "\x07", "null"]
    ),
    cut=st.integers(0, 60),
)
@settings(max_examples=60, deadline=None)
def test_any_damage_to_a_file_is_reported_and_never_a_crash(
    *, tmp_path_factory: pytest.TempPathFactory, file: str, place: float, insert: str, cut: int
) -> None:
    directory = tmp_path_factory.mktemp("damaged") / "data"
    shutil.copytree(DATA, directory)
    text = (directory / file).read_text(encoding="utf-8")
    at = int(place * len(text))
    (directory / file).write_text(text[:at] + insert + text[at + cut :], encoding="utf-8")
    assert all(problem.file and problem.reason for problem in check(directory))


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    before = load(directory).version
    assert before == load().version
    text = (directory / "courses.yaml").read_text(encoding="utf-8")
    (directory / "courses.yaml").write_text(text + "# 註解\n", encoding="utf-8")
    assert load(directory).version != before


def test_the_shipped_data_has_no_problem() -> None:
    assert check() == ()
