"""A trained model on disk: JSON for what people read, npz for the numbers, a checksum over both.

No pickle anywhere: a model file can be wrong, but it cannot run code.
"""

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 2
MANIFEST, NUMBERS = "model.json", "model.npz"

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class ArtefactError(Exception):
    """The model cannot be used: missing, damaged or changed; says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model is and where it draws its lines. Probabilities are 0..1."""

    version: str
    corpus_digest: str
    labels: tuple[str, ...]
    vocabulary: tuple[str, ...]
    temperature: float
    scope_offset: float
    threshold_probability: float
    shortlist_probability: float
    known_share: float
    trained_on: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Artefact:
    """A model as loaded. Arrays run over the vocabulary; `weights` has a column for each label."""

    manifest: Manifest
    idf: Floats
    weights: NDArray[np.float32]


def write(artefact: Artefact, directory: Path) -> None:
    """Write the model beside `directory` and move it into place, so that no half model is ever seen.

    A sound model that stands there already stays: the same version has the same content.
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, idf=artefact.idf, weights=artefact.weights)
    numbers = buffer.getvalue()
    described = {"format": FORMAT, **asdict(artefact.manifest)}
    described["sha256"] = _checksum(described, numbers)
    directory.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=directory.parent, prefix=".writing-"))
    (beside / NUMBERS).write_bytes(numbers)
    (beside / MANIFEST).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    if directory.exists() and not is_sound(directory):
        shutil.rmtree(directory)
    try:
        beside.rename(directory)
    except OSError:
        # It stood there before, or somebody else trained it meanwhile.
        shutil.rmtree(beside)


def read(directory: Path) -> Artefact:
    """Return the model. Raises ArtefactError when it is missing, damaged or was changed."""
    try:
        described: Any = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        numbers = (directory / NUMBERS).read_bytes()
    except (OSError, ValueError) as problem:
        raise ArtefactError(f"model {directory.name}: {type(problem).__name__}: {problem}") from problem
    if not isinstance(described, dict) or described.pop("format", None) != FORMAT:
        raise ArtefactError(f"model {directory.name}: unknown format")
    claimed = described.pop("sha256", None)
    if claimed != _checksum({"format": FORMAT, **described}, numbers):
        raise ArtefactError(f"model {directory.name}: the checksum does not fit; the files were changed")
    try:
        described["labels"] = tuple(described["labels"])
        described["vocabulary"] = tuple(described["vocabulary"])
        with np.load(io.BytesIO(numbers), allow_pickle=False) as arrays:
            return Artefact(Manifest(**described), **{name: arrays[name] for name in arrays.files})
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as problem:
        raise ArtefactError(f"model {directory.name}: {problem}") from problem


def is_sound(directory: Path) -> bool:
    """Tell whether the model can be used."""
    try:
        read(directory)
    except ArtefactError:
        return False
    return True


def _checksum(described: dict[str, Any], numbers: bytes) -> str:
    text = json.dumps(described, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode() + b"\0" + numbers).hexdigest()
