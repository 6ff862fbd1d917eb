"""What an edit of the catalogue costs among few and among very many open cases, on both databases.

    .venv/bin/python -m benchmarks.catalogue_edit [--sizes 1000 100000]

Prints one JSON table. Each database holds open cases, copied in SQL from cases that came in through the real
services, that all ask about measures which the edit changes and can be judged on the others. `preview`: the
differences, what to look at, every case whose answer changes and every clock that moves, as the page does it.
`apply`: the same edit put in force in one transaction; an office moves to another county, so that the clocks
that wait for it are worked out anew. Each time with the memory the process took at most.
"""

import argparse
import json
import logging
import resource
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from benchmarks.clocks import CLOCKS_A_CASE, NOW, filled
from helpdesk import runtime as equipment
from helpdesk.models.case import Case
from helpdesk.policy.move_summary import summary_of
from helpdesk.queries.answer_changes import answer_changes, counted
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import catalogue_proposals, terms_changes
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.timeline import Actor
from helpdesk.settings import Settings
from knowledge_base.exchange.cautions import cautions
from knowledge_base.exchange.differences import differences
from knowledge_base.exchange.plain import stored
from knowledge_base.records.measures import TAIPEI
from tests.postgresql_server import PostgresqlServer, find_binaries
from triage_model import release

MEASURES = ("tariff_rd_single", "tariff_rd_alliance", "commerce_resilience", "sbir")
MOVED = "pmc"
TODAY = NOW.astimezone(TAIPEI).date()


def edit(runtime: Runtime) -> dict[str, Any]:
    """Return raw records: measures that closed in the summer, and an office in another county."""
    measures = {name: stored(runtime.knowledge.measures[name]) for name in MEASURES}
    for measure in measures.values():
        measure["editions"][-1]["window"]["closes_at"] = "2026-07-31T23:59:59+08:00"
    office = {**stored(runtime.knowledge.organisations[MOVED]), "seat": "花蓮縣"}
    return {"measures": measures, "organisations": {MOVED: office}}


def asking(engine: Engine) -> None:
    """Let the cases ask about the measures in turn, and know a fact each."""
    known = {"already_subsidised_under_programme": False}
    with engine.begin() as connection:
        for place, measure in enumerate(MEASURES):
            its = Case.id % len(MEASURES) == place
            connection.execute(update(Case).where(its).values(measure=measure, facts=known))


def edited(engine: Engine, runtime: Runtime) -> dict[str, Any]:
    """Look at the edit, then put it in force; return seconds and counts."""
    with Session(engine) as session:
        held = prevailing(runtime, session, Hold.ALONE)
        started = time.perf_counter()
        proposal = catalogue_proposals.propose_catalogue(session, edit(runtime), equipment=held)
        after = terms_changes.terms_of(proposal, held)
        changed = differences(held.knowledge, after.knowledge)
        cautions(held.knowledge, after.knowledge)
        answers = counted(answer_changes(session, held.terms, after, TODAY))
        moves = terms_changes.moves_under(session, proposal, equipment=held, now=NOW)
        summary_of(moves, held.calendar)
        previewed = time.perf_counter()
    preview_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with Session(engine) as session:
        held = prevailing(runtime, session, Hold.ALONE)
        begun = time.perf_counter()
        proposal = catalogue_proposals.propose_catalogue(session, edit(runtime), equipment=held)
        terms_changes.put_in_force(
            session, proposal, based_on=held.terms.version, reason="benchmark",
            actor=Actor("benchmark"), equipment=held, now=NOW,
        )  # fmt: skip
        session.commit()
        applied = time.perf_counter()
    return {
        "records_changed": len(changed),
        "answers_changed": answers.total,
        "preview_s": round(previewed - started, 2),
        "apply_s": round(applied - begun, 2),
        "peak_memory_mb": [preview_memory, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    release.ensure_trained()
    table: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        binaries = find_binaries()
        server = stack.enter_context(PostgresqlServer(binaries)) if binaries else None
        settings = Settings(
            instance=folder, database_url="sqlite://", secret_key="benchmark-" + "0" * 32, testing=True
        )
        runtime = equipment.build(settings)
        for kind in ("sqlite", "postgresql") if server else ("sqlite",):
            for size in chosen.sizes:
                on_disk = f"sqlite:///{folder / f'{size}.sqlite'}"
                url = server.new_database() if kind == "postgresql" and server else on_disk
                engine = filled(url, runtime, size * CLOCKS_A_CASE)
                asking(engine)
                table[f"{kind} {size:,}"] = edited(engine, runtime)
                engine.dispose()
    print(json.dumps(table, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
