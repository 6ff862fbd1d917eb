"""Which sources a page cites, numbered as its list of sources shows them."""

from collections.abc import Iterable, Iterator, Sequence

from knowledge_base.knowledge import Knowledge
from knowledge_base.records.provenance import Origin, Record


def cited(records: Iterable[object], knowledge: Knowledge) -> dict[str, int]:
    """Return the sources that records cite, numbered from 1 in the order of the data."""
    named = {origin.source for record in records for origin in _origins(record)}
    return {slug: number for number, slug in enumerate(filter(named.__contains__, knowledge.sources), 1)}


def _origins(value: object) -> Iterator[Origin]:
    if isinstance(value, Origin):
        yield value
    elif isinstance(value, Record):
        for _, part in value:
            yield from _origins(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _origins(part)
