"""A file of the catalogue, as staff edited it, read over the knowledge in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from ..knowledge import Knowledge, KnowledgeError, Problem
from ..loader import amended
from .differences import RecordChange, amendments, differences
from .file_content import FileContent, in_order
from .file_problems import FileProblems
from .grids import OLD_OFFICE
from .plain import Plain
from .sections import AMENDABLE
from .sheets import sheets
from .texts import text_of
from .workbook_reading import read_workbook
from .yaml_reading import read_yaml_text


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What a file asks for. `untouched` are the ids that it does not hold, by section: they stay as they are.

    `amendments` are the records that it adds or changes, for JSON, by section and id; empty when it says
    what holds anyway. `after` is the knowledge with them.
    """

    after: Knowledge
    amendments: Mapping[str, Mapping[str, Plain]]
    changes: tuple[RecordChange, ...]
    untouched: Mapping[str, tuple[str, ...]]


def read_upload(filename: str, content: bytes, knowledge: Knowledge) -> Uploaded:
    """Read a workbook (XLSX) or YAML over the knowledge in force.

    Raises FileProblems with every fault found, each with its place.
    """
    found = _read(filename, content, knowledge)
    if not found.raw and not found.problems:
        raise FileProblems.of("檔案裡沒有任何資料")
    after = knowledge
    problems = list(_vanished(found, knowledge))
    try:
        after = amended(knowledge, found.raw)
    except KnowledgeError as error:
        problems += error.problems
    found.take_over(problems)
    if found.problems:
        order = {sheet.title: place for place, sheet in enumerate(sheets(knowledge))}
        raise FileProblems(in_order(found.problems, order))
    changed = amendments(knowledge, after)
    untouched = {
        section: tuple(
            str(name) for name in getattr(knowledge, section) if name not in found.raw.get(section, ())
        )
        for section in AMENDABLE
    }
    return Uploaded(after if changed else knowledge, changed, differences(knowledge, after), untouched)


def _read(filename: str, content: bytes, knowledge: Knowledge) -> FileContent:
    kind = PurePath(filename).suffix.lower()
    if not content.strip():
        raise FileProblems.of("檔案是空的")
    if kind in {".xlsm", ".xltm", ".xlsb"}:
        raise FileProblems.of("不接受可含巨集的格式；請另存成 XLSX")
    if content.startswith((b"PK", OLD_OFFICE)):
        return read_workbook(content, knowledge)
    if kind in {".yaml", ".yml"}:
        return read_yaml_text(content)
    text_of(content)  # a text under another name is told its encoding first
    raise FileProblems.of("不是 XLSX 檔；CSV 等文字檔請貼進下載的活頁簿，或改傳 YAML（副檔名 .yaml）")


def _vanished(found: FileContent, knowledge: Knowledge) -> Iterator[Problem]:
    """Complain of each year's edition that the file no longer has: answers were given by it."""
    for identity, raw in found.raw.get("measures", {}).items():
        measure, editions = knowledge.measures.get(identity), raw.get("editions")
        if measure and isinstance(editions, list):
            left = {str(edition.get("key")) for edition in editions if isinstance(edition, dict)}
            for edition in measure.editions:
                if edition.key not in left:
                    reason = f"年度版不能刪除：缺少 {edition.key}"
                    yield Problem(AMENDABLE["measures"].file, f"measures[{identity}]", reason)
