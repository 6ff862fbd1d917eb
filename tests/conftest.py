"""What all tests share: databases, the runtime, clients that check every page they fetch."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk import runtime as equipment
from helpdesk.app import create_app
from helpdesk.database import WRITING, tune
from helpdesk.models.account import Account
from helpdesk.policy.permissions import Role
from helpdesk.preparation import migration_config
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from helpdesk.settings import Settings
from tests.checked_client import CheckedClient
from tests.postgresql_server import PostgresqlServer, find_binaries
from triage_model import release

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday 10:00 in Taipei, within service hours."""

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        local = self.family == socket.AF_UNIX or (
            isinstance(address, tuple) and address[0] in {"127.0.0.1", "::1", "localhost"}
        )
        if not local:
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def model_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of its own with the default model, trained once."""
    given = os.environ.get("TRIAGE_MODEL_DIR")
    folder = tmp_path_factory.mktemp("triage_model")
    os.environ["TRIAGE_MODEL_DIR"] = str(folder)
    release.ensure_trained()
    yield folder
    os.environ.pop("TRIAGE_MODEL_DIR")
    if given is not None:
        os.environ["TRIAGE_MODEL_DIR"] = given


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    instance = tmp_path_factory.mktemp("instance")
    return Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'template.sqlite'}",
        secret_key="tests-alone-" + "0" * 32,
        testing=True,
    )


@pytest.fixture(scope="session")
def runtime(settings: Settings, model_store: Path) -> Runtime:
    return equipment.build(settings)


@pytest.fixture(scope="session")
def migrated_sqlite(settings: Settings) -> Path:
    """A SQLite file with all tables and no rows, copied by whoever needs one."""
    command.upgrade(migration_config(settings.database_url), "head")
    return Path(settings.database_url.removeprefix("sqlite:///"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A private server on a socket of its own; in CI its binaries must be there."""
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL binaries: apt-get install postgresql")
        pytest.skip("no PostgreSQL binaries: apt-get install postgresql")
    with PostgresqlServer(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_engine(postgresql: PostgresqlServer) -> Iterator[Engine]:
    url = postgresql.new_database()
    command.upgrade(migration_config(url), "head")
    engine = create_engine(url)
    tune(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_engine(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("services") / "desk.sqlite"
    shutil.copy(migrated_sqlite, path)
    engine = create_engine(f"sqlite:///{path}")
    tune(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Both databases, one after the other."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def committing_engine(
    request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path
) -> Iterator[Engine]:
    """A database of the test's own, for work that several sessions commit; both kinds, one after the other."""
    if request.param == "sqlite":
        path = tmp_path / "committing.sqlite"
        shutil.copy(migrated_sqlite, path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
        command.upgrade(migration_config(url), "head")
    made = create_engine(url)
    tune(made)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on both databases whose work is undone at the end."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as opened:
            yield opened
        transaction.rollback()


@pytest.fixture
def agent(session: Session, runtime: Runtime) -> Account:
    return accounts.add_account(
        session, email="agent@example.com", display_name="專員甲", role=Role.AGENT,
        password=PASSWORD, organisation=None, equipment=runtime, now=NOW,
    )  # fmt: skip


@pytest.fixture
def app(tmp_path: Path, settings: Settings, migrated_sqlite: Path, runtime: Runtime) -> Flask:
    """An application on a fresh SQLite database."""
    path = tmp_path / "desk.sqlite"
    shutil.copy(migrated_sqlite, path)
    own = Settings(
        instance=tmp_path, database_url=f"sqlite:///{path}", secret_key=settings.secret_key, testing=True
    )
    application = create_app(own, runtime)
    application.test_client_class = CheckedClient
    return application


@pytest.fixture
def database(app: Flask) -> Iterator[Session]:
    """A session on the application's database, for preparing and for looking; commit what must be seen.

    It takes no lock for reading, so the application may write meanwhile.
    """
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    tune(engine)
    with Session(engine.execution_options(**{WRITING: False}), expire_on_commit=False) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """Somebody who is not signed in."""
    made = app.test_client()
    assert isinstance(made, CheckedClient)
    return made


@pytest.fixture
def client_as(app: Flask, database: Session, runtime: Runtime) -> Callable[..., CheckedClient]:
    """Return a client signed in with a role, as a member of an organisation when it is a partner."""

    def sign_in(role: Role, organisation: str | None = None) -> CheckedClient:
        email = f"{role}-{organisation or 'desk'}@example.com"
        accounts.add_account(
            database, email=email, display_name=f"測試{role}", role=role,
            password=PASSWORD, organisation=organisation, equipment=runtime, now=clock.now(),
        )  # fmt: skip
        database.commit()
        made = app.test_client()
        assert isinstance(made, CheckedClient)
        answer = made.post("/login", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302
        return made

    return sign_in
