"""The small records that HSDS 3.0 nests in services and organisations, and how an assumption is marked.

Every id is a UUID made of the path of ids that leads to the record, so it is the same for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from .records import MeasureKind, OrganisationKind, Origin, Phone, Theme
from .words import WORDS

Json = dict[str, Any]

NAMESPACE = UUID("81cf0c1c-aede-46b5-b249-c32e98f5866f")
"""Never to be changed: other directories hold our ids."""

ASSUMED = "（假設，待確認）"
JOINT = "、"
"""Between the members of a list in words; also between two agencies in charge together."""


@dataclass(frozen=True)
class Taxonomy:
    """Terms that records are marked with: a word for each code; a code without one is its own word."""

    id: str
    name: str
    words: Mapping[str, str] = field(default_factory=dict)


MEASURE_KINDS = Taxonomy("measure_kind", "措施類別", WORDS[MeasureKind])
AGENCY = "agency"
ORGANISATION_KINDS = Taxonomy(
    "organisation_kind", "單位類別", {AGENCY: "主辦機關", **WORDS[OrganisationKind]}
)
THEMES = Taxonomy("theme", "升級轉型主題", WORDS[Theme])
SECTORS = Taxonomy("sector", "產業")
ASSUMPTION = "assumption"
CONFIDENCE = Taxonomy("confidence", "資料可信度", {ASSUMPTION: "假設，待確認"})


def identity(*path: str) -> str:
    """Return the UUID of the record that a path of ids leads to."""
    return str(uuid5(NAMESPACE, "/".join(path)))


def filled(**fields: Any) -> Json:
    """Return the fields that hold something; zero is something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def told(text: str, *origins: Origin) -> str:
    """Return the text, marked as an assumption unless every origin was checked."""
    return text if all(origin.checked for origin in origins) else text + ASSUMED


def lines(*texts: str | None) -> str:
    """Return the texts that are there, one a line."""
    return "\n".join(text for text in texts if text)


def phones(entity: str, owner: str, numbers: Iterable[Phone], origin: Origin) -> list[Json]:
    """Return a phone for each extension, or for the number alone. `entity` is the owner's table.

    An extension is a number in HSDS; one that begins with a zero is told in the description.
    """
    return [
        filled(
            id=identity(owner, "phone", phone.number, extension),
            **{f"{entity}_id": owner},
            number=phone.number,
            extension=None if extension.startswith("0") or not extension else int(extension),
            type="voice",
            description=told(f"分機 {extension}" if extension.startswith("0") else "", origin),
        )
        for phone in numbers
        for extension in phone.extensions or ("",)
    ]


def chinese(service: str) -> list[Json]:
    """Return the one language in which everything here is offered."""
    return [{"id": identity(service, "language", "zh"), "service_id": service, "name": "中文", "code": "zh"}]


def doubt(origin: Origin) -> str:
    """Return the value of an attribute that rests on an assumption; empty for what was checked."""
    return "" if origin.checked else CONFIDENCE.words[ASSUMPTION]


def attribute(
    entity: str, owner: str, taxonomy: Taxonomy, code: str, *, link_type: str, value: str = ""
) -> Json:
    """Return the mark that a term of a taxonomy describes the owner, a record of the table `entity`."""
    word, term = taxonomy.words.get(code, code), identity("term", taxonomy.id, code)
    return filled(
        id=identity(owner, "attribute", taxonomy.id, code),
        link_id=owner,
        taxonomy_term_id=term,
        link_type=link_type,
        link_entity=entity,
        value=value,
        taxonomy_term={
            "id": term,
            "code": str(code),
            "name": word,
            "description": f"{taxonomy.name}：{word}",
            "taxonomy": taxonomy.name,
            "taxonomy_id": identity("taxonomy", taxonomy.id),
            "language": "zh",
        },
    )


def assumptions(entity: str, record: Json, derived: Iterable[str] = ()) -> Iterator[Json]:
    """Yield an attribute for each field in which something is marked as an assumption, or is derived from one.

    Its value is the field's name.
    """
    marked = [name for name, value in record.items() if ASSUMED in str(value)]
    for name in (*marked, *derived):
        mark = attribute(entity, record["id"], CONFIDENCE, ASSUMPTION, link_type=ASSUMPTION, value=name)
        yield {**mark, "id": identity(record["id"], ASSUMPTION, name)}
