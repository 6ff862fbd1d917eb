"""Where attached files are kept. What may be attached is decided in `policy/uploads.py`."""

import hashlib
from pathlib import Path
from typing import Protocol


class FileStore(Protocol):
    """Keeps contents under names of its own making."""

    def save(self, content: bytes) -> str:
        """Keep the content and return the name it is found by; the same content, the same name."""

    def path(self, name: str) -> Path:
        """Return where the content lies on this machine."""


class FolderStore:
    """A folder; a file's name is the hash of its content, so nothing is ever overwritten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, content: bytes) -> str:
        """Keep the content; written beside and renamed, so that no half file is ever seen."""
        name = hashlib.sha256(content).hexdigest()
        target = self.path(name)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            partial.write_bytes(content)
            partial.rename(target)
        return name

    def path(self, name: str) -> Path:
        """Return the file's path, spread over folders by the first two digits."""
        return self._folder / name[:2] / name
