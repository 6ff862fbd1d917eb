"""Where trained models are kept, and which of them is in use. Never imports scikit-learn.

A version is a folder: its artefact, the texts it learnt from, the record of how it was judged. Which
one is in use, and which was, is decided in `promotions`.
"""

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from triage_model import artefact, corpus, features, normalise, promotions
from triage_model.artefact import Artefact, ArtefactError
from triage_model.corpus import Example
from triage_model.promotions import Promotion
from triage_model.scorer import Model

log = logging.getLogger(__name__)

PIPELINE_VERSION = 2
CODE = (normalise.VERSION, features.VERSION, PIPELINE_VERSION, artefact.FORMAT)
"""What reads a text and a model: one made by other code would answer something else."""

REPOSITORY = Path(__file__).resolve().parent.parent
RECORD, TEXTS = "record.json", "texts.jsonl"


class Standing(StrEnum):
    """Whether a version may be put into use."""

    SHIPPED = "shipped"
    PASSED = "passed"
    REFUSED = "refused"


class NotPromotable(Exception):
    """The version cannot be put into use; says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """How a version came about. `decisions` counts the desk's texts among those it learnt from.

    `digest` is that of the texts, `code` what made the model of them (see `CODE`).
    `report` is the gate's (see `gate`); None for the model of a release, which nothing judged here.
    """

    trained_at: datetime
    standing: Standing
    texts: int
    decisions: int
    digest: str
    code: tuple[int, ...]
    report: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Version:
    """One model of the store with its record."""

    id: str
    trained_at: datetime
    standing: Standing
    texts: int
    decisions: int
    is_promoted: bool
    report: Mapping[str, Any] | None


def directory() -> Path:
    """Return the folder of trained models: `TRIAGE_MODEL_DIR`, else one under `instance`."""
    return Path(os.environ.get("TRIAGE_MODEL_DIR") or REPOSITORY / "instance" / "triage_model")


def version_of(corpus_digest: str) -> str:
    """Return the version that training on these texts gives: data, folding, features and pipeline."""
    return hashlib.sha256(repr((corpus_digest, *CODE)).encode()).hexdigest()[:12]


def versions() -> list[Version]:
    """Return every version that was trained here, the refused ones as well, newest first."""
    in_use = promoted()
    found = []
    for path in directory().glob(f"*/{RECORD}"):
        name = path.parent.name
        try:
            record = record_of(name)
        except ArtefactError as problem:
            log.error("%s", problem)  # one damaged version must not hide the others
            continue
        found.append(
            Version(
                id=name,
                trained_at=record.trained_at,
                standing=record.standing,
                texts=record.texts,
                decisions=record.decisions,
                is_promoted=name == in_use,
                report=record.report,
            )
        )
    return sorted(found, key=lambda version: (version.trained_at, version.id), reverse=True)


def history() -> list[Promotion]:
    """Return what was put into use, by whom and why, newest first."""
    return promotions.read(directory())[::-1]


def promoted() -> str | None:
    """Return the version in use, or None when none was promoted yet."""
    made = promotions.read(directory())
    return made[-1].version if made else None


def promote(version: str, *, who: str, why: str, now: datetime) -> Promotion:
    """Put a version into use; readers see the old or the new one. Idempotent for the one in use.

    Raises NotPromotable for an unknown or refused version, ArtefactError for one that `load` refuses.
    """
    known = {each.id: each for each in versions()}
    if version not in known:
        raise NotPromotable(f"there is no version {version!r}")
    if known[version].standing is Standing.REFUSED:
        raise NotPromotable(f"version {version} was refused by its test against the model in use")
    against = (known[version].report or {}).get("against")
    if version != promoted() and against not in {None, promoted()}:
        raise NotPromotable(f"version {version} was tested against {against}: train once more")
    load(version)
    return promotions.promote(directory(), version, who=who, why=why, now=now)


def rollback(*, who: str, why: str, now: datetime) -> Promotion:
    """Put the version before the one in use back; once more goes one further back.

    Raises NothingBefore when there is none, ArtefactError when `load` refuses it.
    """
    load(promotions.version_before(promotions.read(directory())))
    return promotions.rollback(directory(), who=who, why=why, now=now)


def keep(
    version: str,
    texts: Sequence[Example],
    fitted: Artefact | None,
    *,
    standing: Standing,
    decisions: int,
    report: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """Keep a version with what it learnt from; of a refused one there is no artefact, only its report.

    One that may be put into use stays so, whatever a later test against another model says.
    """
    if standing is Standing.REFUSED and any(
        known.id == version and known.standing is not Standing.REFUSED for known in versions()
    ):
        return
    folder = directory() / version
    if fitted is not None:
        artefact.write(fitted, folder)
    folder.mkdir(parents=True, exist_ok=True)
    record = Record(now, standing, len(texts), decisions, corpus.digest(texts), CODE, report)
    described = {**asdict(record), "trained_at": now.isoformat()}
    _replace(folder / TEXTS, corpus.as_lines(texts).encode())
    _replace(folder / RECORD, json.dumps(described, ensure_ascii=False).encode())


def load(version: str) -> Model:
    """Return a model. Raises ArtefactError when it is missing, damaged, or was made by other code."""
    if record_of(version).code != CODE:
        raise ArtefactError(f"model {version} was made by another release of this program")
    return Model(artefact.read(directory() / version))


def load_promoted() -> Model:
    """Return the model in use. Raises ArtefactError when there is none or it is damaged."""
    version = promoted()
    if version is None:
        raise ArtefactError("no model was trained yet: python -m triage_model train")
    return load(version)


def texts_of(version: str) -> list[Example]:
    """Return what a version learnt from. Raises ArtefactError when that is missing or was changed."""
    try:
        texts = corpus.load_file(directory() / version / TEXTS)
    except (OSError, corpus.CorpusError) as problem:
        raise ArtefactError(f"model {version}: {problem}") from problem
    if corpus.digest(texts) != record_of(version).digest:
        raise ArtefactError(f"model {version}: the texts it learnt from were changed")
    return texts


def record_of(version: str) -> Record:
    """Return how a version came about. Raises ArtefactError when that is missing or damaged."""
    try:
        values = json.loads((directory() / version / RECORD).read_text(encoding="utf-8"))
        values["trained_at"] = datetime.fromisoformat(values["trained_at"])
        values["standing"] = Standing(values["standing"])
        values["code"] = tuple(values["code"])
        return Record(**values)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ArtefactError(f"model {version}: {type(problem).__name__}: {problem}") from problem


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
