"""How a change of the catalogue is said in one line, wherever it is listed."""

from collections import defaultdict
from collections.abc import Iterable

from knowledge_base.exchange.differences import RecordChange

NAMED = 5
"""How many records of a section a line names before it only counts the rest."""


def changes_in_words(changes: Iterable[RecordChange]) -> str:
    """Say what was added and changed, e.g. 措施 2 筆（研發轉型、綠色貸款）；新增單位 1 筆（…）."""
    names: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for change in changes:
        names[change.section_words, change.added].append(change.name)
    return "；".join(_in_words(section, added, named) for (section, added), named in names.items())


def _in_words(section: str, added: bool, names: list[str]) -> str:
    more = " 等" if len(names) > NAMED else ""
    said = "、".join(names[:NAMED]) + more
    return f"{'新增' if added else ''}{section} {len(names)} 筆（{said}）"
