"""A workbook of the catalogue as raw records, with the sheet, row and column of everything in it.

What the file leaves out is as in the knowledge: a record without a row, a sheet that is not there. A sheet
that is there holds all that its records have of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..knowledge import Knowledge
from ..records import Edition
from .file_content import FileContent
from .file_problems import FileProblems, Place
from .grids import read_grids
from .layout import EDITION, FIELD_COLUMN, HELP_SHEET, Shape, Sheet
from .plain import Plain, plain
from .sections import AMENDABLE, SECTION_WORDS
from .sheets import sheets
from .tables import Table, TableRow, read_table
from .trees import grow
from .words import fields_of

Address = tuple[str, ...]
"""Section, id and, below an edition, its key."""


@dataclass(slots=True)
class _Assembly:
    """The records as they are put together; `holders` are the records and editions that rows may belong to."""

    knowledge: Knowledge
    layout: tuple[Sheet, ...]
    tables: Mapping[str, Table]
    found: FileContent
    holders: dict[Address, Plain] = field(default_factory=dict)

    def inherit(self, holder: Plain, base: Plain, own: Sheet) -> None:
        """Give a record or edition, a row of its own sheet, what the knowledge holds of it and no sheet says."""
        said = {column.path.partition(".")[0] for column in own.columns}
        for sheet in (table.sheet for table in self.tables.values()):
            if sheet.shape is Shape.ORIGINS:
                said.add("field_origins")
            elif sheet.section == own.section and sheet.inside and sheet.inside[:-1] == own.inside:
                said.add(sheet.inside[-1])
        holder |= {name: value for name, value in base.items() if name not in said}

    def hold(self, address: Address, holder: Plain) -> None:
        """Let rows belong to a record and to the editions that it has by now."""
        self.holders[address] = holder
        for edition in holder.get("editions", ()):
            self.holders[(*address, edition["key"])] = edition

    def base(self, section: str, identity: str) -> Plain:
        """Return the record as the knowledge has it; empty when it has none."""
        record = getattr(self.knowledge, section).get(identity)
        return plain(record) if record else {}

    def holder(self, address: Address) -> Plain | None:
        """Return what a row belongs to; a record is taken from the knowledge when the file lacks its sheet."""
        section, identity, *_ = address
        listed = any(
            table.sheet.section == section and not table.sheet.inside for table in self.tables.values()
        )
        if address[:2] not in self.holders and not listed:
            base = self.base(section, identity)
            if base:
                self.found.add(section, identity, base)
                self.hold(address[:2], base)
        return self.holders.get(address)

    def refuse_orphan(self, table: Table, row: TableRow, address: Address) -> None:
        """Complain of a row that belongs to nothing in the file, naming the sheet that lacks it."""
        section, identity, *edition = address
        known = self.holder(address[:2]) is not None
        inside = ("editions",) if known and edition else ()
        titles = (sheet.title for sheet in self.layout if (sheet.section, sheet.inside) == (section, inside))
        parent = next(titles, SECTION_WORDS[section])
        name = f"{identity} 的 {edition[0]}" if inside else identity
        code = table.sheet.keys[1 if table.sheet.shape is Shape.ORIGINS else 0]
        column = EDITION.title if inside else code.title
        place = Place(table.sheet.title, row.number, column)
        self.found.complain(place, f"「{parent}」沒有「{name}」")


def read_workbook(content: bytes, knowledge: Knowledge) -> FileContent:
    """Read the sheets of the layout. Raises FileProblems when the file or a heading is not as it should be."""
    layout = sheets(knowledge)
    found = FileContent()
    grids, problems = read_grids(content)
    for problem in problems:
        found.complain(problem.place, problem.reason)
    known = {sheet.title: sheet for sheet in layout}
    tables: dict[str, Table] = {}
    sound = True
    for grid in grids:
        if grid.title in known:
            table = read_table(known[grid.title], grid, found)
            sound = sound and table is not None
            tables |= {grid.title: table} if table else {}
        elif grid.title != HELP_SHEET:
            sound = False
            found.complain(Place(grid.title), f"不認得的工作表；可以有 {'、'.join(known)}")
    if not sound:
        raise FileProblems(found.problems)
    assembly = _Assembly(knowledge, layout, tables, found)
    for sheet in layout:
        if sheet.title in tables:
            _put_together(assembly, tables[sheet.title])
    return found


def _put_together(assembly: _Assembly, table: Table) -> None:
    if not table.sheet.inside and table.sheet.shape is Shape.ITEMS:
        _records(assembly, table)
        return
    groups: dict[Address, list[TableRow]] = {}
    for row in table.rows:
        section = (table.sheet.section,) if table.sheet.section else ()
        address = tuple(name for name in (*section, *row.keys) if name is not None)
        if assembly.holder(address) is None:
            assembly.refuse_orphan(table, row, address)
        else:
            groups.setdefault(address, []).append(row)
    for address, rows in groups.items():
        holder = assembly.holders[address]
        match table.sheet.shape:
            case Shape.TREE:
                _tree(assembly, table, holder, address, rows)
            case Shape.ORIGINS:
                _origins(assembly, table, holder, address, rows)
            case Shape.ITEMS:
                _items(assembly, table, holder, address, rows)


def _key(address: Address) -> str:
    section, identity, *edition = address
    return f"{section}[{identity}]" + "".join(f".editions[{key}]" for key in edition)


def _records(assembly: _Assembly, table: Table) -> None:
    section = table.sheet.section
    for row in _distinct(assembly, table, table.rows):
        identity = row.values[table.sheet.identity]
        record = dict(row.values)
        assembly.inherit(record, assembly.base(section, identity), table.sheet)
        assembly.found.add(section, identity, record)
        assembly.hold((section, identity), record)
        table.mark(assembly.found, row, _key((section, identity)))


def _distinct(assembly: _Assembly, table: Table, rows: tuple[TableRow, ...]) -> list[TableRow]:
    """Return the rows that name themselves, each name once."""
    seen: dict[str, TableRow] = {}
    for row in rows:
        name = row.values.get(table.sheet.identity)
        place = table.place(row, table.sheet.identity)
        if name is None:
            assembly.found.lacks(place)
        elif name in seen:
            assembly.found.complain(place, f"「{name}」重複，已見於第 {seen[name].number} 列")
        else:
            seen[name] = row
    return list(seen.values())


def _items(assembly: _Assembly, table: Table, holder: Plain, address: Address, rows: list[TableRow]) -> None:
    name, items = table.sheet.inside[-1], []
    named = assembly.base(*address[:2]).get(name, ()) if table.sheet.identity else ()
    base = {item[table.sheet.identity]: item for item in named}
    for index, row in enumerate(_distinct(assembly, table, tuple(rows)) if table.sheet.identity else rows):
        item = dict(row.values)
        own = item.get(table.sheet.identity, index)
        assembly.inherit(item, base.get(own, {}), table.sheet)
        table.mark(assembly.found, row, f"{_key(address)}.{name}[{own}]")
        items.append(item)
    holder[name] = items
    if table.sheet.identity:
        for former in [other for other in assembly.holders if other[:-1] == address and len(other) > 2]:
            del assembly.holders[former]
        assembly.hold(address, holder)


def _tree(assembly: _Assembly, table: Table, holder: Plain, address: Address, rows: list[TableRow]) -> None:
    name = table.sheet.inside[-1]
    grown = grow([row.values for row in rows], assembly.knowledge.facts)
    for index, path in grown.paths.items():
        table.mark(assembly.found, rows[index], f"{_key(address)}.{name}{path}")
    for index, column, reason in grown.faults:
        assembly.found.complain(table.place(rows[index], column), reason)
    untyped = [row for row in rows if "type" not in row.values]
    for row in untyped:
        assembly.found.lacks(table.place(row, "type"))
    if grown.sound and not untyped:  # the conditions of a broken tree would be complained of for nothing
        holder[name] = grown.tree


def _origins(
    assembly: _Assembly, table: Table, holder: Plain, address: Address, rows: list[TableRow]
) -> None:
    model = Edition if len(address) > 2 else AMENDABLE[address[0]].model
    names = {words: name for name, words in fields_of(model).items()}
    origins: Plain = {}
    for row in rows:
        words = row.values.get("field", "")
        if words not in names:
            assembly.found.complain(table.place(row, "field"), f"沒有「{words}」這個{FIELD_COLUMN}")
        elif names[words] in origins:
            assembly.found.complain(table.place(row, "field"), f"「{words}」重複")
        else:
            field_name = names[words]
            origins[field_name] = {name: value for name, value in row.values.items() if name != "field"}
            table.mark(assembly.found, row, f"{_key(address)}.field_origins.{field_name}")
    holder["field_origins"] = origins
