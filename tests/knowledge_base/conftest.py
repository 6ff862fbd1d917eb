import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base.knowledge import Knowledge, Problem
from knowledge_base.loader import DATA, check, load


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., tuple[Problem, ...]]:
    """Check a copy of the shipped data in which `old` was replaced once by `new` in `file`."""

    def breaking(file: str, old: str, new: str) -> tuple[Problem, ...]:
        directory = tmp_path / "data"
        shutil.copytree(DATA, directory, dirs_exist_ok=True)
        text = (directory / file).read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}"
        (directory / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return check(directory)

    return breaking
