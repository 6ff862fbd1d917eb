"""One pass over a workbook's parts before they are read: what is too much, hidden or out of reach is refused.

The parts are read as a stream, so that a small file that unpacks to millions of cells costs nothing. What is
no XML is left to the reader, which meets the same fault at the same place.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import NoReturn

from defusedxml.ElementTree import DefusedXMLParser, ParseError

from .file_problems import FileProblem, FileProblems, Place

MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 2_000, 60, 32_767
LAST_ROW = MOST_ROWS + 1  # after the heading
_MOST_SHEETS, _LONGEST_TITLE, _MOST_MERGED = 60, 31, 200
_MOST_CELLS, _MOST_CHARACTERS = 200_000, 10_000_000
_MOST_ROWS_PAINTED, _MOST_CELLS_PAINTED = 10_000, 1_024
_MOST_ELEMENTS, _MOST_OTHERS, _MOST_NAMES, _DEEPEST = 1_000_000, 50_000, 2_000, 40
_CHUNK, _LARGEST_TAG, _LONGEST_NUMBER = 65_536, 1_000_000, 60

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedStrings.xml"
_ROW = re.compile(r"[0-9]{1,7}")
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_TOO_MUCH = "活頁簿的內容太多，不予讀取；請只保留下載的工作表"


@dataclass(slots=True)
class _Found:
    """What the parts say so far: sheets by their relation, the lengths of shared texts, counts, merged cells."""

    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    elements: int = 0
    cells: int = 0
    characters: int = 0
    problems: list[FileProblem] = field(default_factory=list)

    def title(self, part: str) -> str | None:
        """Return the title of the sheet that a part holds."""
        for relation, title in self.sheets.items():
            target = self.targets.get(relation, "")
            if posixpath.normpath(posixpath.join("/xl", target)) == f"/{part}":
                return title
        return None


def scan(archive: zipfile.ZipFile) -> list[FileProblem]:
    """Return the merged cells of every sheet. Raises FileProblems for what must not be read at all."""
    found = _Found()
    names = archive.namelist()
    first = [name for name in (_WORKBOOK, _RELATIONS, _TEXTS) if name in names]
    for name in (*first, *sorted({*names} - {*first})):
        _stream(archive, name, found)
    if any(length > MOST_TEXT for length in found.lengths):
        raise FileProblems.of(f"有一格的文字超過 {MOST_TEXT:,} 字")
    return found.problems


def _stream(archive: zipfile.ZipFile, name: str, found: _Found) -> None:
    part = _Part(name, found)
    parser = DefusedXMLParser(target=part, forbid_dtd=True)
    try:
        with archive.open(name) as content:
            while chunk := content.read(_CHUNK):
                part.unheard += len(chunk)
                parser.feed(chunk)
                if part.unheard > _LARGEST_TAG:
                    raise FileProblems.of(_TOO_MUCH)
    except ParseError:
        return


class _Part:
    """What happens in one part, as its stream is read."""

    def __init__(self, name: str, found: _Found) -> None:
        self.name, self.found = name, found
        self.path: list[str] = []
        self.unheard = self.others = self.rows = self.merged = 0
        self.row = self.column = self.cells = 0
        self.kind, self.says, self.computed, self.length, self.text = "n", False, False, 0, ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Count an element, and take from it what it says of sheets, rows and cells."""
        name = tag.rpartition("}")[2]
        self._count(name, attributes)
        inside = self.path[-1] if self.path else ""
        self.path.append(name)
        match name:
            case "row":
                self._start_row(attributes.get("r"))
            case _ if inside == "row":
                self._start_cell(attributes)
            case "f":
                self.says = self.computed = True
            case "mergeCell":
                self._merge(attributes.get("ref", ""))
            case "si":
                self.found.lengths.append(0)
            case "sheet" if inside == "sheets":
                self._sheet(attributes)
            case "Relationship" if self.name == _RELATIONS:
                self.found.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def data(self, text: str) -> None:
        """Take the text of a cell, or of one that several share."""
        self.unheard = 0
        if "si" in self.path:
            self.found.lengths[-1] += len(text)
        elif self.path[-1] in {"v", "t", "f"}:
            self.says = self.says or not text.isspace()
            self.length += len(text)
            self.text = (self.text + text)[:_LONGEST_NUMBER]

    def end(self, _tag: str) -> None:
        """Hold a whole cell against what may be in one."""
        self.unheard = 0
        name = self.path.pop()
        if self.path and self.path[-1] == "row" and name != "row":
            self._end_cell()

    def comment(self, _text: str) -> None:
        """Count a comment as an element: each costs time."""
        self._count("", {})

    def pi(self, _target: str, _text: str = "") -> None:
        """Count an instruction to a program as an element."""
        self._count("", {})

    def _count(self, name: str, attributes: Mapping[str, str]) -> None:
        found, self.unheard = self.found, 0
        found.elements += 1
        found.names.add(name)
        found.names.update(attributes)
        if name != "si" and "si" not in self.path and "row" not in self.path:
            self.others += 1
        if (
            found.elements > _MOST_ELEMENTS
            or self.others > _MOST_OTHERS
            or len(found.names) > _MOST_NAMES
            or len(self.path) > _DEEPEST
        ):
            self._refuse(_TOO_MUCH)

    def _refuse(self, reason: str) -> NoReturn:
        sheet = self.found.title(self.name)
        raise FileProblems.of(reason, sheet=sheet, row=self.row if sheet and self.row else None)

    def _start_row(self, written: str | None) -> None:
        before = self.row
        if written is not None and not _ROW.fullmatch(written):
            self._refuse(f"列號「{written}」不正確")
        self.row = int(written) if written is not None else before + 1
        self.rows += 1
        self.column = self.cells = 0
        if self.row <= before or self.path.count("row") > 1:
            self._refuse("列號重複或顛倒")
        if self.rows > _MOST_ROWS_PAINTED:
            self._refuse(f"超過 {MOST_ROWS:,} 列，不予讀取")

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        written, before = attributes.get("r"), self.column
        if written is None:
            self.column += 1
        elif (place := _CELL.fullmatch(written)) and int(place[2]) == self.row:
            self.column = _column(place[1])
        else:
            self._refuse(f"儲存格的位置「{written}」不正確")
        self.kind = attributes.get("t", "n")
        self.says, self.computed, self.length, self.text = False, False, 0, ""
        self.cells += 1
        self.found.cells += 1
        if self.column <= before:
            self._refuse(f"儲存格的位置「{written}」重複或顛倒")
        if self.cells > _MOST_CELLS_PAINTED:
            self._refuse(f"一列超過 {MOST_COLUMNS} 欄，不予讀取")
        if self.found.cells > _MOST_CELLS:
            self._refuse(f"活頁簿超過 {_MOST_CELLS:,} 個儲存格，不予讀取")

    def _end_cell(self) -> None:
        if not self.says:
            return
        if self.row > LAST_ROW:
            self._refuse(f"超過 {MOST_ROWS:,} 列，不予讀取")
        if self.column > MOST_COLUMNS:
            self._refuse(f"第 {self.column:,} 欄有內容，最多讀到第 {MOST_COLUMNS} 欄")
        if self.kind == "s":
            self.length = self._shared_length()
        elif self.kind == "n" and not self.computed and not self._is_number():
            self._refuse(f"第 {self.column} 欄的數字「{self.text}」太大或不正確")
        self.found.characters += self.length
        if self.length > MOST_TEXT:
            self._refuse(f"第 {self.column} 欄的文字超過 {MOST_TEXT:,} 字")
        if self.found.characters > _MOST_CHARACTERS:
            self._refuse(f"活頁簿的文字合計超過 {_MOST_CHARACTERS:,} 字，不予讀取")

    def _shared_length(self) -> int:
        try:
            return self.found.lengths[int(self.text)]
        except (ValueError, IndexError):
            self._refuse(f"第 {self.column} 欄的文字編號不正確")

    def _is_number(self) -> bool:
        try:
            return self.length < _LONGEST_NUMBER and isfinite(float(self.text))
        except ValueError:
            return False

    def _merge(self, cells: str) -> None:
        self.merged += 1
        if self.merged > _MOST_MERGED:
            self._refuse(f"超過 {_MOST_MERGED} 處合併儲存格；請全部取消合併")
        reason = f"合併儲存格 {cells[:40]}；請取消合併，每格各填各的值"
        self.found.problems.append(FileProblem(Place(self.found.title(self.name)), reason))

    def _sheet(self, attributes: Mapping[str, str]) -> None:
        title = attributes.get("name", "")
        relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
        if len(title) > _LONGEST_TITLE:
            raise FileProblems.of(f"工作表的名稱「{title}」超過 {_LONGEST_TITLE} 字")
        if relation in self.found.sheets:
            raise FileProblems.of("與另一張工作表是同一份內容", sheet=title)
        if len(self.found.sheets) >= _MOST_SHEETS:
            raise FileProblems.of(f"超過 {_MOST_SHEETS} 張工作表")
        self.found.sheets[relation] = title


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
