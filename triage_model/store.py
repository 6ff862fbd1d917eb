"""Where trained models are kept, and which of them is in use. Never imports scikit-learn.

A version is a folder: its artefact, the texts it learnt from, the record of how it was judged. Which
one is in use, and which was, is decided in `promotions`.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from triage_model import artefact, corpus, features, normalise, promotions
from triage_model.artefact import Artefact, ArtefactError
from triage_model.corpus import Example
from triage_model.promotions import Promotion, Way
from triage_model.scorer import Model

PIPELINE_VERSION = 1
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

    `report` is the gate's (see `gate`); None for the model of a release, which nothing judged here.
    """

    trained_at: datetime
    standing: Standing
    texts: int
    decisions: int
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
    parts = (corpus_digest, normalise.VERSION, features.VERSION, PIPELINE_VERSION)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def versions() -> list[Version]:
    """Return every version that was trained here, the refused ones as well, newest first."""
    in_use = promoted()
    found = []
    for path in directory().glob(f"*/{RECORD}"):
        record, name = _record(path), path.parent.name
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

    Raises NotPromotable for an unknown or refused version, ArtefactError for a damaged one.
    """
    known = {each.id: each.standing for each in versions()}
    if version not in known:
        raise NotPromotable(f"there is no version {version!r}")
    if known[version] is Standing.REFUSED:
        raise NotPromotable(f"version {version} was refused by its test against the model in use")
    artefact.read(directory() / version)
    return promotions.promote(directory(), version, who=who, why=why, now=now)


def rollback(*, who: str, why: str, now: datetime) -> Promotion:
    """Put the version before the one in use back; once more goes one further back.

    Raises NothingBefore when there is none, ArtefactError when it is damaged.
    """
    before = promotions.version_before(promotions.read(directory()))
    artefact.read(directory() / before)
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
    """Keep a version with what it learnt from; of a refused one there is no artefact, only its report."""
    folder = directory() / version
    if fitted is not None:
        artefact.write(fitted, folder)
    folder.mkdir(parents=True, exist_ok=True)
    record = Record(now, standing, len(texts), decisions, report)
    described = {**asdict(record), "trained_at": now.isoformat()}
    _replace(folder / TEXTS, corpus.as_lines(texts).encode())
    _replace(folder / RECORD, json.dumps(described, ensure_ascii=False).encode())


def release_waits() -> bool:
    """Tell whether the model of this release should be trained and put into use by itself.

    Never against the desk: only when nothing is in use, when a release before this one put there
    what is, or when this release's own model is in use and damaged.
    """
    shipped, made = version_of(corpus.digest(corpus.load())), promotions.read(directory())
    if not made:
        return True
    if made[-1].version == shipped:
        return not artefact.is_sound(directory() / shipped)
    return made[-1].way is Way.RELEASE


def put_release_into_use(version: str, *, now: datetime) -> None:
    """Put the model of this release into use."""
    promotions.promote(directory(), version, who="", why="", now=now, way=Way.RELEASE)


def ensure_trained() -> None:
    """Train the model of this release and put it into use, when `release_waits`.

    Runs in a process of its own, so that the caller's never holds scikit-learn.
    """
    if release_waits():
        subprocess.run(
            [sys.executable, "-m", "triage_model", "train", "--release"],
            check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def load_promoted() -> Model:
    """Return the model in use. Raises ArtefactError when there is none or it is damaged."""
    version = promoted()
    if version is None:
        raise ArtefactError("no model was trained yet: python -m triage_model train")
    return load(version)


def load(version: str) -> Model:
    """Return the model of a version. Raises ArtefactError when it has none or it is damaged."""
    return Model(artefact.read(directory() / version))


def texts_of(version: str) -> list[Example]:
    """Return what a version learnt from. Raises ArtefactError when that is not what its artefact says."""
    learnt_from = artefact.read(directory() / version).manifest.corpus_digest
    try:
        texts = corpus.load_file(directory() / version / TEXTS)
    except (OSError, corpus.CorpusError) as problem:
        raise ArtefactError(f"model {version}: {problem}") from problem
    if corpus.digest(texts) != learnt_from:
        raise ArtefactError(f"model {version}: the texts it learnt from were changed")
    return texts


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def _record(path: Path) -> Record:
    """Return a version's record. Raises ArtefactError when it is damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        values["trained_at"] = datetime.fromisoformat(values["trained_at"])
        values["standing"] = Standing(values["standing"])
        return Record(**values)
    except (ValueError, KeyError, TypeError) as problem:
        raise ArtefactError(f"model {path.parent.name}: {path.name}: {problem}") from problem
