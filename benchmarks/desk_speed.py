"""What the desk's pages cost at 1,000 and at 100,000 cases, beside a bare Flask page, on SQLite.

    .venv/bin/python -m benchmarks.desk_speed [--sizes 1000 100000] [--requests 60]

Prints one JSON table. Each database is filled by real services for the first 1,000 cases and by
copying those rows from there on. CPU is this process's own, in milliseconds for each request,
through the WSGI interface; sizes are measured in turn and in one run, so that they can be
compared. Concurrency runs the form from several threads and checks that all accepted cases are stored.
"""

import argparse
import json
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from alembic import command
from flask import Flask, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, create_engine, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from helpdesk import runtime as equipment
from helpdesk.app import create_app
from helpdesk.commands.demo.demo_commands import PASSWORD
from helpdesk.database import tune
from helpdesk.models.case import Case
from helpdesk.preparation import migration_config
from helpdesk.settings import Settings
from triage_model import release, store

SEED_CASES = 1000
WARM_UP = 5
COPIED = {
    "case": "number, status_key",
    "received_submission": "idempotency_key",
    "triage_decision": "",
    "service_clock": "",
    "case_event": "",
    "notification": "",
    "consent": "",
}


class BareBase(DeclarativeBase):
    """The base of the bare page's table."""


def bare_page(folder: Path) -> Flask:
    """Return what a submission is compared with: a page that inserts one row and renders it."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'bare.sqlite'}"
    database = SQLAlchemy(model_class=BareBase)

    class Note(database.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        body: Mapped[str] = mapped_column(String(5000))

    database.init_app(app)
    with app.app_context():
        tune(database.engine)
        database.create_all()

    @app.post("/")
    def _insert() -> str:
        note = Note(body=request.form["body"])
        database.session.add(note)
        database.session.commit()
        return render_template_string(
            "<!doctype html><title>{{ n.id }}</title><h1>{{ n.id }}</h1><p>{{ n.body }}</p>", n=note
        )

    return app


def desk(folder: Path, cases: int) -> Flask:
    """Return the desk with `cases` cases: the first 1,000 lived through, the others copied."""
    url = f"sqlite:///{folder / f'desk-{cases}.sqlite'}"
    command.upgrade(migration_config(url), "head")
    settings = Settings(instance=folder, database_url=url, secret_key="benchmark-" + "0" * 32, testing=True)
    app = create_app(settings, equipment.build(settings))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_cli_runner().invoke(args=["demo", "load", "--cases", str(min(cases, SEED_CASES)), "--seed", "7"])
    engine = create_engine(url)
    tune(engine)
    with engine.begin() as connection:
        for copy in range(1, cases // SEED_CASES):
            _copy(connection, copy)
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return app


def _copy(connection: Any, copy: int) -> None:
    """Copy the first 1,000 cases with their rows once more, under new numbers."""
    shift = copy * SEED_CASES
    for table, unique in COPIED.items():
        columns = [
            row[1] for row in connection.execute(text(f'PRAGMA table_info("{table}")')) if row[1] != "id"
        ]
        fresh = {name.strip() for name in unique.split(",") if name.strip()}
        chosen = ", ".join(_expression(table, name, fresh, copy, shift) for name in columns)
        key = "id" if table == "case" else "case_id"
        own_id = f"id + {shift}, " if table == "case" else ""
        into = ("id, " if table == "case" else "") + ", ".join(f'"{name}"' for name in columns)
        connection.execute(
            text(
                f'INSERT INTO "{table}" ({into}) SELECT {own_id}{chosen} FROM "{table}" WHERE {key} <= {SEED_CASES}'
            )
        )


def _expression(table: str, name: str, fresh: set[str], copy: int, shift: int) -> str:
    if name in fresh:
        return f"\"{name}\" || '-{copy}'"
    if name == "case_id":
        return f"case_id + {shift}"
    return "NULL" if name == "referral_id" and table != "case" else f'"{name}"'


def cpu_in_turn(pages: dict[str, Callable[[int], int]], requests: int) -> dict[str, dict[str, Any]]:
    """Return median and quartiles of the CPU of one request to each page, in ms.

    The pages take turns, request by request, so that what disturbs one disturbs all.
    """
    spent: dict[str, list[float]] = {page: [] for page in pages}
    for number in range(requests + WARM_UP):
        for page, act in pages.items():
            started = time.process_time()
            status = act(number)
            spent[page].append((time.process_time() - started) * 1000)
            assert status < 400, (page, status)
    table = {}
    for page, values in spent.items():
        low, median, high = statistics.quantiles(values[WARM_UP:], n=4)
        table[page] = {"median_ms": round(median, 2), "quartiles_ms": [round(low, 2), round(high, 2)]}
    return table


def submitter(app: Flask) -> Callable[[int], int]:
    """Return one whole form's last step: five pages are filled before, the sending is what counts."""
    clients: dict[int, Any] = {}

    def fill(number: int) -> Any:
        client = app.test_client()
        # Everybody comes from an address of their own, as the form's limit expects.
        client.environ_base["REMOTE_ADDR"] = f"127.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}"
        pages: dict[str, dict[str, str]] = {
            "need": {"text": f"客戶要求我們提供碳排放資料，不知道從哪裡開始。第 {number} 次詢問"},
            "enterprise": {
                "name": f"範例{number}精密股份有限公司",
                "county": "臺中市",
                "sector": "機械",
                "regular_employees": "35",
            },
            "contact": {"phone": f"0900{number:06d}"},
            "facts": {},
            "consent": {"consent": "counselling_team"},
        }
        for slug, values in pages.items():
            assert client.post(f"/apply/{slug}", data=values).status_code == 302
        return client

    def prepare(numbers: range) -> None:
        clients.update({number: fill(number) for number in numbers})

    def send(number: int) -> int:
        return int(clients[number].post("/apply/check").status_code)

    send.prepare = prepare  # type: ignore[attr-defined]
    return send


def agent_client(app: Flask) -> Any:
    """Return a client signed in as an agent."""
    client = app.test_client()
    answer = client.post("/login", data={"email": "agent@demo.example", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def concurrent(app: Flask, workers: int, each: int, first: int) -> dict[str, Any]:
    """Send forms from several threads; every accepted one must be stored."""
    act = submitter(app)
    numbers = range(first, first + workers * each)
    act.prepare(numbers)  # type: ignore[attr-defined]
    before = _stored(app)
    started = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        accepted = sum(status == 302 for status in pool.map(act, numbers))
    seconds = time.perf_counter() - started
    return {
        "workers": workers,
        "accepted": accepted,
        "stored": _stored(app) - before,
        "each_second": round(accepted / seconds, 1),
    }


def _stored(app: Flask) -> int:
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with sessionmaker(engine)() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def classify(texts: int = 300) -> dict[str, float]:
    """Return microseconds a text, explanation included."""
    from triage_model import corpus  # noqa: PLC0415

    model, spent = store.load_promoted(), []
    for example in corpus.load()[:texts]:
        started = time.perf_counter()
        model.classify(example.text)
        spent.append((time.perf_counter() - started) * 1e6)
    return {
        "median_us": round(statistics.median(spent)),
        "p95_us": round(statistics.quantiles(spent, n=20)[-1]),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--requests", type=int, default=60)
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    release.ensure_trained()
    table: dict[str, Any] = {"cpu": {}, "concurrency": {}, "classify": classify()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = bare_page(folder).test_client()
        apps = {size: desk(folder, size) for size in chosen.sizes}
        for size, app in apps.items():
            client, number, send = agent_client(app), _some_number(app), submitter(app)
            send.prepare(range(chosen.requests + WARM_UP))  # type: ignore[attr-defined]
            pages = {
                "bare page": lambda n: int(bare.post("/", data={"body": f"內容 {n}"}).status_code),
                "submit": send,
                "queue": lambda _n, c=client: int(c.get("/desk/cases").status_code),
                "case": lambda _n, c=client, at=number: int(c.get(f"/desk/cases/{at}").status_code),
            }
            table["cpu"][f"{size:,}"] = cpu_in_turn(pages, chosen.requests)
            table["concurrency"][f"{size:,}"] = [
                concurrent(app, workers, 20, 10_000 * workers) for workers in (1, 8)
            ]
        table["ratios"] = _ratios(table["cpu"], chosen.sizes)
    print(json.dumps(table, ensure_ascii=False, indent=1))


def _some_number(app: Flask) -> str:
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with sessionmaker(engine)() as session:
        busiest = select(Case.number).where(Case.id <= SEED_CASES).order_by(Case.event_count.desc(), Case.id)
        return session.scalars(busiest.limit(1)).one()


def _ratios(cpu: dict[str, Any], sizes: list[int]) -> dict[str, float]:
    small, large = f"{min(sizes):,}", f"{max(sizes):,}"

    def cost(page: str, size: str) -> float:
        return float(cpu[size][page]["median_ms"])

    found = {
        f"{page}: {large} over {small}": cost(page, large) / cost(page, small)
        for page in ("submit", "queue", "case")
    }
    for size in (small, large):
        found[f"submit over bare page at {size}"] = cost("submit", size) / cost("bare page", size)
    return {name: round(value, 2) for name, value in found.items()}


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
