"""How the databases are opened: SQLite so that several workers write safely, PostgreSQL so that it takes any text."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

WRITING = "writing"


def tune(engine: Engine) -> None:
    """Set WAL, foreign keys and a busy timeout on SQLite; a transaction that will write takes its lock at once.

    A reader that starts to write later could not be made to wait: SQLite would refuse it. So
    writers say so when they begin (execution option `writing`), and wait their turn there.
    """
    if engine.dialect.name == "postgresql":
        _replace_nul(engine)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=20000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(WRITING) is False
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _replace_nul(engine: Engine) -> None:
    """Let every text through: PostgreSQL refuses the character NUL, so it becomes U+FFFD on the way in."""
    from psycopg import Connection as PostgresqlConnection  # noqa: PLC0415 - only where it is used
    from psycopg.types.string import StrDumper  # noqa: PLC0415

    class NulReplaced(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    @event.listens_for(engine, "connect")
    def _adapt(connection: PostgresqlConnection[Any], _record: Any) -> None:
        connection.adapters.register_dumper(str, NulReplaced)
