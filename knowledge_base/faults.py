"""What pydantic refuses, in the words and paths of the person who edits the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from .reading import record_name

MISSING_KEY = "缺少必填的鍵"
UNKNOWN_KEY = "不認得的鍵"

_REASONS = {
    "missing": MISSING_KEY,
    "extra_forbidden": UNKNOWN_KEY,
    "string_type": "應為文字",
    "string_unicode": "含有不成對的字元",
    "int_type": "應為整數",
    "float_type": "應為數字",
    "bool_type": "應為 true 或 false",
    "tuple_type": "應為清單",
    "model_type": "應為一組鍵與值",
    "mapping_type": "應為一組鍵與值",
    "timezone_aware": "時刻須附時區",
    "string_too_short": "不可空白",
    "too_short": "至少要有一項",
    "string_pattern_mismatch": "格式不符 {pattern}",
    "greater_than": "須大於 {gt}",
    "greater_than_equal": "須至少為 {ge}",
    "less_than": "須小於 {lt}",
    "less_than_equal": "不可大於 {le}",
    "literal_error": "應為 {expected}",
    "multiple_of": "須為 {multiple_of} 的倍數",
    "value_error": "{error}",
}

_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "格式不符：須以小寫英文字母開頭，只用小寫英文字母、數字與底線",
    r"^1[0-9]{2}(-1[0-9]{2})?$": "格式不符：民國年寫成 112 或 114-115",
    r"^0[0-9]{1,3}-[0-9]{3,4}-?[0-9]{3,4}$": "格式不符：電話寫成 02-2709-0638",
    r"^[0-9]{1,6}$": "格式不符：分機為 1 至 6 位數字",
    r"^[0-9]{8}$": "格式不符：統一編號為 8 位數字",
    r"^https?://\S+$": "格式不符：網址以 https:// 或 http:// 開頭，不含空白",
}

LONGEST_QUOTE = 60
Place = tuple[int | str, ...]


def faults(error: ValidationError, raw: object) -> Iterator[tuple[str, str]]:
    """Yield the path below the raw record and the reason of each fault."""
    found = error.errors(include_url=False)
    for fault in found:
        # a list whose only item is faulty also counts as too short
        if fault["type"] == "too_short" and any(_inside(other["loc"], fault["loc"]) for other in found):
            continue
        yield (
            _path(raw, fault["loc"]),
            _reason(
                fault["type"],
                fault["msg"],
                {**fault.get("ctx", {}), "given": str(fault["input"])[:LONGEST_QUOTE]},
            ),
        )


def _inside(place: Place, outer: Place) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _reason(kind: str, message: str, details: Mapping[str, object]) -> str:
    """Word a fault in Chinese where we have the words, else in pydantic's."""
    if kind == "enum":
        expected = str(details["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
        return f"沒有「{details['given']}」，應為 {expected}"
    if details.get("pattern") in _PATTERNS:
        return _PATTERNS[str(details["pattern"])]
    return _REASONS[kind].format_map(details) if kind in _REASONS else message


def _path(raw: object, place: Place) -> str:
    """Write a fault's place as a path that calls records in lists by their own names."""
    path = ""
    for step in place:
        if isinstance(step, str) and step.startswith("<"):
            continue  # the kind of a condition's node, which the file does not write
        label, raw = _step(raw, step)
        path += label
    return path


def _step(raw: object, step: int | str) -> tuple[str, object]:
    """Return how a step is written and what lies behind it."""
    if isinstance(raw, list) and isinstance(step, int):
        return f"[{record_name(raw[step]) or step}]", raw[step]
    if isinstance(raw, Mapping):
        # a mapping of the file that became a tuple of values is counted, not named
        key = list(raw)[step] if isinstance(step, int) else step
        return f".{key}", raw.get(key)
    return f".{step}", None
