"""Reading and writing one JSON object a line; a bad line gets an error, never ends the run.

Input is UTF-8, with or without a byte order mark.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import click


class BadLine(ValueError):
    """A line cannot be answered; the message says why."""


def answer_lines(answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Answer every line of standard input in order; blank lines are skipped."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if text.strip():
                    _tell(answer(_read(text)))
            except Exception as problem:  # whatever is wrong with a line, the next one is answered
                _tell({"error": f"line {number}: {_reason(problem)}"})


def _read(text: str) -> Mapping[str, Any]:
    asked = json.loads(text, object_pairs_hook=_distinct)
    if not isinstance(asked, dict):
        raise BadLine("a JSON object is wanted")
    return asked


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = sorted(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
    if twice:
        raise BadLine(f"keys twice: {', '.join(twice)}")
    return dict(pairs)


def _tell(given: Mapping[str, Any]) -> None:
    """Print a line; escaped where the terminal's encoding, or any, cannot say it, as half a surrogate pair."""
    try:
        click.echo(json.dumps(given, ensure_ascii=False))
    except UnicodeEncodeError:
        click.echo(json.dumps(given))


def _reason(problem: Exception) -> str:
    match problem:
        case json.JSONDecodeError():
            return f"no JSON: {problem.msg}"
        case UnicodeDecodeError():
            return "no UTF-8"
        case RecursionError():
            return "nested too deep"
        case KeyError():
            return f"missing {problem}"
        case ValueError() | TypeError() | OverflowError():
            return str(problem)
    return f"cannot be answered: {type(problem).__name__}"
