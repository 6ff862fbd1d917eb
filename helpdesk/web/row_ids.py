"""Numbers of rows as they stand in addresses and forms: one that no row can have is refused at the door."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from helpdesk.models.base import LARGEST_ID


class RowIdConverter(IntegerConverter):
    """`<int:...>` in an address: whole numbers up to `LARGEST_ID`; a larger one matches no address."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def row_id(text: str) -> int:
    """Return the number that a field holds. Raises ValueError, also for one that is too large."""
    number = int(text)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError("no row has this number")
    return number


def init_app(app: Flask) -> None:
    """Make every `<int:...>` a row's number."""
    app.url_map.converters["int"] = RowIdConverter
