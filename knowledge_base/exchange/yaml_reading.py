"""A YAML text of the catalogue as raw records, with the line of everything in it."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from ..faults import MISSING_KEY, UNKNOWN_KEY
from ..reading import LOADER, UnreadableFile, parse_yaml, record_name
from .file_content import FileContent
from .file_problems import FileProblems, Place, shortened
from .sections import AMENDABLE
from .texts import text_of

MOST_BYTES = 2_000_000
_DEEPEST, _MOST_PARTS = 40, 100_000
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_NUMBERS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
_LONGEST_NUMBER = 40


def read_yaml_text(content: bytes) -> FileContent:
    """Read records of the amendable sections. Raises FileProblems for what is no YAML or is unsafe to read."""
    if len(content) > MOST_BYTES:
        raise FileProblems.of(f"YAML 超過 {MOST_BYTES // 1_000_000} MB")
    text = text_of(content)
    found = FileContent()
    try:
        _refuse_bombs(text)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _refusal(error) from error
    except yaml.YAMLError as error:
        raise FileProblems.of(f"YAML 無法解讀：{error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise FileProblems.of(f"最外層應為 {'、'.join(AMENDABLE)} 等鍵", row=1)
    found.places |= dict(_lines(node, ""))
    _refuse_impossible_values(node)
    try:
        document, duplicates = parse_yaml(text)
    except UnreadableFile as error:
        cause = error.__cause__
        if isinstance(cause, yaml.MarkedYAMLError):
            raise _refusal(cause) from error
        raise FileProblems.of(str(error)) from error
    for key, reason in duplicates:
        found.complain(found.place_of(key) or Place(), reason)
    for section, entries in document.items() if isinstance(document, dict) else ():
        _take_section(found, str(section), entries)
    return found


def _refusal(error: yaml.MarkedYAMLError) -> FileProblems:
    line = error.problem_mark.line + 1 if error.problem_mark else None
    return FileProblems.of(f"YAML 語法錯誤：{error.problem}", row=line)


def _refuse_bombs(text: str) -> None:
    """Refuse aliases, which can blow a small text up, and what is too deep or too much to read."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        if count > _MOST_PARTS:
            raise FileProblems.of(f"YAML 的內容超過 {_MOST_PARTS:,} 項", row=_line(event))
        if isinstance(event, yaml.AliasEvent):
            raise FileProblems.of("不接受 YAML 的別名（*名稱）；請直接寫出內容", row=_line(event))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise FileProblems.of(f"層次超過 {_DEEPEST} 層", row=_line(event))


def _line(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


def _refuse_impossible_values(node: yaml.Node) -> None:
    """Refuse dates that no calendar has, and numbers that are too long to be meant, at their lines."""
    faults = FileContent()
    loader = LOADER("")
    for scalar in _scalars(node):
        place, said = Place(row=scalar.start_mark.line + 1), shortened(scalar.value)
        if scalar.tag in _NUMBERS and len(scalar.value) > _LONGEST_NUMBER:
            faults.complain(place, f"數字太大：{said}")
        elif scalar.tag in {_TIMESTAMP, *_NUMBERS}:
            try:
                loader.construct_object(scalar)
            except (ValueError, OverflowError):
                faults.complain(place, f"沒有這個日期、時刻或數字：{said}")
    loader.dispose()
    if faults.problems:
        raise FileProblems(faults.problems)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for part in node.value if isinstance(node, yaml.CollectionNode) else ():
        for inner in part if isinstance(part, tuple) else (part,):
            yield from _scalars(inner)


def _lines(node: yaml.Node, path: str) -> Iterator[tuple[str, Place]]:
    """Yield the line of every key and item, under the names that problems call them by."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            place, name = Place(row=item.start_mark.line + 1), _name(item)
            yield f"{path}[{index}]", place
            yield f"{path}[{name or index}]", place
            yield from _lines(item, f"{path}[{name or index}]")
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{path}.{key.value}" if path else str(key.value)
            yield here, Place(row=key.start_mark.line + 1)
            yield from _lines(value, here)


def _name(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    texts = ((key, value) for key, value in node.value if value.tag == "tag:yaml.org,2002:str")
    return record_name({key.value: value.value for key, value in texts if key.id == "scalar"})


def _take_section(found: FileContent, section: str, entries: object) -> None:
    if section not in AMENDABLE:
        reason = f"{UNKNOWN_KEY}；可以有 {'、'.join(AMENDABLE)}"
        found.complain(found.places.get(section, Place()), reason)
        return
    if not isinstance(entries, list):
        found.complain(found.places[section], "應為清單")
        return
    identity = AMENDABLE[section].identity
    seen: dict[str, int | None] = {}
    for index, record in enumerate(entries):
        place = found.places[f"{section}[{index}]"]
        name = record.get(identity) if isinstance(record, dict) else None
        if not isinstance(name, str):
            found.complain(
                place, f"{MISSING_KEY} {identity}" if isinstance(record, dict) else "應為一組鍵與值"
            )
        elif name in seen:
            found.complain(place, f"「{name}」重複，已見於第 {seen[name]} 行")
        else:
            seen[name] = place.row
            found.add(section, name, record)
