"""The texts the model learns from: read, checked, named by their content."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from triage_model.labels import LABELS, REGISTERS

CORPUS = Path(__file__).parent / "corpus"
FIELDS = {"id", "text", "label", "register", "family", "hard"}
FIRST_WRITER = "first"
"""Who wrote the lines that name no writer."""


class CorpusError(ValueError):
    """A line cannot be used; names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text. Texts of one `family` never stand on both sides of a split; `writer` tells whose hand it is."""

    id: str
    text: str
    label: str
    register: str
    family: str
    hard: bool
    writer: str = FIRST_WRITER


def load(directory: Path = CORPUS) -> list[Example]:
    """Return every example, files in order of name. Raises CorpusError for the first bad line."""
    examples: list[Example] = []
    seen: set[str] = set()
    for path in sorted(directory.glob("*.jsonl")):
        examples += load_file(path, seen)
    if not examples:
        raise CorpusError(f"no texts in {directory.name}")
    return examples


def load_file(path: Path, seen: set[str] | None = None) -> list[Example]:
    """Return the examples of one file in order, their ids added to `seen`. Raises CorpusError."""
    seen = set() if seen is None else seen
    examples = []
    for where, line in lines_of(path):
        example = _example(line, where)
        if example.id in seen:
            raise CorpusError(f"{where}: duplicate id {example.id}")
        seen.add(example.id)
        examples.append(example)
    return examples


def as_lines(examples: Sequence[Example]) -> str:
    """Return the examples as `load_file` reads them, in ASCII: half a surrogate pair has no other bytes."""
    return "".join(json.dumps(asdict(example)) + "\n" for example in examples)


def digest(examples: Sequence[Example]) -> str:
    """Return the sha256 over the examples in their order."""
    return hashlib.sha256(as_lines(examples).encode()).hexdigest()


def read_labelled(path: Path) -> list[tuple[str, str]]:
    """Return text and label of every line of a file for evaluation. Raises CorpusError."""
    pairs = []
    for where, line in lines_of(path):
        values = object_of(line, where)
        text, label = values.get("text"), values.get("label")
        if not isinstance(text, str):
            raise CorpusError(f"{where}: text is missing")
        if label not in LABELS:
            raise CorpusError(f"{where}: unknown label {label!r}; known: {', '.join(LABELS)}")
        pairs.append((text, str(label)))
    if not pairs:
        raise CorpusError(f"{path.name}: no texts")
    return pairs


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every line that is not blank with its place. Not `splitlines`: a text may hold a U+2028."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path.name}:{number}"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise CorpusError(f"{where}: not UTF-8") from None
            if text.strip():
                yield where, text


def object_of(line: str, where: str) -> dict[str, object]:
    """Return the JSON object of a line. Raises CorpusError naming `where`."""
    try:
        values = json.loads(line)
    except json.JSONDecodeError as problem:
        raise CorpusError(f"{where}: no JSON: {problem.msg}") from None
    except RecursionError:
        raise CorpusError(f"{where}: no JSON: nested too deeply") from None
    if not isinstance(values, dict):
        raise CorpusError(f"{where}: a JSON object is wanted")
    return values


def _example(line: str, where: str) -> Example:
    values = object_of(line, where)
    if values.keys() - {"writer"} != FIELDS:
        raise CorpusError(f"{where}: fields must be {', '.join(sorted(FIELDS))}")
    if values["label"] not in LABELS:
        raise CorpusError(f"{where}: unknown label {values['label']!r}; known: {', '.join(LABELS)}")
    if values["register"] not in REGISTERS:
        raise CorpusError(f"{where}: unknown register {values['register']!r}")
    for name in ("id", "text", "family", "writer"):
        value = values.get(name, FIRST_WRITER)
        if not isinstance(value, str) or not value.strip():
            raise CorpusError(f"{where}: empty {name}")
    if not isinstance(values["hard"], bool):
        raise CorpusError(f"{where}: hard is neither true nor false")
    return Example(
        id=str(values["id"]),
        text=str(values["text"]),
        label=str(values["label"]),
        register=str(values["register"]),
        family=str(values["family"]),
        hard=bool(values["hard"]),
        writer=str(values.get("writer", FIRST_WRITER)),
    )
