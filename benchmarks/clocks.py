"""What a sweep and a closure cost, among few and among very many open clocks, on both databases.

    .venv/bin/python -m benchmarks.clocks [--sizes 10000 1000000] [--touched 50000] [--rounds 15]

Prints one JSON table. Each database holds cases of three open clocks each, copied in SQL from cases that
came in through the real services. `sweep`: one pass with 100 clocks due, undone each time, the databases
taking turns. `idle sweep`: the same with none due. `closure`: a closure of the whole country that moves
`touched` clocks, put in force in one transaction, with the memory the process took at most.
"""

import argparse
import json
import logging
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from helpdesk import runtime as equipment
from helpdesk.database import tune
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts, Submission
from helpdesk.preparation import migration_config
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import intake, sweep, terms_changes, terms_proposals
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.timeline import Actor
from helpdesk.settings import Settings
from knowledge_base.records.vocabulary import Channel
from tests.postgresql_server import PostgresqlServer, find_binaries
from triage_model import release

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)  # before the first warning of what came in at NOW
SEED = 50
DUE = 100
CLOCKS_A_CASE = 3
"""`first_response`, `triage` and `resolution`."""


def filled(url: str, runtime: Runtime, clocks: int) -> Engine:
    """Return a database with so many open clocks, none of them due before `LATER`."""
    command.upgrade(migration_config(url), "head")
    engine = create_engine(url)
    tune(engine)
    with Session(engine) as session:
        for number in range(SEED):
            intake.receive(session, _submission(number), equipment=runtime, now=NOW)
        session.commit()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM notification"))
        for table, unique in (("case", ("number", "status_key")), ("case_event", ()), ("service_clock", ())):
            _copy(connection, table, unique, clocks // CLOCKS_A_CASE // SEED)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return engine


def _submission(number: int) -> Submission:
    return Submission(
        channel=Channel.MOBILE_FORM,
        text="嗯",
        enterprise=EnterpriseFacts(None, f"範例{number}股份有限公司", "臺中市", "機械", 35),
        contact=ContactFacts("王小姐", None, f"a{number}@example.com"),
        consent=frozenset(),
        idempotency_key=f"benchmark:{number}",
    )


def _copy(connection: Connection, table: str, unique: tuple[str, ...], copies: int) -> None:
    """Copy the rows of the first cases under new ids, all copies in one statement."""
    names = [column["name"] for column in _columns(connection, table)]
    shift = f"copy.number * {SEED}"

    def value(name: str) -> str:
        if name in unique:
            return f"substr(source.\"{name}\" || '-' || copy.number, 1, 32)"
        if name == "case_id" or (table == "case" and name == "id"):
            return f'source."{name}" + {shift}'
        return f'source."{name}"'

    wanted = [name for name in names if name != "id" or table == "case"]
    columns = ", ".join(f'"{name}"' for name in wanted)
    connection.execute(
        text(
            f'INSERT INTO "{table}" ({columns}) '
            f"WITH RECURSIVE copy(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copy "
            f'WHERE number < {copies - 1}) SELECT {", ".join(map(value, wanted))} FROM "{table}" AS source, copy'
        )
    )


def _columns(connection: Connection, table: str) -> list[Any]:
    return list(inspect(connection).get_columns(table))


@contextmanager
def undone(engine: Engine) -> Iterator[Session]:
    """Yield a session whose work is undone."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection) as session:
            yield session
        transaction.rollback()


def make_due(engine: Engine) -> None:
    """Let 100 clocks, spread over the table, be due at NOW."""
    with engine.begin() as connection:
        step = f"(SELECT max(id) FROM service_clock) / {DUE}"
        connection.execute(
            text(
                f"UPDATE service_clock SET due_at = started_at, warn_at = started_at, next_at = started_at "
                f"WHERE id % ({step}) = 0 AND id > 0"
            )
        )


def swept(engine: Engine, runtime: Runtime, expected: int) -> float:
    """Return the seconds of one pass."""
    with undone(engine) as session:
        held = prevailing(runtime, session, Hold.SHARED)
        started = time.perf_counter()
        found = sweep.sweep(session, equipment=held, now=LATER)
        session.flush()
        seconds = time.perf_counter() - started
    assert found.looked_at == found.breached + found.due_soon, found
    assert abs(found.looked_at - expected) <= 1, found
    return seconds


def sweeps(engines: dict[str, Engine], runtime: Runtime, rounds: int, expected: int) -> dict[str, Any]:
    """Return the milliseconds of a pass on each database, which take turns."""
    spent: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds + 2):
        for name, engine in engines.items():
            spent[name].append(swept(engine, runtime, expected) * 1000)
    return {name: _spread(values[2:]) for name, values in spent.items()}


def closure(engine: Engine, runtime: Runtime) -> dict[str, Any]:
    """Put a closure in force over all open clocks; return seconds and what was told of the progress."""
    day = datetime(2026, 11, 25, 16, tzinfo=UTC)
    told: list[int] = []
    with Session(engine) as session:
        held = prevailing(runtime, session, Hold.ALONE)
        proposal = terms_proposals.propose_closure(
            session, Closure(day, day + timedelta(days=1), frozenset(), "颱風停班"), equipment=held
        )
        started = time.perf_counter()
        seen = sum(1 for _ in terms_changes.moves_under(session, proposal, equipment=held, now=NOW))
        previewed = time.perf_counter()
        change = terms_changes.put_in_force(
            session, proposal, based_on=held.terms.version, reason="benchmark", actor=Actor("benchmark"),
            equipment=held, now=NOW, report=lambda done, _total: told.append(done),
        )  # fmt: skip
        session.commit()
        applied = time.perf_counter()
        assert change.moved == seen
    return {
        "moved": change.moved,
        "preview_s": round(previewed - started, 2),
        "apply_s": round(applied - previewed, 2),
        "progress_told": len(told),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _spread(values: list[float]) -> dict[str, Any]:
    low, median, high = statistics.quantiles(values, n=4)
    return {"median_ms": round(median, 2), "quartiles_ms": [round(low, 2), round(high, 2)]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--touched", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=15)
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

            def url(name: str, kind: str = kind) -> str:
                return (
                    server.new_database() if kind == "postgresql" and server else f"sqlite:///{folder / name}"
                )

            touched = filled(url("touched.sqlite"), runtime, chosen.touched * CLOCKS_A_CASE)
            result: dict[str, Any] = {"closure": closure(touched, runtime)}
            engines = {f"{size:,}": filled(url(f"{size}.sqlite"), runtime, size) for size in chosen.sizes}
            result["idle sweep"] = sweeps(engines, runtime, chosen.rounds, expected=0)
            for engine in engines.values():
                make_due(engine)
            result["sweep of 100"] = sweeps(engines, runtime, chosen.rounds, expected=DUE)
            result["ratio"] = round(
                result["sweep of 100"][f"{max(chosen.sizes):,}"]["median_ms"]
                / result["sweep of 100"][f"{min(chosen.sizes):,}"]["median_ms"],
                2,
            )
            table[kind] = result
            for engine in (touched, *engines.values()):
                engine.dispose()
    print(json.dumps(table, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
