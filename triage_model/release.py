"""The model that a release brings, and the desk's own under a release that reads texts differently.

Decides when a start trains by itself: never against what the desk chose. Never imports scikit-learn.
"""

import subprocess
import sys
from collections.abc import Sequence

from triage_model import artefact, store
from triage_model.corpus import Example, digest, load
from triage_model.promotions import Way
from triage_model.store import Standing


def ensure_trained() -> None:
    """Train and put into use what this release waits for; nothing when the model in use fits it.

    Runs in a process of its own, so that the caller's never holds scikit-learn.
    """
    if texts_to_learn(load()) is not None:
        subprocess.run(
            [sys.executable, "-m", "triage_model", "train", "--release"],
            check=True, cwd=store.REPOSITORY, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def texts_to_learn(shipped: Sequence[Example]) -> Sequence[Example] | None:
    """Return what the model of this release has to learn from, or None when the one in use stays.

    The shipped texts when nothing is in use, or what a release before this one put there by itself.
    What the desk chose keeps its own texts: it is made anew only where this code cannot read it.
    Raises ArtefactError when they are damaged.
    """
    made = store.history()
    if not made:
        return shipped
    in_use, record = made[0].version, store.record_of(made[0].version)
    if (
        made[0].way is Way.RELEASE
        and record.standing is Standing.SHIPPED
        and record.digest != digest(shipped)
    ):
        return shipped
    if record.code == store.CODE and artefact.is_sound(store.directory() / in_use):
        return None
    return store.texts_of(in_use)
