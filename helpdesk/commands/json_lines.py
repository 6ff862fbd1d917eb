"""Reading and writing one JSON object a line; a bad line gets an error, never ends the run."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click


class BadLine(ValueError):
    """A line cannot be answered; the message says why."""


def answer_lines(answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Answer every line of standard input in order; blank lines are skipped."""
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict):
                raise BadLine("a JSON object is wanted")
            given = answer(asked)
        except json.JSONDecodeError as problem:
            given = {"error": f"line {number}: no JSON: {problem.msg}"}
        except (ValueError, TypeError, KeyError, OverflowError) as problem:
            reason = f"missing {problem}" if isinstance(problem, KeyError) else str(problem)
            given = {"error": f"line {number}: {reason}"}
        click.echo(json.dumps(given, ensure_ascii=False))
