"""The official schemas of HSDS 3.0, as published and read strictly."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker

SCHEMAS = Path(__file__).resolve().parents[2] / "shared" / "data" / "hsds-3.0"
FORMATS = {"date": "date", "datetime": "date-time", "time": "time"}
"""By the schemas' own `datapackage_type`, which says of what kind a text is without demanding it."""


class Reading(StrEnum):
    """How a schema is read: as given, or with no field it does not name and every format checked."""

    AS_GIVEN = "as_given"
    STRICT = "strict"


def faults(schema: str, record: Any, reading: Reading) -> list[str]:
    """Return where and why a record is not valid; without the published files the test is skipped."""
    if not SCHEMAS.is_dir():
        pytest.skip("no schemas of HSDS 3.0 in ../shared/data")
    return [
        f"{error.json_path}: {error.message}" for error in _validator(schema, reading).iter_errors(record)
    ]


@cache
def _validator(schema: str, reading: Reading) -> Draft202012Validator:
    document = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    if reading is Reading.AS_GIVEN:
        return Draft202012Validator(document)
    return Draft202012Validator(_strict(document), format_checker=_formats())


def _strict(node: Any) -> Any:
    """Return the schema with every object closed and every kind of text demanded."""
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    strict = {name: _strict(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict):
        strict["additionalProperties"] = False
    if node.get("datapackage_type") in FORMATS:
        strict["format"] = FORMATS[node["datapackage_type"]]
    return strict


def _formats() -> FormatChecker:
    """Return the checks of the formats that the schemas name; those without a library are ours."""
    checker = FormatChecker(formats=["uuid", "email"])
    own: dict[str, Callable[[str], bool]] = {
        "uri": lambda text: text.isascii() and bool(urlsplit(text).scheme and urlsplit(text).netloc),
        "date": lambda text: bool(date.fromisoformat(text)),
        "date-time": lambda text: datetime.fromisoformat(text).tzinfo is not None,
        "time": lambda text: time.fromisoformat(text).tzinfo is not None,
    }
    for name, check in own.items():
        checker.checks(name, raises=ValueError)(check)
    return checker
