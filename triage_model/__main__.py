"""`python -m triage_model classify | train | evaluate | benchmark`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from triage_model import artefact, corpus, store
from triage_model.scorer import Model


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit 1 with a reason on standard error when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m triage_model", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("classify", help="JSON lines {text} -> ranking with reasons").set_defaults(
        run=_classify
    )
    commands.add_parser("train", help="train on the corpus and promote").set_defaults(run=_train)
    evaluate = commands.add_parser("evaluate", help="print one JSON report")
    evaluate.add_argument(
        "--data", type=Path, help="JSON lines {text, label}; the corpus, cross-validated, without"
    )
    evaluate.add_argument(
        "--corpus", type=Path, default=corpus.CORPUS, help="folder to cross-validate on, when not the shipped"
    )
    evaluate.set_defaults(run=_evaluate)
    benchmark = commands.add_parser("benchmark", help="the same builder on two public English sets")
    benchmark.add_argument("--clinc", type=Path, required=True, help="folder with data_full.json")
    benchmark.add_argument("--banking", type=Path, required=True, help="folder with train.csv and test.csv")
    benchmark.set_defaults(run=_benchmark)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except (corpus.CorpusError, artefact.ArtefactError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _classify(_chosen: argparse.Namespace) -> None:
    store.ensure_trained()
    model = store.load_promoted()
    for line in sys.stdin.buffer:  # bytes: a line that is not UTF-8 is one bad line, not the end
        if line.strip():
            print(json.dumps(_answer(model, line), ensure_ascii=False), flush=True)


def _answer(model: Model, line: bytes) -> dict[str, Any]:
    try:
        text = json.loads(line)["text"]
        if not isinstance(text, str):
            raise TypeError("text must be a string")
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        return {"error": f"a JSON object with a string `text` is wanted: {problem}"}
    found = model.classify(text)
    return {
        "category": found.category,
        "probability": found.probability,
        "ranking": [{"category": label, "probability": p} for label, p in found.ranking],
        "abstain": found.abstain,
        "abstain_reason": found.abstain_reason,
        "shortlist": list(found.shortlist),
        "terms": [{"text": term.text, "weight": term.weight} for term in found.terms],
        "model_version": found.model_version,
    }


def _train(_chosen: argparse.Namespace) -> None:
    from triage_model.training import train  # noqa: PLC0415 - brings scikit-learn

    digest = corpus.digest()
    version = store.version_of(digest)
    trained = train(corpus.load(), version=version, corpus_digest=digest)
    artefact.write(trained.artefact, store.directory() / version)
    store.promote(version)
    manifest = trained.artefact.manifest
    print(
        json.dumps(
            {"version": version, "trained_on": manifest.trained_on, "features": len(manifest.vocabulary)}
        )
    )


def _evaluate(chosen: argparse.Namespace) -> None:
    from triage_model import evaluation  # noqa: PLC0415 - brings scikit-learn

    if chosen.data:
        store.ensure_trained()
        found = evaluation.on_file(store.load_promoted(), chosen.data)
    else:
        found = evaluation.cross_validated(corpus.load(chosen.corpus))
    print(json.dumps(found, ensure_ascii=False, indent=1))


def _benchmark(chosen: argparse.Namespace) -> None:
    from triage_model import public_sets  # noqa: PLC0415 - brings scikit-learn

    print(json.dumps(public_sets.benchmark(chosen.clinc, chosen.banking), indent=1))


if __name__ == "__main__":
    sys.exit(main())
