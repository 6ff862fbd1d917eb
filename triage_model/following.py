"""The model in use, whichever it is now: a process picks up a new one without being started anew."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from triage_model import promotions, store
from triage_model.artefact import ArtefactError
from triage_model.scorer import Classification

LOOKS_EVERY_SECONDS = 1.0

log = logging.getLogger(__name__)


class PromotedModel:
    """Answers with the model that is in use, at most a second behind.

    A new one that is damaged is not taken: the one before goes on answering and the log says why.
    """

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Load the model in use. Raises ArtefactError when there is none or it is damaged."""
        self._pointer = store.directory() / promotions.FILE
        self._seconds = seconds
        self._looking = Lock()
        self._seen = _stamp(self._pointer)
        self._model = store.load_promoted()
        self._looked_at = seconds()
        self._complaint = ""

    @property
    def version(self) -> str:
        """Return the version that answers now."""
        return self._model.version

    def classify(self, text: str) -> Classification:
        """Return the ranking of the five labels with the reasons. Any text gets an answer."""
        # Whoever comes while another looks goes on with the model there is: nobody waits for a file.
        if self._seconds() - self._looked_at >= LOOKS_EVERY_SECONDS and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._model.classify(text)

    def _look(self) -> None:
        self._looked_at = self._seconds()
        stamp = _stamp(self._pointer)
        if stamp == self._seen:
            return
        try:
            self._model = store.load_promoted()
        except (ArtefactError, OSError) as problem:
            if str(problem) != self._complaint:
                log.error("the model in use stays %s: %s", self.version, problem)
            self._complaint = str(problem)
            return
        self._seen, self._complaint = stamp, ""
        log.info("the model in use is %s", self.version)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever the file is replaced; None while it is missing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
