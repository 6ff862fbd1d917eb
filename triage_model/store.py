"""Where trained models are kept and which one is promoted. Never imports scikit-learn."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from triage_model import artefact, corpus, features, normalise
from triage_model.artefact import ArtefactError
from triage_model.scorer import Model

PIPELINE_VERSION = 2
REPOSITORY = Path(__file__).resolve().parent.parent


def directory() -> Path:
    """Return the folder of trained models: `TRIAGE_MODEL_DIR`, else one under `instance`."""
    return Path(os.environ.get("TRIAGE_MODEL_DIR") or REPOSITORY / "instance" / "triage_model")


def version_of(corpus_digest: str) -> str:
    """Return the version that training on this corpus gives: data, folding, features and pipeline."""
    parts = (corpus_digest, normalise.VERSION, features.VERSION, PIPELINE_VERSION)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def promoted() -> str | None:
    """Return the version in use, or None when none was promoted yet."""
    try:
        return (directory() / "promoted").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def promote(version: str) -> None:
    """Put a version into use; readers see the old or the new one, never half a name."""
    pointer = directory() / "promoted"
    beside = pointer.with_suffix(f".{os.getpid()}")
    beside.write_text(version, encoding="utf-8")
    beside.replace(pointer)


def ensure_trained() -> None:
    """Train and promote the default model when there is none, or its data or pipeline changed.

    Runs in a process of its own, so that the caller's never holds scikit-learn.
    """
    wanted = version_of(corpus.digest())
    if promoted() == wanted and (directory() / wanted / artefact.MANIFEST).exists():
        return
    subprocess.run(
        [sys.executable, "-m", "triage_model", "train"], check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL
    )


def load_promoted() -> Model:
    """Return the model in use. Raises ArtefactError when there is none or it is damaged."""
    version = promoted()
    if version is None:
        raise ArtefactError("no model was trained yet: python -m triage_model train")
    return Model(artefact.read(directory() / version))
