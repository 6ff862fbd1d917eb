"""The shipped texts with their categories: reading, checking, fingerprint. Trains nothing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from triage_model.classification import Category

DIRECTORY = Path(__file__).parent / "corpus"


class Register(StrEnum):
    """How a text came to be written down."""

    AGENT_NOTE = "agent_note"
    PHONE_TYPING = "phone_typing"
    LONG_MAIL = "long_mail"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its category. Texts of one `family` are never split between training and testing."""

    id: str
    text: str
    label: Category
    register: Register
    family: str
    hard: bool


class CorpusError(ValueError):
    """A line of the corpus cannot be used; the message names file, line and reason."""


def load(directory: Path = DIRECTORY) -> list[Example]:
    """Read every example, ordered by file name and line.

    Raises CorpusError for an unreadable line, an unknown label or register, an empty text, or an id
    used twice.
    """
    examples: list[Example] = []
    seen: dict[str, str] = {}
    for path in _paths(directory):
        for place, line in _lines(path):
            example = _example(line, place)
            if example.id in seen:
                raise CorpusError(f"{place}: id {example.id!r} is already used at {seen[example.id]}")
            seen[example.id] = place
            examples.append(example)
    if not examples:
        raise CorpusError(f"{directory}: no examples")
    return examples


def digest(directory: Path = DIRECTORY) -> str:
    """Return the sha256 over names and contents of all corpus files, in hexadecimal."""
    total = hashlib.sha256()
    for path in _paths(directory):
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def labelled(path: Path) -> list[tuple[str, Category]]:
    """Read the lines {"text", "label"} of a file to evaluate on. Raises CorpusError."""
    pairs = []
    for place, line in _lines(path):
        record = _record(line, place)
        pairs.append((_text(record, place), _member(Category, record, "label", place)))
    if not pairs:
        raise CorpusError(f"{path.name}: no examples")
    return pairs


def _paths(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.jsonl"))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield f"{path.name}:{number}", line


def _example(line: str, place: str) -> Example:
    record = _record(line, place)
    for key in ("id", "family"):
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise CorpusError(f"{place}: {key} is missing or empty")
    if not isinstance(record.get("hard", False), bool):
        raise CorpusError(f"{place}: hard is neither true nor false")
    return Example(
        id=record["id"],
        text=_text(record, place),
        label=_member(Category, record, "label", place),
        register=_member(Register, record, "register", place),
        family=record["family"],
        hard=record.get("hard", False),
    )


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise CorpusError(f"{place}: not JSON ({error})") from error
    if not isinstance(record, dict):
        raise CorpusError(f"{place}: not a JSON object")
    return record


def _text(record: dict[str, Any], place: str) -> str:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise CorpusError(f"{place}: text is missing or empty")
    return text


def _member(kind: type[Closed], record: dict[str, Any], key: str, place: str) -> Closed:
    value = record.get(key)
    if value not in list(kind):
        raise CorpusError(f"{place}: unknown {key} {value!r}, expected one of {', '.join(kind)}")
    return kind(value)
