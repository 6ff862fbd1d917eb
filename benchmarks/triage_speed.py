"""What sorting a text costs: CPU microseconds, load, size, training, and a worker's memory.

    .venv/bin/python -m benchmarks.triage_speed

Prints one JSON object beside the limits. Texts are the corpus's, each classified with its explanation five times and
counted at its fastest, so that what else the machine does disturbs least; quartiles are over the texts. Training runs
in a process of its own, so that this one shows what a web worker holds: no scikit-learn.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time_ns
from typing import Any

from triage_model import artefact, corpus
from triage_model.scorer import Model

TURNS = 5
LIMITS = {"classify_us": 300, "load_ms": 50, "artefact_mb": 3, "training_s": 30}
TRAIN = """
import sys
from pathlib import Path
from triage_model import artefact, corpus
from triage_model.training import train
artefact.write(train(corpus.load(), version="measured", corpus_digest="").artefact, Path(sys.argv[1]))
"""


def main() -> None:
    """Print the costs and the limits."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "model"
        started = perf_counter()
        subprocess.run([sys.executable, "-c", TRAIN, str(folder)], check=True)
        training = perf_counter() - started
        size = sum(path.stat().st_size for path in folder.iterdir())
        before = peak_mb()
        load = fastest_us(lambda: Model(artefact.read(folder)))
        model = Model(artefact.read(folder))
    texts = [example.text for example in corpus.load()]
    model.classify(texts[0])
    costs = [fastest_us(lambda text=text: model.classify(text)) for text in texts]  # type: ignore[misc]
    found = {
        "texts": len(texts),
        "characters_median": statistics.median(map(len, texts)),
        "classify_us": round(statistics.median(costs)),
        "classify_us_quartiles": quartiles(costs),
        "classify_20000_characters_ms": round(
            fastest_us(lambda: model.classify("想換鍋爐。" * 4000)) / 1000, 1
        ),
        "load_ms": round(load / 1000, 1),
        "artefact_mb": round(size / 1e6, 2),
        "training_s": round(training, 1),
        "memory_mb_of_the_model": round(peak_mb() - before),
        "scikit_learn_loaded": "sklearn" in sys.modules,
    }
    print(json.dumps({"found": found, "at_most": LIMITS}, indent=1))


def fastest_us(run: Callable[[], Any]) -> float:
    """Return the CPU time of the fastest of five turns, in microseconds."""
    times = []
    for _ in range(TURNS):
        started = process_time_ns()
        run()
        times.append(process_time_ns() - started)
    return min(times) / 1000


def quartiles(costs: Sequence[float]) -> list[int]:
    """Return the first and the third quartile."""
    first, _, third = statistics.quantiles(costs, n=4)
    return [round(first), round(third)]


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
