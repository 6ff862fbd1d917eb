"""`python -m triage_model classify | train | versions | promote | rollback | evaluate | benchmark`."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triage_model import artefact, corpus, decisions, promotions, release, second_reading, store
from triage_model.scorer import Model

REFUSALS = (
    corpus.CorpusError,
    artefact.ArtefactError,
    store.NotPromotable,
    promotions.NothingBefore,
    OSError,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit 1 with a reason on standard error when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m triage_model", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("classify", help="JSON lines {text} -> ranking with reasons").set_defaults(
        run=_classify
    )
    _add_versions(commands)
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
    commands.add_parser("agreement", help="how far a second reader agrees on the corpus").set_defaults(
        run=_agreement
    )
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except REFUSALS as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _add_versions(commands: Any) -> None:
    """Add what trains, lists and chooses models."""
    train = commands.add_parser("train", help="train and test against the model in use")
    train.add_argument(
        "--decisions", type=Path, action="append", default=[], help="what `flask triage export` printed"
    )
    train.add_argument("--release", action="store_true", help="only what this release waits for, untested")
    train.set_defaults(run=_train)
    commands.add_parser("versions", help="every model, newest first, as JSON lines").set_defaults(
        run=_versions
    )
    promote = commands.add_parser("promote", help="put a model into use that passed its test")
    promote.add_argument("version")
    rollback = commands.add_parser("rollback", help="put the model before the one in use back")
    for command, run in ((promote, _promote), (rollback, _rollback)):
        command.add_argument("--who", default="命令列", help="who decides, for the history")
        command.add_argument("--why", default="", help="why, for the history")
        command.set_defaults(run=run)


def _classify(_chosen: argparse.Namespace) -> None:
    release.ensure_trained()
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


def _train(chosen: argparse.Namespace) -> None:
    from triage_model import challenge  # noqa: PLC0415 - brings scikit-learn

    now, shipped, learnt = datetime.now(UTC), corpus.load(), decisions.read(chosen.decisions)
    waiting = release.texts_to_learn(shipped)
    if waiting is not None:
        challenge.put_release_into_use(waiting, now=now)
    in_use = store.history()[0].version
    if chosen.release or (waiting is not None and not learnt):
        _tell(_named(in_use))
        return
    _tell(_named(challenge.challenge(in_use, learnt, shipped=shipped, now=now)))


def _versions(_chosen: argparse.Namespace) -> None:
    for version in store.versions():
        _tell(version)


def _named(version: str) -> store.Version:
    return next(each for each in store.versions() if each.id == version)


def _tell(version: store.Version) -> None:
    line = {**asdict(version), "trained_at": version.trained_at.isoformat()}
    print(json.dumps(line, ensure_ascii=False))


def _promote(chosen: argparse.Namespace) -> None:
    made = store.promote(chosen.version, who=chosen.who, why=chosen.why, now=datetime.now(UTC))
    print(json.dumps({"in_use": made.version, "before": made.before}))


def _rollback(chosen: argparse.Namespace) -> None:
    made = store.rollback(who=chosen.who, why=chosen.why, now=datetime.now(UTC))
    print(json.dumps({"in_use": made.version, "before": made.before}))


def _evaluate(chosen: argparse.Namespace) -> None:
    from triage_model import evaluation  # noqa: PLC0415 - brings scikit-learn

    if chosen.data:
        release.ensure_trained()
        model = store.load_promoted()
        version, found = model.version, evaluation.on_file(model, chosen.data)
    else:
        texts = corpus.load(chosen.corpus)
        version, found = store.version_of(corpus.digest(texts)), evaluation.cross_validated(texts)
    print(json.dumps({"model_version": version, **found}, ensure_ascii=False, indent=1))


def _agreement(_chosen: argparse.Namespace) -> None:
    print(json.dumps(second_reading.agreement(second_reading.load()), ensure_ascii=False))


def _benchmark(chosen: argparse.Namespace) -> None:
    from triage_model import public_sets  # noqa: PLC0415 - brings scikit-learn

    print(json.dumps(public_sets.benchmark(chosen.clinc, chosen.banking), indent=1))


if __name__ == "__main__":
    sys.exit(main())
