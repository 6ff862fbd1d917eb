"""What a sheet of the catalogue's workbook is: its columns, and where in a record its rows belong.

A sheet holds the records of a section, or what they hold in a list (年度版, 金額), a condition tree or the
origins of single fields. Its first columns name the record that a row belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from .cells import TEXT, CellKind, one_of
from .sections import AMENDABLE, SECTION_WORDS
from .words import field_words

HELP_SHEET = "說明"
SECTION_COLUMN, FIELD_COLUMN = "資料", "欄位"


class Shape(Enum):
    """What a row of a sheet is: an item of a list, a node of a condition tree, the origin of one field."""

    ITEMS = auto()
    TREE = auto()
    ORIGINS = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the row's record by its path (`window.closes_at`)."""

    path: str
    kind: CellKind = TEXT
    width: int = 14
    heading: str = ""

    @property
    def title(self) -> str:
        """Return the heading as the sheet shows it."""
        return self.heading or field_words(self.path)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a section. `inside` is the way from the record to the list or tree: () for the records
    themselves, ("editions", "amounts") for 金額. `identity` is the field that names an item, if one does.
    """

    title: str
    section: str
    columns: tuple[Column, ...]
    inside: tuple[str, ...] = ()
    identity: str = ""
    shape: Shape = Shape.ITEMS

    @property
    def keys(self) -> tuple[Column, ...]:
        """Return the columns that name what a row belongs to."""
        record = Column("", TEXT, 24, f"{SECTION_WORDS.get(self.section, '')}代碼")
        if self.shape is Shape.ORIGINS:
            return (SECTION_OF, Column("", TEXT, 24, "代碼"), EDITION)
        return (record, EDITION)[: len(self.inside)]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns in the order of the sheet."""
        return (*self.keys, *self.columns)


SECTION_OF = Column("", one_of({name: SECTION_WORDS[name] for name in AMENDABLE}), 10, SECTION_COLUMN)
EDITION = Column("", TEXT, 10, "年度版")
