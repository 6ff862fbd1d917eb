"""Which model is in use, which was before, and who decided it: one file, a line for each time.

The file is replaced as a whole, so whoever reads it sees the model in use change at one instant, and
the history can never say anything else than the last line does.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from triage_model.artefact import ArtefactError

FILE = "promotions.jsonl"


class Way(StrEnum):
    """How a version came into use: with the release that ships it, chosen, or by going back."""

    RELEASE = "release"
    PROMOTION = "promotion"
    ROLLBACK = "rollback"


class NothingBefore(Exception):
    """The first model that was put into use has none before it."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """One time that a version was put into use, instead of `before` (None for the first)."""

    version: str
    before: str | None
    way: Way
    who: str
    why: str
    at: datetime


def read(directory: Path) -> list[Promotion]:
    """Return all promotions, oldest first; the last one's version is in use. Raises ArtefactError."""
    try:
        with (directory / FILE).open(encoding="utf-8") as lines:
            return [_promotion(line) for line in lines]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as problem:
        raise ArtefactError(f"{FILE}: {problem}") from problem


def promote(
    directory: Path, version: str, *, who: str, why: str, now: datetime, way: Way = Way.PROMOTION
) -> Promotion:
    """Put a version into use. Idempotent for the one in use."""
    with _alone(directory):
        made = read(directory)
        if made and made[-1].version == version:
            return made[-1]
        before = made[-1].version if made else None
        return _add(directory, made, Promotion(version, before, way, who, why, now))


def rollback(directory: Path, *, who: str, why: str, now: datetime) -> Promotion:
    """Put the version before the one in use back. Raises NothingBefore."""
    with _alone(directory):
        made = read(directory)
        back_to = version_before(made)
        return _add(directory, made, Promotion(back_to, made[-1].version, Way.ROLLBACK, who, why, now))


def version_before(made: Sequence[Promotion]) -> str:
    """Return what a rollback goes back to: after one, what stood before that. Raises NothingBefore."""
    standing: list[str] = []
    for promotion in made:
        if promotion.way is Way.ROLLBACK:
            standing.pop()
        else:
            standing.append(promotion.version)
    if len(standing) < 2:
        raise NothingBefore("no model stood before the one in use")
    return standing[-2]


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Let one process at a time change which model is in use."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".promoting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _add(directory: Path, made: Sequence[Promotion], promotion: Promotion) -> Promotion:
    beside = directory / f".{FILE}.{os.getpid()}"
    rows = [{**asdict(each), "at": each.at.isoformat()} for each in (*made, promotion)]
    beside.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    beside.replace(directory / FILE)
    return promotion


def _promotion(line: str) -> Promotion:
    values = json.loads(line)
    values |= {"at": datetime.fromisoformat(values["at"]), "way": Way(values["way"])}
    return Promotion(**values)
