"""Reading one data file strictly: UTF-8, safe YAML without duplicate keys, CSV with known columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableFile(Exception):
    """The file gives no data at all; the text says why."""


def read_text(path: Path) -> str:
    """Return the file's text. Raises UnreadableFile when it is missing, empty or not UTF-8."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UnreadableFile("找不到檔案") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"不是 UTF-8 編碼（第 {error.start} 位元組）") from error
    if not text.strip():
        raise UnreadableFile("檔案是空的")
    return text


def read_yaml(path: Path) -> tuple[object, list[tuple[str, str]]]:
    """Return the document and its duplicate keys as (path, reason).

    Raises UnreadableFile when the text is not one YAML document.
    """
    return parse_yaml(read_text(path))


def parse_yaml(text: str) -> tuple[object, list[tuple[str, str]]]:
    """Do as `read_yaml` for a text."""
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise UnreadableFile("檔案是空的")
        duplicates = list(_duplicates(node, ""))
        return loader.construct_document(node), duplicates
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UnreadableFile(f"YAML 語法錯誤（第 {line} 行）：{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableFile(f"YAML 無法解讀：{error}") from error
    finally:
        loader.dispose()


def _duplicates(node: yaml.Node, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _duplicates(item, f"{path}[{_name(item) or index}]")
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # construction refuses it
            here = f"{path}.{key.value}" if path else str(key.value)
            line = key.start_mark.line + 1
            if key.value in seen:
                yield here, f"鍵重複（第 {seen[key.value]} 行與第 {line} 行）"
            seen.setdefault(key.value, line)
            yield from _duplicates(value, here)


def _name(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return record_name({key.value: value.value for key, value in node.value if key.id == "scalar"})


def record_name(raw: object) -> str | None:
    """Return what a raw record calls itself, or None: its `id`, `slug` or `key`."""
    if isinstance(raw, dict):
        for name in ("id", "slug", "key"):
            if isinstance(raw.get(name), str):
                return str(raw[name])
    return None


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows as mappings. Raises UnreadableFile when columns or a row's length are wrong."""
    reader = csv.reader(read_text(path).splitlines())
    header = next(reader)
    if header != list(columns):
        raise UnreadableFile(f"第一行應為 {','.join(columns)}")
    rows = []
    for row in reader:
        if len(row) != len(columns):
            raise UnreadableFile(f"第 {reader.line_num} 行應有 {len(columns)} 欄")
        rows.append(dict(zip(columns, row, strict=True)))
    return rows
