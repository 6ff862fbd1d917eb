"""The only read of the system clock; everything below the doors gets `now` or a day as an argument."""

from datetime import UTC, date, datetime

from knowledge_base.records.measures import TAIPEI


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day that it is in Taipei."""
    return now().astimezone(TAIPEI).date()
