"""The closed sets of the knowledge base as forms need them."""

from functools import partial

from helpdesk.policy.submission import Vocabulary
from helpdesk.web.installation import equipment
from knowledge_base.lookup import normalise_county


def vocabulary() -> Vocabulary:
    """Return what fields are checked against."""
    return Vocabulary(
        county=partial(normalise_county, equipment().knowledge),
        sectors=frozenset(name for _, names in sectors() for name in names),
    )


def counties() -> list[str]:
    """Return the 22 counties in the order of the data."""
    return list(equipment().knowledge.counties)


def sectors() -> list[tuple[str, tuple[str, ...]]]:
    """Return the groups with their sub-sectors, for a select with groups."""
    return [(group.id, group.sectors) for group in equipment().knowledge.sectors.values()]
