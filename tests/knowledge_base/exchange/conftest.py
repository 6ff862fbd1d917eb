from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from knowledge_base.exchange.file_problems import FileProblems
from knowledge_base.exchange.uploads import Uploaded, read_upload
from knowledge_base.exchange.workbook_writing import write_workbook
from knowledge_base.knowledge import Knowledge

Change = Callable[[Workbook], object]


@pytest.fixture(scope="session")
def written(knowledge: Knowledge) -> bytes:
    return write_workbook(knowledge)


@pytest.fixture(scope="session")
def part(knowledge: Knowledge) -> bytes:
    """Give a workbook of a few measures and organisations: it is edited many times."""
    few = {
        "measures": ("sme9_mfg_case", "idb10_mfg_case", "disaster_danas", "sbir"),
        "organisations": ("itri", "pmc"),
    }
    kept: dict[str, Any] = {
        section: {name: getattr(knowledge, section)[name] for name in names} for section, names in few.items()
    }
    return write_workbook(replace(knowledge, **kept))


@pytest.fixture
def edited(part: bytes) -> Callable[[Change], bytes]:
    """Give a workbook of the shipped catalogue after a change by hand."""

    def editing(change: Change) -> bytes:
        workbook = load_workbook(BytesIO(part))
        change(workbook)
        content = BytesIO()
        workbook.save(content)
        return content.getvalue()

    return editing


@pytest.fixture
def upload(knowledge: Knowledge, edited: Callable[[Change], bytes]) -> Callable[[Change], Uploaded]:
    return lambda change: read_upload("措施.xlsx", edited(change), knowledge)


@pytest.fixture
def refused(knowledge: Knowledge) -> Callable[..., FileProblems]:
    """Give what a file is refused for."""

    def refusing(content: bytes, filename: str = "措施.xlsx") -> FileProblems:
        with pytest.raises(FileProblems) as refusal:
            read_upload(filename, content, knowledge)
        return refusal.value

    return refusing


def find(workbook: Workbook, sheet: str, column: str, **where: str) -> Any:
    """Return the cell of a column in the first row whose named columns hold these words."""
    grid = workbook[sheet]
    headings = [cell.value for cell in grid[1]]
    for row in grid.iter_rows(min_row=2):
        if all(row[headings.index(name)].value == value for name, value in where.items()):
            return row[headings.index(column)]
    raise AssertionError(f"{sheet} has no row {where}")


@pytest.fixture
def cell() -> Callable[..., Any]:
    return find
